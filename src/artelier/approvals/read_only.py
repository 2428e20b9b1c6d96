"""Which shell commands only read: known programs with known arguments; everything else may write.

A program belongs here when none of its arguments makes it write, run another program or reach out, or when those that do
can be told by their names. ``sed``, ``awk``, ``xargs``, ``env`` and the like can do all of that in ways nobody lists.
"""

from collections.abc import Callable, Mapping, Sequence

from artelier.approvals.syntax import SimpleCommand, Word, simple_commands


def only_reads(command: str) -> bool:
    """Return whether a shell text surely changes nothing: every simple command of it is known to read only."""
    commands = simple_commands(command)
    return commands is not None and all(_only_reads(each) for each in commands)


def _only_reads(command: SimpleCommand) -> bool:
    check = _PROGRAMS.get(command.program)
    return check is not None and not command.writes and check(command.words[1:])


def _anything(words: Sequence[Word]) -> bool:  # noqa: ARG001  no argument of these programs does harm
    return True


def _without(*options: str, operands: int | None = None) -> Callable[[Sequence[Word]], bool]:
    """Allow all but these options, as ``--long``, ``--long=x``, ``--lo`` or within ``-abc``, and at most so many operands.

    An expansion could turn into an option, so every word must stand as it is.
    """
    long = tuple(option for option in options if option.startswith("--"))
    short = "".join(option[1:] for option in options if not option.startswith("--"))

    def check(words: Sequence[Word]) -> bool:
        if not all(word.literal for word in words):
            return False
        texts = [word.text for word in words]
        if operands is not None and sum(not text.startswith("-") for text in texts) > operands:
            return False
        return not any(_is_option(text, long, short) for text in texts)

    return check


def _is_option(text: str, long: Sequence[str], short: str) -> bool:
    if text.startswith("--") and len(text) > len("--"):
        return any(option.startswith(text.partition("=")[0]) for option in long)
    return text.startswith("-") and any(letter in short for letter in text[1:])


def _find(words: Sequence[Word]) -> bool:
    harmful = ("-exec", "-ok", "-delete", "-fprint", "-fls", "-files0-from")
    return all(word.literal for word in words) and not any(word.text.startswith(harmful) for word in words)


def _ripgrep(words: Sequence[Word]) -> bool:
    harmful = ("--pre", "--hostname-bin", "--search-zip", "--generate")
    texts = [word.text for word in words]
    if not all(word.literal for word in words) or any(text.startswith(harmful) for text in texts):
        return False
    return not any(text.startswith("-") and not text.startswith("--") and "z" in text for text in texts)


def _version(words: Sequence[Word]) -> bool:
    return [word.text for word in words] in (["--version"], ["-V"], ["-v"], ["version"])


def _folder(words: Sequence[Word]) -> bool:
    return all(word.literal for word in words)


_PROGRAMS: Mapping[str, Callable[[Sequence[Word]], bool]] = {
    **dict.fromkeys(("cat", "echo", "false", "head", "ls", "nl", "pwd", "stat", "tail", "test", "[", "true", "wc"), _anything),
    **dict.fromkeys(("basename", "cmp", "cut", "dirname", "du", "expr", "fold", "grep", "egrep", "fgrep", "paste", "printf"), _anything),
    **dict.fromkeys(("readlink", "realpath", "rev", "seq", "sha256sum", "md5sum", "strings", "tac", "tr", "which"), _anything),
    "cd": _folder,
    "diff": _without("--output"),
    "file": _without("-C", "--compile", "-z", "-Z", "--uncompress"),
    "find": _find,
    "rg": _ripgrep,
    "sort": _without("-o", "--output", "-T", "--temporary-directory", "--compress-program"),
    "tree": _without("-o", "-R"),
    "uniq": _without(operands=1),
    **dict.fromkeys(("bun", "cargo", "gcc", "git", "go", "node", "npm", "python", "python3", "rustc", "uv"), _version),
}
