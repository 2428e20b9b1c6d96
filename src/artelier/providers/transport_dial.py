"""A TCP or TLS connection to a server, straight or through the tunnel of a proxy (CONNECT, RFC 9110, 9.3.6)."""

import asyncio
import base64
import socket
import ssl
from collections.abc import Callable
from typing import TypeVar, cast

import aiohappyeyeballs
from msgspec import Struct
from yarl import URL

from artelier.providers.transport_errors import NoHttp2, failed_proxy, late_connection, refused_connection, unresolved, untrusted

_NEXT_ADDRESS = 0.25
"""Seconds after which the next address of a host is tried beside (RFC 8305)."""
_NO_PROTOCOL = "TLSV1_ALERT_NO_APPLICATION_PROTOCOL"
"""How OpenSSL says that the server speaks none of what was offered by ALPN."""
_HEAD_LIMIT = 1 << 16
_TUNNEL_STANDS = b"200"

Protocol = TypeVar("Protocol", bound=asyncio.Protocol)


class Proxy(Struct, frozen=True):
    """Whose tunnel is gone through; on https its certificate must hold before ``trusted``, or the system's authorities."""

    url: URL
    trusted: ssl.SSLContext | None = None


async def dial(
    url: URL, protocol: Callable[[], Protocol], *, tls: ssl.SSLContext | None, proxy: Proxy | None, within: float
) -> tuple[asyncio.Transport, Protocol]:
    """Connect a protocol to a URL's host within so many seconds. Raises ``ProviderUnavailable`` or ``NoHttp2``."""
    host = url.authority
    try:
        async with asyncio.timeout(within):
            if proxy is not None:
                return await _through(proxy, url, protocol, tls)
            return await _connected(url, protocol, tls)
    except TimeoutError as error:
        raise late_connection(host) from error
    except ProxyFailed as error:
        raise failed_proxy(host, error.reason) from error
    except ssl.SSLError as error:
        raise (NoHttp2() if error.reason == _NO_PROTOCOL else untrusted(host, error)) from error
    except socket.gaierror as error:
        raise unresolved(host) from error
    except OSError as error:
        raise refused_connection(host, error) from error


class ProxyFailed(OSError):
    """A proxy could not be reached, or said no."""

    def __init__(self, reason: BaseException) -> None:
        super().__init__()
        self.reason = reason


async def _connected(url: URL, protocol: Callable[[], Protocol], tls: ssl.SSLContext | None) -> tuple[asyncio.Transport, Protocol]:
    loop = asyncio.get_running_loop()
    addresses = await loop.getaddrinfo(url.raw_host, url.port, type=socket.SOCK_STREAM)
    sock = await aiohappyeyeballs.start_connection(addresses, happy_eyeballs_delay=_NEXT_ADDRESS, interleave=1, loop=loop)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return await loop.create_connection(protocol, sock=sock, ssl=tls, server_hostname=url.raw_host if tls else None)


async def _through(
    proxy: Proxy, url: URL, protocol: Callable[[], Protocol], tls: ssl.SSLContext | None
) -> tuple[asyncio.Transport, Protocol]:
    """Connect over a proxy's tunnel; our own TLS goes through it, into TLS where the proxy wants that."""
    try:
        outer = (proxy.trusted or ssl.create_default_context()) if proxy.url.scheme == "https" else None
        transport, tunnel = await _connected(proxy.url, _Tunnel, outer)
        await tunnel.asked_for(url, proxy.url)
    except OSError as error:
        raise ProxyFailed(error) from error
    made = protocol()
    if tls is None:
        transport.set_protocol(made)
        made.connection_made(transport)
        if rest := tunnel.rest():
            made.data_received(rest)
        return transport, made
    inner = await asyncio.get_running_loop().start_tls(transport, made, tls, server_hostname=url.raw_host)
    if inner is None:
        raise ConnectionResetError("the tunnel was closed")
    made.connection_made(inner)
    return inner, made


class _Tunnel(asyncio.Protocol):
    """Asks a proxy for a tunnel and reads the head of its answer, after which the server's bytes come."""

    def __init__(self) -> None:
        self._head = b""
        self._answered: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    async def asked_for(self, url: URL, proxy: URL) -> None:
        """Ask, and return once the tunnel stands. Raises ``OSError``."""
        there = f"{url.raw_host}:{url.port}" if ":" not in str(url.raw_host) else f"[{url.raw_host}]:{url.port}"
        lines = [f"CONNECT {there} HTTP/1.1", f"Host: {there}"]
        if proxy.user is not None:
            words = base64.b64encode(f"{proxy.user}:{proxy.password or ''}".encode()).decode()
            lines.append(f"Proxy-Authorization: Basic {words}")
        self._transport.write("\r\n".join([*lines, "", ""]).encode())
        try:
            status = await self._answered
        except BaseException:
            self._transport.abort()
            raise
        if status.split(b" ")[1:2] != [_TUNNEL_STANDS]:
            self._transport.abort()
            raise ConnectionRefusedError(0, f"it answered {status.decode('latin-1')}")

    def rest(self) -> bytes:
        """Return what the server has said already: one of HTTP/2 may speak first."""
        return self._head.partition(b"\r\n\r\n")[2]

    def data_received(self, data: bytes) -> None:
        self._head += data
        if self._answered.done():
            return
        if b"\r\n\r\n" in self._head:
            self._answered.set_result(self._head.partition(b"\r\n")[0])
        elif len(self._head) > _HEAD_LIMIT:
            self._answered.set_exception(ConnectionRefusedError(0, "it did not answer as a proxy does"))

    def connection_lost(self, _: Exception | None) -> None:
        if not self._answered.done():
            self._answered.set_exception(ConnectionResetError(0, "it closed the connection"))
