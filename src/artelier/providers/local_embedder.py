"""Vectors by a small model on this machine, whose weights come within its package: nothing is downloaded.

WordLlama (https://github.com/dleemiller/WordLlama): token embeddings of a large model, trained to 256 numbers and averaged.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import wordllama

from artelier.domain.errors import ProviderUnavailable
from artelier.ports.embedder import Embedding


class LocalEmbedder:
    """The model that WordLlama's package brings; it is loaded, in a thread, by the first question."""

    name = "wordllama-l2-supercat-256"

    def __init__(self) -> None:
        self._model: Any = None
        self._turn = asyncio.Lock()

    async def embed(self, texts: Sequence[str]) -> Embedding:
        """Return vectors; nothing is charged. Raises ``ProviderUnavailable`` where the model cannot be loaded."""
        async with self._turn:
            if self._model is None:
                self._model = await _loaded()
        vectors = self._model.embed([text.encode("utf-8", "replace").decode() for text in texts])
        return Embedding(tuple(tuple(vector) for vector in vectors.tolist()))

    async def close(self) -> None:
        """Let go of the model."""
        self._model = None


async def _loaded() -> Any:
    try:
        return await asyncio.to_thread(_load)
    except (OSError, ValueError, RuntimeError, LookupError) as failure:
        raise ProviderUnavailable(f"WordLlama's model cannot be loaded: {failure}. Install wordllama again.") from failure


def _load() -> Any:
    """Load what lies within the package: its own way looks beside it, and then on the network."""
    return wordllama.WordLlama.load(cache_dir=Path(wordllama.__file__).parent, disable_download=True)
