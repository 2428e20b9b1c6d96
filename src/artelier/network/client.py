"""The guarded client: it dials what the guard has judged, and nothing else, for each step of a redirect anew.

Every step has a connection of its own, so that one agent's cookies, connections and names never serve another.
Nothing is read from the environment.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from artelier.domain.errors import AddressRefused, FetchFailed
from artelier.network.decoding import decoder_for
from artelier.network.guard import AddressGuard
from artelier.network.urls import checked_url, origin
from artelier.ports.web import FetchedPage, FetchRequest

USER_AGENT = "Mozilla/5.0 (compatible; Artelier; self-hosted agent)"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CHUNK = 64 * 1024
_NO_TYPE = "text/plain"
_ANYWHERE = frozenset({"accept", "accept-language", "user-agent"})
"""Headers that may follow a redirect to another origin."""


class GuardedFetcher:
    """Fetches by GET through an ``AddressGuard``. Satisfies the ``Fetcher`` port."""

    def __init__(self, guard: AddressGuard) -> None:
        self._guard = guard

    async def fetch(self, request: FetchRequest) -> FetchedPage:
        """Return what the address answers, redirects followed. Raises ``AddressRefused``, ``FetchFailed``."""
        url = checked_url(request.url)
        try:
            async with asyncio.timeout(request.seconds):
                return await self._follow(url, request)
        except TimeoutError as failure:
            raise FetchFailed(f"{shown(url)} did not answer whole within {request.seconds:g} s. Try again later.") from failure

    async def _follow(self, url: URL, request: FetchRequest) -> FetchedPage:
        headers = {"User-Agent": USER_AGENT, **dict(request.headers), "Accept-Encoding": "gzip, deflate"}
        for _ in range(request.max_redirects + 1):
            async with self._answer(url, headers) as response:
                target = response.headers.get("Location")
                if response.status not in _REDIRECTS or not target or not request.max_redirects:
                    return await _read(response, url, request)
            following = checked_url(target, url)
            if origin(following) != origin(url):
                headers = {name: value for name, value in headers.items() if name.lower() in _ANYWHERE | {"accept-encoding"}}
            url = following
        raise FetchFailed(f"{shown(url)}: more than {request.max_redirects} redirects. Name the page they should end at.")

    @asynccontextmanager
    async def _answer(self, url: URL, headers: Mapping[str, str]) -> AsyncIterator[aiohttp.ClientResponse]:
        addresses = await self._guard.addresses(url.host or "", url.port or 0)
        try:
            async with exchanged("GET", url, addresses, headers) as response:
                yield response
        except TimeoutError as failure:  # aiohttp's are OSErrors as well; the deadline's own passes as cancellation
            raise FetchFailed(f"{shown(url)} did not answer in time. Try again later.") from failure
        except (aiohttp.ClientError, OSError, ValueError) as failure:
            raise FetchFailed(f"{shown(url)} could not be fetched: {reason_of(failure)}. Try again, or another page.") from failure


@asynccontextmanager
async def exchanged(
    method: str, url: URL, addresses: tuple[str, ...], headers: Mapping[str, str], body: bytes | None = None
) -> AsyncIterator[aiohttp.ClientResponse]:
    """Send one request to addresses that were judged, over a connection of its own; no redirect is followed.

    Raises ``aiohttp.ClientError``, ``OSError``, ``ValueError``.
    """
    async with (
        aiohttp.ClientSession(
            connector=_connector(addresses),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=10),
        ) as session,
        session.request(method, url, headers=headers, data=body, allow_redirects=False) as response,
    ):
        yield response


def _connector(addresses: tuple[str, ...]) -> aiohttp.TCPConnector:
    """Return a connector that knows these addresses for every name, and opens no socket to any other."""

    def open_socket(info: tuple[int, int, int, str, tuple[object, ...]]) -> socket.socket:
        family, kind, protocol, _, address = info
        if address[0] not in addresses:
            raise AddressRefused(f"{address[0]} was not judged. Report this: it should not happen.")
        opened = socket.socket(family, kind, protocol)
        opened.setblocking(False)
        return opened

    return aiohttp.TCPConnector(resolver=_Judged(addresses), use_dns_cache=False, socket_factory=open_socket, limit=1)


class _Judged(AbstractResolver):
    """A resolver that knows the judged addresses alone."""

    def __init__(self, addresses: tuple[str, ...]) -> None:
        self._addresses = addresses

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC) -> list[ResolveResult]:  # noqa: ARG002  aiohttp names it
        """Return them, whatever the name."""
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST,
            )
            for address in self._addresses
        ]

    async def close(self) -> None:
        """Do nothing: it holds nothing."""


async def _read(response: aiohttp.ClientResponse, url: URL, request: FetchRequest) -> FetchedPage:
    media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower() or _NO_TYPE
    if request.media_types and not any(_matches(media_type, kind) for kind in request.media_types):
        raise FetchFailed(f"{shown(url)} is {media_type[:80]}, which is not read here: {', '.join(request.media_types)} are.")
    decoder = decoder_for(response.headers.get("Content-Encoding", ""))
    content = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        content += decoder.decode(chunk, request.max_bytes + 1 - len(content))
        if len(content) > request.max_bytes:
            break
    return FetchedPage(
        url=str(url),
        status=response.status,
        media_type=media_type,
        content=bytes(content[: request.max_bytes]),
        charset=_charset(response.headers.get("Content-Type", "")),
        truncated=len(content) > request.max_bytes,
        retry_after=wanted_pause(response.headers.get("Retry-After", "")),
    )


def _matches(media_type: str, kind: str) -> bool:
    return media_type.startswith(kind) if kind.endswith("/") else media_type == kind or (kind[0] == "+" and media_type.endswith(kind))


def _charset(content_type: str) -> str:
    for parameter in content_type.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip("\"'")[:40].lower()
    return ""


def wanted_pause(text: str) -> float | None:
    """Return the seconds of a Retry-After header, None for a date or nothing."""
    return float(text) if text.isascii() and text.isdigit() else None


def shown(url: URL) -> str:
    """Return an address as a sentence can hold it."""
    text = str(url)
    return text if len(text) <= 200 else text[:200] + "…"  # noqa: PLR2004  an address in a sentence


def reason_of(failure: Exception) -> str:
    """Return why a request failed, in a few words."""
    if isinstance(failure, aiohttp.ClientConnectorCertificateError):
        return f"its certificate is not valid ({failure.certificate_error})"
    if isinstance(failure, aiohttp.ClientConnectorError):
        return f"no connection ({failure.os_error.strerror or failure.os_error})"
    return str(failure) or type(failure).__name__
