"""Matching the commands of a shell text against a rule's glob; what cannot be read is never met by a rule that allows."""

import re
from fnmatch import fnmatchcase
from functools import lru_cache

from artelier.approvals.examine import Examination, examine

_WILD = re.compile(r"[*?\[]")
_BOTH = frozenset({"git branch", "git tag", "git remote", "git config", "git reflog", "set", "shopt", "ip", "mount", "export", "cd", "npm"})
"""What reads without further words, and changes something as often with them."""
_SEPARATORS = re.compile(r"[;&|\n()`]+|\$\(")


def surely_matches(found: Examination, glob: str) -> bool:
    """Return whether every simple command of a text is of this shape, and does nothing beside: what an allowing rule needs.

    A text that redirects into files, sets variables, defines names, or leaves words to the shell is not of any shape. Where the
    fixed words of the glob only read, as ``git log`` does in ``git log*``, reading was meant: a command that does more is not met.
    """
    if not found.parseable or not found.sure or not found.commands:
        return False
    if not all(" " not in each.argv[0] and fnmatchcase(" ".join(each.argv), glob) for each in found.commands):
        return False
    fixed = fixed_words(glob)
    return not _means_reading(fixed) or (
        found.read_only if fixed not in _BOTH else not (found.destructive or found.network or found.writes)
    )


def fixed_words(glob: str) -> str:
    """Return the words that a glob begins with, as far as no wildcard stands in them; all of one that has no wildcard is empty."""
    start = _WILD.search(glob)
    if start is None:
        return ""
    before = glob[: start.start()]
    return before.strip() if glob[start.start()] == "*" or before.endswith(" ") else before.rpartition(" ")[0].strip()


@lru_cache(maxsize=256)
def _means_reading(words: str) -> bool:
    return bool(words) and examine(words).read_only


def may_match(command: str, found: Examination, glob: str) -> bool:
    """Return whether any part of a text could be of this shape: enough for a rule that asks or forbids."""
    parts = [command, *_SEPARATORS.split(command)]
    if any(fnmatchcase(" ".join(part.split()), glob) for part in parts):
        return True
    return any(_is_of_shape(each.argv, glob) for each in found.commands if each.argv)


def _is_of_shape(argv: tuple[str, ...], glob: str) -> bool:
    named = " ".join((argv[0].rpartition("/")[2], *argv[1:]))
    return fnmatchcase(" ".join(argv), glob) or fnmatchcase(named, glob)
