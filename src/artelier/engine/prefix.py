"""Does a request begin as the one before it did? Providers cache what begins alike; this names the first byte that differs.

The prefix is tools, then system prompt, then messages. All of the former request is expected at the beginning of the
next one; the window's cuts, once in many steps, are told apart from what nobody planned.
"""

import logging
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Struct

from artelier.domain.compacting import ContextCompacted
from artelier.domain.messages import NoteMessage
from artelier.domain.models import ModelRequest
from artelier.engine.history import is_cut

_log = logging.getLogger(__name__)
_AROUND = 40


class Break(Struct, frozen=True):
    """Where two requests part."""

    part: str
    """``model``, ``tool NAME``, ``system``, or ``message NUMBER`` from 0."""
    byte: int
    """Of the whole prefix, as it is written here: JSON, tools first."""
    before: str
    """What stood there, from a little before that byte."""
    after: str
    planned: bool = False
    """Whether it is there because the window was cut."""


class PrefixCounts(Struct):
    """How requests of one run after another began, over all runs of a process."""

    requests: int = 0
    cuts: int = 0
    breaks: int = 0


class PrefixWatch:
    """Compares each request of one run with the one before, counts, and warns of what breaks the prefix."""

    def __init__(self, counts: PrefixCounts, run: str) -> None:
        self._counts = counts
        self._run = run
        self._before: ModelRequest | None = None
        self._compacted: ContextCompacted | None = None

    def look(self, request: ModelRequest, compacted: ContextCompacted | None = None) -> None:
        """Take the next request, and the compaction that it was made with: where that is another, a break was planned."""
        before, self._before = self._before, request
        another, self._compacted = compacted != self._compacted, compacted
        self._counts.requests += 1
        found = None if before is None else first_break(before, request)
        if found is None:
            return
        if found.planned or another or (before is not None and before.agent != request.agent):
            self._counts.cuts += 1
            return
        self._counts.breaks += 1
        _log.warning(
            "run %s: the prefix breaks at byte %d, in %s: %r became %r", self._run, found.byte, found.part, found.before, found.after
        )


def first_break(before: ModelRequest, after: ModelRequest) -> Break | None:
    """Return the first place where a request does not begin as the one before it; None where it does to its end."""
    if _begins_alike(before, after):
        return None
    byte = 0
    old, new = _parts(before), _parts(after)
    for part, value in old:
        other_part, other = next(new, ("nothing", None))
        if part != other_part or value != other:
            planned = part.startswith("message") and _cut_of(after) not in ("", _cut_of(before))
            return _break(part, value, other, byte, planned=planned)
        byte += len(_written(value))
    return None


def _begins_alike(before: ModelRequest, after: ModelRequest) -> bool:
    same = before.model == after.model and before.tools == after.tools and before.system == after.system
    return same and before.messages == after.messages[: len(before.messages)]


def _parts(request: ModelRequest) -> Iterator[tuple[str, Any]]:
    yield "model", request.model
    for tool in request.tools:
        yield f"tool {tool.name}", tool
    yield "system", request.system
    for number, message in enumerate(request.messages):
        yield f"message {number}", message


def _cut_of(request: ModelRequest) -> str:
    """Return what a request says is left out, after the run's own request at most."""
    return next((each.text for each in request.messages[:2] if isinstance(each, NoteMessage) and is_cut(each)), "")


def _break(part: str, value: Any, other: Any, byte: int, *, planned: bool) -> Break:
    old, new = _written(value), b"" if other is None else _written(other)
    place = next((at for at, (one, two) in enumerate(zip(old, new, strict=False)) if one != two), min(len(old), len(new)))
    start = max(0, place - _AROUND)
    shown = (text[start : place + _AROUND].decode(errors="replace") for text in (old, new))
    return Break(part, byte + place, next(shown), next(shown), planned)


def _written(value: Any) -> bytes:
    return msgspec.json.encode(value)
