"""What happens in a session: the journal's events, append-only and numbered.

Each payload is one frozen value with a ``type`` (its name everywhere: journal, stream, webhooks, SDKs) and a version.
A payload that changes its shape gets a new version and an upcaster in ``codec.py``; stored events never change.
"""

from datetime import datetime
from typing import ClassVar

from msgspec import Struct

from artelier.domain.agents import Limits
from artelier.domain.calls import ToolCall, ToolResult
from artelier.domain.compacting import ContextCompacted
from artelier.domain.delegating import DelegateReturned, DelegateSent, Parent
from artelier.domain.forking import SessionForked
from artelier.domain.grants import GrantMade, GrantRevoked
from artelier.domain.messages import Earlier
from artelier.domain.models import CacheWishes, FinishReason
from artelier.domain.questions import Answer, Decision, Question, QuestionKind
from artelier.domain.reasons import Because
from artelier.domain.restoring import FilesRestored
from artelier.domain.routes import ClarificationAsked, RouteAdvised
from artelier.domain.runs import WaitReason
from artelier.domain.usage import Usage

FORMAT = 5
"""Grows whenever an older worker could not fold what a newer one writes; a worker claims only runs up to its own."""


class SessionOpened(Struct, frozen=True, omit_defaults=True):
    """A conversation began; with a ``parent`` it is an agent's with another agent."""

    type: ClassVar[str] = "session_opened"
    owner: str
    workspace: str
    title: str = ""
    parent: Parent | None = None


class MessageReceived(Struct, frozen=True, omit_defaults=True):
    """A person said something; it starts the run that the envelope names."""

    type: ClassVar[str] = "message_received"
    text: str
    agent: str = ""
    """The agent the person asked for, if any."""
    model: str = ""
    allowance: Limits | None = None
    """What a delegated run may use at most."""
    rights: tuple[str, ...] | None = None
    """The tools that a delegated run may use at most; None for no such bound."""
    writes: tuple[str, ...] = ()
    """Patterns of the paths that a delegated run may write at most; empty for no such bound."""
    seen: tuple[str, ...] = ()
    """Labels of what the run that delegated it had seen."""
    cache: CacheWishes = CacheWishes()
    """What is wanted of the cache of replies."""
    ceilings: dict[str, float] = {}
    """US dollars up to which a person let the run that delegated it spend of budgets, by the budgets' keys."""
    said: tuple[Earlier, ...] = ()
    """What was said before it elsewhere, as a program that keeps the conversation itself tells it."""


class RunQueued(Struct, frozen=True, omit_defaults=True):
    """A run waits for a worker; ``resumed`` when it had failed and was taken up again."""

    type: ClassVar[str] = "run_queued"
    resumed: bool = False


class RunStarted(Struct, frozen=True, omit_defaults=True):
    """A worker took the run, at first or again after a wait or a crash."""

    type: ClassVar[str] = "run_started"
    worker: str
    fence: int
    settings: str = ""
    """Digest of the settings in force."""


class AgentChosen(Struct, frozen=True, omit_defaults=True):
    """The agent that answers; ``confidence`` is between 0 and 1."""

    type: ClassVar[str] = "agent_chosen"
    agent: str
    source: str
    confidence: float = 1.0
    reason: str = ""
    """Why an agent handed over."""


class ModelReplied(Struct, frozen=True, omit_defaults=True):
    """The model's whole reply. A later reply to the same step replaces an earlier one that was cut."""

    type: ClassVar[str] = "model_replied"
    step: int
    attempt: int
    text: str
    calls: tuple[ToolCall, ...] = ()
    reasoning: str = ""
    finish: FinishReason = FinishReason.STOP
    usage: Usage = Usage()
    model: str = ""
    max_tokens: int = 0
    provider: str = ""
    """Who answered in place of the provider that was asked."""
    source: str = ""
    """Where it comes from when no model was asked for it: ``cache``, ``joined``, ``semantic``."""
    saved: Usage = Usage()
    """What it would have consumed then."""
    signature: str = ""
    """What the provider wants back with the reasoning when the calls are answered."""
    entry: str = ""
    """The entry of the cache of like questions that gave it, for a report that it is wrong."""
    lookup_cost: float = 0.0
    """US dollars of ``usage.cost`` that looking for like questions took."""


class ModelFailed(Struct, frozen=True, omit_defaults=True):
    """The model gave no usable reply; what was streamed of this attempt is void."""

    type: ClassVar[str] = "model_failed"
    step: int
    attempt: int
    code: str
    message: str
    retryable: bool = False
    retry_after: float | None = None


class CallJudged(Struct, frozen=True, omit_defaults=True):
    """Whether a call may run: ``allow``, ``ask`` or ``forbid``; judged again when a person edits its arguments."""

    type: ClassVar[str] = "call_judged"
    call: str
    decision: str
    reason: str = ""
    rule: str = ""
    labels: tuple[str, ...] = ()
    timeout: float | None = None
    """Seconds its question stays open where a rule says so, 0 for ever; ``on_timeout`` is what silence means then."""
    on_timeout: Decision | None = None
    brings: tuple[str, ...] = ()
    """What its result would bring into the run: ``untrusted``, ``private``."""
    grant: str = ""
    """The grant by which it is allowed, if it is by one; ``habit:`` and a digest where earlier answers to its like allow it."""
    because: tuple[Because, ...] = ()


class ToolStarted(Struct, frozen=True, omit_defaults=True):
    """A call begins; stored before a tool that is not repeatable."""

    type: ClassVar[str] = "tool_started"
    call: str
    name: str
    target: str = ""
    """Its exact effect in one line."""
    early_seconds: float = 0.0
    """How long it had been at work already when the reply that asks for it was whole."""


class ToolFinished(Struct, frozen=True, omit_defaults=True):
    """What came of a call."""

    type: ClassVar[str] = "tool_finished"
    call: str
    name: str
    result: ToolResult
    seconds: float = 0.0


class ApprovalAsked(Struct, frozen=True):
    """A person is asked: an approval, words, or what to do with a call in doubt."""

    type: ClassVar[str] = "approval_asked"
    question: Question


class BudgetReached(Struct, frozen=True):
    """A limit is reached and a person is asked whether to go on."""

    type: ClassVar[str] = "budget_reached"
    question: Question


class ApprovalAnswered(Struct, frozen=True):
    """A question of any kind was answered, or timed out."""

    type: ClassVar[str] = "approval_answered"
    question: str
    kind: QuestionKind
    answer: Answer


class CancelRequested(Struct, frozen=True, omit_defaults=True):
    """Somebody wants the run to stop."""

    type: ClassVar[str] = "cancel_requested"
    reason: str = ""


class RunWaiting(Struct, frozen=True, omit_defaults=True):
    """The worker went home; the run goes on at an answer, or at ``wake_at``."""

    type: ClassVar[str] = "run_waiting"
    reason: WaitReason
    wake_at: datetime | None = None
    usage: Usage = Usage()


class RunFinished(Struct, frozen=True, omit_defaults=True):
    """The run came to rest with a reply."""

    type: ClassVar[str] = "run_finished"
    reply: str
    usage: Usage = Usage()
    steps: int = 0
    calls: int = 0


class RunFailed(Struct, frozen=True, omit_defaults=True):
    """The run cannot go on by itself."""

    type: ClassVar[str] = "run_failed"
    code: str
    message: str
    usage: Usage = Usage()


class RunCancelled(Struct, frozen=True, omit_defaults=True):
    """The run was stopped."""

    type: ClassVar[str] = "run_cancelled"
    reason: str = ""
    usage: Usage = Usage()


Payload = (
    SessionOpened
    | SessionForked
    | MessageReceived
    | RunQueued
    | RunStarted
    | AgentChosen
    | RouteAdvised
    | ClarificationAsked
    | ModelReplied
    | ModelFailed
    | CallJudged
    | ToolStarted
    | ToolFinished
    | DelegateSent
    | DelegateReturned
    | ContextCompacted
    | FilesRestored
    | ApprovalAsked
    | BudgetReached
    | ApprovalAnswered
    | GrantMade
    | GrantRevoked
    | CancelRequested
    | RunWaiting
    | RunFinished
    | RunFailed
    | RunCancelled
)


class Draft(Struct, frozen=True):
    """An event that wants to be appended: the store adds session, sequence and time."""

    payload: Payload
    actor: str
    """``person:ID``, ``agent:NAME`` or ``system``."""
    run: str = ""


class Event(Struct, frozen=True):
    """One entry of a session's journal: the envelope that everybody sees."""

    session: str
    seq: int
    run: str
    type: str
    v: int
    at: datetime
    actor: str
    trace: str
    payload: Payload
