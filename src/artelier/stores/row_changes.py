"""Changes of the rows that are listed, as values: what ``projection.py`` says and every store makes."""

from typing import Any

from msgspec import Struct

Values = dict[str, Any]
"""Columns and what they become, as they are stored."""


class SessionAdded(Struct, frozen=True):
    """A new row in ``sessions``."""

    values: Values


class SessionTitled(Struct, frozen=True):
    """The session gets this title if it has none."""

    session: str
    title: str


class SessionAnsweredBy(Struct, frozen=True):
    """Another agent answers in the session from now on."""

    session: str
    agent: str


class SessionDelegated(Struct, frozen=True):
    """A new row in ``delegations``."""

    values: Values


class SessionCopied(Struct, frozen=True):
    """A new row in ``forks``."""

    values: Values


class EndOwed(Struct, frozen=True):
    """The end of this run is owed to the call it was delegated by, if there is one."""

    session: str
    run: str
    at: int


class EndTold(Struct, frozen=True):
    """The call knows the end of the run it delegated to."""

    call: str


class RunAdded(Struct, frozen=True):
    """A new row in ``runs``."""

    values: Values


class RunChanged(Struct, frozen=True):
    """Columns of one run change."""

    run: str
    values: Values


class RunBegun(Struct, frozen=True):
    """The run's first start; a later one leaves it."""

    run: str
    at: int


class RunWoken(Struct, frozen=True):
    """The run goes on at ``now`` if it waits."""

    run: str
    now: int


class AskerWoken(Struct, frozen=True):
    """The run that asked this question goes on at ``now`` if it waits."""

    question: str
    now: int


class QuestionAdded(Struct, frozen=True):
    """A new row in ``questions``."""

    values: Values


class QuestionAnswered(Struct, frozen=True):
    """Columns of a question change if it is still open."""

    question: str
    values: Values


class GrantAdded(Struct, frozen=True):
    """A new row in ``grants``."""

    values: Values


class GrantEnded(Struct, frozen=True):
    """A grant is in force no more."""

    grant: str
    at: int


class UsageAdded(Struct, frozen=True):
    """A new row in ``usage``; owner and workspace are those of the session."""

    session: str
    values: Values


class QuestionsClosed(Struct, frozen=True):
    """The open questions of a run lose their meaning."""

    run: str


Change = (
    SessionAdded
    | SessionTitled
    | SessionAnsweredBy
    | SessionDelegated
    | SessionCopied
    | EndOwed
    | EndTold
    | RunAdded
    | RunChanged
    | RunBegun
    | RunWoken
    | AskerWoken
    | QuestionAdded
    | QuestionAnswered
    | QuestionsClosed
    | GrantAdded
    | GrantEnded
    | UsageAdded
)
