"""The seam to the truth: each session's append-only list of events, and the rows projected from it."""

from typing import Protocol

from msgspec import Struct

from artelier.domain.events import Draft, Event
from artelier.domain.runs import RunStatus


class OwnedBy(Struct, frozen=True):
    """The appender owns the run by this fence and has seen everything up to ``expected``."""

    run: str
    fence: int
    expected: int


class WhileRun(Struct, frozen=True):
    """The run has one of these statuses."""

    run: str
    statuses: frozenset[RunStatus]


class WhileOpen(Struct, frozen=True):
    """The question is still open."""

    question: str


class WhileOwed(Struct, frozen=True):
    """The end of a delegated run has not been told to the call that waits for it."""

    call: str


Condition = OwnedBy | WhileRun | WhileOpen | WhileOwed


class Journal(Protocol):
    """Appends and readings. Every append is one transaction with the projections of its events."""

    async def append(self, session: str, drafts: tuple[Draft, ...], condition: Condition, trace: str = "") -> tuple[Event, ...]:
        """Append all drafts or none, and return them as stored, after they are durable.

        Raises ``StaleFence`` or ``SequenceConflict`` for an owner, ``ConditionFailed`` for others, ``NotFound`` for an
        unknown session, run or question, ``StoreUnavailable`` when the database does not answer.
        """
        ...

    async def read(self, session: str, after: int = 0, limit: int | None = None) -> tuple[Event, ...]:
        """Return events with a sequence above ``after``, in order. Raises ``NotFound``, ``StoreError``."""
        ...
