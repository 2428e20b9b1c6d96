"""The seam to time and to fresh ids: the only sources of what cannot be repeated."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Wall time in UTC."""

    def now(self) -> datetime:
        """Return the present moment, time zone UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after so many seconds of this clock."""
        ...


class Identifiers(Protocol):
    """A source of ids that sort by the time of their making."""

    def new(self) -> str:
        """Return a fresh UUIDv7 (RFC 9562) as lower-case text."""
        ...
