"""Sessions, runs and workspaces as they are listed: projections of the journal."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from artelier.domain.questions import Answer, Question, QuestionStatus
from artelier.domain.usage import Usage


class RunStatus(StrEnum):
    """Where a run stands. Waiting is active."""

    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = frozenset({RunStatus.FINISHED, RunStatus.FAILED, RunStatus.CANCELLED})
ACTIVE = frozenset({RunStatus.RUNNING, RunStatus.WAITING})


class WaitReason(StrEnum):
    """What a waiting run waits for."""

    PERSON = "person"
    BUDGET = "budget"
    MODEL = "model"
    DELEGATE = "delegate"
    """Other agents work on parts of it."""


class SessionRecord(Struct, frozen=True):
    """One conversation over one workspace."""

    id: str
    owner: str
    workspace: str
    title: str
    status: str
    """``idle``, or the status of its active or next run."""
    agent: str
    head: int
    """Sequence of its newest event."""
    created_at: datetime
    updated_at: datetime
    origin: str = ""
    """The session it was copied from, which may be gone; empty for one that began by itself."""
    copied: int = 0
    """Events up to this sequence happened in another session."""


class RunRecord(Struct, frozen=True):
    """The work from one message to rest."""

    id: str
    session: str
    workspace: str
    status: RunStatus
    agent: str
    model: str
    request: str
    """The first 200 characters of the message."""
    position: int
    """Sequence of its message: runs of a session are taken in this order."""
    fence: int
    created_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    wake_at: datetime | None = None
    wait_reason: str = ""
    usage: Usage = Usage()
    reply: str = ""
    code: str = ""
    """Error code of a failed run."""
    message: str = ""
    """What happened and what to do, for a failed run."""


class QuestionRecord(Struct, frozen=True):
    """A question with where it stands."""

    question: Question
    session: str
    run: str
    status: QuestionStatus
    asked_at: datetime
    answered_at: datetime | None = None
    answer: Answer | None = None


class WorkspaceRecord(Struct, frozen=True):
    """A folder the operator has registered; ``root`` never comes from a request."""

    id: str
    name: str
    root: str
    place: str
    """The host or shared volume where it lies: workers claim runs only for places they serve."""
    created_at: datetime
