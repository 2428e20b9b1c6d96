"""Reading a shell command just far enough to match it against a rule; what cannot be read is never allowed by a rule."""

import re
import shlex
from fnmatch import fnmatchcase

_SHELL_SYNTAX = re.compile(r"[;&|<>`$(){}\[\]*?~\n\r\\!#]|^\s*\w+=")
_SEPARATORS = re.compile(r"[;&|\n()`]+|\$\(")


def plain_words(command: str) -> list[str] | None:
    """Return the words of one simple command, None when it holds any shell syntax or does not parse."""
    if not command.isascii() or _SHELL_SYNTAX.search(command):
        return None
    try:
        return shlex.split(command) or None
    except ValueError:
        return None


def surely_matches(command: str, glob: str) -> bool:
    """Return whether the whole command is one simple command of this shape: what an allowing rule needs."""
    words = plain_words(command)
    return words is not None and fnmatchcase(" ".join(words), glob)


def may_match(command: str, glob: str) -> bool:
    """Return whether any part of the command could be of this shape: enough for a rule that asks or forbids."""
    parts = [command, *_SEPARATORS.split(command)]
    return any(fnmatchcase(" ".join(part.split()), glob) for part in parts)
