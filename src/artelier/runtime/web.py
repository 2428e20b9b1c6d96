"""The tools that reach the web, and what stands behind them."""

import asyncio
from pathlib import Path
from urllib.parse import urlsplit

from artelier.domain.errors import SettingsError
from artelier.network.client import GuardedFetcher
from artelier.network.guard import AddressGuard
from artelier.network.page_reader import ProcessPageReader
from artelier.network.proxy import GuardedProxy
from artelier.ports.blobs import Blobs
from artelier.ports.tool import Tool
from artelier.ports.web import FetchRequest
from artelier.runtime.load import LazyBrowser
from artelier.settings.model import SandboxSettings
from artelier.settings.tools import ToolSettings
from artelier.tools.browser import browser_tools
from artelier.tools.web import WebFetch
from artelier.tools.web_search import WebSearch

SOCKET = "commands.sock"
"""In the state folder: where commands in the sandbox reach the proxy."""


class Web:
    """Makes the tools; nothing is started before they are called.

    ``port`` is that of our own server, ``blobs`` keeps pictures. Raises ``SettingsError``.
    """

    def __init__(self, settings: ToolSettings, port: int = 0, blobs: Blobs | None = None) -> None:
        self._guard = AddressGuard(settings.web.allowed)
        self._reader = ProcessPageReader()
        self._proxy: GuardedProxy | None = None
        browser = settings.browser
        self._browser = LazyBrowser(
            lambda chromium: chromium(self._guard, executable=browser.executable, sandbox=browser.sandbox, idle=float(browser.idle))
        )
        # The operator's own search may be anywhere, and nothing but searching may reach it there.
        search = AddressGuard(_place(settings.search.searxng_url))
        for guard in (self._guard, search):
            guard.reserve(port)
        self._search = GuardedFetcher(search)
        self._search_address = settings.search.searxng_url.rstrip("/")
        self.tools: tuple[Tool, ...] = (
            WebSearch(self._search, self._search_address),
            WebFetch(GuardedFetcher(self._guard), self._reader),
            *browser_tools(self._browser, blobs),
        )

    async def ask_search(self) -> int:
        """Return the HTTP status of a search for nothing: 400 where it works, 403 without JSON. Raises ``ToolError``."""
        page = await self._search.fetch(FetchRequest(f"{self._search_address}/search?format=json", max_redirects=0, seconds=5.0))
        return page.status

    async def open_proxy(self, settings: SandboxSettings, state_folder: Path) -> Path | None:
        """Listen for commands in the sandbox where the settings want it, and return the socket. Raises ``FetchFailed``."""
        if settings.network != "proxy":
            return None
        socket = state_folder / SOCKET
        await asyncio.to_thread(socket.unlink, missing_ok=True)  # one that a killed server left
        self._proxy = GuardedProxy(self._guard, domains=settings.allowed_domains, open_to_all=True)
        await self._proxy.listen_at(socket)
        return socket

    async def close(self) -> None:
        """End every process that was started."""
        if self._proxy is not None:
            await self._proxy.close()
        await self._browser.close()
        await self._reader.close()


def _place(address: str) -> list[str]:
    """Return ``host:port`` of the search's address, nothing where there is none. Raises ``SettingsError``."""
    if not address:
        return []
    try:
        parts = urlsplit(address)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError as failure:
        raise SettingsError(f"tools.search.searxng_url is '{address}', which is no address ({failure}).") from failure
    if not parts.hostname or port is None or parts.username or parts.query:
        raise SettingsError(f"tools.search.searxng_url is '{address}'. Write it like http://127.0.0.1:8888.")
    return [f"[{parts.hostname}]:{port}" if ":" in parts.hostname else f"{parts.hostname}:{port}"]
