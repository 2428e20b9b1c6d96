"""A forward proxy on this machine that dials what the guard has judged: for browsers and for commands in a sandbox.

It opens tunnels (CONNECT) and sends single plain requests on (RFC 9110 §9.3.6, RFC 9112 §3.2.2). A connection serves one
request: a client that went on to another host by it would be answered by the wrong server. Into tunnels it does not look.
"""

import asyncio
import base64
import hmac
import logging
import secrets
from collections.abc import Awaitable, Iterable
from contextlib import suppress
from fnmatch import fnmatchcase
from pathlib import Path

from artelier.domain.errors import AccessDenied, AddressRefused, FetchFailed, ToolError
from artelier.network.guard import AddressGuard, plain_host
from artelier.network.proxy_heads import HEAD_LIMIT, ProxyRequest, answer_head, read_request

USER = "artelier"
_CHUNK = 64 * 1024
_HEAD_SECONDS = 15.0
_DIAL_SECONDS = 15.0
_IDLE_SECONDS = 300.0
_LEAVING_SECONDS = 5.0
_CONNECTIONS = 256
_log = logging.getLogger(__name__)


class GuardedProxy:
    """A proxy behind an ``AddressGuard``.

    ``domains`` are the only hosts it leads to, such as ``example.org`` or ``*.github.com``; None for all public ones.
    ``open_to_all`` asks for no token: for a socket that is guarded by where it lies. ``idle`` is how long, in seconds, a
    connection may be silent.
    """

    def __init__(
        self, guard: AddressGuard, *, domains: Iterable[str] | None = None, open_to_all: bool = False, idle: float = _IDLE_SECONDS
    ) -> None:
        self.password = "" if open_to_all else secrets.token_urlsafe(24)
        """What a client of ours shows, as ``USER``; other programs of this machine are not let through."""
        self._guard = guard
        self._domains = None if domains is None else tuple(plain_host(domain) for domain in domains)
        self._idle = idle
        self._server: asyncio.Server | None = None
        self._busy: set[asyncio.Task[None]] = set()

    async def listen(self) -> int:
        """Listen on a free port of loopback and return it. Raises ``FetchFailed``."""
        try:
            self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=HEAD_LIMIT)
        except OSError as failure:
            raise FetchFailed(f"The proxy could not be started ({failure.strerror}). Try again later.") from failure
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def listen_at(self, path: Path) -> None:
        """Listen on a Unix socket, which the caller keeps where only its clients reach it. Raises ``FetchFailed``."""
        try:
            self._server = await asyncio.start_unix_server(self._accept, path, limit=HEAD_LIMIT)
            await asyncio.to_thread(path.chmod, 0o600)
        except OSError as failure:
            raise FetchFailed(f"The proxy could not be started at {path} ({failure.strerror}). Try again later.") from failure

    async def close(self) -> None:
        """Stop listening and end every connection."""
        if self._server is not None:
            self._server.close()
        for task in self._busy:
            task.cancel()
        await asyncio.gather(*self._busy, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._busy.add(task)
        task.add_done_callback(self._busy.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if len(self._busy) > _CONNECTIONS:
                raise FetchFailed("Too many connections are open at once.")
            async with asyncio.timeout(_HEAD_SECONDS):
                request = read_request(await _head(reader))
            self._check(request)
            async with asyncio.timeout(_DIAL_SECONDS):
                upstream = await self._dial(request)
            try:
                await self._relay(request, (reader, writer), upstream)
            finally:
                await _drop(upstream[1])
        except AccessDenied as denial:  # Chromium shows its token when it is asked for it
            await _say(writer, "407 Proxy Authentication Required", denial.message, f'Proxy-Authenticate: Basic realm="{USER}"\r\n')
        except AddressRefused as refusal:
            await _say(writer, "403 Forbidden", refusal.message)
        except ToolError as failure:
            await _say(writer, "502 Bad Gateway", failure.message)
        except TimeoutError:
            await _say(writer, "504 Gateway Timeout", "It did not answer in time.")
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as failure:
            _log.debug("a connection through the proxy ended: %s", failure)
        finally:
            await _drop(writer)

    def _check(self, request: ProxyRequest) -> None:
        """Raise unless the client is ours and the host is on the list."""
        expected = b"Basic " + base64.b64encode(f"{USER}:{self.password}".encode())
        if self.password and not hmac.compare_digest(request.token(), expected):
            raise AccessDenied("Show the token of this proxy.")
        host = plain_host(request.host)
        if self._domains is not None and not any(fnmatchcase(host, domain) for domain in self._domains):
            raise AddressRefused(f"'{host}' is not among the domains that may be reached from here: {', '.join(self._domains) or 'none'}.")

    async def _dial(self, request: ProxyRequest) -> "_Streams":
        addresses = await self._guard.addresses(request.host, request.port)
        for address in addresses:
            with suppress(OSError):
                return await asyncio.open_connection(address, request.port, limit=HEAD_LIMIT)
        raise FetchFailed(f"No connection to {request.host}:{request.port}.")

    async def _relay(self, request: ProxyRequest, client: "_Streams", upstream: "_Streams") -> None:
        if not request.target:
            client[1].write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await _together(self._pour(client[0], upstream[1]), self._pour(upstream[0], client[1]))
            return
        upstream[1].write(request.head())
        sending = asyncio.ensure_future(self._pour(client[0], upstream[1], request.length))
        try:
            while (head := answer_head(await _head(upstream[0], self._idle))).startswith(b"HTTP/1.1 1"):
                pass  # an interim answer, which a client that sent no Expect can do without
            client[1].write(head)
            await self._pour(upstream[0], client[1])
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)

    async def _pour(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, length: int | None = None) -> None:
        """Pass bytes on until the source ends, or ``length`` of them have passed."""
        left = length
        while left is None or left > 0:
            async with asyncio.timeout(self._idle):
                chunk = await source.read(_CHUNK if left is None else min(left, _CHUNK))
            if not chunk:
                with suppress(OSError):
                    target.write_eof()
                return
            target.write(chunk)
            async with asyncio.timeout(self._idle):
                await target.drain()
            left = None if left is None else left - len(chunk)


_Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _head(reader: asyncio.StreamReader, seconds: float = _HEAD_SECONDS) -> bytes:
    async with asyncio.timeout(seconds):
        return await reader.readuntil(b"\r\n\r\n")


async def _together(one: Awaitable[None], other: Awaitable[None]) -> None:
    """Run both ways of a tunnel to their ends; a failure of either ends both."""
    tasks = [asyncio.ensure_future(one), asyncio.ensure_future(other)]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _say(writer: asyncio.StreamWriter, status: str, text: str, fields: str = "") -> None:
    body = f"{text}\n".encode()
    head = (
        f"HTTP/1.1 {status}\r\n{fields}Content-Type: text/plain; charset=utf-8\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    with suppress(OSError):
        writer.write(head.encode() + body)
        async with asyncio.timeout(_HEAD_SECONDS):
            await writer.drain()


async def _drop(writer: asyncio.StreamWriter) -> None:
    """Close, letting what was written leave; who does not take it in time is cut off."""
    writer.close()
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(_LEAVING_SECONDS):
            await writer.wait_closed()
    writer.transport.abort()
