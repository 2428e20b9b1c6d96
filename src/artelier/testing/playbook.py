"""Decisions read as scripts: given these events and facts, expect this command. No model, no store, no event loop.

``Playbook.of(tester, tools=[ReadFile()]).given(replied(tool_call(0, "read_file", path="a")))`` is the command that follows.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import msgspec
from msgspec import Struct

from artelier.domain.agents import AgentSpec
from artelier.domain.calls import Access, ResultStatus, ToolCall, ToolResult
from artelier.domain.events import AgentChosen, Event, MessageReceived, ModelReplied, Payload, RunQueued, RunStarted, SessionOpened
from artelier.domain.models import FinishReason
from artelier.domain.usage import Usage
from artelier.engine.commands import Command
from artelier.engine.decide import decide
from artelier.engine.facts import Facts, Policy
from artelier.engine.fold import fold
from artelier.engine.state import SessionState
from artelier.ports.tool import Tool

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
"""When the session began."""
RUN = "r1"
"""The run that everything belongs to."""
SECOND = timedelta(seconds=1)
OPENING: tuple[Payload, ...] = (SessionOpened("person:owner", "w1"), MessageReceived("do it"), RunQueued(), RunStarted("worker", 1))
"""What has happened at the beginning of every run."""


def tool_call(index: int, name: str, step: int = 0, **arguments: Any) -> ToolCall:
    """Return the call at a place of the reply to a step."""
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
    """Return that the model said this."""
    return ModelReplied(step, attempt, text, calls, finish=finish, usage=Usage(tokens, 0, model_calls=1), max_tokens=max_tokens)


def result(text: str = "fine") -> ToolResult:
    """Return that a call was done."""
    return ToolResult(ResultStatus.DONE, text)


def events(*payloads: Payload, after: int = 0, every: timedelta = SECOND) -> tuple[Event, ...]:
    """Return these as numbered events of the run, one each second."""
    return tuple(
        Event("s1", after + index, RUN, payload.type, 1, NOON + (after + index) * every, "system", "", payload)
        for index, payload in enumerate(payloads, 1)
    )


class Playbook(Struct, frozen=True):
    """Who works by which rules, and what calls touch; ``given`` tells what is decided then."""

    policy: Policy
    access: Callable[[ToolCall], Access]
    opening: tuple[Payload, ...] = OPENING
    """What has happened before what is given."""

    @classmethod
    def of(cls, *agents: AgentSpec, tools: Iterable[Tool] = (), **policy: Any) -> Self:
        """Return the playbook of these agents, the first of which is at work, and tools; ``policy`` holds its other fields."""
        known = {tool.spec.name: tool for tool in tools}

        def access(call: ToolCall) -> Access:
            return known[call.name].access(call.arguments or {}) if call.name in known else Access()

        specs = {name: tool.spec for name, tool in known.items()}
        chosen = AgentChosen(agents[0].name, "default")
        return cls(Policy({agent.name: agent for agent in agents}, agents[0].name, specs, **policy), access, (*OPENING, chosen))

    def state_of(self, *payloads: Payload, every: timedelta = SECOND) -> SessionState:
        """Return the state after the opening and these."""
        return fold(SessionState("s1"), events(*self.opening, *payloads, every=every))

    def facts_for(self, state: SessionState, **changes: Any) -> Facts:
        """Return the facts of a moment a minute after noon; ``changes`` are those that differ."""
        turns = state.runs[RUN].turns
        open_calls = turns[-1].open_calls if turns else ()
        access = {each.call.id: self.access(each.call) for each in open_calls}
        facts = Facts(now=NOON + timedelta(minutes=1), run=RUN, policy=self.policy, access=access)
        return msgspec.structs.replace(facts, **changes)

    def given(self, *payloads: Payload, every: timedelta = SECOND, **changes: Any) -> Command:
        """Return what is decided after the opening and these events; ``changes`` are facts that differ."""
        state = self.state_of(*payloads, every=every)
        return decide(state, self.facts_for(state, **changes))
