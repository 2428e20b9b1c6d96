"""Decompression that stops at a limit: a small answer may be made to fill the memory."""

import zlib
from typing import Protocol

from artelier.domain.errors import FetchFailed


class Decoder(Protocol):
    """Makes plain bytes of a body, piece by piece."""

    def decode(self, data: bytes, room: int) -> bytes:
        """Return at most about ``room`` bytes of what these bytes hold. Raises ``FetchFailed`` for what is broken."""
        ...


class Plain:
    """Bytes that are not compressed."""

    def decode(self, data: bytes, room: int) -> bytes:
        """Return them, up to ``room``."""
        return data[:room]


class Inflated:
    """Bytes of gzip or deflate (RFC 1952, RFC 1950, and the bare RFC 1951 that some servers send)."""

    def __init__(self, encoding: str) -> None:
        self._windows = [31] if encoding == "gzip" else [15, -15]
        self._stream = zlib.decompressobj(self._windows.pop(0))
        self._begun = False

    def decode(self, data: bytes, room: int) -> bytes:
        """Return what these bytes hold, up to ``room``; the rest of them is lost, so that a reader stops there."""
        try:
            found = self._stream.decompress(data, room)
        except zlib.error as failure:
            if self._begun or not self._windows:
                raise FetchFailed(f"The answer's compression is broken ({failure}). Try again, or another page.") from failure
            self._stream = zlib.decompressobj(self._windows.pop(0))
            return self.decode(data, room)
        self._begun = True
        return found


def decoder_for(encoding: str) -> Decoder:
    """Return what undoes a Content-Encoding. Raises ``FetchFailed`` for one that was not asked for."""
    name = encoding.strip().lower()
    if name in {"", "identity"}:
        return Plain()
    if name in {"gzip", "x-gzip", "deflate"}:
        return Inflated("deflate" if name == "deflate" else "gzip")
    raise FetchFailed(f"The server compressed its answer by '{name[:40]}', which was not asked for. Try another page.")
