"""What stands on the wire of Anthropic's messages: https://platform.claude.com/docs/en/build-with-claude/streaming.

Decoding into one type for all events skips what is not read; event types that are not known here are passed over, as the
documentation asks.
"""

import json
from typing import Any

import msgspec
from msgspec import Struct

from artelier.domain.errors import ReplyInvalid
from artelier.domain.usage import Usage
from artelier.providers.wire_values import counted, inner, whole


class WireBlock(Struct, gc=False):
    """A content block as it begins, or a whole one."""

    type: str = ""
    text: str | None = None
    thinking: str | None = None
    signature: str | None = None
    data: str | None = None
    """Thoughts that nobody may read, of ``redacted_thinking``."""
    id: str | None = None
    name: str | None = None
    input: Any = None


class WireDelta(Struct, gc=False):
    """The next piece of a block, or of the message."""

    type: str = ""
    text: str | None = None
    thinking: str | None = None
    signature: str | None = None
    partial_json: str | None = None
    stop_reason: str | None = None


class WireMessage(Struct, gc=False):
    """The message as it begins."""

    model: str | None = None
    usage: Any = None


class WireEvent(Struct, gc=False):
    """One event of a stream; or, by its last three fields, a whole reply that came at once."""

    type: str = ""
    index: int | None = None
    delta: WireDelta | None = None
    content_block: WireBlock | None = None
    message: WireMessage | None = None
    usage: Any = None
    error: Any = None
    model: str | None = None
    content: list[WireBlock] | None = None
    stop_reason: str | None = None


_decode = msgspec.json.Decoder(WireEvent).decode


def read_event(data: bytes) -> WireEvent:
    """Return what ``data`` says. Raises ``ReplyInvalid`` where it is nothing of this format."""
    try:
        return _decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _read_kindly(data)


def read_usage(counts: dict[str, Any]) -> Usage:
    """Return what ``usage`` counts; one model call.

    Anthropic counts what was found in its cache and what was written there beside the rest of the input; here it is part of it.
    """
    found = counted(counts, "cache_read_input_tokens")
    written = counted(counts, "cache_creation_input_tokens")
    hour = counted(inner(counts, "cache_creation"), "ephemeral_1h_input_tokens")
    output = counted(counts, "output_tokens")
    return Usage(
        counted(counts, "input_tokens") + found + written,
        output,
        found,
        min(counted(inner(counts, "output_tokens_details"), "thinking_tokens"), output),
        model_calls=1,
        cache_write_tokens=written,
        cache_write_hour_tokens=min(hour, written),
    )


def _read_kindly(data: bytes) -> WireEvent:
    """Read an event whose strings hold half a character."""
    try:
        return msgspec.convert(whole(json.loads(data)), WireEvent)
    except (ValueError, RecursionError, msgspec.ValidationError) as error:
        raise ReplyInvalid(
            "The provider sent something that is no event of Anthropic's. Check base_url and kind in the settings."
        ) from error
