"""The seam to the web: bytes from public addresses, and readable text out of them."""

from typing import Protocol

from msgspec import Struct


class FetchRequest(Struct, frozen=True, omit_defaults=True):
    """What to bring; headers are dropped where a redirect leads to another origin."""

    url: str
    headers: tuple[tuple[str, str], ...] = ()
    media_types: tuple[str, ...] = ()
    """Media types that are taken, ``text/`` for all texts; empty for any."""
    max_bytes: int = 2 * 1024 * 1024
    """Bytes kept of the body, counted after decompression; the rest is left out."""
    max_redirects: int = 5
    """How many steps are followed; with 0 the redirect itself is the answer."""
    seconds: float = 20.0
    """How long everything together may take."""


class FetchedPage(Struct, frozen=True, omit_defaults=True):
    """What came, whatever its status."""

    url: str
    """Where it came from in the end, after redirects."""
    status: int
    media_type: str
    """In small letters, without parameters; ``text/plain`` where none was told."""
    content: bytes
    charset: str = ""
    """As the server told it."""
    truncated: bool = False
    retry_after: float | None = None
    """Seconds after which the server would like to be asked again."""


class Article(Struct, frozen=True, omit_defaults=True):
    """The readable text of a page, as Markdown where it was HTML."""

    text: str
    title: str = ""
    encoding: str = "utf-8"


class Fetcher(Protocol):
    """Brings bytes from addresses that are public, or on the operator's list, and from no others."""

    async def fetch(self, request: FetchRequest) -> FetchedPage:
        """Return what the address answers. Raises ``AddressRefused``, ``FetchFailed``."""
        ...


class PageReader(Protocol):
    """Makes text of pages that may be hostile: slow, deep or broken ones harm nobody."""

    async def read(self, page: FetchedPage) -> Article:
        """Return the readable text. Raises ``FetchFailed`` when none can be made."""
        ...
