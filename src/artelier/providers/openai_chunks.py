"""What stands on the wire of chat completions, read once as it should be and, where a server differs, once more kindly.

The shape: https://platform.openai.com/docs/api-reference/chat-streaming. Decoding into these types costs half of what a
dictionary costs, since unknown fields are skipped; every field may be null or absent on some server.
"""

import json
from typing import Any

import msgspec
from msgspec import Struct

from artelier.domain.errors import ReplyInvalid
from artelier.domain.usage import Usage
from artelier.providers.wire_values import counted, inner, whole

_HIGHEST_COST = 1e6
"""Dollars above which a cost is a server's mistake."""


class WireFunction(Struct, gc=False):
    """A function's name and the next piece of its arguments."""

    name: str | None = None
    arguments: str | None = None


class WireCall(Struct, gc=False):
    """The next piece of one tool call."""

    index: int | None = None
    id: str | None = None
    function: WireFunction | None = None
    extra_content: Any = None
    """What Gemini wants back with the call: the signature of the thought that led to it."""


class WireDelta(Struct, gc=False):
    """The next piece of a message, or a whole one."""

    content: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    reasoning_details: list[Any] | None = None
    refusal: str | None = None
    tool_calls: list[WireCall] | None = None
    function_call: WireFunction | None = None


class WireChoice(Struct, gc=False):
    """One alternative; ``delta`` in a stream, ``message`` in a whole reply."""

    index: int | None = None
    delta: WireDelta | None = None
    message: WireDelta | None = None
    finish_reason: str | None = None


class WireChunk(Struct, gc=False):
    """One event of a stream, or a whole reply."""

    choices: list[WireChoice] | None = None
    usage: Any = None
    error: Any = None
    model: str | None = None
    x_groq: Any = None
    """Where Groq counts tokens in a stream."""


_decode = msgspec.json.Decoder(WireChunk).decode


def read_chunk(data: bytes) -> WireChunk:
    """Return what ``data`` says. Raises ``ReplyInvalid`` where it is no JSON object."""
    try:
        return _decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _read_kindly(data)


def read_usage(told: Any) -> Usage:
    """Return what a ``usage`` object counts, whatever is missing from it; one model call."""
    counts = told if isinstance(told, dict) else {}
    output = counted(counts, "completion_tokens")
    reasoning = counted(inner(counts, "completion_tokens_details"), "reasoning_tokens")
    total = counted(counts, "total_tokens")
    prompt = counted(counts, "prompt_tokens")
    if reasoning and total == prompt + output + reasoning:
        output += reasoning  # xAI counts reasoning beside the output, everybody else within it
    details = inner(counts, "prompt_tokens_details")
    cached = (
        counted(details, "cached_tokens")
        or counted(counts, "prompt_cache_hit_tokens")  # DeepSeek
        or counted(counts, "cached_tokens")  # Moonshot
        or counted(counts, "cache_read_input_tokens")  # gateways to Anthropic
    )
    written = counted(details, "cache_write_tokens") or counted(counts, "cache_creation_input_tokens")  # OpenRouter; gateways
    return Usage(
        prompt,
        output,
        min(cached, prompt),
        min(reasoning, output),
        model_calls=1,
        cache_write_tokens=min(written, prompt),
        cost=_dollars(counts),
    )


def _dollars(counts: dict[str, Any]) -> float:
    """Return what OpenRouter says it charged; where the person pays the model's maker itself, that is told beside."""
    upstream = inner(counts, "cost_details").get("upstream_inference_cost") if counts.get("is_byok") else 0.0
    told = [value for value in (counts.get("cost"), upstream) if isinstance(value, int | float) and 0 <= value <= _HIGHEST_COST]
    return float(sum(told))


def _read_kindly(data: bytes) -> WireChunk:
    """Read a chunk whose fields have other types than the specification's, or whose strings hold half a character."""
    try:
        document = json.loads(data.decode())
    except (ValueError, RecursionError) as error:
        raise ReplyInvalid("The provider sent something that is not JSON. Check base_url, or use another model.") from error
    if not isinstance(document, dict):
        raise ReplyInvalid("The provider sent JSON that is not a reply. Check base_url, or use another model.")
    return WireChunk(
        choices=[_choice(item) for item in _items(document.get("choices")) if isinstance(item, dict)],
        usage=document.get("usage"),
        error=document.get("error"),
        model=_text(document.get("model")),
        x_groq=document.get("x_groq"),
    )


def _choice(item: dict[str, Any]) -> WireChoice:
    delta, message = item.get("delta"), item.get("message")
    return WireChoice(
        index=_index(item.get("index")),
        delta=_delta(delta) if isinstance(delta, dict) else None,
        message=_delta(message) if isinstance(message, dict) else None,
        finish_reason=_text(item.get("finish_reason")),
    )


def _delta(item: dict[str, Any]) -> WireDelta:
    content = item.get("content")
    function = item.get("function_call")
    return WireDelta(
        content=_parts(content, "text"),
        reasoning_content=_text(item.get("reasoning_content")) or _parts(content, "thinking") or None,
        reasoning=_text(item.get("reasoning")),
        reasoning_details=whole(_items(item.get("reasoning_details"))),
        refusal=_text(item.get("refusal")),
        tool_calls=[_call(call) for call in _items(item.get("tool_calls")) if isinstance(call, dict)],
        function_call=_function(function) if isinstance(function, dict) else None,
    )


def _parts(content: Any, kind: str) -> str:
    """Return the text of one kind out of content that may come in parts, as Mistral's and newer servers' does."""
    if isinstance(content, str):
        return whole(content) if kind == "text" else ""
    found = []
    for part in _items(content):
        within = part.get(kind) if isinstance(part, dict) else None
        found.append(_parts(within, "text"))
    return "".join(found)


def _call(item: dict[str, Any]) -> WireCall:
    function = item.get("function")
    return WireCall(
        index=_index(item.get("index")),
        id=_text(item.get("id")),
        function=_function(function) if isinstance(function, dict) else None,
        extra_content=whole(item.get("extra_content")),
    )


def _function(item: dict[str, Any]) -> WireFunction:
    arguments = item.get("arguments")
    if isinstance(arguments, dict | list):  # some servers send the object itself
        arguments = json.dumps(arguments, ensure_ascii=False)
    return WireFunction(name=_text(item.get("name")), arguments=_text(arguments))


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _index(value: Any) -> int | None:
    return int(value) if isinstance(value, int | str) and str(value).isdecimal() and len(str(value)) < 10 else None  # noqa: PLR2004  nine digits


def _text(value: Any) -> str | None:
    return whole(value) if isinstance(value, str) else None
