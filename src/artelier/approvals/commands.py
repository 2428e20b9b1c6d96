"""Matching the commands of a shell text against a rule's glob; what cannot be read is never met by a rule that allows."""

import re
from fnmatch import fnmatchcase

from artelier.approvals.examine import Examination

_SEPARATORS = re.compile(r"[;&|\n()`]+|\$\(")


def surely_matches(found: Examination, glob: str) -> bool:
    """Return whether every simple command of a text is of this shape, and does nothing beside: what an allowing rule needs.

    A text that redirects into files, sets variables, defines names, or leaves words to the shell is not of any shape.
    """
    if not found.parseable or not found.sure or not found.commands:
        return False
    return all(" " not in each.argv[0] and fnmatchcase(" ".join(each.argv), glob) for each in found.commands)


def may_match(command: str, found: Examination, glob: str) -> bool:
    """Return whether any part of a text could be of this shape: enough for a rule that asks or forbids."""
    parts = [command, *_SEPARATORS.split(command)]
    if any(fnmatchcase(" ".join(part.split()), glob) for part in parts):
        return True
    return any(_is_of_shape(each.argv, glob) for each in found.commands if each.argv)


def _is_of_shape(argv: tuple[str, ...], glob: str) -> bool:
    named = " ".join((argv[0].rpartition("/")[2], *argv[1:]))
    return fnmatchcase(" ".join(argv), glob) or fnmatchcase(named, glob)
