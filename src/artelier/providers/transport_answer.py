"""An answer of a server, the same over every version of HTTP: chunks, patience, our own errors."""

import asyncio
from collections.abc import Mapping
from typing import Protocol

from msgspec import Struct

from artelier.domain.errors import ReplyInvalid, StreamBroken
from artelier.providers.transport_errors import FAILURES, within_answer

_LOOK = 1.0
"""Seconds between two looks at a stream that may have fallen silent."""
_SETTLING = 0.25
"""Seconds a finished answer may take to end its body, so that its connection can be used again."""


class Patience(Struct, frozen=True):
    """Seconds until a connection stands, until the answer begins, and between two chunks of it."""

    connect: float = 10.0
    first_byte: float = 600.0
    idle: float = 120.0


class Body(Protocol):
    """The bytes of an answer as a version of HTTP brings them; it raises that version's own ``FAILURES``."""

    async def read(self) -> bytes:
        """Return what has come, at least a byte; empty at the end."""
        ...

    def at_end(self) -> bool:
        """Whether all was read."""
        ...

    def is_lost(self) -> bool:
        """Whether nothing can come any more, and nobody told."""
        ...

    def close(self) -> None:
        """Want no more; who reads is told by a failure."""
        ...


class HttpAnswer:
    """An answer whose body is read chunk by chunk; whoever opened it closes it.

    A silent server is given up after ``patience.first_byte`` seconds before its first chunk and ``patience.idle`` seconds
    between two; the time a reader takes between its reads does not count.
    """

    def __init__(self, status: int, headers: Mapping[str, str], body: Body, host: str, patience: Patience) -> None:
        self.status = status
        self.headers = headers
        self.content_type = headers.get("Content-Type", "").partition(";")[0].strip().lower()
        self._body = body
        self._read = body.read
        self._host = host
        self._idle = patience.idle
        self._limit = patience.first_byte
        self._begun = False
        self._silent = False
        self._loop = asyncio.get_running_loop()
        self._reading_since: float | None = None
        self._pause = min(patience.first_byte, patience.idle, _LOOK)
        self._watch = self._loop.call_later(self._pause, self._look)

    async def read_chunk(self) -> bytes:
        """Return what has come, at least a byte; empty at the end. Raises ``ProviderUnavailable`` or ``StreamBroken``."""
        self._reading_since = self._loop.time()
        try:
            chunk = await self._read()
        except FAILURES as error:
            raise within_answer(error, self._host, silent=self._silent, limit=self._limit, begun=self._begun) from error
        self._reading_since = None
        if not self._begun:
            self._begun = True
            self._limit = self._idle
        return chunk

    async def read_all(self, limit: int) -> bytes:
        """Return the whole body. Raises ``ReplyInvalid`` over ``limit`` bytes, and what ``read_chunk`` raises."""
        chunks = []
        size = 0
        while chunk := await self.read_chunk():
            size += len(chunk)
            if size > limit:
                raise ReplyInvalid(f"{self._host} answered with more than {limit} bytes, which is no reply. Check the provider's address.")
            chunks.append(chunk)
        return b"".join(chunks)

    async def settle(self) -> None:
        """Wait a moment for the body's end, so that the connection can be kept. Raises ``StreamBroken`` when it is cut."""
        if self._body.at_end():
            return
        self._watch.cancel()
        self._watch = self._loop.call_later(_SETTLING, self._body.close)  # dearer ways to wait were measured
        try:
            while await self.read_chunk():
                pass
        except StreamBroken:
            if self._loop.time() < self._watch.when():  # otherwise it was we who ended it
                raise

    def close(self) -> None:
        """End the answer at once: a finished one leaves its connection to others, another one is broken off."""
        self._watch.cancel()
        self._body.close()

    def _look(self) -> None:
        """Give up a server that was silent for too long: one timer a stream, none a chunk."""
        silence = 0.0 if self._reading_since is None else self._loop.time() - self._reading_since
        lost = silence > 0 and self._body.is_lost()
        self._silent = silence >= self._limit and not lost
        if self._silent or lost:
            self._body.close()
        else:
            self._watch = self._loop.call_later(min(self._limit - silence, self._pause), self._look)
