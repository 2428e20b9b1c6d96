"""One of many does the work: among tasks of this process by waiting, among processes by a lease in a shared cache."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from artelier.ports.cache import SharedCache
from artelier.ports.clock import Clock, Identifiers

LEASE = 10.0
"""Seconds after which the work of a process that is gone is taken up by another; renewed while it goes on."""
LOOK = 0.05
"""Seconds between two looks at another process's work."""


class SharedTurns:
    """Satisfies ``Turns`` with leases in ``cache``. A cache that fails costs work done twice, never a wait."""

    def __init__(self, cache: SharedCache, clock: Clock, identifiers: Identifiers, lease: float = LEASE) -> None:
        self._cache = cache
        self._clock = clock
        self._identifiers = identifiers
        self._lease = lease
        self._here: dict[str, asyncio.Lock] = {}
        self._users: dict[str, int] = {}

    @asynccontextmanager
    async def turn(self, key: str, done: Callable[[], Awaitable[bool]]) -> AsyncIterator[bool]:
        """Yield True to whoever is to do the work for ``key``, False to all others once ``done`` says that it is there."""
        lock = self._here.setdefault(key, asyncio.Lock())
        self._users[key] = self._users.get(key, 0) + 1
        try:
            async with lock:
                if await done():
                    yield False
                    return
                token = self._identifiers.new().encode()
                mine = await self._lead(f"lease:{key}", token, done)
                if mine is False:
                    yield False
                    return
                async with self._renewed(f"lease:{key}", token, held=mine is True):
                    yield True
        finally:
            self._users[key] -= 1
            if not self._users[key]:
                del self._users[key], self._here[key]

    async def _lead(self, lease: str, token: bytes, done: Callable[[], Awaitable[bool]]) -> bool | None:
        """Return True once the lease is ours, False once another has done the work, None where nobody can tell."""
        while True:
            mine = await self._cache.add(lease, token, self._lease)
            if mine is not False:
                return mine
            await self._clock.sleep(LOOK)
            if await done():
                return False

    @asynccontextmanager
    async def _renewed(self, lease: str, token: bytes, *, held: bool) -> AsyncIterator[None]:
        if not held:
            yield
            return
        renewing = asyncio.create_task(self._renew(lease, token))
        try:
            yield
        finally:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)
            await asyncio.shield(self._give_back(lease, token))

    async def _renew(self, lease: str, token: bytes) -> None:
        while True:
            await self._clock.sleep(self._lease / 3)
            if await self._cache.get(lease) == token:
                await self._cache.put(lease, token, self._lease)

    async def _give_back(self, lease: str, token: bytes) -> None:
        """Drop the lease while it is ours; between the look and the drop another may take it, which costs work done twice."""
        if await self._cache.get(lease) == token:
            await self._cache.drop(lease)
