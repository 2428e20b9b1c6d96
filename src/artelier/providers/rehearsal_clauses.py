"""One request of the rehearsal model's grammar, e.g. «read a.py and b.py», as steps."""

import re
from typing import Any

from artelier.providers import rehearsal_grammar as grammar
from artelier.providers.rehearsal_steps import Setting, Step, StepKind
from artelier.providers.rehearsal_text import TOKEN, MaskedText

Steps = tuple[Step, ...] | None
_DEEP = 5
"""Levels that «recursively» means."""
_SPECIAL = re.compile(r"[.+*?()|\[\]{}^$\\]")


def parse_clause(clause: str, masked: MaskedText, last_path: str) -> Steps:
    """Return the steps of a clause, None where it is not understood; ``last_path`` is what «it» means."""
    for rule in (_setting, _edit, _folders, _write, _run, _listing, _look, _read, _search):
        steps = rule(clause, masked, last_path)
        if steps:
            return steps
    return None


def _read(clause: str, masked: MaskedText, last_path: str) -> Steps:
    found = grammar.READ.match(clause)
    return _files(found["object"], masked, last_path) if found else None


def _look(clause: str, masked: MaskedText, last_path: str) -> Steps:
    """«Show», «open», «what is in»: a file is read, a folder is listed."""
    found = grammar.WHAT.match(clause) or grammar.LOOK.match(clause)
    if found is None:
        return None
    about = found["object"] or ""
    if found.re is grammar.LOOK and grammar.WHAT.match(about):
        return _look(about, masked, last_path)
    if not about or (grammar.MENTIONS_FOLDER.search(about) and not _is_range(about)) or grammar.HERE.match(about):
        return _folders_listed(about, masked)
    steps = _files(about, masked, last_path, folders_too=True)
    if steps is None or _is_range(about):
        return steps
    return tuple(step if grammar.FILE_NAME.match(step.path) else Step(StepKind.LIST, {"path": step.path}) for step in steps)


def _listing(clause: str, masked: MaskedText, last_path: str) -> Steps:
    del last_path
    found = grammar.LIST.match(clause)
    return _folders_listed(found["object"] or "", masked) if found else None


def _is_range(about: str) -> bool:
    return bool(grammar.FIRST_LINES.match(about) or grammar.SOME_LINES.match(about))


def _files(about: str, masked: MaskedText, last_path: str, *, folders_too: bool = False) -> Steps:
    window: dict[str, Any] = {}
    if part := grammar.FIRST_LINES.match(about):
        about, window = part["object"], {"max_lines": int(part["count"])}
    elif part := grammar.SOME_LINES.match(about):
        first, last = int(part["first"]), int(part["last"])
        about, window = part["object"], {"first_line": first, "max_lines": max(1, last - first + 1)}
    if grammar.PRONOUN.match(about.strip(" .!?")):
        return (Step(StepKind.READ, {"path": last_path, **window}),) if last_path else None
    about = _without(grammar.BEFORE_FILE, about)
    names = _names(about, masked)
    if not names or not (folders_too or all(map(_like_a_path, names[1:]))):  # «read a.txt and sing» names one file
        return None
    return tuple(Step(StepKind.READ, {"path": name, **window}) for name in names)


def _folders_listed(about: str, masked: MaskedText) -> Steps:
    about, deep = grammar.RECURSIVE.subn("", about)
    more = {"depth": _DEEP} if deep else {}
    about = about.strip(" ,.!?…")
    if not about or grammar.HERE.match(about):
        return (Step(StepKind.LIST, {"path": ".", **more}),)
    if grammar.GLOB.match(about):
        return None
    about = _without(grammar.BEFORE_FOLDER, about)
    if not about or grammar.HERE.match(about):
        return (Step(StepKind.LIST, {"path": ".", **more}),)
    names = _names(about, masked)
    if not names or any(grammar.BEFORE_FOLDER.fullmatch(name) for name in names):
        return None
    return tuple(Step(StepKind.LIST, {"path": name.rstrip("/") or "/", **more}) for name in names)


def _search(clause: str, masked: MaskedText, last_path: str) -> Steps:
    del last_path
    clause = re.sub(r",\s+(?=где|where|что)", " ", clause.rstrip(" .!?…"))
    for form in (grammar.SEARCH_FOR, grammar.SEARCH_IN, grammar.SEARCH):
        found = form.match(clause)
        what = _pattern(found["what"], masked) if found else None
        where = _place(found["where"] or "", masked) if found else None
        if what is not None and where is not None:
            return (Step(StepKind.SEARCH, {"pattern": what, **where}),)
    return None


def _pattern(what: str, masked: MaskedText) -> str | None:
    """Return the expression to search for: special signs mean themselves unless an expression was asked for."""
    regular = grammar.REGULAR.search(what)
    what = _without(grammar.BEFORE_PATTERN, what)
    what = grammar.AFTER_PATTERN.sub("", what)
    if not re.fullmatch(TOKEN, what) or grammar.VAGUE.match(what):
        return None
    word = masked.name(what)
    return word if regular else _SPECIAL.sub(r"\\\g<0>", word)


def _place(where: str, masked: MaskedText) -> dict[str, str] | None:
    """Return path and glob of «in *.py files in src»; None where it is no place."""
    place: dict[str, str] = {}
    for part in filter(None, grammar.WITHIN.split(where)):
        named = grammar.GLOB.match(part)
        if grammar.HERE.match(part):
            continue
        if named:
            place["glob"] = named["glob"] or grammar.LANGUAGES.get(named["language"].lower(), "*.py")
            continue
        name = grammar.AFTER_NAME.sub("", grammar.BEFORE_WHERE.sub("", part))
        if not re.fullmatch(TOKEN, name) or "path" in place:
            return None
        place["path"] = masked.name(name)
    return place


def _folders(clause: str, masked: MaskedText, last_path: str) -> Steps:
    del last_path
    found = grammar.MAKE_FOLDER.match(clause)
    names = _names(found["object"], masked) if found else None
    if found is None or not names:
        return None
    above = f"{masked.name(found['where'])}/" if found["where"] else ""
    return tuple(Step(StepKind.FOLDER, {"path": above + name.rstrip("/")}) for name in names)


def _write(clause: str, masked: MaskedText, last_path: str) -> Steps:
    made = grammar.MAKE_FILE.match(clause)
    if made and (grammar.SAYS_FILE.match(clause) or grammar.FILE_NAME.match(masked.name(made["path"]))):
        return _written(made["path"], made["colon"] or made["content"] or "", masked, last_path)
    for form in (grammar.WRITE_COLON, grammar.WRITE_WITH, grammar.WRITE_INTO):
        found = form.match(clause)
        if found is None or (form is grammar.WRITE_INTO and masked.is_mixed(found["content"])):
            continue
        path = found["path"]
        if masked.is_quoted(path) or grammar.PRONOUN.match(path) or grammar.FILE_NAME.match(masked.name(path)):
            return _written(path, found["content"], masked, last_path)
    return None


def _written(path: str, content: str, masked: MaskedText, last_path: str) -> Steps:
    name = _path(path, masked, last_path)
    return (Step(StepKind.WRITE, {"path": name, "content": masked.meant(content)}),) if name else None


def _path(token: str, masked: MaskedText, last_path: str) -> str:
    """Return the file a word names: «it» is the last one, empty where there was none."""
    return last_path if grammar.PRONOUN.match(token) else masked.name(token)


def _setting(clause: str, masked: MaskedText, last_path: str) -> Steps:
    """«Change the version to 2 in a.toml»: what stands there now is known once the file is read."""
    found = next((match for form in grammar.SET if (match := form.match(clause))), None)
    if found is None:
        return None
    name = _path(found["path"], masked, last_path) if found["path"] else last_path
    key, value = masked.meant(found["key"]), masked.meant(found["value"])
    if not name or not (found["path"] or grammar.FILE_NAME.match(name)) or not key.strip() or not value.strip() or "\n" in key + value:
        return None
    return (Step(StepKind.EDIT, {"path": name}, Setting(grammar.KEYS.get(key.lower(), key), value)),)


def _edit(clause: str, masked: MaskedText, last_path: str) -> Steps:
    found = grammar.EDIT.match(clause) or grammar.EDIT_IN.match(clause)
    if found is None:
        return None
    name = _path(found["path"], masked, last_path)
    old, new = masked.meant(found["old"]), masked.meant(found["new"])
    if not name or not old or old == new:
        return None
    arguments: dict[str, Any] = {"path": name, "old_text": old, "new_text": new}
    if any(value for group, value in found.groupdict().items() if group in {"all", "before", "after", "last"}):
        arguments["replace_all"] = True
    return (Step(StepKind.EDIT, arguments),)


def _run(clause: str, masked: MaskedText, last_path: str) -> Steps:
    del last_path
    if grammar.RUN_TESTS.match(clause):
        return (Step(StepKind.RUN, {"command": "pytest -q"}),)
    found = grammar.RUN.match(clause)
    if found is None:
        return None
    command = found["command"].strip()
    quoted = MaskedText.is_quoted(command.rstrip(".!?"))
    if not quoted and (not grammar.PLAIN_COMMAND.match(command) or grammar.NOT_A_COMMAND.search(command)):
        return None
    return (Step(StepKind.RUN, {"command": masked.meant(command.rstrip(".!?") if quoted else command)}),)


def _names(about: str, masked: MaskedText) -> tuple[str, ...] | None:
    """Return the paths of a list such as «a.py, b.py and c»; None where something else stands between them."""
    names = []
    for part in grammar.JOINED.split(about.strip(" .!?…")):
        name = grammar.AFTER_NAME.sub("", part.strip())
        if not re.fullmatch(TOKEN, name) or name.startswith("-"):
            return None
        names.append(masked.name(name))
    return tuple(dict.fromkeys(names))


def _like_a_path(name: str) -> bool:
    return "/" in name or " " in name or grammar.FILE_NAME.match(name) is not None


def _without(words: re.Pattern[str], text: str) -> str:
    """Return a text without the words it begins with that say nothing."""
    rest = text.strip()
    while (shorter := words.sub("", rest, count=1).strip()) != rest:
        rest = shorter
    return rest
