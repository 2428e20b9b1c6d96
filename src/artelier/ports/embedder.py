"""The seam to what turns texts into vectors, so that texts that mean alike lie near each other."""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

Vector = tuple[float, ...]


class Embedding(Struct, frozen=True):
    """A vector for each text, in their order and all of one length, and the tokens that were charged for."""

    vectors: tuple[Vector, ...]
    tokens: int = 0


class Embedder(Protocol):
    """Gives vectors whose cosine tells how alike texts are. Its vectors are checked by whoever asks: they may be of any quality."""

    @property
    def name(self) -> str:
        """What it is, with its version where that matters: vectors of two names are never compared."""
        ...

    async def embed(self, texts: Sequence[str]) -> Embedding:
        """Return vectors. Raises a ``ProviderError``."""
        ...

    async def close(self) -> None:
        """Release connections; further calls fail."""
        ...
