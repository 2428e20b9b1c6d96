"""What makes two requests the same to a model: one text for both, whatever their calls are called."""

import hashlib
from collections.abc import Iterator
from typing import Any

import msgspec
from cachetools import LRUCache

from artelier.domain.calls import ToolSpec
from artelier.domain.messages import AgentMessage, Message, NoteMessage, ToolMessage, UserMessage
from artelier.domain.models import ModelRequest

_ENCODER = msgspec.json.Encoder(order="sorted")
_tools: LRUCache[int, tuple[tuple[ToolSpec, ...], bytes]] = LRUCache(256)
"""Encoded tools by the identity of their tuple, which is the same object over a whole session."""


def digest_of(provider: str, server: str, request: ModelRequest) -> str:
    """Return a digest of everything that a model could tell two requests apart by, and of which model it is, on which server."""
    digest = hashlib.blake2b(digest_size=24)
    head = (provider, server, request.model, request.system, request.max_tokens, request.temperature, request.purpose.value)
    digest.update(_ENCODER.encode(head))
    digest.update(_encoded(request.tools))
    digest.update(_ENCODER.encode(list(_alike(request.messages))))
    return digest.hexdigest()


def _encoded(tools: tuple[ToolSpec, ...]) -> bytes:
    kept = _tools.get(id(tools))
    if kept is not None and kept[0] is tools:
        return kept[1]
    encoded = _ENCODER.encode([(tool.name, tool.description, tool.parameters) for tool in tools])
    _tools[id(tools)] = (tools, encoded)
    return encoded


def _alike(messages: tuple[Message, ...]) -> Iterator[Any]:
    """Yield messages with calls numbered as they come: their ids hold the run's, and differ where nothing else does."""
    numbers: dict[str, int] = {}
    for message in messages:
        match message:
            case AgentMessage(text=text, calls=calls, reasoning=reasoning):
                numbered = [(numbers.setdefault(call.id, len(numbers)), call.name, call.arguments, call.raw) for call in calls]
                yield "agent", text, reasoning, numbered
            case ToolMessage(call_id=call, name=name, text=text, status=status):
                yield "tool", numbers.get(call, -1), name, text, status.value
            case UserMessage(text=text):
                yield "user", text
            case NoteMessage(text=text):
                yield "note", text
