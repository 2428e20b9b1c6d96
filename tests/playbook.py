"""Decisions read as scripts: given these events and facts, expect this command."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from artelier.domain.agents import AgentSpec, Limits
from artelier.domain.calls import Access, ResultStatus, ToolCall, ToolResult, ToolSpec
from artelier.domain.control import CONTROL_TOOLS
from artelier.domain.events import Event, MessageReceived, ModelReplied, Payload, RunQueued, RunStarted, SessionOpened
from artelier.domain.models import FinishReason
from artelier.domain.usage import Usage
from artelier.engine.commands import Command
from artelier.engine.decide import decide
from artelier.engine.facts import Facts, Policy
from artelier.engine.fold import fold
from artelier.engine.state import SessionState

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
RUN = "r1"

READ = ToolSpec("read", "reads", {}, repeatable=True, effect="read")
WRITE = ToolSpec("write", "writes", {}, repeatable=True, effect="write")
EXECUTE = ToolSpec("execute", "runs", {}, repeatable=False, effect="execute")
TOOLS = {spec.name: spec for spec in (READ, WRITE, EXECUTE)}
CODER = AgentSpec(
    "coder",
    "codes",
    "You code.",
    (*TOOLS, *(spec.name for spec in CONTROL_TOOLS)),
    limits=Limits(steps=5, calls=10, tokens=1000, wall_seconds=600),
)
ASK = AgentSpec("ask", "answers", "You answer.", ("read", "ask_user"))
POLICY = Policy(agents={"coder": CODER, "ask": ASK}, default_agent="coder", tools=TOOLS)

OPENING: tuple[Payload, ...] = (SessionOpened("person:owner", "w1"), MessageReceived("do it"), RunQueued(), RunStarted("worker", 1))


def call(index: int, name: str = "read", step: int = 0, **arguments: object) -> ToolCall:
    return ToolCall(f"{RUN}/{step}/{index}", name, arguments)


def replied(
    *calls: ToolCall,
    text: str = "",
    step: int = 0,
    finish: FinishReason = FinishReason.STOP,
    tokens: int = 10,
    attempt: int = 0,
    max_tokens: int = 2048,
) -> ModelReplied:
    return ModelReplied(step, attempt, text, calls, finish=finish, usage=Usage(tokens, 0, model_calls=1), max_tokens=max_tokens)


def events(*payloads: Payload, after: int = 0, every: timedelta = timedelta(seconds=1)) -> tuple[Event, ...]:
    return tuple(
        Event("s1", after + index, RUN, payload.type, 1, NOON + (after + index) * every, "system", "", payload)
        for index, payload in enumerate(payloads, 1)
    )


def state_of(*payloads: Payload, every: timedelta = timedelta(seconds=1)) -> SessionState:
    return fold(SessionState("s1"), events(*OPENING, *payloads, every=every))


def facts_for(state: SessionState, **changes: object) -> Facts:
    run = state.runs[RUN]
    calls: Sequence = run.turns[-1].open_calls if run.turns else ()
    access = {each.call.id: _access(each.call) for each in calls}
    facts = Facts(now=NOON + timedelta(minutes=1), run=RUN, policy=POLICY, access=access)
    return msgspec.structs.replace(facts, **changes)


def given(*payloads: Payload, every: timedelta = timedelta(seconds=1), **changes: object) -> Command:
    """Return what is decided after the opening and these events; ``changes`` are facts that differ."""
    state = state_of(*payloads, every=every)
    return decide(state, facts_for(state, **changes))


def result(text: str = "fine") -> ToolResult:
    return ToolResult(ResultStatus.DONE, text)


def _access(each: ToolCall) -> Access:
    path = frozenset({str((each.arguments or {}).get("path", "."))})
    match each.name:
        case "read":
            return Access(reads=path)
        case "write":
            return Access(writes=path)
        case "execute":
            return Access(exclusive=True)
    return Access()
