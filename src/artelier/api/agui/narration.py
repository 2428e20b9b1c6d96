"""From a session's events and pieces to AG-UI's events, each of which is begun, goes on and ends in order.

Source: https://docs.ag-ui.com/concepts/events. A reply that starts over cannot be taken back in this protocol: it becomes a
message of its own, and the snapshot of messages at the end says what stands.
"""

from collections.abc import Iterable, Iterator

import orjson
from ag_ui.core import (
    BaseEvent,
    CustomEvent,
    ReasoningEndEvent,
    ReasoningMessageContentEvent,
    ReasoningMessageEndEvent,
    ReasoningMessageStartEvent,
    ReasoningStartEvent,
    SubagentErrorEvent,
    SubagentFinishedEvent,
    SubagentStartedEvent,
    TextMessageContentEvent,
    TextMessageEndEvent,
    TextMessageStartEvent,
    ToolCallArgsEvent,
    ToolCallEndEvent,
    ToolCallResultEvent,
    ToolCallStartEvent,
)
from msgspec import Struct

from artelier.domain.calls import ToolCall
from artelier.domain.delegating import DelegateReturned, DelegateSent
from artelier.domain.events import AgentChosen, Event, ModelFailed, ModelReplied, RunFinished, ToolFinished
from artelier.domain.frames import Delta, DeltaKind, Frame, ReplySoFar

AGENT_CHOSEN = "artelier.agent_chosen"


class _Reply(Struct):
    """How much of one attempt at a reply has been told."""

    text: str = ""
    reasoning: str = ""
    told_calls: dict[str, str] = {}
    """By the call's id, how much of its arguments."""


class Narration:
    """Tells one run; ``close`` ends what is open."""

    def __init__(self, run: str) -> None:
        self._run = run
        self._replies: dict[tuple[int, int], _Reply] = {}
        self._open_text = ""
        self._open_reasoning = ""
        self._open_calls: list[str] = []
        self._ended_calls: set[str] = set()
        self._children: dict[str, str] = {}
        self._last_text = ""

    def take(self, frames: Iterable[Frame]) -> Iterator[BaseEvent]:
        """Yield what these frames tell."""
        for frame in frames:
            if isinstance(frame, Delta) and frame.run == self._run:
                yield from self._take_delta(frame)
            elif isinstance(frame, Event) and frame.run == self._run:
                yield from self._take_event(frame)

    def close(self) -> Iterator[BaseEvent]:
        """Yield the ends of everything that is open."""
        yield from self._end_reasoning()
        yield from self._end_text()
        for call in self._open_calls:
            yield ToolCallEndEvent(tool_call_id=call)
            self._ended_calls.add(call)
        self._open_calls = []
        for child in list(self._children.values()):
            yield SubagentFinishedEvent(subagent_run_id=child)
        self._children = {}

    def _take_delta(self, delta: Delta) -> Iterator[BaseEvent]:
        reply = self._replies.setdefault((delta.step, delta.attempt), _Reply(told_calls={}))
        if delta.kind is DeltaKind.ARGUMENTS:
            known = reply.told_calls.get(delta.call, "")
            yield from self._arguments(reply, delta.call, delta.name, _joined(known, delta), delta.step)
        elif delta.kind is DeltaKind.TEXT:
            yield from self._text(reply, (delta.step, delta.attempt), _joined(reply.text, delta))
        elif delta.kind is DeltaKind.REASONING:
            yield from self._reasoning(reply, (delta.step, delta.attempt), _joined(reply.reasoning, delta))

    def _take_event(self, event: Event) -> Iterator[BaseEvent]:
        match event.payload:
            case AgentChosen() as chosen:
                value = {"agent": chosen.agent, "source": chosen.source, "confidence": chosen.confidence}
                yield CustomEvent(name=AGENT_CHOSEN, value=value)
            case ModelReplied() as replied:
                yield from self._settle(replied)
            case ModelFailed():
                yield from self.close()
            case ToolFinished() as finished:
                content = finished.result.text
                yield ToolCallResultEvent(message_id=f"{finished.call}/result", tool_call_id=finished.call, content=content, role="tool")
            case DelegateSent() as sent:
                self._children[sent.run] = sent.run
                yield SubagentStartedEvent(subagent_run_id=sent.run, name=sent.agent, parent_tool_call_id=sent.call)
            case DelegateReturned() as returned:
                yield from self._return(returned)
            case RunFinished(reply=reply) if reply and reply != self._last_text:
                yield from self._whole(f"{self._run}/end", reply)
            case _:
                return

    def _settle(self, replied: ModelReplied) -> Iterator[BaseEvent]:
        place = (replied.step, replied.attempt)
        reply = self._replies.setdefault(place, _Reply(told_calls={}))
        if replied.reasoning:
            yield from self._reasoning(reply, place, replied.reasoning)
        if replied.text:
            yield from self._text(reply, place, replied.text)
            self._last_text = replied.text
        for call in replied.calls:
            told = reply.told_calls.get(call.id, "")
            arguments = told or written(call)
            yield from self._arguments(reply, call.id, call.name, arguments, replied.step)
        yield from self._end_reply()

    def _end_reply(self) -> Iterator[BaseEvent]:
        yield from self._end_reasoning()
        yield from self._end_text()
        for call in self._open_calls:
            yield ToolCallEndEvent(tool_call_id=call)
            self._ended_calls.add(call)
        self._open_calls = []

    def _return(self, returned: DelegateReturned) -> Iterator[BaseEvent]:
        child = self._children.pop(returned.run, None)
        if child is not None and returned.status == "failed":
            yield SubagentErrorEvent(subagent_run_id=child, message=returned.reply or returned.code, code=returned.code)
        elif child is not None:
            yield SubagentFinishedEvent(subagent_run_id=child, result=returned.reply)
        yield ToolCallResultEvent(message_id=f"{returned.call}/result", tool_call_id=returned.call, content=returned.reply, role="tool")

    def _whole(self, message: str, text: str) -> Iterator[BaseEvent]:
        yield from self._end_text()
        yield TextMessageStartEvent(message_id=message, role="assistant")
        yield TextMessageContentEvent(message_id=message, delta=text)
        yield TextMessageEndEvent(message_id=message)

    def _text(self, reply: _Reply, place: tuple[int, int], text: str) -> Iterator[BaseEvent]:
        message = self._message(place)
        more = text[len(reply.text) :] if text.startswith(reply.text) else ""
        if not more:
            return
        yield from self._end_reasoning()
        if self._open_text != message:
            yield from self._end_text()
            self._open_text = message
            yield TextMessageStartEvent(message_id=message, role="assistant")
        reply.text = text
        yield TextMessageContentEvent(message_id=message, delta=more)

    def _reasoning(self, reply: _Reply, place: tuple[int, int], text: str) -> Iterator[BaseEvent]:
        message = f"{self._message(place)}/thoughts"
        more = text[len(reply.reasoning) :] if text.startswith(reply.reasoning) else ""
        if not more or reply.text:
            return
        if self._open_reasoning != message:
            yield from self._end_reasoning()
            self._open_reasoning = message
            yield ReasoningStartEvent(message_id=message)
            yield ReasoningMessageStartEvent(message_id=message, role="reasoning")
        reply.reasoning = text
        yield ReasoningMessageContentEvent(message_id=message, delta=more)

    def _arguments(self, reply: _Reply, call: str, name: str, text: str, step: int) -> Iterator[BaseEvent]:
        if call in self._ended_calls:
            return
        if call not in self._open_calls:
            yield from self._end_reasoning()
            self._open_calls.append(call)
            yield ToolCallStartEvent(tool_call_id=call, tool_call_name=name, parent_message_id=f"{self._run}/{step}")
        known = reply.told_calls.get(call, "")
        reply.told_calls[call] = text
        if text[len(known) :]:
            yield ToolCallArgsEvent(tool_call_id=call, delta=text[len(known) :])

    def _end_text(self) -> Iterator[BaseEvent]:
        if self._open_text:
            yield TextMessageEndEvent(message_id=self._open_text)
            self._open_text = ""

    def _end_reasoning(self) -> Iterator[BaseEvent]:
        if self._open_reasoning:
            yield ReasoningMessageEndEvent(message_id=self._open_reasoning)
            yield ReasoningEndEvent(message_id=self._open_reasoning)
            self._open_reasoning = ""

    def _message(self, place: tuple[int, int]) -> str:
        step, attempt = place
        first = min(number for at, number in self._replies if at == step)
        return f"{self._run}/{step}" if attempt == first else f"{self._run}/{step}/attempt-{attempt}"


def _joined(known: str, delta: Delta) -> str:
    if isinstance(delta, ReplySoFar):
        return delta.text if len(delta.text) > len(known) else known
    return known if delta.offset > len(known) else known[: delta.offset] + delta.text


def written(call: ToolCall) -> str:
    """Return a call's arguments as the text that models write."""
    return call.raw if call.arguments is None else orjson.dumps(call.arguments).decode()
