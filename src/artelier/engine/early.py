"""Calls that start while the model still speaks: whole, allowed, reading the workspace alone, with nothing before them to wait for.

What they give stays in memory until the reply that asks for them is stored; it is dropped when that never comes.
"""

import asyncio
from collections.abc import Callable
from time import monotonic

import msgspec
from msgspec import Struct

from artelier.domain.calls import ToolCall
from artelier.domain.events import ToolFinished
from artelier.domain.models import CallDelta
from artelier.engine.scheduler import RoomLeft

_ARGUMENTS = msgspec.json.Decoder(dict)
_LONGEST = 4_096
"""Characters of arguments that are looked at; calls that only read have short ones."""


class EarlyCall(Struct, frozen=True):
    """A call at work, and the monotonic time it began."""

    call: ToolCall
    task: asyncio.Task[ToolFinished]
    begun: float


class EarlyCalls:
    """Watches one reply as it comes.

    ``harmless`` says whether a call may start before anybody has stored it; ``start`` starts one and returns its task.
    Only an unbroken row of harmless calls from the reply's first is started: a call behind any other waits for its order.
    """

    def __init__(
        self,
        harmless: Callable[[ToolCall], bool],
        start: Callable[[ToolCall], asyncio.Task[ToolFinished]],
        call_id: Callable[[int], str],
        room: RoomLeft,
    ) -> None:
        self._harmless = harmless
        self._start = start
        self._call_id = call_id
        self._room = room
        self._pieces: dict[int, tuple[str, list[str]]] = {}
        self._whole: dict[int, ToolCall] = {}
        self._begun: dict[str, EarlyCall] = {}
        self._next = 0

    def hear(self, piece: CallDelta) -> None:
        """Take a piece of a call, and start what has become whole."""
        if piece.index < self._next or piece.index in self._whole:
            return
        name, pieces = self._pieces.setdefault(piece.index, (piece.name, []))
        pieces.append(piece.arguments)
        if not piece.arguments.rstrip().endswith("}"):
            return
        arguments = _parsed("".join(pieces))
        if arguments is not None:
            self._whole[piece.index] = ToolCall(self._call_id(piece.index), name, arguments)
            self._start_whole()

    def take(self, call: ToolCall) -> EarlyCall | None:
        """Return the early start of exactly this call, which is the taker's from now on; None where there was none."""
        early = self._begun.get(call.id)
        if early is None or early.call != call:
            return None
        return self._begun.pop(call.id)

    async def drop(self) -> None:
        """End what nobody took."""
        tasks = [early.task for early in self._begun.values()]
        self._begun.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _start_whole(self) -> None:
        while (call := self._whole.get(self._next)) is not None and self._harmless(call) and self._room.take(call.name):
            self._begun[call.id] = EarlyCall(call, self._start(call), monotonic())
            self._next += 1


def _parsed(text: str) -> dict[str, object] | None:
    if len(text) > _LONGEST:
        return None
    try:
        return _ARGUMENTS.decode(text)
    except (msgspec.MsgspecError, UnicodeEncodeError):  # not whole yet, or never an object
        return None
