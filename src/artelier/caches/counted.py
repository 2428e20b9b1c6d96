"""Counts what a tier gives and misses: the port wrapped."""

from typing import Protocol, runtime_checkable

from msgspec import Struct

from artelier.ports.cache import SharedCache


class Counts(Struct):
    """What was asked of one tier so far."""

    hits: int = 0
    misses: int = 0
    puts: int = 0
    bytes_put: int = 0


@runtime_checkable
class Measured(Protocol):
    """A tier that knows how much it keeps."""

    @property
    def bytes_used(self) -> float:
        """What is kept, about."""
        ...


@runtime_checkable
class Failing(Protocol):
    """A tier that may fail, and counts how often it did."""

    @property
    def failures(self) -> int:
        """How often it could not be read or written."""
        ...

    @property
    def failing(self) -> bool:
        """Whether it could not when it was last asked."""
        ...


class CountedCache:
    """``inner`` with its ``counts``; a failure counts as a miss, which it is."""

    def __init__(self, inner: SharedCache) -> None:
        self._inner = inner
        self.counts = Counts()

    @property
    def bytes_used(self) -> float | None:
        """What the tier keeps, about; None where it does not know."""
        return self._inner.bytes_used if isinstance(self._inner, Measured) else None

    @property
    def failures(self) -> int:
        """How often the tier failed so far; each was a miss, or something that was not kept."""
        return self._inner.failures if isinstance(self._inner, Failing) else 0

    @property
    def failing(self) -> bool:
        """Whether the tier failed when it was last asked."""
        return isinstance(self._inner, Failing) and self._inner.failing

    async def get(self, key: str) -> bytes | None:
        """Return what is kept under ``key``, None for a miss."""
        value = await self._inner.get(key)
        if value is None:
            self.counts.misses += 1
        else:
            self.counts.hits += 1
        return value

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        """Keep ``value`` for so many seconds."""
        self.counts.puts += 1
        self.counts.bytes_put += len(value)
        await self._inner.put(key, value, seconds)

    async def add(self, key: str, value: bytes, seconds: float) -> bool | None:
        """Keep ``value`` unless something is kept under ``key``."""
        return await self._inner.add(key, value, seconds)

    async def drop(self, key: str) -> None:
        """Forget what is kept under ``key``."""
        await self._inner.drop(key)

    async def close(self) -> None:
        """Close the tier."""
        await self._inner.close()
