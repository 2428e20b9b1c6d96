"""What a search is asked, whoever performs it."""

from typing import NamedTuple, Protocol

from artelier.domain.errors import ArgumentsInvalid
from artelier.ports.workspace import SearchResult
from artelier.workspaces.globs import PathFilter
from artelier.workspaces.paths import normalise
from artelier.workspaces.root import Root

TEXT_LIMIT = 400
"""Characters of a line that a match shows."""
SEARCH_SECONDS = 10.0
"""How long a search runs; what it found by then is the answer."""

_PATTERN_LIMIT = 2000
_MATCHES_LIMIT = 10_000


class SearchRequest(NamedTuple):
    """A checked request; ``path`` is normalised."""

    pattern: str
    path: str
    glob: str
    max_matches: int


class Searcher(Protocol):
    """Searches the files beneath a root; links, hidden, ignored, secret and binary files are passed over."""

    async def search(self, root: Root, request: SearchRequest) -> SearchResult:
        """Return matches in path and line order. Raises ``ArgumentsInvalid``, ``PathRefused``, ``FileMissing``."""
        ...


def checked(pattern: str, path: str, glob: str, max_matches: int) -> SearchRequest:
    """Return the request to perform. Raises ``ArgumentsInvalid``, ``PathRefused``."""
    if not pattern or len(pattern) > _PATTERN_LIMIT or "\0" in pattern or "\n" in pattern:
        raise ArgumentsInvalid(f"The pattern must be one line of 1 to {_PATTERN_LIMIT} characters. Search for a part of one line.")
    PathFilter(glob)
    return SearchRequest(pattern, normalise(path), glob, max(1, min(max_matches, _MATCHES_LIMIT)))


def invalid_pattern(pattern: str, reason: str) -> ArgumentsInvalid:
    """Return the error for a pattern that cannot be compiled."""
    return ArgumentsInvalid(
        f"The pattern {pattern!r} is no regular expression: {reason.strip()}. Escape special characters with a backslash."
    )
