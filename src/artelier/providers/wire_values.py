"""What wire formats have in common: names of calls, notes to the model, and values that JSON takes."""

import json
from collections.abc import Callable
from hashlib import blake2b
from typing import Any

import orjson

from artelier.domain.calls import ToolCall, ToolSpec

NOTE_MARK = "[runtime] "
"""Begins a note to the model, which goes as a user message: no server takes a system message in the middle."""
_ID_SIGNS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_TOOLS_KEPT = 64
"""How many tuples of tools are kept encoded."""
_LARGEST_COUNT = 2**53
"""Numbers of tokens above this are a server's mistake and would not fit a database."""


def wire_id(call_id: str) -> str:
    """Return nine letters and digits that stand for a call id: Mistral takes nothing else, OpenAI at most forty signs."""
    number = int.from_bytes(blake2b(call_id.encode("utf-8", "surrogatepass"), digest_size=8).digest())
    signs = []
    for _ in range(9):
        number, place = divmod(number, len(_ID_SIGNS))
        signs.append(_ID_SIGNS[place])
    return "".join(signs)


def wire_arguments(call: ToolCall) -> str:
    """Return a JSON object in any case: servers parse the history. What was no JSON is shown to the model inside an object."""
    arguments = {"unparsed": call.raw} if call.arguments is None else call.arguments
    try:
        return orjson.dumps(arguments).decode()
    except orjson.JSONEncodeError:  # numbers over 64 bits, half a character
        return json.dumps(arguments, ensure_ascii=False)


def whole(value: Any) -> Any:
    """Return a value with a replacement sign wherever half a character stands, which no encoder takes."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [whole(item) for item in value]
    if isinstance(value, dict):
        return {name: whole(item) for name, item in value.items()}
    return value


def cache_control(keep: str) -> dict[str, str]:
    """Return the mark by which Anthropic's models are told what to keep; ``keep`` is ``5m``, their default, or ``1h``."""
    return {"type": "ephemeral", "ttl": keep} if keep == "1h" else {"type": "ephemeral"}


class KeptTools:
    """Tools as a wire format writes them: those of a session are encoded once, since they are the same object all along."""

    def __init__(self, encode: Callable[[tuple[ToolSpec, ...], str], bytes]) -> None:
        self._encode = encode
        self._kept: dict[tuple[int, str], tuple[tuple[ToolSpec, ...], orjson.Fragment]] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def encoded(self, tools: tuple[ToolSpec, ...], keep: str = "") -> orjson.Fragment:
        """Return the JSON of some tools; ``keep`` is handed to the encoder."""
        name = (id(tools), keep)
        kept = self._kept.get(name)
        if kept is not None:  # the tuple is kept beside, so that its identity cannot pass to another
            return kept[1]
        if len(self._kept) >= _TOOLS_KEPT:
            self._kept.pop(next(iter(self._kept)))
        fragment = orjson.Fragment(self._encode(tools, keep))
        self._kept[name] = (tools, fragment)
        return fragment


def counted(counts: dict[str, Any], name: str) -> int:
    """Return a number of tokens out of what a server counts, 0 where it is none."""
    value = counts.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _LARGEST_COUNT:
        return 0
    return int(value)


def inner(counts: dict[str, Any], name: str) -> dict[str, Any]:
    """Return an object within another one, empty where there is none."""
    value = counts.get(name)
    return value if isinstance(value, dict) else {}
