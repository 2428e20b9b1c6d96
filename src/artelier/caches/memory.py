"""The nearest tier: this process's own memory, bounded by bytes."""

from collections.abc import Callable
from random import Random
from typing import Any, Literal, NamedTuple

from cachetools import Cache, FIFOCache, LFUCache, LRUCache, RRCache, TLRUCache

from artelier.ports.clock import Clock

Eviction = Literal["lru", "lfu", "fifo", "random", "ttl"]
"""What goes first when there is no room: unused for longest, least often used, oldest, any, or what ends soonest."""
_OVERHEAD = 200
"""Bytes that an entry costs beside its key and value, about."""


class _Kept(NamedTuple):
    value: bytes
    end: float


class MemoryCache:
    """Keeps at most ``limit`` bytes. Satisfies ``SharedCache`` among the tasks of one process."""

    def __init__(self, limit: int, clock: Clock, eviction: Eviction = "lru") -> None:
        self._clock = clock
        self._kept = _EVICTIONS[eviction](limit, self._now)
        self._closed = False

    async def get(self, key: str) -> bytes | None:
        """Return what is kept under ``key``, None for a miss."""
        kept: _Kept | None = self._kept.get(key)
        if kept is None:
            return None
        if kept.end <= self._now():
            self._kept.pop(key, None)
            return None
        return kept.value

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        """Keep ``value`` for so many seconds; what is larger than the whole cache is not kept."""
        self._kept.pop(key, None)
        if not self._closed and seconds > 0 and len(value) + _OVERHEAD <= self._kept.maxsize:
            self._kept[key] = _Kept(value, self._now() + seconds)

    async def add(self, key: str, value: bytes, seconds: float) -> bool | None:
        """Keep ``value`` unless something is kept under ``key``; None where it is too large to be kept at all."""
        if await self.get(key) is not None:
            return False
        await self.put(key, value, seconds)
        return True if key in self._kept else None

    async def drop(self, key: str) -> None:
        """Forget what is kept under ``key``."""
        self._kept.pop(key, None)

    async def close(self) -> None:
        """Forget everything."""
        self._closed = True
        self._kept.clear()

    @property
    def bytes_used(self) -> float:
        """What is kept, about."""
        return float(self._kept.currsize)

    def _now(self) -> float:
        return self._clock.now().timestamp()


def _size_of(kept: _Kept) -> int:
    return len(kept.value) + _OVERHEAD


def _end_of(_: str, kept: _Kept, __: float) -> float:
    return kept.end


_Maker = Callable[[int, Callable[[], float]], Cache[str, Any]]
_EVICTIONS: dict[Eviction, _Maker] = {
    "lru": lambda limit, _: LRUCache(limit, _size_of),
    "lfu": lambda limit, _: LFUCache(limit, _size_of),
    "fifo": lambda limit, _: FIFOCache(limit, _size_of),
    "random": lambda limit, _: RRCache(limit, Random(0).choice, _size_of),  # noqa: S311  nobody gains by foreseeing it
    "ttl": lambda limit, now: TLRUCache(limit, _end_of, now, _size_of),
}
