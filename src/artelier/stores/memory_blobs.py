"""Contents kept in memory: for tests, and for houses that keep nothing."""

from artelier.stores.blobs import digest_of


class MemoryBlobs:
    """Keeps contents until the process ends."""

    def __init__(self) -> None:
        self.contents: dict[str, bytes] = {}

    async def put(self, content: bytes) -> str:
        """Keep the content and return its digest."""
        digest = digest_of(content)
        self.contents[digest] = content
        return digest

    async def get(self, digest: str) -> bytes | None:
        """Return the content, None where it is not kept."""
        return self.contents.get(digest)
