"""Real time and real ids."""

import asyncio
from datetime import UTC, datetime

import uuid_utils


class SystemClock:
    """The machine's wall clock."""

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Return after so many seconds."""
        await asyncio.sleep(seconds)


class UuidSevens:
    """UUIDv7 by RFC 9562: they sort by the time of their making."""

    def new(self) -> str:
        """Return a fresh one as lower-case text."""
        return str(uuid_utils.uuid7())
