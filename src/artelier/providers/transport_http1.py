"""HTTP/1.1 under the wire formats: one aiohttp session, raw chunks."""

import asyncio
import io
import ssl
from collections.abc import Mapping

import aiohttp
from yarl import URL

from artelier.domain.errors import ProviderError
from artelier.providers.transport_answer import HttpAnswer, Patience
from artelier.providers.transport_errors import FAILURES, before_answer, closed_error

_KEEP_ALIVE = 30.0
_NAMES_KEPT = 60
"""Seconds a resolved host name is kept."""
_LARGE_BODY = 1 << 20
"""Bytes from which aiohttp wants a body as a file, so that sending it does not hold the loop."""


class Http1Body:
    """The body of aiohttp's answer; its reader is asked without a step between."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.read = response.content.readany
        self.at_end = response.content.at_eof
        self.close = response.close
        self._response = response

    def is_lost(self) -> bool:
        """Whether the connection is gone: aiohttp tells nobody when it ends one for broken chunk sizes."""
        connection = self._response.connection
        return connection is not None and connection.protocol is not None and not connection.protocol.is_connected()


class Http1Transport:
    """Sends each request over a connection of its own, kept for the next one. ``connections`` are open at once, further requests queue."""

    def __init__(self, connections: int, patience: Patience, proxy: URL | None, trusted: ssl.SSLContext | None) -> None:
        self._connections = connections
        self._patience = patience
        self._proxy = proxy
        self._ssl: ssl.SSLContext | bool = trusted or True
        self._session: aiohttp.ClientSession | None = None
        self._closed = False

    async def send(self, method: str, url: URL, headers: Mapping[str, str], body: bytes | None = None) -> HttpAnswer:
        """Send a request and return its answer as soon as the headers are there. Raises a ``ProviderError``."""
        session = self._session or self._open()
        data = io.BytesIO(body) if body is not None and len(body) > _LARGE_BODY else body
        try:
            async with asyncio.timeout(self._patience.first_byte):
                response = await session.request(method, url, data=data, headers=headers, allow_redirects=False)
        except FAILURES as error:
            raise self._failure(error, url) from error
        return HttpAnswer(response.status, response.headers, Http1Body(response), url.authority, self._patience)

    async def close(self) -> None:
        """Drop all connections; answers still read break, further requests fail."""
        self._closed = True
        if self._session is not None:
            await self._session.close()

    def _failure(self, error: BaseException, url: URL) -> ProviderError:
        return closed_error() if self._closed else before_answer(error, url.authority, self._patience.first_byte)

    def _open(self) -> aiohttp.ClientSession:
        if self._closed:
            raise closed_error()
        connector = aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=_KEEP_ALIVE, ttl_dns_cache=_NAMES_KEPT, ssl=self._ssl)
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._patience.connect),
            trust_env=False,
            proxy=self._proxy,
        )
        return self._session
