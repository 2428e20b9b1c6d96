"""Addresses of pages, read once by the same parser that the client uses: two parsers never agree on the wicked ones."""

import re

from yarl import URL

from artelier.domain.errors import AddressRefused

_LONGEST = 8192
_UNFIT = re.compile(r"[\x00-\x20\x7f-\xa0\u2000-\u200f\u2028-\u202f\u2060-\u206f\u3000\ufeff\\]")


def checked_url(text: str, base: URL | None = None) -> URL:
    """Return the address, joined to ``base`` where it is relative. Raises ``AddressRefused`` for what is no web address."""
    stripped = text.strip()
    if len(stripped) > _LONGEST or _UNFIT.search(stripped):
        raise AddressRefused("This is no address: it is too long, or holds spaces, backslashes or control characters. Encode them.")
    try:
        url = URL(stripped) if base is None else base.join(URL(stripped))
        host, port = url.host, url.port
    except ValueError as failure:
        raise AddressRefused(f"This is no address: {failure}. Give one like https://example.org/page.") from failure
    if url.scheme not in {"http", "https"}:
        raise AddressRefused(f"Only http:// and https:// are fetched, not '{url.scheme or stripped[:40]}'.")
    if url.raw_user is not None or url.raw_password is not None or "@" in url.raw_authority:
        raise AddressRefused("The address carries a name or password before its host. Leave them out.")
    if not host or not port or ("%" in host and ":" not in host):
        raise AddressRefused("The address has no host or port to go to. Give one like https://example.org/page.")
    return url.with_fragment(None)


def origin(url: URL) -> tuple[str, str, int | None]:
    """Return what two addresses share when headers may go from one to the other."""
    return url.scheme, url.raw_host or "", url.port
