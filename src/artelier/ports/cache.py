"""The seam to what may be lost: losing a cache costs time, never truth."""

from typing import Protocol


class Cache(Protocol):
    """Keeps bytes under text keys for a while. A failing cache is a miss: no method raises."""

    async def get(self, key: str) -> bytes | None:
        """Return what is kept under ``key``, None for a miss."""
        ...

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        """Keep ``value`` for at most so many seconds; it may be gone at any moment."""
        ...

    async def drop(self, key: str) -> None:
        """Forget what is kept under ``key``."""
        ...
