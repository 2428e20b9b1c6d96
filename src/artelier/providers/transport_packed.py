"""Bodies that were packed although nobody asked for it, as some gateways do."""

import zlib

from artelier.providers.transport_answer import Body

_AT_ONCE = 1 << 18
"""Bytes that one read unpacks at most: little can be packed into very little."""
_PLAIN = frozenset(("", "identity"))
_KNOWN = frozenset(("gzip", "x-gzip", "deflate"))


def unpacked(body: Body, coding: str) -> Body:
    """Return a body as it was before its content coding (RFC 9110, 8.4)."""
    coding = coding.strip().lower()
    return body if coding in _PLAIN else UnpackedBody(body, coding)


class UnpackedBody:
    """Another body, unpacked chunk by chunk; ``read`` raises ``zlib.error`` for what cannot be."""

    def __init__(self, body: Body, coding: str) -> None:
        self._body = body
        self._known = coding in _KNOWN
        self._inflate = zlib.decompressobj(zlib.MAX_WBITS | 32)  # finds out whether it is gzip or zlib

    async def read(self) -> bytes:
        """Return what has come, at least a byte; empty at the end."""
        while packed := self._inflate.unconsumed_tail or await self._body.read():
            if not self._known:
                raise zlib.error
            data = self._inflate.decompress(packed, _AT_ONCE)
            if data:
                return data
        if not self._inflate.eof:
            raise zlib.error
        return b""

    def at_end(self) -> bool:
        """Whether all was read."""
        return self._body.at_end() and not self._inflate.unconsumed_tail

    def is_lost(self) -> bool:
        """Whether nothing can come any more, and nobody told."""
        return self._body.is_lost()

    def close(self) -> None:
        """Want no more."""
        self._body.close()
