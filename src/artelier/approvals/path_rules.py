"""Whether a rule about paths is met by a call.

A pattern is that of ``writable.py``: ``*`` within one name, ``**`` over folders. For a rule that asks or forbids, a pattern without
wildcards in its last name means the folder's content as well, and ``*`` alone means everything. A call that touches a folder above
what is meant meets it too: wholly where the folder goes or moves, in part where it is read.
"""

from collections.abc import Iterator
from enum import IntEnum
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

from artelier.approvals.examine import Examination
from artelier.approvals.globs import could_meet, is_glob
from artelier.approvals.named_paths import Named
from artelier.approvals.writable import matches_any
from artelier.domain.calls import Access, ToolCall, ToolSpec, folded

_NO_PATH = "//"
_EXACT = frozenset({"read_file", "write_file", "edit_file", "create_directory"})
"""Tools whose path is that of one file, or of a folder and not what is in it."""
_WHOLE = frozenset({"delete_path", "move_path"})
_PLACES = ("path", "paths", "source", "target")
_SYSTEM = frozenset({"bin", "boot", "dev", "etc", "lib", "lib64", "opt", "proc", "run", "sbin", "sys", "tmp", "usr", "var"})
_LONGEST = 1000
_DEEPEST = 64


class Meeting(IntEnum):
    """How far a call meets a rule's path."""

    NO = 0
    PART = 1
    """It may touch what is meant, among other things, or that cannot be told."""
    YES = 2


def covers(pattern: str, call: ToolCall, spec: ToolSpec | None, access: Access) -> bool:
    """Return whether everything that a call touches is meant by a pattern: what a rule that allows needs."""
    pattern = _spelled(pattern)
    if pattern == "**":
        return not access.exclusive and bool(access.reads | access.writes)
    beneath = call.name in _WHOLE or (spec is not None and spec.destructive)
    if access.exclusive or (beneath and not pattern.endswith("**")):
        return False
    paths = access.reads | access.writes
    return bool(paths) and all(matches_any(path, (pattern,)) for path in paths)


def meets(pattern: str, call: ToolCall, spec: ToolSpec | None, access: Access, found: Examination | None) -> Meeting:
    """Return whether a call touches what a rule that asks or forbids means."""
    rule = _spelled(pattern)
    if rule == "**" and (found is not None or access.exclusive):
        return Meeting.YES
    if found is not None:
        if not found.parseable or found.fed:
            return Meeting.PART
        named: Iterator[Named] = iter(found.named)
    else:
        named = _touched(call, spec, access)
    return max((_met(rule, each) for each in named), default=Meeting.NO)


def _spelled(pattern: str) -> str:
    pattern = pattern.removeprefix("./")
    return "**" if pattern in {"*", "", "."} else f"{pattern}**" if pattern.endswith("/") else pattern


def _touched(call: ToolCall, spec: ToolSpec | None, access: Access) -> Iterator[Named]:
    arguments = call.arguments or {}
    family = "" if spec is None else spec.family
    if family == "git":
        yield from _of_git(call, arguments)
        return
    for path in access.reads | access.writes:
        if path.startswith(_NO_PATH):
            continue
        alone = call.name in _EXACT or (call.name == "list_files" and arguments.get("depth", 1) == 1)
        yield Named(path, whole=path in access.writes and not alone, alone=alone)
    if access.exclusive:
        names = _PLACES if family in {"files", "search"} else tuple(arguments)
        texts = [text for name in names for text in _texts(arguments.get(name))]
        yield from (Named(text, whole=call.name in _WHOLE) for text in texts)
        if not texts and spec is not None and spec.effect == "write":
            yield Named("**", sure=False)


def _of_git(call: ToolCall, arguments: dict[str, Any]) -> Iterator[Named]:
    """Return the paths given to one of Git's tools; without any, a difference shows everything, and a state only names."""
    given = [text for name in ("path", "paths") for text in _texts(arguments.get(name))]
    yield from (Named(text) for text in given)
    if not given and call.name in {"git_diff", "git_show"}:
        yield Named(".")


def _texts(value: object) -> list[str]:
    texts = value if isinstance(value, list | tuple) else [value]
    return [text for text in texts if isinstance(text, str) and 0 < len(text) <= _LONGEST and "\n" not in text]


def _met(rule: str, named: Named) -> Meeting:
    """Hold one path against a pattern."""
    goal = tuple(part for part in folded(rule).split("/") if part not in {"", "~"})
    inside = goal if is_glob(goal[-1]) else (*goal, "**")
    parts, climbs = _parts(named.path)
    outward = climbs or named.path.startswith(("/", "~"))
    if rule.startswith(("/", "~")):
        direct, above = outward and _meet(inside, parts), outward and _meet(inside, (*parts, "**"))
    elif outward:
        return _met_from_outside(inside, parts, named)
    else:
        direct, above = _meet(inside, parts), _meet(inside, (*parts, "**"))
    if direct or (above and named.whole):
        return Meeting.YES if named.sure else Meeting.PART
    return Meeting.PART if above and not named.alone else Meeting.NO


def _met_from_outside(inside: tuple[str, ...], parts: tuple[str, ...], named: Named) -> Meeting:
    """Hold a path against a pattern that does not say where in it the workspace begins: any tail of it may lie there."""
    system = bool(parts) and parts[0] in _SYSTEM
    if any(_meet(inside, parts[start:]) for start in range(len(parts))):
        return Meeting.YES if named.sure and not system else Meeting.PART
    return Meeting.NO if system or named.alone else Meeting.PART


def _parts(path: str) -> tuple[tuple[str, ...], bool]:
    """Return the names of a path, and whether it leaves the folder that it begins in."""
    names: list[str] = []
    climbs = False
    for name in folded(path).split("/")[:_DEEPEST]:
        if name == "..":
            climbs = climbs or not names
            names = names[:-1]
        elif name not in {"", ".", "~"}:
            names.append(name)
    return tuple(names), climbs


@lru_cache(maxsize=8192)
def _meet(goal: tuple[str, ...], path: tuple[str, ...]) -> bool:
    """Return whether some path is meant by both, name by name, ``**`` for any number of names."""
    if not goal or not path:
        return all(part == "**" for part in (*goal, *path))
    if goal[0] == "**":
        return _meet(goal[1:], path) or _meet(goal, path[1:])
    if path[0] == "**":
        return _meet(goal, path[1:]) or _meet(goal[1:], path)
    same = could_meet(goal[0], path[0]) if is_glob(path[0]) else fnmatchcase(path[0], goal[0])
    return same and _meet(goal[1:], path[1:])
