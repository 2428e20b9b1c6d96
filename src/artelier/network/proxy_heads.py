"""Heads of HTTP/1.1 messages as a proxy needs them: read strictly, written anew, never passed on as they came (RFC 9112)."""

import re
from typing import NamedTuple

from yarl import URL

from artelier.domain.errors import AddressRefused, FetchFailed
from artelier.network.urls import checked_url

HEAD_LIMIT = 64 * 1024
"""Bytes of a head, cookies included."""
_REQUEST = re.compile(rb"([A-Z]{3,20}) ([!-~]{1,16384}) HTTP/1\.[01]")
_PLACE = re.compile(r"(\[[0-9a-fA-F:.]+\]|[a-zA-Z0-9._-]+):(\d{1,5})")
_FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*?)[ \t]*")
_HIGHEST_PORT = 65535
_OF_THIS_STEP = frozenset(
    [
        *(b"connection", b"keep-alive", b"proxy-connection", b"proxy-authorization", b"proxy-authenticate", b"te", b"trailer"),
        *(b"upgrade", b"expect"),
    ]
)
"""Fields that are meant for the proxy itself."""

Fields = tuple[tuple[bytes, bytes], ...]


class ProxyRequest(NamedTuple):
    """A request to the proxy: a tunnel to ``host:port``, or one plain request to send there."""

    method: str
    host: str
    port: int
    fields: Fields
    target: str = ""
    """Path and query of a plain request; empty for a tunnel."""
    authority: str = ""
    length: int = 0
    """Bytes of the body that follows."""

    def head(self) -> bytes:
        """Return the head to send on, for one exchange."""
        lines = [f"{self.method} {self.target} HTTP/1.1\r\nHost: {self.authority}".encode()]
        lines += [name + b": " + value for name, value in _kept(self.fields) if name.lower() != b"host"]
        return b"\r\n".join([*lines, b"Connection: close", b"", b""])

    def token(self) -> bytes:
        """Return what the client shows to be let through."""
        return next((value for name, value in self.fields if name.lower() == b"proxy-authorization"), b"")


def read_request(head: bytes) -> ProxyRequest:
    """Return what the proxy is asked for. Raises ``AddressRefused`` for an address, ``FetchFailed`` for what is no such request."""
    first, _, rest = head.partition(b"\r\n")
    found = _REQUEST.fullmatch(first)
    if found is None:
        raise FetchFailed("This is no request to a proxy.")
    method, target, fields = found[1].decode(), found[2].decode("ascii"), _fields(rest)
    if method == "CONNECT":
        place = _PLACE.fullmatch(target)
        if place is None or not 0 < int(place[2]) <= _HIGHEST_PORT:
            raise AddressRefused("A tunnel is asked for as host:port.")
        return ProxyRequest(method, place[1], int(place[2]), fields)
    url = checked_url(target)
    if url.scheme != "http":
        raise AddressRefused("Only http:// is asked of a proxy in the open; anything else takes a tunnel.")
    return ProxyRequest(method, url.host or "", url.port or 0, fields, url.raw_path_qs, _authority(url), _length(fields))


def answer_head(head: bytes) -> bytes:
    """Return the head of an answer for the client, who must ask anew for the next. Raises ``FetchFailed`` for what is none."""
    first, _, rest = head.partition(b"\r\n")
    if re.fullmatch(rb"HTTP/1\.[01] \d{3}( [^\x00-\x08\x0a-\x1f]*)?", first) is None:
        raise FetchFailed("What answered speaks no HTTP.")
    lines = [b"HTTP/1.1" + first[8:], *(name + b": " + value for name, value in _kept(_fields(rest)))]
    return b"\r\n".join([*lines, b"Connection: close", b"", b""])


def _fields(lines: bytes) -> Fields:
    matches = [_FIELD.fullmatch(line) for line in lines.removesuffix(b"\r\n\r\n").split(b"\r\n") if line]
    if None in matches:
        raise FetchFailed("A header is not written as HTTP wants it.")
    return tuple((match[1], match[2]) for match in matches if match is not None)


def _kept(fields: Fields) -> Fields:
    """Return the fields that go on; those that ``Connection`` names stay here as well."""
    named = {name.strip().lower() for field, value in fields if field.lower() == b"connection" for name in value.split(b",")}
    return tuple((name, value) for name, value in fields if name.lower() not in _OF_THIS_STEP | named - {b"close"})


def _length(fields: Fields) -> int:
    if any(name.lower() == b"transfer-encoding" for name, _ in fields):
        raise FetchFailed("A body without a length is not sent on. Send one with Content-Length, or over https.")
    lengths = {value for name, value in fields if name.lower() == b"content-length"}
    if len(lengths) > 1 or not all(re.fullmatch(rb"\d{1,12}", value) for value in lengths):
        raise FetchFailed("The length of the body is not clear.")
    return int(next(iter(lengths), b"0"))


def _authority(url: URL) -> str:
    host = url.host_subcomponent or ""
    return host if url.is_default_port() else f"{host}:{url.port}"
