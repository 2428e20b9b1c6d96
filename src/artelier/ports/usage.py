"""The seam to what was used and how it went, over all of a person's sessions."""

from datetime import datetime
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from artelier.domain.events import Event
from artelier.domain.questions import QuestionKind, QuestionStatus
from artelier.domain.runs import RunStatus
from artelier.domain.usage import Usage


class UsageBy(StrEnum):
    """What usage is summed up by."""

    AGENT = "agent"
    MODEL = "model"
    DAY = "day"
    """Of UTC, as ``2026-11-21``."""
    SESSION = "session"
    USER = "user"
    WORKSPACE = "workspace"


class Span(Struct, frozen=True):
    """Whose, and when: from ``since`` on, before ``until``."""

    owner: str
    since: datetime
    until: datetime


class UsageSum(Struct, frozen=True):
    """What was used under one key; ``usage.model_calls`` counts the replies that a model was asked for, ``replies`` all of them."""

    key: str
    usage: Usage
    replies: int
    runs: int
    """Runs in which a model replied."""
    steps: int
    """Replies that counted: a later reply to the same step replaces an earlier one."""
    calls: int
    """Tool calls that were asked for."""
    seconds: float | None = None
    """How long the runs took that ended in this time, waits included; None by model, of which a run may have several."""


class Layer(StrEnum):
    """Where a saving comes from."""

    REPLY_CACHE = "reply_cache"
    """A reply that was given before."""
    JOINED = "joined"
    """An equal request of the same moment paid."""
    SEMANTIC = "semantic"
    """A reply to a question that means the same."""
    PROMPT_CACHE = "prompt_cache"
    """The provider had the beginning of the prompt; storing one costs."""


class LayerSum(Struct, frozen=True):
    """What one layer of caches saved in US dollars, below zero where it cost more; ``replies`` that it had a part in."""

    layer: Layer
    replies: int
    saved: float


class EndedRun(Struct, frozen=True):
    """How a run ended, and how long after its first start; None for one that never started."""

    agent: str
    status: RunStatus
    code: str
    seconds: float | None


class Asked(Struct, frozen=True):
    """A question, and how long a person took to answer it; None where nobody has."""

    kind: QuestionKind
    status: QuestionStatus
    seconds: float | None


class Place(Struct, frozen=True):
    """Where a reading of events goes on: after this one."""

    session: str = ""
    seq: int = 0


class Readings(Protocol):
    """Sums and facts for people who look, never for the loop."""

    async def sum_usage(self, by: UsageBy, span: Span, limit: int) -> tuple[UsageSum, ...]:
        """Return what was used, most tokens first, days from new to old. What was used in removed sessions counts too."""
        ...

    async def sum_layers(self, span: Span) -> tuple[LayerSum, ...]:
        """Return what each layer of caches saved, those that had no part left out."""
        ...

    async def ended_runs(self, span: Span) -> tuple[EndedRun, ...]:
        """Return every run that ended in this time."""
        ...

    async def questions_asked(self, span: Span) -> tuple[Asked, ...]:
        """Return every question that was asked in this time."""
        ...

    async def events_of(self, types: frozenset[str], span: Span, after: Place, limit: int) -> tuple[Event, ...]:
        """Return the next events of these types, by session and then in order; fewer than ``limit`` at the end."""
        ...
