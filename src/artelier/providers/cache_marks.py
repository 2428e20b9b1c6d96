"""Where a provider should keep what it has read of a prompt: a pure choice, for wire formats that mark it themselves.

https://platform.claude.com/docs/en/build-with-claude/prompt-caching: at most four marks; a prefix runs over tools, then
system, then messages; those of an hour stand before those of five minutes; a mark finds what an earlier one kept when
that lies at most twenty blocks before it. Writing costs a quarter more than reading anew for five minutes, as much again for an
hour; finding costs a tenth. So five minutes pay with the first request that follows in time, which in a run is the next step,
and every use prolongs them for nothing. An hour pays only where people pause for longer than five minutes and come back
within the hour, and then only for what all of their requests share: tools and system. Nobody can know that beforehand, so it is
a setting.
"""

from enum import StrEnum

from msgspec import Struct

from artelier.domain.messages import AgentMessage, Message
from artelier.domain.models import ModelRequest, Purpose

MOST_MARKS = 4
REACH = 18
"""Blocks between two marks at most where there are marks left; twenty are looked back over."""


class Keeping(StrEnum):
    """For how long prompts are kept."""

    OFF = "off"
    AUTO = "auto"
    """Five minutes."""
    HOUR = "1h"
    """An hour for tools and system, five minutes for the conversation."""


class CacheMarks(Struct, frozen=True):
    """What is marked: each as ``5m`` or ``1h``, empty for no mark."""

    tools: str = ""
    system: str = ""
    messages: tuple[int, ...] = ()
    """Indices in the request's messages, ascending; always five minutes."""


NO_MARKS = CacheMarks()


def cache_marks(request: ModelRequest, keeping: Keeping, *, on_tools: bool = True) -> CacheMarks:
    """Return what to mark in a request; without ``on_tools`` for formats that take no mark there.

    The end of the conversation is marked, so that the next request finds it, and where the last request ended, which is what this
    one finds, however much has come since. What is asked once only is not marked.
    """
    if keeping is Keeping.OFF or request.purpose is Purpose.SUMMARY:
        return NO_MARKS
    front = "1h" if keeping is Keeping.HOUR else "5m"
    system = front if request.system else ""
    messages = _tail(request.messages, MOST_MARKS - bool(system))
    spare = MOST_MARKS - bool(system) - len(messages)
    tools = front if request.tools and on_tools and spare > 0 else ""
    return CacheMarks(tools, system, messages)


def blocks_of(message: Message) -> int:
    """Return how many blocks a message is, at least one."""
    if isinstance(message, AgentMessage):
        return max(1, bool(message.text) + bool(message.signature) + len(message.calls))
    return 1


def _tail(messages: tuple[Message, ...], most: int) -> tuple[int, ...]:
    """Return the newest message and the one where the last request ended, and more between them where they lie far apart."""
    newest = _last_markable(messages, len(messages))
    replied = next((place for place in range(newest - 1, -1, -1) if isinstance(messages[place], AgentMessage)), -1)
    found = _last_markable(messages, replied)
    ends = tuple(place for place in (found, newest) if place >= 0)
    return ends if len(ends) < 2 else tuple(sorted({*ends, *_between(messages, found, newest, most - 2)}))  # noqa: PLR2004  both ends


def _between(messages: tuple[Message, ...], found: int, newest: int, most: int) -> list[int]:
    """Return the farthest places that each reach to the next mark, from the newest one back."""
    places: list[int] = []
    distance, farthest = 0, newest
    for place in range(newest, found, -1):
        if distance + blocks_of(messages[place]) > REACH and farthest not in {newest, *places} and len(places) < most:
            places.append(farthest)
            distance = sum(blocks_of(message) for message in messages[place + 1 : farthest + 1])
        distance += blocks_of(messages[place])
        if _markable(messages[place]):
            farthest = place
    return places


def _last_markable(messages: tuple[Message, ...], end: int) -> int:
    return next((place for place in range(end - 1, -1, -1) if _markable(messages[place])), -1)


def _markable(message: Message) -> bool:
    """Whether a mark may stand on it: on words to the model that are not empty, which no provider changes."""
    return not isinstance(message, AgentMessage) and bool(message.text.strip())
