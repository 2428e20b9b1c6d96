"""Commands within commands: what ``sudo``, ``env``, ``xargs``, ``sh -c``, ``find -exec``, ``ssh`` and the like would run in their turn."""

import re
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from artelier.approvals.options import has
from artelier.approvals.shell_words import Word
from artelier.approvals.wrapper_names import CHANGING, PLAIN

Words = Sequence[Word]


class Wrapped(Struct, frozen=True):
    """What a command runs in its turn."""

    commands: tuple[tuple[Word, ...], ...] = ()
    scripts: tuple[Word, ...] = ()
    """Shell texts."""
    assigned: tuple[str, ...] = ()
    opaque: bool = False
    """It runs something that nobody can read here."""
    fed: bool = False
    """Words nobody knows are added to what it runs."""
    transparent: bool = True
    """Whether it does nothing itself beside running that."""


NOTHING = Wrapped()
SHELLS = frozenset({"sh", "bash", "dash", "zsh", "ksh", "ash", "fish", "rbash"})


def wrapped_by(program: str, words: Words) -> Wrapped | None:
    """Return what a program with these words runs in its turn, None for one that runs nothing but itself."""
    if program in SHELLS:
        return _shell(words)
    if program in PLAIN:
        return _prefix(words, *PLAIN[program])
    unwrap = _SPECIAL.get(program)
    return None if unwrap is None else unwrap(words)


def _prefix(words: Words, skip: int, valued: str = "") -> Wrapped:
    """Unwrap ``program [options] [so many words] command``; options named in ``valued`` bring a word of their own."""
    takes_value = frozenset(valued.split())
    index = 0
    while index < len(words):
        text = words[index].text
        if text == "--":
            index += 1
            break
        if text in takes_value:
            index += 2
        elif text.startswith("-") and text != "-":
            index += 1
        else:
            break
    return _one(words[index + skip :])


def _one(words: Words) -> Wrapped:
    return Wrapped((tuple(words),)) if words else NOTHING


def _shell(words: Words) -> Wrapped:
    for index, word in enumerate(words):
        if not word.fixed and word.open_start:
            return Wrapped(opaque=True, transparent=False)
        if re.fullmatch(r"-[a-zA-Z]*c[a-zA-Z]*", word.text) and not word.text.startswith("--"):
            rest = [each for each in words[index + 1 :] if not re.fullmatch(r"[-+][a-zA-Z]+", each.text)]
            return _script(rest[0]) if rest else Wrapped(opaque=True, transparent=False)
        if not word.text.startswith(("-", "+")):
            return Wrapped(transparent=False)
    return Wrapped(transparent=False)


def _script(word: Word) -> Wrapped:
    return Wrapped(scripts=(word,)) if word.fixed else Wrapped(opaque=True, transparent=False)


def _environment(words: Words) -> Wrapped:
    """Unwrap ``env``: without a command it prints the environment."""
    assigned: list[str] = []
    index = 0
    while index < len(words):
        text = words[index].text
        if text.startswith(("-S", "--split-string")):
            return Wrapped(opaque=True, transparent=False)
        if text in {"-u", "-C", "--unset", "--chdir"}:
            index += 2
        elif text.startswith("-"):
            index += 1
        elif re.match(r"\w+=", text):
            assigned.append(text.partition("=")[0])
            index += 1
        else:
            break
    rest = tuple(words[index:])
    return Wrapped((rest,) if rest else (), assigned=tuple(assigned), transparent=bool(rest))


def _sudo(words: Words) -> Wrapped:
    options = "-u -g -h -p -C -r -t -T -U -D -R --user --group --host --prompt --chdir --chroot"
    inner = _prefix(words, 0, options)
    body = inner.commands[0] if inner.commands else ()
    while body and re.match(r"\w+=", body[0].text):
        body = body[1:]
    return Wrapped((body,) if body else (), transparent=False)


def _substitute_user(words: Words) -> Wrapped:
    return _after(words, "-c", "--command")


def _after(words: Words, *options: str) -> Wrapped:
    """Unwrap the shell text behind one of these options."""
    for index, word in enumerate(words[:-1]):
        if word.text in options:
            script = _script(words[index + 1])
            return Wrapped(scripts=script.scripts, opaque=script.opaque, transparent=False)
    return Wrapped(transparent=False)


def _arguments(words: Words) -> Wrapped:
    """Unwrap ``xargs``: it adds words nobody knows."""
    valued = "-I -n -P -L -d -s -E -a --max-args --max-procs --delimiter --replace --max-lines --arg-file --max-chars"
    inner = _prefix(words, 0, valued)
    opaque = any(not word.fixed and word.open_start for word in words[:1])
    return Wrapped(inner.commands or ((Word("echo"),),), opaque=opaque, fed=True)


def _find(words: Words) -> Wrapped | None:
    found: list[tuple[Word, ...]] = []
    index = 0
    while index < len(words):
        if words[index].text in {"-exec", "-execdir", "-ok", "-okdir"}:
            end = next((i for i in range(index + 1, len(words)) if words[i].text in {";", "+"}), len(words))
            found.append(tuple(words[index + 1 : end]))
            index = end
        index += 1
    return Wrapped(tuple(found)) if found else None


def _finder(words: Words) -> Wrapped | None:
    for index, word in enumerate(words):
        if word.text in {"-x", "-X", "--exec", "--exec-batch"}:
            end = next((i for i in range(index + 1, len(words)) if words[i].text == ";"), len(words))
            return _one(words[index + 1 : end])
    return None


def _remote_shell(words: Words) -> Wrapped:
    """Unwrap ``ssh host command``: the words are joined and read by a shell over there."""
    options = "-p -i -l -o -F -L -R -D -J -b -c -e -m -w -W -E -S -Q -B -I -O"
    rest = _prefix(words, 1, options).commands
    if not rest:
        return Wrapped(transparent=False)
    return Wrapped(scripts=(_glued(rest[0]),), transparent=False)


def _glued(words: Words) -> Word:
    return Word(" ".join(word.text for word in words), fixed=all(word.fixed for word in words))


def _watch(words: Words) -> Wrapped:
    rest = _prefix(words, 0, "-n --interval").commands
    return Wrapped(scripts=(_glued(rest[0]),)) if rest else NOTHING


def _container(words: Words) -> Wrapped | None:
    texts = [word.text for word in words]
    at = next((index for index, text in enumerate(texts) if text in {"exec", "run"}), -1)
    if at < 0:
        return None
    options = (
        "-e --env -u --user -w --workdir -v --volume --name -p --publish --network --entrypoint -m --memory --env-file -h --mount --index"
    )
    inner = _prefix(words[at + 1 :], 1, options)
    return Wrapped(inner.commands, transparent=False)


def _cluster(words: Words) -> Wrapped | None:
    texts = [word.text for word in words]
    if "exec" not in texts or "--" not in texts:
        return None
    return Wrapped((tuple(words[texts.index("--") + 1 :]),), transparent=False)


def _runner(words: Words) -> Wrapped | None:
    """Unwrap ``uv run``, ``poetry run``, ``bundle exec`` and the like."""
    texts = [word.text for word in words]
    at = next((index for index, text in enumerate(texts) if text in {"run", "exec"}), -1)
    return Wrapped(_prefix(words[at + 1 :], 0, "--with --extra --group -p --python").commands, transparent=False) if at >= 0 else None


def _trap(words: Words) -> Wrapped:
    first = next((word for word in words if not word.text.startswith("-")), None)
    return NOTHING if first is None or first.text in {"", "-"} else _script(first)


def _evaluated(words: Words) -> Wrapped:
    """``eval`` is never taken for readable; what it says is looked at all the same."""
    return Wrapped(scripts=(_glued(words),) if words and all(word.fixed for word in words) else (), opaque=True, transparent=False)


def _command(words: Words) -> Wrapped | None:
    return None if words and words[0].text in {"-v", "-V"} else _prefix(words, 0)


def _parallel(words: Words) -> Wrapped:
    rest = _prefix(words, 0, "-j --jobs -I -n -N").commands
    body = rest[0] if rest else ()
    end = next((index for index, word in enumerate(body) if word.text in {":::", "::::"}), len(body))
    before = words[: len(words) - len(body)]
    plain = all(re.fullmatch(r"-[jInNk0]\w*|--jobs|--null|[\d{}]+|-[jP]?\d+|--keep-order", word.text) for word in before)
    return Wrapped((tuple(body[:end]),) if body[:end] else (), fed=True, opaque=not body[:end], transparent=plain)


def _timed(words: Words) -> Wrapped:
    """``time`` may put its figures into a file."""
    inner = _prefix(words, 0, "-f -o --format --output")
    before = words[: len(words) - len(inner.commands[0])] if inner.commands else words
    return replace(inner, transparent=not has([word.text for word in before], "-o", "-a", "--output", "--append"))


def _locked(words: Words) -> Wrapped:
    script = _after(words, "-c", "--command")
    return script if script.scripts or script.opaque else Wrapped(_prefix(words, 1, "-w --timeout -E").commands, transparent=False)


def _alias(words: Words) -> Wrapped | None:
    bodies = tuple(Word(word.text.partition("=")[2], word.fixed) for word in words if "=" in word.text)
    if not bodies:
        return None
    return Wrapped(scripts=tuple(body for body in bodies if body.text), opaque=not all(body.fixed for body in bodies), transparent=False)


def _each_submodule(words: Words) -> Wrapped | None:
    texts = [word.text for word in words]
    at = next((index for index, text in enumerate(texts) if text == "foreach"), -1)
    if at < 1 or texts[at - 1] != "submodule":
        return None
    rest = [word for word in words[at + 1 :] if word.text != "--recursive"]
    return Wrapped(scripts=(_glued(rest),) if rest else (), transparent=False)


_SPECIAL: Mapping[str, Callable[[Words], Wrapped | None]] = {
    "env": _environment,
    **dict.fromkeys(("sudo", "doas", "pkexec"), _sudo),
    **dict.fromkeys(("su", "runuser", "script"), _substitute_user),
    "xargs": _arguments,
    "parallel": _parallel,
    **dict.fromkeys(("time", "gtime"), _timed),
    "find": _find,
    **dict.fromkeys(("fd", "fdfind"), _finder),
    "ssh": _remote_shell,
    "watch": _watch,
    **dict.fromkeys(("docker", "podman", "docker-compose", "nerdctl"), _container),
    **dict.fromkeys(("kubectl", "oc"), _cluster),
    **dict.fromkeys(("uv", "poetry", "pipenv", "pdm", "bundle", "hatch", "rye", "pixi", "conda"), _runner),
    "trap": _trap,
    "eval": _evaluated,
    "command": _command,
    "flock": _locked,
    "alias": _alias,
    "git": _each_submodule,
}


def changes_something(program: str) -> bool:
    """Return whether a program that runs another one does more than that."""
    return program in CHANGING
