"""The seam to contents kept by their digest: what files were before a write, pictures."""

from typing import Protocol


class Blobs(Protocol):
    """Keeps bytes under the BLAKE2b-256 digest of themselves, in hexadecimal; the same content is kept once."""

    async def put(self, content: bytes) -> str:
        """Keep the content durably and return its digest. Raises ``StoreError``."""
        ...

    async def get(self, digest: str) -> bytes | None:
        """Return the content, None where it is not kept (any more). Raises ``StoreError``."""
        ...
