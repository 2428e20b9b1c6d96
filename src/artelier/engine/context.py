"""What a model is asked: byte-stable from the front, so that providers can cache the prefix.

Order: system prompt and tools (the same objects over a whole session), then the conversation as ``history`` shows it.
"""

from collections.abc import Mapping

import msgspec

from artelier.domain.agents import AgentSpec
from artelier.domain.calls import ResultStatus, ToolSpec
from artelier.domain.control import CONTROL_TOOLS
from artelier.domain.messages import AgentMessage, Message, ToolMessage
from artelier.domain.models import ModelRequest
from artelier.engine.history import NO_RESULT, excerpt
from artelier.engine.sizes import tokens_of_text
from artelier.engine.state import RunState, SessionState


class Contexts:
    """Builds requests for one snapshot of agents and tools; ``instructions`` of the workspace follow each agent's prompt."""

    def __init__(self, tools: Mapping[str, ToolSpec], window: int, instructions: str = "") -> None:
        self._tools = tools
        self._instructions = instructions
        self._window = window
        self._control = {spec.name: spec for spec in CONTROL_TOOLS}
        self._offered: dict[tuple[str, ...], tuple[ToolSpec, ...]] = {}
        self._sizes: dict[tuple[str, ...], int] = {}

    def build(self, state: SessionState, run: RunState, agent: AgentSpec, model: str, max_tokens: int) -> ModelRequest:
        """Return the request for the run's next step."""
        shown = excerpt(state, run, agent, self._window)
        return ModelRequest(
            model,
            self._system(agent),
            repair(shown.messages),
            self._offer(agent),
            max_tokens,
            agent.temperature,
            tenant=state.owner,
            agent=agent.name,
            wishes=run.wishes,
            left_out=shown.left_out,
            left_out_of_run=shown.left_out_of_run,
        )

    def fixed_tokens(self, agent: AgentSpec) -> int:
        """Return the estimated tokens of what stands before every conversation: system prompt and tools."""
        tools = self._sizes.get(agent.tools)
        if tools is None:
            tools = self._sizes[agent.tools] = tokens_of_text(msgspec.json.encode(self._offer(agent)).decode())
        return tools + tokens_of_text(self._system(agent))

    def _system(self, agent: AgentSpec) -> str:
        return f"{agent.prompt}\n\n{self._instructions}" if self._instructions else agent.prompt

    def _offer(self, agent: AgentSpec) -> tuple[ToolSpec, ...]:
        """Return the agent's tools, sorted, always as the same object."""
        offered = self._offered.get(agent.tools)
        if offered is None:
            known = {**self._tools, **self._control}
            specs = (known[name] for name in sorted(set(agent.tools)) if name in known)
            offered = self._offered[agent.tools] = tuple(spec for spec in specs if not spec.deferred)
        return offered


def repair(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """Return messages in which every call has exactly one result right after it, and every result a call."""
    repaired: list[Message] = []
    index = 0
    while index < len(messages):
        message = messages[index]
        index += 1
        if isinstance(message, ToolMessage):
            continue
        repaired.append(message)
        if not isinstance(message, AgentMessage) or not message.calls:
            continue
        results: dict[str, ToolMessage] = {}
        while index < len(messages) and isinstance(result := messages[index], ToolMessage):
            results.setdefault(result.call_id, result)
            index += 1
        repaired.extend(
            results.get(call.id) or ToolMessage(call.id, call.name, NO_RESULT, ResultStatus.CANCELLED) for call in message.calls
        )
    return tuple(repaired)
