"""The seam to runs: submitted, claimed under a lease, kept alive, listed."""

from datetime import datetime
from typing import Protocol

from msgspec import Struct

from artelier.domain.events import FORMAT, Draft, Event, MessageReceived, SessionOpened
from artelier.domain.runs import RunRecord, RunStatus


class Worker(Struct, frozen=True):
    """Who claims: the name is unique to one life of one process."""

    name: str
    places: frozenset[str]
    lease_seconds: float = 10.0
    format: int = FORMAT
    """The newest event format it can fold."""


class Submission(Struct, frozen=True):
    """A message on its way into a session. With ``opening`` the session is created in the same transaction."""

    session: str
    run: str
    message: MessageReceived
    actor: str
    trace: str = ""
    opening: SessionOpened | None = None
    idempotency_key: str = ""
    idempotency_digest: str = ""
    """Digest of the request's body: the same key with another digest is refused."""
    reject_when_busy: bool = False
    begin: tuple[Draft, ...] = ()
    """What the run's owner appends first, in the same transaction, when the run is claimed in it (fence 1)."""


class Claim(Struct, frozen=True):
    """A run held by a worker until its lease ends."""

    run: RunRecord
    fence: int


class Submitted(Struct, frozen=True):
    """What came of a submission; ``claim`` when a worker took the run in the same transaction."""

    run: str
    seq: int
    """Sequence of the message."""
    events: tuple[Event, ...]
    """What was appended; empty when ``replayed``."""
    claim: Claim | None = None
    replayed: bool = False
    """The same Idempotency-Key had been accepted before: nothing was done again."""


class Owed(Struct, frozen=True):
    """A delegated run that has ended, and the call whose result it is."""

    call: str
    session: str
    """Where the call was made."""
    run: str
    """The run that made it."""
    delegated: RunRecord


class Page(Struct, frozen=True):
    """Where a listing goes on: rows before this id (listings run from new to old)."""

    limit: int = 50
    before: str = ""


class Runs(Protocol):
    """Runs as rows: status, lease, fence, wake-up time."""

    async def submit(self, submission: Submission, worker: Worker | None = None) -> Submitted:
        """Store message and queued run in one transaction; claim it in the same when it is next and ``worker`` is given.

        Raises ``NotFound`` (session), ``IdempotencyMismatch``, ``Conflict`` (busy and ``reject_when_busy``).
        """
        ...

    async def key_known(self, session: str, key: str) -> bool:
        """Return whether a message with this Idempotency-Key has started a run of the session."""
        ...

    async def claim(self, worker: Worker) -> Claim | None:
        """Take the next run that is queued and first in its session, due to wake, or whose lease has ended; fence + 1."""
        ...

    async def extend(self, worker: Worker, claims: tuple[tuple[str, int], ...]) -> frozenset[str]:
        """Renew the leases of (run, fence) pairs in one statement; return the runs that are lost."""
        ...

    async def release(self, worker: Worker) -> None:
        """End all leases of this worker at once, so that others go on."""
        ...

    async def take_over(self, place: str) -> int:
        """End every lease on this place: for the sole owner of a state folder at its start. Return how many."""
        ...

    async def next_wake(self, worker: Worker) -> datetime | None:
        """Return when the next wait or lease ends, None when nothing waits."""
        ...

    async def list_owed(self, limit: int) -> tuple[Owed, ...]:
        """Return delegated runs whose end has not been told to their callers, oldest first."""
        ...

    async def list_delegated(self, run: str) -> tuple[RunRecord, ...]:
        """Return the runs that a run has delegated to, ended ones too."""
        ...

    async def get_run(self, run: str) -> RunRecord:
        """Return one run. Raises ``NotFound``."""
        ...

    async def list_runs(self, page: Page, session: str = "", statuses: frozenset[RunStatus] = frozenset()) -> tuple[RunRecord, ...]:
        """Return runs, newest first; all sessions and statuses when none is named."""
        ...
