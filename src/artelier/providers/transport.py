"""HTTP/1.1 under the wire formats: one aiohttp session, raw chunks, our own errors.

Nothing is read from the environment: proxy and CA file are said by the constructor or not at all.
"""

import asyncio
import io
import ssl
from collections.abc import Mapping

import aiohttp
from yarl import URL

from artelier.domain.errors import ProviderError, ProviderUnavailable, ReplyInvalid, SettingsError
from artelier.providers.transport_errors import FAILURES, before_answer, within_answer

_KEEP_ALIVE = 30.0
_NAMES_KEPT = 60
"""Seconds a resolved host name is kept."""
_LARGE_BODY = 1 << 20
"""Bytes from which aiohttp wants a body as a file, so that sending it does not hold the loop."""
_LOOK = 1.0
"""Seconds between two looks at a stream that may have fallen silent."""
_SETTLING = 0.25
"""Seconds a finished answer may take to end its body, so that its connection can be used again."""


class HttpAnswer:
    """An answer whose body is read chunk by chunk; whoever opened it closes it.

    A silent server is given up after ``first_byte`` seconds before its first chunk and ``idle`` seconds between two;
    the time a reader takes between its reads does not count.
    """

    def __init__(self, response: aiohttp.ClientResponse, host: str, first_byte: float, idle: float) -> None:
        self.status = response.status
        self.headers: Mapping[str, str] = response.headers
        self.content_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        self._response = response
        self._content = response.content
        self._host = host
        self._idle = idle
        self._limit = first_byte
        self._begun = False
        self._silent = False
        self._loop = asyncio.get_running_loop()
        self._reading_since: float | None = None
        self._pause = min(first_byte, idle, _LOOK)
        self._watch = self._loop.call_later(self._pause, self._look)

    async def read_chunk(self) -> bytes:
        """Return what has come, at least a byte; empty at the end. Raises ``ProviderUnavailable`` or ``StreamBroken``."""
        self._reading_since = self._loop.time()
        try:
            chunk = await self._content.readany()
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
        if self._content.at_eof():
            return
        try:
            async with asyncio.timeout(_SETTLING):
                while await self.read_chunk():
                    pass
        except TimeoutError:
            self.close()

    def close(self) -> None:
        """End the answer at once: a finished one gives its connection back, another one drops it."""
        self._watch.cancel()
        self._response.close()

    def _look(self) -> None:
        """Give up a server that was silent for too long: one timer a stream, none a chunk."""
        silence = 0.0 if self._reading_since is None else self._loop.time() - self._reading_since
        lost = silence > 0 and self._is_lost()
        self._silent = silence >= self._limit and not lost
        if self._silent or lost:
            self._response.close()
        else:
            self._watch = self._loop.call_later(min(self._limit - silence, self._pause), self._look)

    def _is_lost(self) -> bool:
        """Whether the connection is gone: aiohttp tells nobody when it ends one for broken chunk sizes."""
        connection = self._response.connection
        return connection is not None and connection.protocol is not None and not connection.protocol.is_connected()


class HttpTransport:
    """Sends requests over kept connections; one a provider.

    ``connections`` are open at once, further requests queue. Seconds: ``connect_timeout`` until a connection stands,
    ``first_byte_timeout`` until a server that queues us begins its answer, ``idle_timeout`` between two chunks.
    Raises ``SettingsError`` for a CA file that cannot be used.
    """

    def __init__(
        self,
        *,
        connections: int = 100,
        connect_timeout: float = 10.0,
        first_byte_timeout: float = 600.0,
        idle_timeout: float = 120.0,
        proxy: str = "",
        ca_file: str = "",
    ) -> None:
        self._connections = connections
        self._connect_timeout = connect_timeout
        self._first_byte_timeout = first_byte_timeout
        self._idle_timeout = idle_timeout
        self._proxy = _checked_proxy(proxy) if proxy else None
        self._ssl: ssl.SSLContext | bool = _trusting(ca_file) if ca_file else True
        self._session: aiohttp.ClientSession | None = None
        self._closed = False

    async def send(self, method: str, url: URL, headers: Mapping[str, str], body: bytes | None = None) -> HttpAnswer:
        """Send a request and return its answer as soon as the headers are there. Raises a ``ProviderError``."""
        session = self._session or self._open()
        data = io.BytesIO(body) if body is not None and len(body) > _LARGE_BODY else body
        try:
            async with asyncio.timeout(self._first_byte_timeout):
                response = await session.request(method, url, data=data, headers=headers, allow_redirects=False)
        except FAILURES as error:
            raise self._failure(error, url) from error
        return HttpAnswer(response, url.authority, self._first_byte_timeout, self._idle_timeout)

    async def close(self) -> None:
        """Drop all connections; answers still read break, further requests fail."""
        self._closed = True
        if self._session is not None:
            await self._session.close()

    def _failure(self, error: BaseException, url: URL) -> ProviderError:
        if self._closed:
            return _closed_error()
        return before_answer(error, url.authority, self._first_byte_timeout)

    def _open(self) -> aiohttp.ClientSession:
        if self._closed:
            raise _closed_error()
        connector = aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=_KEEP_ALIVE, ttl_dns_cache=_NAMES_KEPT, ssl=self._ssl)
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._connect_timeout),
            trust_env=False,
            proxy=self._proxy,
        )
        return self._session


def _closed_error() -> ProviderError:
    return ProviderUnavailable("The provider was closed, so nothing more can be asked of it. Ask through a new one.")


def _checked_proxy(address: str) -> URL:
    try:
        url = URL(address)
    except ValueError as error:
        raise SettingsError("The proxy's address is no URL. Write it as http://host:port.") from error
    if url.scheme not in {"http", "https"} or not url.host:
        raise SettingsError("The proxy's address has no http:// or no host. Write it as http://host:port.")
    return url


def _trusting(ca_file: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ValueError) as error:
        raise SettingsError(f"The CA file {ca_file} cannot be used: {error}. Name a readable file with certificates in PEM.") from error
