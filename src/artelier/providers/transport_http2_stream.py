"""One request over HTTP/2 and the bytes that answer it."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from multidict import CIMultiDict

from artelier.providers.transport_errors import StreamLost

STREAM_WINDOW = 1 << 20
"""Bytes a server may send before they are read."""
_CREDIT = STREAM_WINDOW // 4
"""Bytes read before the server is told that it may send as many more."""

Head = tuple[int, CIMultiDict[str]]
"""Status and headers."""


class Connection(Protocol):
    """What a stream wants of the connection it runs over."""

    def allow(self, stream: "Http2Stream", size: int) -> None:
        """Let the server send so many bytes more."""
        ...

    def leave(self, stream: "Http2Stream") -> None:
        """Forget a stream, and tell the server where it still goes on."""
        ...


class Http2Stream:
    """The bytes of one answer. ``failed`` and ``ended`` come from the connection; what came before them is still read."""

    __slots__ = (
        "_chunks",
        "_connection",
        "_done",
        "_loop",
        "_unread",
        "_waiter",
        "direct",
        "ended",
        "failure",
        "head",
        "number",
        "rest",
        "window",
    )

    def __init__(self, connection: Connection, number: int, body: bytes, done: Callable[[], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self.number = number
        self.head: asyncio.Future[Head] = self._loop.create_future()
        self.rest = memoryview(body)
        """What of the request is still to be sent."""
        self.direct = False
        """Whether plain data comes past h2: not where it compares the length with what the head says."""
        self.window = STREAM_WINDOW
        """Bytes that may still come so."""
        self.ended = False
        self.failure: StreamLost | None = None
        self._connection = connection
        self._done: Callable[[], None] | None = done
        self._chunks: list[bytes] = []
        self._unread = 0
        self._waiter: asyncio.Future[None] | None = None

    async def read(self) -> bytes:
        """Return what has come, at least a byte; empty at the end. Raises ``StreamLost``."""
        if not self._chunks and not self.ended and self.failure is None:
            self._waiter = self._loop.create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        if self._chunks:
            return self._taken()
        if self.failure is not None:
            raise self.failure
        return b""

    def at_end(self) -> bool:
        """Whether all was read."""
        return self.ended and not self._chunks

    def is_lost(self) -> bool:
        """Whether nothing can come any more: never without being told, in HTTP/2."""
        return False

    def close(self) -> None:
        """Want no more; who reads is told by a failure."""
        done, self._done = self._done, None
        if done is None:
            return
        self._connection.leave(self)
        if not self.ended:
            self.fail(StreamLost("it was closed here"))
        done()

    def begin(self, status: int, headers: CIMultiDict[str]) -> None:
        """Take the head of the answer."""
        self.direct = "Content-Length" not in headers
        if not self.head.done():
            self.head.set_result((status, headers))

    def take(self, data: bytes) -> None:
        """Take the next bytes of the body."""
        self._chunks.append(data)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def end(self) -> None:
        """Take it that the body is whole."""
        self.ended = True
        self._wake()

    def fail(self, failure: StreamLost) -> None:
        """Take it that nothing more comes."""
        if not self.ended and self.failure is None:
            self.failure = failure
            self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
        if not self.head.done():
            self.head.set_exception(self.failure or StreamLost("it answered with nothing"))
            self.head.exception()  # whoever waited may have gone

    def _taken(self) -> bytes:
        chunks = self._chunks
        data = chunks[0] if len(chunks) == 1 else b"".join(chunks)
        chunks.clear()
        self._unread += len(data)
        if self._unread >= _CREDIT and not self.ended:
            self._connection.allow(self, self._unread)
            self._unread = 0
        return data
