"""What went wrong on the wire, in our own errors. Only the host is named: addresses can hold secrets."""

import zlib

import aiohttp
from aiohttp.http_exceptions import ContentEncodingError, HttpProcessingError

from artelier.domain.errors import ProviderError, ProviderUnavailable, ReplyInvalid, RequestRefused, StreamBroken

FAILURES = (aiohttp.ClientError, HttpProcessingError, OSError, ValueError, RuntimeError, EOFError, zlib.error)
"""All that aiohttp, our HTTP/2 and the system below them raise; time-outs and TLS errors are ``OSError``."""


class StreamLost(ConnectionError):
    """A server ended one stream of HTTP/2, or the connection under it; the message is its reason."""


class NotHttp(ValueError):
    """What came is no HTTP/2."""


class NoHttp2(Exception):
    """A server chose another protocol when TLS was agreed on; it never leaves the transport."""


def before_answer(error: BaseException, host: str, patience: float) -> ProviderError:
    """Translate a failure before the headers of the answer came."""
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return late_connection(host)
    if isinstance(error, TimeoutError):
        return ProviderUnavailable(f"{host} did not answer within {patience:g} s. Try again later or use another model.")
    if isinstance(error, aiohttp.InvalidURL):
        return RequestRefused("The provider's address is no URL that can be asked. Correct base_url in the settings.")
    if isinstance(error, StreamLost):
        return ProviderUnavailable(f"{host} closed the connection before it answered: {error}. Try again.")
    if isinstance(error, aiohttp.ClientSSLError):  # a certificate's failure is a ValueError too
        return _unreachable(error, host)
    if isinstance(error, aiohttp.ClientResponseError | HttpProcessingError | ValueError) and not _of_proxy(error):
        words = str(error) if isinstance(error, NotHttp) else _short(error)
        return ReplyInvalid(f"{host} answered with something that is not HTTP: {words}. Check the provider's address.")
    return _unreachable(error, host)


def within_answer(error: BaseException, host: str, *, silent: bool, limit: float, begun: bool) -> ProviderError:
    """Translate a failure while the body was read; ``silent`` when we gave up after ``limit`` seconds."""
    if silent and not begun:
        return ProviderUnavailable(f"{host} sent nothing for {limit:g} s. Try again later or use another model.")
    if silent:
        return StreamBroken(f"{host} fell silent for {limit:g} s in the middle of its reply. The reply can be asked again.")
    if isinstance(error, ContentEncodingError | zlib.error) or isinstance(error.__cause__, ContentEncodingError | zlib.error):
        return ReplyInvalid(f"{host} sent a body that cannot be decompressed. Check what stands between: a proxy may damage it.")
    return StreamBroken(f"{host} ended the connection before its reply was whole. The reply can be asked again.")


def closed_error() -> ProviderError:
    """Return the error of a transport that was closed."""
    return ProviderUnavailable("The provider was closed, so nothing more can be asked of it. Ask through a new one.")


def late_connection(host: str) -> ProviderError:
    """Return the error of a connection that did not come about in time."""
    return ProviderUnavailable(f"{host} could not be reached: no connection in time. Check the address and the network.")


def unresolved(host: str) -> ProviderError:
    """Return the error of a name nobody knows."""
    return ProviderUnavailable(f"The name of {host} could not be resolved. Check the address and the network.")


def untrusted(host: str, error: BaseException) -> ProviderError:
    """Return the error of a server whose certificate, or TLS, does not hold."""
    return ProviderUnavailable(
        f"{host} has no certificate that is trusted: {_short(error)}. Name its authority as ca_file in the settings."
    )


def refused_connection(host: str, error: BaseException) -> ProviderError:
    """Return the error of a connection that could not be made."""
    return ProviderUnavailable(f"{host} could not be reached: {_short(error)}. Check that it runs and that base_url is right.")


def failed_proxy(host: str, error: BaseException) -> ProviderError:
    """Return the error of a proxy that is not there or does not let us through."""
    return ProviderUnavailable(f"{host} could not be reached through the proxy: {_short(error)}. Check the proxy in the settings.")


def _unreachable(error: BaseException, host: str) -> ProviderError:
    if _of_proxy(error):
        return failed_proxy(host, error)
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return unresolved(host)
    if isinstance(error, aiohttp.ClientSSLError | aiohttp.ServerFingerprintMismatch):
        return untrusted(host, error)
    if isinstance(error, aiohttp.ClientConnectorError):
        return refused_connection(host, error)
    return ProviderUnavailable(f"{host} closed the connection before it answered. Try again.")


def _of_proxy(error: BaseException) -> bool:
    return isinstance(error, aiohttp.ClientProxyConnectionError | aiohttp.ClientHttpProxyError)


def _short(error: BaseException) -> str:
    """Return the system's own words where there are some: aiohttp's carry addresses."""
    cause = getattr(error, "os_error", None) or getattr(error, "certificate_error", None) or error
    words = getattr(cause, "strerror", None) or getattr(error, "message", None) or type(error).__name__
    return " ".join(str(words).split())[:200]
