"""What a session has found out so far, gathered from its journal: the structured context of its agents.

Values only; ``noticing.py`` fills them and ``findings_text.py`` writes them down for a model. All of it is bounded: the
newest of each kind, each in a line.
"""

from typing import TypeVar

from msgspec import Struct

_Entry = TypeVar("_Entry")


class Remark(Struct, frozen=True):
    """One line, and what it is about: a path, a command, a query, a kind of note."""

    about: str
    text: str


class Findings(Struct, frozen=True, omit_defaults=True):
    """The findings of a session, the newest of each field last."""

    files: tuple[Remark, ...] = ()
    """Files by path, and whether they were ``created``, ``changed`` or ``deleted``; documents and diagrams are among them."""
    commands: tuple[Remark, ...] = ()
    """Commands and how they ended."""
    checks: tuple[Remark, ...] = ()
    """Tests, builds and linters: each once, with its newest end. Those that failed wait to be mended."""
    failing: frozenset[str] = frozenset()
    """The checks that failed last."""
    last_error: Remark | None = None
    """The newest error, by tool or program; gone once that succeeds."""
    errors: tuple[Remark, ...] = ()
    searches: tuple[Remark, ...] = ()
    """What was searched for, in the workspace and on the web, and how much was found."""
    read: tuple[str, ...] = ()
    """Files and pages that were read."""
    branch: str = ""
    """The branch of the repository, as git told it last."""
    plan: tuple[Remark, ...] = ()
    """Steps of the plan and how far they are."""
    notes: tuple[Remark, ...] = ()
    """What agents noted, by kind: decisions, patterns, root causes, suggested fixes, open questions."""
    answers: tuple[Remark, ...] = ()
    """Questions that a person answered."""
    delegates: tuple[Remark, ...] = ()
    """Work that other agents did, and how it ended."""


def newest(entries: tuple[_Entry, ...], entry: _Entry, most: int) -> tuple[_Entry, ...]:
    """Return the entries with one more, without the oldest where there are too many."""
    return (*entries[max(0, len(entries) + 1 - most) :], entry)


def newest_about(entries: tuple[Remark, ...], entry: Remark, most: int) -> tuple[Remark, ...]:
    """Return the entries with one more, which takes the place of an earlier one about the same."""
    return newest(tuple([each for each in entries if each.about != entry.about]), entry, most)
