"""Two tiers as one: what is found far away is kept nearby for as long as it has left."""

from artelier.caches.entry import pack, unpack
from artelier.ports.cache import SharedCache
from artelier.ports.clock import Clock


class Tiers:
    """``near`` before ``far``, both written; more than two by nesting. Satisfies ``SharedCache``: ``far`` says who was first.

    What another instance puts or drops is seen here once ``near`` has let go of it, at most ``longest_near`` seconds later.
    """

    def __init__(self, near: SharedCache, far: SharedCache, clock: Clock, longest_near: float = 3600.0) -> None:
        self._near = near
        self._far = far
        self._clock = clock
        self._longest_near = longest_near

    async def get(self, key: str) -> bytes | None:
        """Return what the nearest tier has that has it."""
        value = await self._near.get(key)
        if value is not None:
            return value
        entry = await self._far.get(key)
        found = None if entry is None else unpack(entry)
        if found is None:
            return None
        value, end = found
        left = end - self._now()
        if left <= 0:
            return None
        await self._near.put(key, value, min(left, self._longest_near))
        return value

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        """Keep ``value`` in both tiers."""
        await self._near.put(key, value, min(seconds, self._longest_near))
        await self._far.put(key, pack(value, self._now() + seconds), seconds)

    async def add(self, key: str, value: bytes, seconds: float) -> bool | None:
        """Keep ``value`` unless the far tier has something; what is there stays there alone, for others may drop it."""
        return await self._far.add(key, pack(value, self._now() + seconds), seconds)

    async def drop(self, key: str) -> None:
        """Forget it in both tiers."""
        await self._near.drop(key)
        await self._far.drop(key)

    async def close(self) -> None:
        """Close both tiers."""
        await self._near.close()
        await self._far.close()

    def _now(self) -> float:
        return self._clock.now().timestamp()
