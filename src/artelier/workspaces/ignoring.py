"""The rules of ``.gitignore`` files: the nearest file and its last matching line decide."""

from collections.abc import Sequence
from typing import NamedTuple

from artelier.workspaces.globs import PathPattern

IGNORE_FILE = ".gitignore"
_LINES_LIMIT = 2000


class _Rule(NamedTuple):
    pattern: PathPattern
    ignores: bool


class IgnoreRules:
    """The rules of one ``.gitignore``, which stands in ``folder`` (``.`` for the root)."""

    def __init__(self, folder: str, text: str) -> None:
        self._prefix = "" if folder == "." else folder + "/"
        lines = (line for line in text.splitlines()[:_LINES_LIMIT] if line.strip() and not line.startswith("#"))
        self._rules = [_rule(line) for line in lines][::-1]

    def verdict(self, path: str, *, folder: bool) -> bool | None:
        """Whether the path, relative to the root, is ignored; None where no line is about it."""
        if not path.startswith(self._prefix):
            return None
        names = path[len(self._prefix) :].split("/")
        return next((rule.ignores for rule in self._rules if rule.pattern.matches(names, folder=folder)), None)


def is_ignored(rules: Sequence[IgnoreRules], path: str, *, folder: bool) -> bool:
    """Whether the path is ignored by the rules of the folders above it, outermost first."""
    for one in reversed(rules):
        verdict = one.verdict(path, folder=folder)
        if verdict is not None:
            return verdict
    return False


def _rule(line: str) -> _Rule:
    line = line if line.endswith("\\ ") else line.rstrip()
    return _Rule(PathPattern(line.removeprefix("!")), not line.startswith("!"))
