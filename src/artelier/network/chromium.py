"""Chromium by Playwright, all of whose connections go through the guarded proxy. Importing this module costs half a second."""

import asyncio
import os
import tempfile
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Error, Playwright, async_playwright

from artelier.domain.errors import BrowserFailed
from artelier.network.browser_session import CALL_SECONDS, HEIGHT, WIDTH, BrowserSession
from artelier.network.chromium_places import find_chromium
from artelier.network.guard import AddressGuard
from artelier.network.page_script import CLOSED_DOORS
from artelier.network.proxy import USER, GuardedProxy
from artelier.network.urls import checked_url
from artelier.ports.browser import PageContent, PageView, Screenshot

_START_SECONDS = 60.0
_STOP_SECONDS = 10.0
_SESSIONS = 8
_ARGUMENTS = (
    "--disable-quic",
    "--dns-prefetch-disable",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",  # it has no names to look up but by the proxy
    "--disable-sync",
    "--no-pings",
)


class Chromium:
    """A browser started at its first use and again after it died. Satisfies the ``Browser`` port.

    ``executable`` empty finds one; ``sandbox`` is ``on``, ``off``, or ``auto``: on for everybody but root, for whom Chromium
    has none. A session's pages are closed after ``idle`` seconds without a call, and the browser when it has
    none left. A page that does not answer within ``call_seconds`` is given up.
    """

    def __init__(
        self,
        guard: AddressGuard,
        *,
        executable: str = "",
        sandbox: str = "auto",
        idle: float = 600.0,
        call_seconds: float = CALL_SECONDS,
    ) -> None:
        self._guard = guard
        self._executable = executable
        self._sandboxed = sandbox == "on" or (sandbox == "auto" and os.geteuid() != 0)
        self._idle = idle
        self._call_seconds = call_seconds
        self._running: _Running | None = None
        self._sessions: dict[str, BrowserSession] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Lock()

    async def go(self, session: str, url: str) -> PageView:
        """Go to an address. Raises ``AddressRefused``, ``FetchFailed``, ``BrowserFailed``."""
        address = checked_url(url)
        await self._guard.addresses(address.host or "", address.port or 0)  # the proxy judges again; this one says why
        return await (await self._opened(session)).go(str(address))

    async def click(self, session: str, target: str) -> PageView:
        """Click an element."""
        return await self._known(session).click(target)

    async def type_text(self, session: str, target: str, text: str, *, submit: bool = False) -> PageView:
        """Fill a field or choose an option."""
        return await self._known(session).type_text(target, text, submit=submit)

    async def scroll(self, session: str, direction: str) -> PageView:
        """Scroll."""
        return await self._known(session).scroll(direction)

    async def back(self, session: str) -> PageView:
        """Go back by one page."""
        return await self._known(session).back()

    async def read(self, session: str) -> PageContent:
        """Return what can be read."""
        return await self._known(session).read()

    async def picture(self, session: str, *, whole: bool = False) -> Screenshot:
        """Take a picture."""
        return await self._known(session).picture(whole=whole)

    async def close(self) -> None:
        """Close everything."""
        async with self._turn:
            await self._stop()
        await asyncio.gather(*self._closing)

    def _known(self, session: str) -> BrowserSession:
        found = self._sessions.get(session)
        if found is None or found.broken or self._running is None or not self._running.browser.is_connected():
            raise BrowserFailed("No page is open: there was none, or it was closed after a while. Go to one with browser_navigate first.")
        self._put_off(session)
        return found

    async def _opened(self, session: str) -> BrowserSession:
        """Return the session's pages, with the browser started and a context made where there was none."""
        async with self._turn:
            if self._running is None or not self._running.browser.is_connected():
                await self._stop()
                self._running = await _start(self._executable, self._guard, sandboxed=self._sandboxed)
            found = self._sessions.get(session)
            if found is not None and found.broken:
                self._drop(session)
                found = None
            if found is None:
                self._make_room()
                found = self._sessions[session] = BrowserSession(await self._running.context(), self._call_seconds)
            self._put_off(session)
            return found

    def _make_room(self) -> None:
        """Close the session that was used least recently when there are too many. Raises ``BrowserFailed`` when all are at work."""
        if len(self._sessions) < _SESSIONS:
            return
        idle = next((name for name in self._timers if not self._sessions[name].busy), None)
        if idle is None:
            raise BrowserFailed(f"{_SESSIONS} sessions use the browser at this moment. Try again later.")
        self._drop(idle)

    def _put_off(self, session: str) -> None:
        """Close the session later; the order of timers is that of use."""
        timer = self._timers.pop(session, None)
        if timer is not None:
            timer.cancel()
        self._timers[session] = asyncio.get_running_loop().call_later(self._idle, self._close_idle, session)

    def _close_idle(self, session: str) -> None:
        if self._sessions[session].busy:
            self._put_off(session)
        else:
            self._drop(session)

    def _drop(self, session: str) -> None:
        self._timers.pop(session).cancel()
        task = asyncio.ensure_future(self._end(self._sessions.pop(session)))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def _end(self, session: BrowserSession) -> None:
        await session.close()
        async with self._turn:
            if not self._sessions:
                await self._stop()

    async def _stop(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        self._sessions.clear()
        running, self._running = self._running, None
        if running is not None:
            await running.stop()


class _Running:
    """A browser that was started, with its driver and its proxy."""

    def __init__(self, playwright: Playwright, browser: Browser, proxy: GuardedProxy, home: tempfile.TemporaryDirectory[str]) -> None:
        self.browser = browser
        self._playwright = playwright
        self._proxy = proxy
        self._home = home

    async def context(self) -> BrowserContext:
        """Return a context that takes no downloads and knows no service workers."""
        try:
            context = await self.browser.new_context(
                accept_downloads=False,
                service_workers="block",
                viewport={"width": WIDTH, "height": HEIGHT},
                reduced_motion="reduce",
            )
            await context.add_init_script(CLOSED_DOORS)
        except Error as failure:
            raise BrowserFailed(f"The browser opens no page: {failure.message.splitlines()[0]}. Try again.") from failure
        return context

    async def stop(self) -> None:
        """End browser, driver and proxy; what has died already is let be."""
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                await self.browser.close()
                await self._playwright.stop()
        except (Error, TimeoutError, OSError):
            pass  # the driver kills the browser when it ends, and it ends with its input
        await self._proxy.close()
        await asyncio.to_thread(self._home.cleanup)


async def _start(configured: str, guard: AddressGuard, *, sandboxed: bool) -> _Running:
    """Start proxy, driver and browser. Raises ``BrowserFailed`` saying what to install or to set."""
    executable = find_chromium(configured)
    proxy = GuardedProxy(guard)
    home = tempfile.TemporaryDirectory(prefix="artelier-browser-", ignore_cleanup_errors=True)
    playwright = None
    try:
        async with asyncio.timeout(_START_SECONDS):
            port = await proxy.listen()
            playwright = await async_playwright().start()
            browser = await _launched(playwright, executable, (port, proxy.password), Path(home.name), sandboxed=sandboxed)
    except BaseException as failure:
        if playwright is not None:
            await playwright.stop()
        await proxy.close()
        home.cleanup()
        if isinstance(failure, Error | TimeoutError | OSError):
            raise BrowserFailed(_why(executable, failure)) from failure
        raise
    return _Running(playwright, browser, proxy, home)


async def _launched(playwright: Playwright, executable: Path, proxy: tuple[int, str], home: Path, *, sandboxed: bool) -> Browser:
    port, password = proxy
    return await playwright.chromium.launch(
        executable_path=executable,
        headless=True,
        args=_ARGUMENTS,
        chromium_sandbox=sandboxed,
        # Loopback too goes through the proxy, and the server's own environment, with its keys, stays here.
        proxy={"server": f"http://127.0.0.1:{port}", "bypass": "<-loopback>", "username": USER, "password": password},
        env={"PATH": os.defpath, "HOME": str(home), "TMPDIR": str(home), "LANG": "C.UTF-8"},
        handle_sigint=False,
        handle_sigterm=False,
        handle_sighup=False,
        timeout=_START_SECONDS * 1000,
    )


def _why(executable: Path, failure: Exception) -> str:
    text = str(failure)
    if "No usable sandbox" in text or "Running as root without" in text:
        return (
            f"{executable} cannot start its sandbox here. The operator can allow unprivileged user namespaces, or, inside a container "
            'that is a wall itself, set tools.browser.sandbox = "off".'
        )
    if "libatomic" in text or "Connection closed while reading from the driver" in text:
        return "The driver of the browser cannot start: a library is missing. The operator can install it: `apt install libatomic1`."
    line = next(iter(text.strip().splitlines()), type(failure).__name__)
    return f"{executable} did not start: {line[:300]}. The operator can look with `artelier doctor`."
