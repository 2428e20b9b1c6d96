"""The nearest tier: this process's own memory."""

from typing import NamedTuple

from cachetools import TLRUCache

from artelier.ports.clock import Clock

_OVERHEAD = 200
"""Bytes that an entry costs beside its key and value, about."""


class _Kept(NamedTuple):
    value: bytes
    seconds: float


class MemoryCache:
    """Keeps at most ``limit`` bytes; what was used longest ago goes first."""

    def __init__(self, limit: int, clock: Clock) -> None:
        self._kept: TLRUCache[str, _Kept] = TLRUCache(limit, _end_of, lambda: clock.now().timestamp(), _size_of)

    async def get(self, key: str) -> bytes | None:
        """Return what is kept under ``key``, None for a miss."""
        kept = self._kept.get(key)
        return kept.value if kept is not None else None

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        """Keep ``value`` for so many seconds; what is larger than the whole cache is not kept."""
        self._kept.pop(key, None)
        if len(value) + _OVERHEAD <= self._kept.maxsize:
            self._kept[key] = _Kept(value, seconds)

    async def drop(self, key: str) -> None:
        """Forget what is kept under ``key``."""
        self._kept.pop(key, None)


def _end_of(_: str, kept: _Kept, now: float) -> float:
    return now + kept.seconds


def _size_of(kept: _Kept) -> int:
    return len(kept.value) + _OVERHEAD
