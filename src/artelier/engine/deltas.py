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
        self._timer: asyncio.TimerHandle | None = None

    def add(self, kind: DeltaKind, text: str, call: str = "", name: str = "") -> None:
        """Take a piece; it is passed on within 25 ms."""
        self._pieces.setdefault((kind, call, name), []).append(text)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(GATHER_SECONDS, self.flush)

    def flush(self) -> None:
        """Pass on what was gathered."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        gathered, self._pieces = self._pieces, {}
        session, run, step, attempt = self._place
        for (kind, call, name), pieces in gathered.items():
            text = "".join(pieces)
            offset = self._offsets.get((kind, call), 0)
            self._offsets[kind, call] = offset + len(text)
            self._pass_on(Delta(session, run, step, attempt, kind, offset, text, call, name))
