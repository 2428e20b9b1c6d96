"""Adapters whose libraries take long to import: loaded by name, at their first use. The only such place beside ``cli/commands.py``."""

import asyncio
import importlib  # noqa: TID251  the one place for it
import importlib.util  # noqa: TID251  the same
from collections.abc import Callable
from typing import Any, cast

from artelier.domain.errors import BrowserFailed
from artelier.ports.browser import Browser, PageContent, PageView, Screenshot
from artelier.tools.mcp.session import Connector

CHROMIUM = "artelier.network.chromium"
MCP = "artelier.tools.mcp.sdk"


async def load(module: str, name: str) -> Any:
    """Return what a module calls so, importing it in a thread: the loop goes on meanwhile. Raises ``ImportError``."""
    return getattr(await asyncio.to_thread(importlib.import_module, module), name)


def is_there(module: str) -> bool:
    """Return whether a library can be imported, without doing so."""
    return importlib.util.find_spec(module) is not None


async def load_mcp() -> Connector:
    """Load the MCP SDK and return what connects by it."""
    return cast("Connector", (await load(MCP, "SdkConnector"))())


class LazyBrowser:
    """A browser whose adapter is loaded by its first call; ``make`` gets the adapter's class. Satisfies the ``Browser`` port."""

    def __init__(self, make: Callable[[Callable[..., Browser]], Browser]) -> None:
        self._make = make
        self._browser: Browser | None = None
        self._turn = asyncio.Lock()

    async def go(self, session: str, url: str) -> PageView:
        """Go to an address."""
        return await (await self._loaded()).go(session, url)

    async def click(self, session: str, target: str) -> PageView:
        """Click an element."""
        return await (await self._loaded()).click(session, target)

    async def type_text(self, session: str, target: str, text: str, *, submit: bool = False) -> PageView:
        """Fill a field."""
        return await (await self._loaded()).type_text(session, target, text, submit=submit)

    async def scroll(self, session: str, direction: str) -> PageView:
        """Scroll."""
        return await (await self._loaded()).scroll(session, direction)

    async def back(self, session: str) -> PageView:
        """Go back."""
        return await (await self._loaded()).back(session)

    async def read(self, session: str) -> PageContent:
        """Read the page."""
        return await (await self._loaded()).read(session)

    async def picture(self, session: str, *, whole: bool = False) -> Screenshot:
        """Take a picture."""
        return await (await self._loaded()).picture(session, whole=whole)

    async def close(self) -> None:
        """Close the browser where one was loaded."""
        async with self._turn:
            if self._browser is not None:
                await self._browser.close()

    async def _loaded(self) -> Browser:
        async with self._turn:
            if self._browser is None:
                try:
                    self._browser = self._make(await load(CHROMIUM, "Chromium"))
                except ImportError as failure:
                    raise BrowserFailed(f"The browser's library is missing ({failure}). The operator can install playwright.") from failure
            return self._browser
