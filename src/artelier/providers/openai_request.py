"""A request in the chat completions format, made so that every server takes it.

Learned from real servers: some refuse ``content: null`` beside calls, a system message that is not the first, two user
messages in a row, call ids of other shapes than their own, and history whose arguments are not JSON.
"""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import orjson
from msgspec import Struct

from artelier.domain.calls import ToolCall, ToolSpec
from artelier.domain.messages import AgentMessage, Message, NoteMessage, ToolMessage, UserMessage
from artelier.domain.models import ModelRequest
from artelier.providers.cache_marks import NO_MARKS, Keeping, cache_marks
from artelier.providers.openai_extras import extras_of
from artelier.providers.wire_values import NOTE_MARK, KeptTools, cache_control, whole, wire_arguments, wire_id

_TAKES_MARKS = ("anthropic/", "claude")
"""How the names of models begin that keep what they read of a prompt where they are told to, behind gateways as well."""


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
    keeping: Keeping = Keeping.AUTO
    """For how long prompts are kept, where the model is told."""
    cache_marks: bool | None = None
    """Tell it by ``cache_control`` within the messages, as OpenRouter takes for Anthropic's models; None asks the model's name."""
    cache_key: bool = False
    """Name the prefix (``prompt_cache_key``), so that OpenAI sends requests that share it to one machine."""

    def marks(self, model: str) -> bool:
        """Whether a model is told what to keep."""
        return model.startswith(_TAKES_MARKS) if self.cache_marks is None else self.cache_marks


class RequestEncoder:
    """Encodes requests; the tools of a session are encoded once, since they are the same object all along."""

    def __init__(self, extra_body: Mapping[str, Any] | None = None) -> None:
        self._extra = dict(extra_body or {})
        self._tools = KeptTools(_wire_tools)

    def encode(self, request: ModelRequest, dialect: Dialect) -> bytes:
        """Return the JSON body of a streamed request."""
        body: dict[str, Any] = {"model": request.model, "messages": wire_messages(request, dialect)}
        if request.tools:
            body["tools"] = self._tools.encoded(request.tools)
            if dialect.parallel_calls:
                body["parallel_tool_calls"] = True
        body["stream"] = True
        if dialect.include_usage:
            body["stream_options"] = {"include_usage": True}
        body[dialect.limit_field] = request.max_tokens
        if request.temperature is not None:
            body["temperature"] = request.temperature
        if dialect.cache_key and dialect.keeping is not Keeping.OFF:
            body["prompt_cache_key"] = prefix_key(request, body.get("tools"))
        body.update(self._extra)
        try:
            return orjson.dumps(body)
        except orjson.JSONEncodeError:  # half a character, e.g. out of a file name that is not UTF-8
            body["messages"] = whole(body["messages"])
            return orjson.dumps(body)


def prefix_key(request: ModelRequest, tools: orjson.Fragment | None) -> str:
    """Return a name for what all requests of a conversation begin with: system prompt, tools, its first message."""
    first = request.messages[0].text if request.messages else ""
    digest = blake2b(request.system.encode("utf-8", "surrogatepass"), digest_size=16)
    digest.update(b"" if tools is None else orjson.dumps(tools))
    digest.update(first.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def wire_messages(request: ModelRequest, dialect: Dialect) -> list[dict[str, Any]]:
    """Return the messages as dictionaries; words for the model that follow each other become one message."""
    messages: list[dict[str, Any]] = []
    marks = cache_marks(request, dialect.keeping, on_tools=False) if dialect.marks(request.model) else NO_MARKS
    if request.system:
        messages.append({"role": "system", "content": request.system})
        _mark(messages, marks.system)
    for place, message in enumerate(request.messages):
        _add(messages, message, dialect, marked=marks is not NO_MARKS)
        if place in marks.messages:
            _mark(messages, "5m")
    return messages


def _mark(messages: list[dict[str, Any]], keep: str) -> None:
    """Mark the end of the last message, which becomes a list of parts; an empty ``keep`` marks nothing."""
    if keep:
        parts = _parts(messages[-1]["content"])
        parts[-1] = {**parts[-1], "cache_control": cache_control(keep)}
        messages[-1]["content"] = parts


def _parts(content: str | list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def _add(messages: list[dict[str, Any]], message: Message, dialect: Dialect, *, marked: bool) -> None:
    match message:
        case UserMessage(text=text):
            _add_user(messages, text, dialect, marked=marked)
        case NoteMessage(text=text):
            _add_user(messages, NOTE_MARK + text, dialect, marked=marked)
        case ToolMessage(call_id=call_id, text=text):
            messages.append({"role": "tool", "tool_call_id": wire_id(call_id), "content": text})
        case AgentMessage():
            if message.text or message.calls:  # some servers refuse a message that says nothing
                messages.append(_wire_agent(message, dialect))


def _add_user(messages: list[dict[str, Any]], text: str, dialect: Dialect, *, marked: bool) -> None:
    last = messages[-1]["role"] if messages else ""
    if last == "user":
        content = messages[-1]["content"]
        if marked:  # what was kept must not grow
            messages[-1]["content"] = [*_parts(content), *_parts(text)]
        else:
            messages[-1]["content"] = f"{content}\n\n{text}"
        return
    if last == "tool" and dialect.answer_after_tools:
        messages.append({"role": "assistant", "content": "Understood."})
    messages.append({"role": "user", "content": text})


def _wire_agent(message: AgentMessage, dialect: Dialect) -> dict[str, Any]:
    wire: dict[str, Any] = {"role": "assistant", "content": message.text}
    if message.calls:
        extras = extras_of(message.signature)
        wire["tool_calls"] = [_wire_call(call, extra) for call, extra in zip(message.calls, extras.of(len(message.calls)), strict=True)]
        if extras.details:
            wire["reasoning_details"] = extras.details
        if dialect.echo_reasoning and message.reasoning:
            wire["reasoning_content"] = message.reasoning
    return wire


def _wire_call(call: ToolCall, extra: Any) -> dict[str, Any]:
    wire = {"id": wire_id(call.id), "type": "function", "function": {"name": call.name, "arguments": wire_arguments(call)}}
    return wire if extra is None else {**wire, "extra_content": extra}


def _wire_tools(tools: tuple[ToolSpec, ...], _keep: str) -> bytes:
    return orjson.dumps([_wire_tool(spec) for spec in tools])


def _wire_tool(spec: ToolSpec) -> dict[str, Any]:
    return {"type": "function", "function": {"name": spec.name, "description": spec.description, "parameters": spec.parameters}}
