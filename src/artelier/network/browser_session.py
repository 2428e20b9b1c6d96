"""One session's pages in Chromium."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

from playwright.async_api import BrowserContext, ElementHandle, Error, JSHandle, Locator, Page, Request, Response
from playwright.async_api import TimeoutError as Late

from artelier.domain.errors import BrowserFailed
from artelier.network.page_script import ELEMENT, NUMBERED_TEXT, OPENS_WINDOW, SCROLL, TURN
from artelier.ports.browser import PageContent, PageView, Screenshot

WIDTH, HEIGHT = 1280, 800
CALL_SECONDS = 40.0
"""How long one call may take before the page is given up: a script without end answers nothing."""
_GO_MS = 25_000
_LOAD_MS = 5_000
_TEXT_LIMIT = 200_000
_TALLEST = 6000
"""Pixels of a picture of a whole page."""
_PAGES = 5
_NUMBER = re.compile(r"\[?(\d{1,4})\]?")
Answer = TypeVar("Answer")


class BrowserSession:
    """The pages of one session; calls, of ``seconds`` at most, wait for one another. Every method raises ``BrowserFailed``."""

    def __init__(self, context: BrowserContext, seconds: float = CALL_SECONDS) -> None:
        self.broken = False
        self._context = context
        self._seconds = seconds
        self._find_ms = seconds * 200  # a fifth of the call
        self._turn = asyncio.Lock()
        self._numbers: JSHandle | None = None
        self._closing: asyncio.Future[None] | None = None
        self._arrived = asyncio.Event()
        """Cleared while a page in front is being left for another."""
        self._arrived.set()
        context.on("page", self._opened)
        context.set_default_timeout(self._find_ms)

    @property
    def busy(self) -> bool:
        """Whether a call is at work."""
        return self._turn.locked()

    async def go(self, url: str) -> PageView:
        """Go to an address that was judged."""
        async with self._call(f"Going to {url}"):
            page = self._page() or await self._context.new_page()
            return await self._view(page, await page.goto(url, timeout=_GO_MS, wait_until="domcontentloaded"))

    async def click(self, target: str) -> PageView:
        """Click an element."""
        async with self._call(f"Clicking “{target}”"):
            element = await self._found(target, typing=False)
            if await element.evaluate(OPENS_WINDOW):
                await self._click_and_await_page(element)
            else:
                await element.click(timeout=self._find_ms)
            return await self._settled()

    async def type_text(self, target: str, text: str, *, submit: bool) -> PageView:
        """Fill a field or choose an option."""
        async with self._call(f"Typing into “{target}”"):
            element = await self._found(target, typing=True)
            if await element.evaluate("element => element.tagName") == "SELECT":
                await element.select_option(label=text, timeout=self._find_ms)
            else:
                await element.fill(text, timeout=self._find_ms)
            if submit:
                await element.press("Enter", timeout=self._find_ms)
            return await self._settled()

    async def scroll(self, direction: str) -> PageView:
        """Scroll the page in front."""
        async with self._call("Scrolling"):
            page = self._front()
            position = await page.evaluate(SCROLL, direction)
            return PageView(page.url, await page.title(), position=str(position))

    async def back(self) -> PageView:
        """Go back by one page."""
        async with self._call("Going back"):
            page = self._front()
            before = page.url
            response = await page.go_back(timeout=_GO_MS, wait_until="domcontentloaded")
            if response is None and page.url == before:
                raise BrowserFailed("There is no page to go back to.")
            return await self._view(page, response)

    async def read(self) -> PageContent:
        """Read the page in front and number what can be used on it."""
        async with self._call("Reading the page"):
            page = self._front()
            self._numbers = await page.evaluate_handle(NUMBERED_TEXT, _TEXT_LIMIT)
            read: dict[str, Any] = await self._numbers.evaluate("read => ({text: read.text, cut: read.cut})")
            return PageContent(page.url, await page.title(), str(read["text"]), truncated=bool(read["cut"]))

    async def picture(self, *, whole: bool) -> Screenshot:
        """Take a picture of the page in front."""
        async with self._call("Taking a picture"):
            page = self._front()
            height = int(await page.evaluate("document.documentElement.scrollHeight")) if whole else HEIGHT
            height = max(HEIGHT, min(height, _TALLEST))
            area = {"x": 0, "y": 0, "width": WIDTH, "height": height} if whole else None
            content = await page.screenshot(full_page=whole, clip=area, timeout=_GO_MS)  # type: ignore[arg-type]
            return Screenshot(page.url, await page.title(), content, WIDTH, height)

    async def close(self) -> None:
        """Close all pages; a page that does not let go is left to the browser's end."""
        self.broken = True
        try:
            async with asyncio.timeout(_LOAD_MS / 1000):
                await self._context.close()
        except (Error, TimeoutError):
            pass  # it is gone already, or hangs; nothing more can be done to it here

    @asynccontextmanager
    async def _call(self, what: str) -> AsyncIterator[None]:
        """Hold the session for one call, and tell in our words what went wrong."""
        async with self._turn:
            try:
                async with asyncio.timeout(self._seconds):
                    yield
            except Late as failure:
                raise BrowserFailed(f"{what} did not work in time: {_line(failure)}. Look at the page again first.") from failure
            except TimeoutError as failure:
                self.broken = True
                raise BrowserFailed(f"{what} took too long: the page no longer answers and was closed. Go to another page.") from failure
            except Error as failure:
                raise BrowserFailed(f"{what} did not work: {_line(failure)}.") from failure

    async def _click_and_await_page(self, element: ElementHandle) -> None:
        opening = asyncio.ensure_future(_patiently(self._context.wait_for_event("page", timeout=_LOAD_MS)))
        try:
            await element.click(timeout=self._find_ms)
            await opening
        finally:
            opening.cancel()

    async def _found(self, target: str, *, typing: bool) -> ElementHandle:
        number = _NUMBER.fullmatch(target.strip())
        if number is not None:
            return await self._numbered(int(number[1]))
        place = _locator(self._front(), target.strip(), typing=typing).filter(visible=True).first
        try:
            return await place.element_handle(timeout=self._find_ms)
        except Late as failure:
            raise BrowserFailed(
                f"Nothing visible on the page fits “{target}”. Read it with browser_get_content, and name an element by its number."
            ) from failure

    async def _numbered(self, number: int) -> ElementHandle:
        if self._numbers is None:
            raise BrowserFailed("The page has changed since its elements were numbered. Read it with browser_get_content first.")
        try:
            element = (await self._numbers.evaluate_handle(ELEMENT, number)).as_element()
        except Error as failure:
            raise BrowserFailed("The page has changed since its elements were numbered. Read it again first.") from failure
        if element is None:
            raise BrowserFailed(f"There is no element with the number {number}. Read the page with browser_get_content.")
        return element

    async def _settled(self) -> PageView:
        """Return where the browser is, once a page that the call led to has come."""
        await _patiently(self._front().evaluate(TURN))
        with suppress(TimeoutError):
            async with asyncio.timeout(_GO_MS / 1000):
                await self._arrived.wait()
        return await self._view(self._front(), None)

    async def _view(self, page: Page, response: Response | None) -> PageView:
        await _patiently(page.wait_for_load_state("load", timeout=_LOAD_MS))
        return PageView(page.url, await _patiently(page.title()) or "", response.status if response else 0)

    def _page(self) -> Page | None:
        return self._context.pages[-1] if self._context.pages else None

    def _front(self) -> Page:
        page = self._page()
        if page is None:
            raise BrowserFailed("No page is open. Go to one with browser_navigate first.")
        return page

    def _opened(self, page: Page) -> None:
        page.on("request", lambda request: self._leave(page, request))
        page.on("requestfailed", lambda request: self._stay(page, request))
        page.on("domcontentloaded", lambda _: self._arrived.set())
        page.on("framenavigated", lambda frame: self._changed() if frame == page.main_frame else None)
        page.on("close", lambda _: self._changed())
        self._changed()
        if len(self._context.pages) > _PAGES:
            self._closing = asyncio.ensure_future(_patiently(self._context.pages[0].close()))

    def _leave(self, page: Page, request: Request) -> None:
        if request.is_navigation_request() and request.frame == page.main_frame:
            self._arrived.clear()

    def _stay(self, page: Page, request: Request) -> None:
        if request.is_navigation_request() and request.frame == page.main_frame:
            self._arrived.set()

    def _changed(self) -> None:
        self._numbers = None


def _locator(page: Page, target: str, *, typing: bool) -> Locator:
    """Return where a target may be: a selector, or a label or text, fields first when something is typed."""
    if target.startswith("css="):
        return page.locator(target)
    labelled = page.get_by_label(target).or_(page.get_by_placeholder(target))
    if typing:
        return labelled.or_(page.get_by_role("textbox", name=target)).or_(page.get_by_role("combobox", name=target))
    named = page.get_by_role("button", name=target).or_(page.get_by_role("link", name=target))
    return named.or_(labelled).or_(page.get_by_text(target))


async def _patiently(waiting: Awaitable[Answer]) -> Answer | None:
    """Wait for what a page need not reach: one that loads for ever can be used all the same."""
    try:
        return await waiting
    except Error:
        return None


def _line(failure: Error) -> str:
    text = (failure.message.strip().splitlines() or ["no reason was told"])[0]
    if "ERR_TUNNEL_CONNECTION_FAILED" in text:
        return "the address cannot be reached, or is not public"
    return text.removeprefix("Page.").rstrip(".")[:300]
