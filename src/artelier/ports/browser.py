"""The seam to a web browser: one page in front a session, in our own values."""

from typing import Protocol

from msgspec import Struct


class PageView(Struct, frozen=True, omit_defaults=True):
    """Where a session's browser is."""

    url: str
    title: str
    status: int = 0
    """HTTP status of a page just gone to; 0 where there was none."""
    position: str = ""
    """How far it is scrolled, in words."""


class PageContent(Struct, frozen=True, omit_defaults=True):
    """What can be read on a page; links and fields carry numbers that ``click`` and ``type_text`` take as targets."""

    url: str
    title: str
    text: str
    truncated: bool = False


class Screenshot(Struct, frozen=True):
    """A picture of a page as PNG; width and height in pixels."""

    url: str
    title: str
    content: bytes
    width: int
    height: int


class Browser(Protocol):
    """A browser with a context of its own for every session: no cookies, pages or storage are shared.

    A target is a number that ``read`` has shown, ``css=`` and a selector, or the visible text or label of an element.
    Every method raises ``BrowserFailed``; what leads to an address that may not be reached raises ``AddressRefused``.
    """

    async def go(self, session: str, url: str) -> PageView:
        """Go to an address. Raises ``FetchFailed`` for a name that nobody knows."""
        ...

    async def click(self, session: str, target: str) -> PageView:
        """Click an element; a page that it opens comes to the front."""
        ...

    async def type_text(self, session: str, target: str, text: str, *, submit: bool = False) -> PageView:
        """Fill a field or choose an option, and press Enter in it with ``submit``."""
        ...

    async def scroll(self, session: str, direction: str) -> PageView:
        """Scroll ``up`` or ``down`` by a screen, or to the ``top`` or ``bottom``."""
        ...

    async def back(self, session: str) -> PageView:
        """Go back by one page."""
        ...

    async def read(self, session: str) -> PageContent:
        """Return what can be read, and number its links and fields anew."""
        ...

    async def picture(self, session: str, *, whole: bool = False) -> Screenshot:
        """Take a picture of what is in view, or of the ``whole`` page down to a limit."""
        ...

    async def close(self) -> None:
        """Close everything; a later call starts anew."""
        ...
