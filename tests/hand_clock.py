"""A clock for tests, moved by hand."""

import asyncio
from datetime import UTC, datetime, timedelta


class HandClock:
    """A clock that moves by hand; sleepers wake when it has moved far enough."""

    def __init__(self) -> None:
        self.present = datetime(2026, 1, 1, 12, tzinfo=UTC)
        self._moved = asyncio.Event()

    def now(self) -> datetime:
        return self.present

    def move(self, seconds: float) -> None:
        self.present += timedelta(seconds=seconds)
        self._moved.set()
        self._moved = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        due = self.present + timedelta(seconds=seconds)
        while self.present < due:
            await self._moved.wait()
