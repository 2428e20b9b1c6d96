"""HTTP under the wire formats: which version carries a request, and what both of them are told.

Nothing is read from the environment: proxy and CA file are said by the constructor or not at all.
"""

import ssl
from collections.abc import Mapping
from typing import Literal

from yarl import URL

from artelier.domain.errors import RequestRefused, SettingsError
from artelier.providers.transport_answer import HttpAnswer, Patience
from artelier.providers.transport_dial import Proxy
from artelier.providers.transport_errors import NoHttp2
from artelier.providers.transport_http1 import Http1Transport
from artelier.providers.transport_http2 import Http2Transport

__all__ = ["HttpAnswer", "HttpTransport", "HttpVersion"]

HttpVersion = Literal["auto", "1.1", "2"]
"""``auto`` is what a server offers first by ALPN (RFC 7301) on https, and 1.1 on http; ``2`` on http is prior knowledge (RFC 9113, 3.3)."""


class HttpTransport:
    """Sends requests over kept connections; one a provider.

    ``connections`` requests are under way at once, further ones queue: over as many connections in HTTP/1.1, over one as
    long as the server takes them in HTTP/2. Seconds: ``connect_timeout`` until a connection stands, ``first_byte_timeout``
    until a server that queues us begins its answer, ``idle_timeout`` between two chunks.
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
        version: HttpVersion = "auto",
    ) -> None:
        patience = Patience(connect_timeout, first_byte_timeout, idle_timeout)
        checked = _checked_proxy(proxy) if proxy else None
        self._version = version
        tunnel = Proxy(checked, _trusting(ca_file)) if checked else None
        self._one = Http1Transport(connections, patience, checked, _trusting(ca_file))
        self._two = Http2Transport(connections, patience, tunnel, _trusting(ca_file), only=version == "2")
        self._without: set[str] = set()
        """Hosts that were asked and do not speak HTTP/2."""

    async def send(self, method: str, url: URL, headers: Mapping[str, str], body: bytes | None = None) -> HttpAnswer:
        """Send a request and return its answer as soon as the headers are there. Raises a ``ProviderError``."""
        if self._version == "1.1" or (self._version == "auto" and (url.scheme == "http" or url.authority in self._without)):
            return await self._one.send(method, url, headers, body)
        try:
            return await self._two.send(method, url, headers, body)
        except NoHttp2 as error:
            if self._version == "2":
                raise RequestRefused(f'{url.authority} does not speak HTTP/2. Set http = "auto" for its provider.') from error
        self._without.add(url.authority)
        return await self._one.send(method, url, headers, body)

    async def close(self) -> None:
        """Drop all connections; answers still read break, further requests fail."""
        await self._two.close()
        await self._one.close()


def _checked_proxy(address: str) -> URL:
    try:
        url = URL(address)
    except ValueError as error:
        raise SettingsError("The proxy's address is no URL. Write it as http://host:port.") from error
    if url.scheme not in {"http", "https"} or not url.host:
        raise SettingsError("The proxy's address has no http:// or no host. Write it as http://host:port.")
    return url


def _trusting(ca_file: str) -> ssl.SSLContext | None:
    """Return a context of its own each time, since a version of HTTP tells in it what it offers; None for the usual one."""
    if not ca_file:
        return None
    try:
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ValueError) as error:
        raise SettingsError(f"The CA file {ca_file} cannot be used: {error}. Name a readable file with certificates in PEM.") from error
