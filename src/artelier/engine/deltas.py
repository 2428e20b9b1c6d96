"""Pieces of a reply on their way to the bus, gathered for 25 ms so that readers are woken 40 times a second at most."""

import asyncio
from collections.abc import Callable

from artelier.domain.frames import Delta, DeltaKind

GATHER_SECONDS = 0.025


class DeltaGatherer:
    """Gathers the deltas of one attempt at one step."""

    def __init__(self, pass_on: Callable[[Delta], None], session: str, run: str, step: int, attempt: int) -> None:
        self._pass_on = pass_on
        self._place = (session, run, step, attempt)
        self._pieces: dict[tuple[DeltaKind, str, str], list[str]] = {}
        self._offsets: dict[tuple[DeltaKind, str], int] = {}
        self._gathering = False

    def add(self, kind: DeltaKind, text: str, call: str = "", name: str = "") -> None:
        """Take a piece; it is passed on within 25 ms."""
        pieces = self._pieces.get((kind, call, name))
        if pieces is None:
            self._pieces[kind, call, name] = [text]
        else:
            pieces.append(text)
        if not self._gathering:
            self._gathering = True
            _tick_for(self)

    def flush(self) -> None:
        """Pass on what was gathered."""
        self._gathering = False
        gathered, self._pieces = self._pieces, {}
        session, run, step, attempt = self._place
        for (kind, call, name), pieces in gathered.items():
            text = "".join(pieces)
            offset = self._offsets.get((kind, call), 0)
            self._offsets[kind, call] = offset + len(text)
            self._pass_on(Delta(session, run, step, attempt, kind, offset, text, call, name))


_gathering: dict[asyncio.AbstractEventLoop, list[DeltaGatherer]] = {}
"""Gatherers that hold something, by loop: they share one timer, however many runs speak at once."""


def _tick_for(gatherer: DeltaGatherer) -> None:
    loop = asyncio.get_running_loop()
    waiting = _gathering.get(loop)
    if waiting is None:
        _gathering[loop] = [gatherer]
        loop.call_later(GATHER_SECONDS, _tick, loop)
    else:
        waiting.append(gatherer)


def _tick(loop: asyncio.AbstractEventLoop) -> None:
    for gatherer in _gathering.pop(loop, []):
        gatherer.flush()
