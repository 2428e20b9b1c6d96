"""The seam to what may be lost: losing a cache costs time, never truth."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol


class Cache(Protocol):
    """Keeps bytes under text keys for a while. A failing cache is a miss: no method raises."""

    async def get(self, key: str) -> bytes | None:
        """Return what is kept under ``key``, None for a miss."""
        ...

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        """Keep ``value`` for at most so many seconds; it may be gone at any moment."""
        ...

    async def drop(self, key: str) -> None:
        """Forget what is kept under ``key``."""
        ...


class SharedCache(Cache, Protocol):
    """A cache that can tell who was first, so that several can agree on who does what."""

    async def add(self, key: str, value: bytes, seconds: float) -> bool | None:
        """Keep ``value`` unless something is kept: True when it was, False when something stood there, None when nobody can tell."""
        ...

    async def close(self) -> None:
        """Release files and connections; everything is a miss from now on."""
        ...


class Turns(Protocol):
    """Lets one of many do a piece of work, here or in another process."""

    def turn(self, key: str, done: Callable[[], Awaitable[bool]]) -> AbstractAsyncContextManager[bool]:
        """Enter with True whoever is to do the work now, and with False once ``done`` says that another one has.

        Where nobody can tell who was first, everybody does it: the work must bear being done twice.
        """
        ...
