"""Whether two answers say the same, so that an entry learns when it was right: cheap, and in doubt they do not."""

from collections.abc import Awaitable, Callable

from artelier.ports.embedder import Vector
from artelier.providers.likeness import plain, veto

SameAnswer = Callable[[str, str], Awaitable[bool | None]]
"""Tells of a kept and a fresh answer whether they say the same; None where it cannot tell now."""
Vectors = Callable[[tuple[str, ...]], Awaitable[tuple[Vector, ...] | None]]
"""Gives vectors of unit length, None where there are none to be had."""
_SHORT = 300
"""Signs up to which each number and name of an answer matters; longer ones differ in their examples and say the same."""
_COMPARED = 8000
"""Signs of an answer that are compared."""


class AlikeAnswers:
    """The same words, or vectors at least as near as ``floor``; short answers with other numbers, negations or names never are."""

    def __init__(self, vectors: Vectors, floor: float) -> None:
        self._vectors = vectors
        self._floor = floor

    async def __call__(self, kept: str, fresh: str) -> bool | None:
        """Return whether both say the same."""
        if plain(kept) == plain(fresh):
            return True
        if max(len(kept), len(fresh)) <= _SHORT and veto(kept, fresh):
            return False
        vectors = await self._vectors((kept[:_COMPARED], fresh[:_COMPARED]))
        if vectors is None:
            return None
        one, other = vectors
        return sum(a * b for a, b in zip(one, other, strict=True)) >= self._floor
