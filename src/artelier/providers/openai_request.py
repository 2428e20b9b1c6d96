"""A request in the chat completions format, made so that every server takes it.

Learned from real servers: some refuse ``content: null`` beside calls, a system message that is not the first, two user
messages in a row, call ids of other shapes than their own, and history whose arguments are not JSON.
"""

import json
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import orjson
from msgspec import Struct

from artelier.domain.calls import ToolCall, ToolSpec
from artelier.domain.messages import AgentMessage, Message, NoteMessage, ToolMessage, UserMessage
from artelier.domain.models import ModelRequest

NOTE_MARK = "[runtime] "
"""Begins a note to the model, which goes as a user message: no server takes a system message in the middle."""
_TOOLS_KEPT = 64
"""How many tuples of tools are kept encoded."""
_ID_SIGNS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Dialect(Struct, frozen=True):
    """How one server wants what others take in the usual form."""

    limit_field: str = "max_tokens"
    """Newer models of OpenAI want ``max_completion_tokens``."""
    include_usage: bool = True
    """Ask for usage in a stream (``stream_options``)."""
    parallel_calls: bool = True
    """Say that several calls in a reply are welcome (``parallel_tool_calls``): some llama.cpp templates make one otherwise."""
    answer_after_tools: bool = False
    """Put a word of the agent between a tool's result and a user message, as Mistral's templates want."""
    echo_reasoning: bool = False
    """Send the agent's reasoning back beside its calls (``reasoning_content``), as DeepSeek and Moonshot want."""


class RequestEncoder:
    """Encodes requests; the tools of a session are encoded once, since they are the same object all along."""

    def __init__(self, extra_body: Mapping[str, Any] | None = None) -> None:
        self._extra = dict(extra_body or {})
        self._tools: dict[int, tuple[tuple[ToolSpec, ...], orjson.Fragment]] = {}

    def encode(self, request: ModelRequest, dialect: Dialect) -> bytes:
        """Return the JSON body of a streamed request."""
        body: dict[str, Any] = {"model": request.model, "messages": wire_messages(request, dialect)}
        if request.tools:
            body["tools"] = self._encoded_tools(request.tools)
            if dialect.parallel_calls:
                body["parallel_tool_calls"] = True
        body["stream"] = True
        if dialect.include_usage:
            body["stream_options"] = {"include_usage": True}
        body[dialect.limit_field] = request.max_tokens
        if request.temperature is not None:
            body["temperature"] = request.temperature
        body.update(self._extra)
        try:
            return orjson.dumps(body)
        except orjson.JSONEncodeError:  # half a character, e.g. out of a file name that is not UTF-8
            body["messages"] = _whole(body["messages"])
            return orjson.dumps(body)

    def _encoded_tools(self, tools: tuple[ToolSpec, ...]) -> orjson.Fragment:
        kept = self._tools.get(id(tools))
        if kept is not None:  # the tuple is kept beside, so that its identity cannot pass to another
            return kept[1]
        if len(self._tools) >= _TOOLS_KEPT:
            self._tools.pop(next(iter(self._tools)))
        fragment = orjson.Fragment(orjson.dumps([_wire_tool(spec) for spec in tools]))
        self._tools[id(tools)] = (tools, fragment)
        return fragment


def wire_messages(request: ModelRequest, dialect: Dialect) -> list[dict[str, Any]]:
    """Return the messages as dictionaries; words for the model that follow each other become one message."""
    messages: list[dict[str, Any]] = []
    if request.system:
        messages.append({"role": "system", "content": request.system})
    for message in request.messages:
        _add(messages, message, dialect)
    return messages


def wire_id(call_id: str) -> str:
    """Return nine letters and digits that stand for a call id: Mistral takes nothing else, OpenAI at most forty signs."""
    number = int.from_bytes(blake2b(call_id.encode("utf-8", "surrogatepass"), digest_size=8).digest())
    signs = []
    for _ in range(9):
        number, place = divmod(number, len(_ID_SIGNS))
        signs.append(_ID_SIGNS[place])
    return "".join(signs)


def _add(messages: list[dict[str, Any]], message: Message, dialect: Dialect) -> None:
    match message:
        case UserMessage(text=text):
            _add_user(messages, text, dialect)
        case NoteMessage(text=text):
            _add_user(messages, NOTE_MARK + text, dialect)
        case ToolMessage(call_id=call_id, text=text):
            messages.append({"role": "tool", "tool_call_id": wire_id(call_id), "content": text})
        case AgentMessage():
            if message.text or message.calls:  # some servers refuse a message that says nothing
                messages.append(_wire_agent(message, dialect))


def _add_user(messages: list[dict[str, Any]], text: str, dialect: Dialect) -> None:
    last = messages[-1]["role"] if messages else ""
    if last == "user":
        messages[-1]["content"] += "\n\n" + text
        return
    if last == "tool" and dialect.answer_after_tools:
        messages.append({"role": "assistant", "content": "Understood."})
    messages.append({"role": "user", "content": text})


def _wire_agent(message: AgentMessage, dialect: Dialect) -> dict[str, Any]:
    wire: dict[str, Any] = {"role": "assistant", "content": message.text}
    if message.calls:
        wire["tool_calls"] = [_wire_call(call) for call in message.calls]
        if dialect.echo_reasoning and message.reasoning:
            wire["reasoning_content"] = message.reasoning
    return wire


def _wire_call(call: ToolCall) -> dict[str, Any]:
    return {"id": wire_id(call.id), "type": "function", "function": {"name": call.name, "arguments": _wire_arguments(call)}}


def _wire_arguments(call: ToolCall) -> str:
    """Return JSON in any case: servers parse the history. What was no JSON is shown to the model inside an object."""
    arguments = {"unparsed": call.raw} if call.arguments is None else call.arguments
    try:
        return orjson.dumps(arguments).decode()
    except orjson.JSONEncodeError:  # numbers over 64 bits, half a character
        return json.dumps(arguments, ensure_ascii=False)


def _wire_tool(spec: ToolSpec) -> dict[str, Any]:
    return {"type": "function", "function": {"name": spec.name, "description": spec.description, "parameters": spec.parameters}}


def _whole(value: Any) -> Any:
    """Put a replacement sign where half a character stands."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_whole(item) for item in value]
    if isinstance(value, dict):
        return {name: _whole(item) for name, item in value.items()}
    return value
