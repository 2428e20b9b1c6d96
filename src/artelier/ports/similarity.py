"""The seam to what finds the vectors nearest to one; like any cache it may forget, and never raises."""

from typing import Protocol

from msgspec import Struct

from artelier.ports.embedder import Vector


class Neighbour(Struct, frozen=True):
    """An entry and the cosine of its vector with the one that was asked for."""

    entry: str
    similarity: float


class SimilarityIndex(Protocol):
    """Vectors of unit length by partition and entry; nothing is ever found from one partition in another."""

    async def nearest(self, partition: str, vector: Vector, floor: float, limit: int) -> tuple[Neighbour, ...]:
        """Return at most ``limit`` entries at least as near as ``floor``, nearest first; none for a vector of another length."""
        ...

    async def put(self, partition: str, entry: str, vector: Vector, seconds: float) -> None:
        """Keep a vector for so many seconds; a full partition makes room first."""
        ...

    async def touch(self, partition: str, entry: str) -> None:
        """Say that an entry was of use, for those that make room by that."""
        ...

    async def drop(self, partition: str, entry: str) -> None:
        """Forget an entry."""
        ...

    async def close(self) -> None:
        """Forget what is in memory; nothing is found from now on."""
        ...
