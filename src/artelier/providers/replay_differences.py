"""How a request differs from the one that comes nearest to it, in words for the person who recorded it."""

from collections.abc import Iterator, Sequence

from artelier.domain.messages import AgentMessage, Message
from artelier.domain.models import ModelRequest

_SHOWN = 60
"""Characters of a text shown where it begins to differ."""
_MOST = 3
"""Differences that are told."""


def difference(request: ModelRequest, recorded: Sequence[ModelRequest]) -> str:
    """Return in what a request differs from the nearest of those recorded."""
    if not recorded:
        return "it is empty"
    place, nearest = max(enumerate(recorded), key=lambda each: (_likeness(request, each[1]), -each[0]))
    return f"the nearest, of line {place + 1}, differs: " + "; ".join(list(_differences(request, nearest))[:_MOST])


def _likeness(request: ModelRequest, other: ModelRequest) -> tuple[int, int, int]:
    """Return how much two requests have in common: messages first, since they tell one step from another."""
    same = _same_messages(request, other)
    front = (request.system == other.system) + (request.tools == other.tools)
    return same, -abs(len(request.messages) - len(other.messages)), front


def _same_messages(request: ModelRequest, other: ModelRequest) -> int:
    pairs = enumerate(zip(request.messages, other.messages, strict=False))
    return next((place for place, (left, right) in pairs if left != right), min(len(request.messages), len(other.messages)))


def _differences(request: ModelRequest, other: ModelRequest) -> Iterator[str]:
    place = _same_messages(request, other)
    if place < min(len(request.messages), len(other.messages)):
        yield f"message {place + 1} {_between(_words(request.messages[place]), _words(other.messages[place]))}"
    elif len(request.messages) != len(other.messages):
        yield f"it has {len(other.messages)} messages, the request has {len(request.messages)}"
    if request.system != other.system:
        yield f"the system prompt {_between(request.system, other.system)}"
    if request.tools != other.tools:
        yield _tools(request, other)
    for name in ("max_tokens", "temperature", "purpose"):
        now, then = getattr(request, name), getattr(other, name)
        if now != then:
            yield f"{name} is {now}, was {then}"


def _tools(request: ModelRequest, other: ModelRequest) -> str:
    now, then = ({tool.name: tool for tool in each.tools} for each in (request, other))
    changed = [f"+{name}" for name in now if name not in then] + [f"-{name}" for name in then if name not in now]
    changed += [name for name in now if name in then and now[name] != then[name]]
    return f"the tools differ: {', '.join(changed) or 'their order'}"


def _words(message: Message) -> str:
    calls = message.calls if isinstance(message, AgentMessage) else ()
    return f"{type(message).__name__.removesuffix('Message').lower()}: {message.text} " + " ".join(
        f"{call.name} {call.arguments or call.raw}" for call in calls
    )


def _between(now: str, then: str) -> str:
    place = next((at for at, (left, right) in enumerate(zip(now, then, strict=False)) if left != right), min(len(now), len(then)))
    begin = max(0, place - _SHOWN // 3)
    return f"says {now[begin : begin + _SHOWN]!r}, said {then[begin : begin + _SHOWN]!r}"
