"""HTTP/2 under the wire formats: many requests over one connection, another one only where the server takes no more."""

import asyncio
import ssl
from collections.abc import Mapping
from functools import cache

from yarl import URL

from artelier.domain.errors import ProviderError, ProviderUnavailable
from artelier.providers.transport_answer import HttpAnswer, Patience
from artelier.providers.transport_dial import Proxy, dial
from artelier.providers.transport_errors import FAILURES, NoHttp2, before_answer, closed_error
from artelier.providers.transport_http2_connection import Headers, Http2Connection
from artelier.providers.transport_packed import unpacked

_PROBE = 15.0
_OF_HTTP1 = frozenset(("host", "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "content-length"))
"""Headers that HTTP/2 says otherwise (RFC 9113, 8.2.2)."""


class Http2Transport:
    """Sends requests over as few connections as the server allows. ``requests`` are under way at once, further ones queue.

    With ``only`` nothing but HTTP/2 is offered on https, and http means prior knowledge. ``probe`` is after how many
    seconds of silence a connection is pinged.
    """

    def __init__(
        self,
        requests: int,
        patience: Patience,
        proxy: Proxy | None,
        trusted: ssl.SSLContext | None,
        *,
        only: bool = True,
        probe: float = _PROBE,
    ) -> None:
        self._turns = asyncio.Semaphore(requests)
        self._patience = patience
        self._proxy = proxy
        self._trusted = trusted
        if trusted is not None:
            trusted.set_alpn_protocols(_offers(only))
        self._only = only
        self._probe = probe
        self._connections: dict[str, list[Http2Connection]] = {}
        self._opening: dict[str, asyncio.Task[None]] = {}
        self._closed = False

    async def send(self, method: str, url: URL, headers: Mapping[str, str], body: bytes | None = None) -> HttpAnswer:
        """Send a request and return its answer as soon as the headers are there. Raises a ``ProviderError`` or ``NoHttp2``."""
        host = url.authority
        try:
            async with asyncio.timeout(self._patience.first_byte):
                await self._turns.acquire()
                try:
                    connection = await self._connection_to(url)
                    stream = connection.send(_fields(method, url, headers, body), body or b"", self._turns.release)
                except BaseException:
                    self._turns.release()
                    raise
                try:
                    status, answered = await stream.head
                except BaseException:
                    stream.close()
                    raise
        except FAILURES as error:
            raise self._failure(error, host) from error
        return HttpAnswer(status, answered, unpacked(stream, answered.get("Content-Encoding", "")), host, self._patience)

    async def close(self) -> None:
        """Drop all connections; answers still read break, further requests fail."""
        self._closed = True
        opening = list(self._opening.values())
        for task in opening:
            task.cancel()
        await asyncio.gather(*opening, return_exceptions=True)
        for connection in [each for kept in self._connections.values() for each in kept]:
            connection.close()
        self._connections.clear()

    def _failure(self, error: BaseException, host: str) -> ProviderError:
        return closed_error() if self._closed else before_answer(error, host, self._patience.first_byte)

    async def _connection_to(self, url: URL) -> Http2Connection:
        """Return a connection that has room; who finds none waits for one that is opened for all of them."""
        origin = f"{url.scheme}://{url.authority}"
        while True:
            if self._closed:
                raise closed_error()
            kept = self._connections.get(origin, ())
            for connection in kept:
                if connection.has_room:
                    return connection
            task = self._opening.get(origin)
            if task is None:
                task = self._opening[origin] = asyncio.create_task(self._open(url, origin))
                task.add_done_callback(lambda done: self._opened(origin, done))
            await asyncio.wait((task,))
            if not task.cancelled():
                task.result()

    def _opened(self, origin: str, task: asyncio.Task[None]) -> None:
        del self._opening[origin]
        if not task.cancelled():
            task.exception()  # whoever waited may have gone

    async def _open(self, url: URL, origin: str) -> None:
        transport, connection = await dial(
            url, lambda: Http2Connection(self._probe), tls=self._tls(url), proxy=self._proxy, within=self._patience.connect
        )
        if url.scheme == "https" and transport.get_extra_info("ssl_object").selected_alpn_protocol() != "h2":
            transport.abort()
            raise NoHttp2
        try:
            async with asyncio.timeout(self._patience.connect):
                await connection.ready
        except BaseException:
            transport.abort()
            raise
        if not connection.has_room:
            connection.close()
            raise ProviderUnavailable(f"{url.authority} takes no requests now. Try again later or use another model.")
        self._connections[origin] = [*(each for each in self._connections.get(origin, ()) if each.is_open), connection]

    def _tls(self, url: URL) -> ssl.SSLContext | None:
        return (self._trusted or _usual(self._only)) if url.scheme == "https" else None


@cache
def _usual(only: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.set_alpn_protocols(_offers(only))
    return context


def _offers(only: bool) -> list[str]:
    return ["h2"] if only else ["h2", "http/1.1"]


def _fields(method: str, url: URL, headers: Mapping[str, str], body: bytes | None) -> Headers:
    named = [(name.lower(), value) for name, value in headers.items()]
    fields = [(":method", method), (":scheme", url.scheme), (":authority", url.authority), (":path", url.raw_path_qs)]
    fields += [field for field in named if field[0] not in _OF_HTTP1]
    if body is not None:
        fields.append(("content-length", str(len(body))))
    return fields
