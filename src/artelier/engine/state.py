"""What a session's journal says, folded: frozen values that only ``fold`` makes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from artelier.domain.agents import Limits
from artelier.domain.calls import ToolCall, ToolResult
from artelier.domain.compacting import ContextCompacted
from artelier.domain.delegating import DelegateSent, Parent
from artelier.domain.events import CallJudged, ModelReplied
from artelier.domain.messages import Earlier
from artelier.domain.models import CacheWishes, FinishReason
from artelier.domain.questions import Answer, Decision, Question
from artelier.domain.routes import RouteAdvised
from artelier.domain.runs import RunStatus
from artelier.domain.usage import Usage
from artelier.engine.findings import Findings


class CallState(Struct, frozen=True):
    """One call and how far it has come."""

    call: ToolCall
    arguments: dict[str, Any] | None = None
    """As a person edited them; None while they are the model's."""
    judged: CallJudged | None = None
    question: Question | None = None
    """The newest question about this call."""
    answer: Answer | None = None
    """The answer to that question."""
    approved: bool = False
    reruns: int = 0
    """How often a person said: run it again, although it may have taken effect."""
    starts: int = 0
    result: ToolResult | None = None
    delegated: DelegateSent | None = None
    """The session in which another agent works on it."""

    @property
    def effective(self) -> ToolCall:
        """The call as it would run: with the arguments a person gave it, if any."""
        return self.call if self.arguments is None else msgspec.structs.replace(self.call, arguments=self.arguments)

    @property
    def awaits_answer(self) -> bool:
        """Whether a person has been asked and has not answered."""
        return self.question is not None and self.answer is None

    @property
    def permitted(self) -> bool:
        """Whether a rule or a person has allowed it to run."""
        if self.judged is None or self.judged.decision == "forbid":
            return False
        return self.judged.decision == "allow" or self.approved


class Turn(Struct, frozen=True):
    """One reply of the model and the calls it asked for."""

    reply: ModelReplied
    calls: tuple[CallState, ...] = ()
    let_go_on: bool = False
    """A person let the run go on after it although it repeated itself: repetition is counted anew from the next turn."""
    known: Findings = Findings()
    """What the session had found out before it: all that is known of what came earlier."""

    @property
    def open_calls(self) -> tuple[CallState, ...]:
        """Calls without a result."""
        return tuple(call for call in self.calls if call.result is None)

    @property
    def cut(self) -> bool:
        """Whether the reply ended at its length limit."""
        return self.reply.finish is FinishReason.LENGTH


class RunState(Struct, frozen=True):
    """One run: the work from a message to rest."""

    id: str
    request: str
    wanted_agent: str = ""
    wanted_model: str = ""
    trace: str = ""
    """Correlation id of the request that brought the message."""
    wishes: CacheWishes = CacheWishes()
    """What the person wants of the cache of replies."""
    status: RunStatus = RunStatus.QUEUED
    agent: str = ""
    chosen_by: str = ""
    """By what the agent was found: ``explicit``, ``mention``, ``person``, ``classifier`` and so on."""
    advice: RouteAdvised | None = None
    """What a model said about who should answer."""
    clarification: Question | None = None
    """The question who should answer."""
    clarified: Answer | None = None
    turns: tuple[Turn, ...] = ()
    empty_replies: int = 0
    failures: int = 0
    """Failures of the model in a row."""
    failure_pending: bool = False
    """The newest failure has not been waited out yet."""
    failing_since: datetime | None = None
    """When the first of these failures came."""
    last_failure: str = ""
    last_failure_code: str = ""
    retry_after: float | None = None
    failure_retryable: bool = False
    attempt: int = 0
    """Attempts at the present step that are over, crashed ones included: deltas of a higher attempt discard a lower's."""
    fence: int = 0
    """Fence of the worker that started it last; 0 before anybody did."""
    usage: Usage = Usage()
    budget_question: Question | None = None
    budget_answer: Answer | None = None
    limits_granted: Mapping[str, int] = {}
    """How many times over each limit was granted again."""
    limits_raised: Mapping[str, float] = {}
    """To what each limit was raised at least, where its next request alone takes more than the limit again."""
    ceilings: Mapping[str, float] = {}
    """US dollars up to which a person lets it spend of budgets over runs, by the budgets' keys."""
    cancel_reason: str | None = None
    allowance: Limits | None = None
    """What it may use at most, where it was delegated."""
    rights: tuple[str, ...] | None = None
    """Tools it may use at most, where it was delegated."""
    writes: tuple[str, ...] = ()
    """Patterns of paths it may write at most, where it was delegated."""
    delegated_steps: int = 0
    """Steps of runs that it delegated to."""
    said: tuple[Earlier, ...] = ()
    """What was said before its message elsewhere."""
    undone: tuple[str, ...] = ()
    """Files whose changes by this run a person undid."""
    seen: frozenset[str] = frozenset()
    """Labels of what its calls brought in: ``untrusted``, ``private``; nothing takes one away again."""
    left: bool = False
    """Whether the conversation was copied after it, and goes on there from what was said up to here."""
    compactions: int = 0
    """How often less was shown since the last reply."""
    too_long: int = 0
    """Estimated tokens of the shortest request that the model refused as too long; 0 while it refused none."""
    active_seconds: float = 0.0
    active_since: datetime | None = None

    @property
    def step(self) -> int:
        """Steps that have a reply."""
        return len(self.turns)

    @property
    def calls_asked(self) -> int:
        """Tool calls over all steps."""
        return sum(len(turn.calls) for turn in self.turns)

    @property
    def open_questions(self) -> tuple[Question, ...]:
        """Questions nobody has answered yet."""
        found = [call.question for turn in self.turns[-1:] for call in turn.open_calls if call.question is not None and call.answer is None]
        if self.budget_question is not None and self.budget_answer is None:
            found.append(self.budget_question)
        if self.clarification is not None and self.clarified is None:
            found.append(self.clarification)
        return tuple(found)

    def granted(self, limits: Limits, name: str) -> float:
        """Return a limit with what a person has granted on top of it."""
        limit = float(getattr(limits, name))
        return max(limit * (1 + self.limits_granted.get(name, 0)), self.limits_raised.get(name, 0.0)) if limit else 0.0


class SessionState(Struct, frozen=True):
    """A session's journal up to ``seq``: its runs in the order of their messages."""

    session: str
    seq: int = 0
    owner: str = ""
    workspace: str = ""
    parent: Parent | None = None
    runs: Mapping[str, RunState] = {}
    inherited: int = 0
    """How many of the first runs are copies of another session's."""
    findings: Findings = Findings()
    """What it has found out so far."""
    compacted: ContextCompacted | None = None
    """What a model is shown less, as the newest compaction left it."""

    @property
    def seen(self) -> frozenset[str]:
        """Labels of all that was brought in so far: what an earlier run saw may still stand in the conversation."""
        return frozenset().union(*(run.seen for run in self.runs.values()))


def is_yes(answer: Answer) -> bool:
    """Return whether an answer approves."""
    return answer.decision is Decision.APPROVE
