"""Patterns of paths as ``.gitignore`` writes them; ``{a,b}`` besides. Matching takes time in proportion to pattern times path."""

import fnmatch
import re
from collections.abc import Sequence

from artelier.domain.errors import ArgumentsInvalid

_PATTERN_LIMIT = 500
_ALTERNATIVES_LIMIT = 64
_BRACES = re.compile(r"\{([^{}]*)\}")
_ESCAPE = re.compile(r"\\(.)")


class PathPattern:
    """One pattern: without a slash inside it is about names at any depth, otherwise about paths from where it stands."""

    def __init__(self, pattern: str) -> None:
        self.folders_only = pattern.endswith("/")
        body = pattern.rstrip("/")
        anchored = "/" in body
        parts = [part for part in body.split("/") if part]
        if len(parts) > 1 and parts[-1] == "**":
            parts.append("*")  # what is inside, not the folder itself
        self._parts = tuple(_part(part) for part in (parts if anchored else ["**", *parts]))
        self._name = self._parts[-1] if not anchored else None
        self._is_empty = not parts

    def matches(self, names: Sequence[str], *, folder: bool = False) -> bool:
        """Whether the pattern is about the path with these names, relative to where the pattern stands."""
        if self._is_empty or (self.folders_only and not folder):
            return False
        if self._name is not None:  # the usual case, and there are many files
            return self._name.match(names[-1]) is not None
        return _match(self._parts, names)


class PathFilter:
    """Several patterns that a person or a model asked for in one text, ``*.{py,md}``; empty lets all pass.

    Raises ``ArgumentsInvalid``.
    """

    def __init__(self, pattern: str) -> None:
        if len(pattern) > _PATTERN_LIMIT or "\0" in pattern or "\n" in pattern:
            raise ArgumentsInvalid(f"The glob must be one line of at most {_PATTERN_LIMIT} characters, such as *.py or src/**/*.ts.")
        self._patterns = [PathPattern(alternative) for alternative in _expanded(pattern)] if pattern else []

    def passes(self, path: str) -> bool:
        """Whether a file with this path, relative to the root, is wanted."""
        names = path.split("/")
        return not self._patterns or any(pattern.matches(names) for pattern in self._patterns)


def _expanded(pattern: str) -> list[str]:
    found = _BRACES.search(pattern)
    if not found:
        return [pattern]
    before, after = pattern[: found.start()], pattern[found.end() :]
    expanded: list[str] = []
    for alternative in found[1].split(","):
        expanded += _expanded(before + alternative + after)
        if len(expanded) > _ALTERNATIVES_LIMIT:
            raise ArgumentsInvalid(f"The glob has more than {_ALTERNATIVES_LIMIT} alternatives. Ask for fewer.")
    return expanded


def _part(part: str) -> re.Pattern[str] | None:
    """Return the expression for one name, None for ``**``."""
    return None if part == "**" else re.compile(fnmatch.translate(_ESCAPE.sub(_literal, part.replace("[^", "[!"))))


def _literal(escaped: re.Match[str]) -> str:
    return f"[{escaped[1]}]" if escaped[1] in "*?[" else escaped[1]


def _match(parts: Sequence[re.Pattern[str] | None], names: Sequence[str]) -> bool:
    """Match greedily, stepping back to the last ``**`` only, which is enough and keeps it linear."""
    part = name = 0
    stars = resume = -1
    while name < len(names):
        expression = parts[part] if part < len(parts) else None
        if part < len(parts) and expression is None:
            stars, resume = part, name
            part += 1
        elif expression is not None and expression.match(names[name]):
            part += 1
            name += 1
        elif stars >= 0:
            resume += 1
            part, name = stars + 1, resume
        else:
            return False
    return all(rest is None for rest in parts[part:])
