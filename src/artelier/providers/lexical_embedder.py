"""Vectors of signs and words, without a model: for tests, and to try the cache of like questions offline.

It is no language model. It knows nothing of meaning: only texts written nearly alike lie near each other, in any language.
"""

import math
import re
import zlib
from collections.abc import Iterator, Sequence
from itertools import pairwise

from artelier.ports.embedder import Embedding, Vector
from artelier.providers.likeness import plain

_WIDTH = 512
_LENGTHS = (3, 4)
_WORD_WEIGHT = 2.0
_WORD = re.compile(r"\w+")


class LexicalEmbedder:
    """Hashed words, pairs of words and runs of three and four signs, each at a place of the vector, with a sign."""

    name = "lexical"

    async def embed(self, texts: Sequence[str]) -> Embedding:
        """Return vectors of unit length; nothing is charged."""
        return Embedding(tuple(_vector(text) for text in texts))

    async def close(self) -> None:
        """Do nothing: nothing is held."""


def _vector(text: str) -> Vector:
    values = [0.0] * _WIDTH
    for feature, weight in _features(plain(text)):
        place = zlib.crc32(feature.encode("utf-8", "surrogatepass"))
        values[place % _WIDTH] += weight if place & (1 << 31) else -weight
    length = math.sqrt(sum(value * value for value in values))
    return tuple(value / length for value in values) if length else (1.0, *values[1:])


def _features(text: str) -> Iterator[tuple[str, float]]:
    words = _WORD.findall(text)
    for word in words:
        yield f"w {word}", _WORD_WEIGHT
    for pair in pairwise(words):
        yield f"p {' '.join(pair)}", 1.0
    padded = f" {' '.join(words)} "
    for length in _LENGTHS:
        for start in range(len(padded) - length + 1):
            yield padded[start : start + length], 1.0
