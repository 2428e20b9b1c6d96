"""What came of a call, as a code with its values: clients word it in the person's language, as they do reasons."""

from enum import StrEnum

from msgspec import Struct


class GistCode(StrEnum):
    """What a call's summary says; its values are named in brackets."""

    LINES = "lines"
    """So many lines (``count``); the same for everything below that is counted."""
    CHARACTERS = "characters"
    """Characters, of how many there are (``of``) where that is more."""
    NAMES = "names"
    FILES = "files"
    PATHS = "paths"
    COMMITS = "commits"
    MATCHES = "matches"
    """Matches in so many files (``files``)."""
    RESULTS = "results"
    TOOLS = "tools"
    PICTURES = "pictures"
    NONE = "none"
    """Nothing was found."""
    CREATED = "created"
    """A file of so many lines (``count``), or a folder."""
    WAS_THERE = "was_there"
    UNCHANGED = "unchanged"
    DELETED = "deleted"
    MOVED = "moved"
    CLEAN = "clean"
    """Git knows of no change."""
    STAGED = "staged"
    """So many files (``count``)."""
    COMMITTED = "committed"
    BRANCH_MADE = "branch_made"
    CHECKED_OUT = "checked_out"
    DETACHED = "detached"
    """A commit is checked out, and no branch."""
    ENDED = "ended"
    """A command ended by itself (``exit``; ``seconds``)."""
    KILLED = "killed"
    """A signal ended it (``signal``; ``seconds``)."""
    OUT_OF_TIME = "out_of_time"
    """It was ended after so long (``after``; ``seconds``)."""
    PLAN = "plan"
    """So many steps are done (``done`` of ``count``)."""
    PICTURE = "picture"
    """A picture so large (``width``, ``height``, ``bytes``)."""
    ANSWERED = "answered"
    """A person answered."""
    REFUSED = "refused"
    """A person refused with words (``words``)."""
    NOTED = "noted"
    """What is kept for the session (``kind``)."""


class Gist(Struct, frozen=True, omit_defaults=True):
    """What came of one call."""

    code: GistCode
    values: dict[str, str | float] = {}
