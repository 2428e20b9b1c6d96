"""What an embedder gives, taken with care: it has a short while only, rests where it keeps failing, and its vectors are checked."""

import asyncio
import logging
import math
import sys
from collections.abc import Callable
from time import monotonic

from msgspec import Struct

from artelier.domain.errors import ProviderError
from artelier.ports.embedder import Embedder, Embedding, Vector
from artelier.providers.breaker import BreakerLimits, Circuit

_log = logging.getLogger(__name__)
_WIDEST = 16_384
LIMITS = BreakerLimits(failures=3, seconds=60.0, probes=1)


class Found(Struct, frozen=True):
    """Vectors of unit length, None where none are to be had, and the tokens charged for them."""

    vectors: tuple[Vector, ...] | None
    tokens: int = 0


class CheckedVectors:
    """An embedder that fails is no error but a miss: after ``patience`` seconds, and for a while after three failures in a row."""

    def __init__(
        self, embedder: Embedder, patience: float = 5.0, limits: BreakerLimits = LIMITS, now: Callable[[], float] = monotonic
    ) -> None:
        self._embedder = embedder
        self._patience = patience
        self._circuit = Circuit(limits, now)
        self.name = embedder.name

    async def of(self, texts: tuple[str, ...]) -> Found:
        """Return a vector for each text."""
        try:
            entered = self._circuit.enter()
        except ProviderError:
            return Found(None)
        try:
            async with asyncio.timeout(self._patience):
                given = await self._embedder.embed(texts)
        except (ProviderError, TimeoutError) as failure:
            self._failed(entered, str(failure) or f"no answer within {self._patience:g} s")
            return Found(None)
        except BaseException:
            self._circuit.left(entered)
            raise
        vectors = _checked(given, len(texts))
        if vectors is None:
            self._failed(entered, "its vectors cannot be used")
        else:
            self._circuit.succeeded(entered)
        return Found(vectors, max(0, given.tokens))

    async def close(self) -> None:
        """Close the embedder."""
        await self._embedder.close()

    def _failed(self, entered: int, reason: str) -> None:
        _log.warning("embedder fails, like questions are not looked for", extra={"embedder": self.name, "reason": reason})
        self._circuit.failed(entered)


def _checked(given: Embedding, count: int) -> tuple[Vector, ...] | None:
    """Return vectors of unit length; None where one is missing, of another length than the rest, or no direction at all."""
    lengths = {len(vector) for vector in given.vectors}
    if len(given.vectors) != count or len(lengths) != 1 or not 0 < lengths.pop() <= _WIDEST:
        return None
    found = []
    for vector in given.vectors:
        length = math.hypot(*vector)  # no number where any of them is none
        if not sys.float_info.min < length < math.inf:  # below it numbers lose their digits, and a direction with them
            return None
        found.append(tuple(value / length for value in vector))
    return tuple(found)
