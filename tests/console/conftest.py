"""A real server with a scripted model, and a real Chromium that knows nobody."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from artelier.api.console import CONSOLE
from artelier.domain.errors import ArtelierError
from artelier.network.chromium_places import find_chromium
from console.scene import staged
from e2e.living import LivingServer, living

PATIENCE = 15_000
"""Milliseconds that a page may take for anything."""
expect.set_options(timeout=PATIENCE)


def _chromium() -> Path | None:
    try:
        return find_chromium()
    except ArtelierError:
        return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs a browser or the built console where they are not."""
    missing = "" if _chromium() else "no Chromium here"
    missing = missing or ("" if (CONSOLE / "index.html").exists() else "nothing here could build the console")
    for item in items:
        if missing and Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.skip(reason=missing))


@pytest_asyncio.fixture(loop_scope="module")
async def server(tmp_path: Path) -> AsyncIterator[LivingServer]:
    """A server whose workspace holds a small ledger."""
    async with living(tmp_path, staged(tmp_path)) as started:
        yield started


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """The machine's Chromium, one for the tests of a file: each visit is a stranger to it."""
    async with async_playwright() as driver:
        started = await driver.chromium.launch(executable_path=str(_chromium()), args=["--disable-dev-shm-usage"])
        yield started
        await started.close()


class Visits:
    """Opens pages that are signed in, and gathers what they complain of."""

    def __init__(self, browser: Browser, server: LivingServer) -> None:
        self.complaints: list[str] = []
        self._browser = browser
        self._server = server
        self._link: str | None = server.link

    @asynccontextmanager
    async def page(
        self, language: str = "en-US", *, width: int = 1440, height: int = 1000, theme: str = "light", path: str = "/"
    ) -> AsyncIterator[Page]:
        """Open a browser of its own by a one-time link and go to a page."""
        async with AsyncExitStack() as stack:
            context = await self._browser.new_context(
                viewport={"width": width, "height": height}, locale=language, color_scheme=theme, reduced_motion="reduce", bypass_csp=False
            )
            stack.push_async_callback(context.close)
            context.set_default_timeout(PATIENCE)
            page = await context.new_page()
            page.on("console", self._hear)
            page.on("pageerror", lambda error: self.complaints.append(str(error)))
            await page.goto(f"{self._server.address}{path}#link={await self._fresh_link()}")
            await page.wait_for_selector(".side", state="attached")
            yield page

    def _hear(self, message: object) -> None:
        if getattr(message, "type", "") == "error" and not re.search(r"ERR_|Failed to load resource", getattr(message, "text", "")):
            self.complaints.append(getattr(message, "text", ""))

    async def _fresh_link(self) -> str:
        link, self._link = self._link, None
        if link is not None:
            return link
        async with self._server.client() as client:
            return (await client.make_link()).partition("#link=")[2]


@pytest.fixture
def visits(browser: Browser, server: LivingServer) -> Visits:
    return Visits(browser, server)


@pytest.fixture
def say() -> Callable[[Page, str], object]:
    """Type a message and send it, by keys alone."""

    async def said(page: Page, text: str) -> None:
        await page.wait_for_selector("#message:focus")
        await page.keyboard.type(text)
        await page.keyboard.press("Enter")

    return said
