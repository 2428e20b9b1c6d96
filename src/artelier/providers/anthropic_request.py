"""A request in the format of Anthropic's messages: https://platform.claude.com/docs/en/api/messages.

User and assistant take turns, the person first; results come right after the calls, before any other words; no text is
empty. Messages are lists of blocks, so that a message that goes on leaves what stood before it as it was.
"""

import json
from collections.abc import Sequence
from typing import Any

import orjson
from msgspec import Struct

from artelier.domain.calls import ResultStatus, ToolCall, ToolSpec
from artelier.domain.messages import AgentMessage, Message, NoteMessage, ToolMessage, UserMessage
from artelier.domain.models import ModelRequest, Purpose
from artelier.providers.anthropic_thinking import signed_blocks
from artelier.providers.cache_marks import Keeping, cache_marks
from artelier.providers.wire_values import NOTE_MARK, KeptTools, cache_control, whole, wire_arguments, wire_id

_GO_ON = NOTE_MARK + "Go on."
Block = dict[str, Any]


class MessagesDialect(Struct, frozen=True):
    """What one model takes; what it refuses by name is learned while it is used."""

    thinking_tokens: int = 0
    """Tokens that the model may think before each reply; 0 leaves it to the model."""
    adaptive: bool = False
    """Newer models decide themselves how much they think, and refuse a budget."""
    temperature: bool = True
    """Newer models refuse it."""
    keeping: Keeping = Keeping.AUTO


class MessagesEncoder:
    """Encodes requests; the tools of a session are encoded once."""

    def __init__(self) -> None:
        self._tools = KeptTools(_wire_tools)

    def encode(self, request: ModelRequest, dialect: MessagesDialect) -> bytes:
        """Return the JSON body of a streamed request."""
        marks = cache_marks(request, dialect.keeping)
        body: dict[str, Any] = {"model": request.model, "max_tokens": request.max_tokens, "stream": True}
        if request.tools:
            body["tools"] = self._tools.encoded(request.tools, marks.tools)
        if request.system:
            body["system"] = [_marked({"type": "text", "text": request.system}, marks.system)]
        body["messages"] = wire_messages(request.messages, marks.messages)
        thinking = _thinking(request, dialect)
        if thinking:
            body["thinking"] = thinking
            body["max_tokens"] += dialect.thinking_tokens
        elif request.temperature is not None and dialect.temperature:
            body["temperature"] = min(request.temperature, 1.0)
        try:
            return orjson.dumps(body)
        except orjson.JSONEncodeError:  # half a character, e.g. out of a file name that is not UTF-8
            body |= {name: whole(body[name]) for name in ("system", "messages") if name in body}
            return orjson.dumps(body)


def wire_messages(messages: Sequence[Message], marked: Sequence[int] = ()) -> list[dict[str, Any]]:
    """Return messages as they are sent; those at the places in ``marked`` end in a mark for the cache."""
    wire: list[dict[str, Any]] = []
    for place, message in enumerate(messages):
        role, blocks = _wire_message(message)
        if not blocks:
            continue
        if place in marked:
            blocks[-1] = _marked(blocks[-1], "5m")
        if wire and wire[-1]["role"] == role:
            wire[-1]["content"] += blocks
        else:
            wire.append({"role": role, "content": blocks})
    if not wire or wire[0]["role"] != "user":
        wire.insert(0, {"role": "user", "content": [_text(_GO_ON)]})
    if wire[-1]["role"] != "user":
        wire.append({"role": "user", "content": [_text(_GO_ON)]})
    return wire


def _wire_message(message: Message) -> tuple[str, list[Block]]:
    match message:
        case UserMessage(text=text):
            return "user", _texts(text)
        case NoteMessage(text=text):
            return "user", _texts(NOTE_MARK + text)
        case ToolMessage():
            return "user", [_result(message)]
        case AgentMessage():
            calls = [_call(call) for call in message.calls]
            return "assistant", signed_blocks(message, calls) or [*_texts(message.text), *calls]


def _thinking(request: ModelRequest, dialect: MessagesDialect) -> Block:
    """Return how the model may think, empty for not a word of it.

    A budget asks that the reply whose results are sent began with thoughts, which one of another model, or from before
    thinking was switched on, did not: this one step goes without.
    """
    if not dialect.thinking_tokens or request.purpose is Purpose.SUMMARY:
        return {}
    if dialect.adaptive:
        return {"type": "adaptive", "display": "summarized"}
    last = next((each for each in reversed(request.messages) if isinstance(each, UserMessage | AgentMessage)), None)
    if isinstance(last, AgentMessage) and last.calls and signed_blocks(last, [_call(call) for call in last.calls]) is None:
        return {}
    return {"type": "enabled", "budget_tokens": dialect.thinking_tokens}


def _result(message: ToolMessage) -> Block:
    result: Block = {"type": "tool_result", "tool_use_id": wire_id(message.call_id)}
    failed = message.status is not ResultStatus.DONE
    if message.text.strip() or failed:  # a failure must say something
        result["content"] = message.text if message.text.strip() else message.status.value
    if failed:
        result["is_error"] = True
    return result


def _call(call: ToolCall) -> Block:
    return {"type": "tool_use", "id": wire_id(call.id), "name": call.name, "input": _input(call)}


def _input(call: ToolCall) -> orjson.Fragment:
    arguments = wire_arguments(call)
    try:
        return orjson.Fragment(arguments.encode())
    except UnicodeEncodeError:  # half a character
        return orjson.Fragment(json.dumps(whole(json.loads(arguments)), ensure_ascii=False).encode())


def _texts(text: str) -> list[Block]:
    return [_text(text)] if text.strip() else []


def _text(text: str) -> Block:
    return {"type": "text", "text": text}


def _marked(block: Block, keep: str) -> Block:
    return {**block, "cache_control": cache_control(keep)} if keep else block


def _wire_tools(tools: tuple[ToolSpec, ...], keep: str) -> bytes:
    wire = [{"name": spec.name, "description": spec.description, "input_schema": {"type": "object", **spec.parameters}} for spec in tools]
    wire[-1] = _marked(wire[-1], keep)
    return orjson.dumps(wire)
