"""Contents kept by their digest in a folder: what files were before a write, pictures."""

import asyncio
import hashlib
import os
import secrets
from pathlib import Path

from artelier.domain.errors import StoreUnavailable

_DIGEST_BYTES = 32


def digest_of(content: bytes) -> str:
    """Return the BLAKE2b-256 digest of a content, in hexadecimal (RFC 7693)."""
    return hashlib.blake2b(content, digest_size=_DIGEST_BYTES).hexdigest()


class FolderBlobs:
    """Keeps contents as files of one folder that nobody else can read, two letters of the digest a sub-folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, content: bytes) -> str:
        """Keep the content and return its digest. Raises ``StoreUnavailable``."""
        return await asyncio.to_thread(self.keep, content)

    async def get(self, digest: str) -> bytes | None:
        """Return the content, None where it is not kept. Raises ``StoreUnavailable``."""
        return await asyncio.to_thread(self.load, digest)

    def keep(self, content: bytes, *, durable: bool = True) -> str:
        """Keep the content and return its digest; blocking, for threads. Raises ``StoreUnavailable``.

        Without ``durable`` it survives the process but perhaps not a power cut, for contents kept by the thousand.
        """
        digest = digest_of(content)
        place = self._place(digest)
        try:
            if not place.exists():
                _write(place, content, durable=durable)
        except OSError as error:
            raise StoreUnavailable(f"A content could not be kept in {str(self._folder)!r}: {error}. Make room there.") from error
        return digest

    def load(self, digest: str) -> bytes | None:
        """Return the content, None where it is not kept or is no longer whole; blocking. Raises ``StoreUnavailable``."""
        if len(digest) != 2 * _DIGEST_BYTES or not digest.isalnum():
            return None
        try:
            content = self._place(digest).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreUnavailable(f"A content in {str(self._folder)!r} cannot be read: {error}.") from error
        return content if digest_of(content) == digest else None

    def _place(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest[2:]


def _write(place: Path, content: bytes, *, durable: bool) -> None:
    """Write beside the place and rename, so that nobody finds half a content."""
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = place.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        temporary.replace(place)
    finally:
        temporary.unlink(missing_ok=True)
