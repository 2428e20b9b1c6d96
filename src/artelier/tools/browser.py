"""The tools that use a web browser, as a person would: go, look, click, type, scroll."""

from typing import Annotated, Literal

from msgspec import Meta

from artelier.domain.calls import Access, Picture, ResultStatus, ToolResult, ToolSpec
from artelier.domain.errors import NotConfigured
from artelier.domain.gists import Gist, GistCode
from artelier.ports.blobs import Blobs
from artelier.ports.browser import Browser, PageView
from artelier.ports.tool import Tool, ToolScope
from artelier.tools.declaration import Arguments, DeclaredTool, ToolArguments, schema_of
from artelier.tools.showing import size

_PLACE = Access(writes=frozenset({"//browser"}))
"""A session has one browser: its calls keep their order, and nothing in the workspace is touched."""
_DEADLINE = 120.0
_CHARACTERS = 12_000
_CHARACTERS_LIMIT = 60_000
_TARGET = Meta(
    min_length=1, description="Its number from browser_get_content, or its visible text or label, or css= and a selector such as css=#send."
)


class NavigateArguments(ToolArguments, frozen=True):
    """Arguments of ``browser_navigate``."""

    url: Annotated[str, Meta(min_length=1, description="Address to go to, with http:// or https://.")]


class ClickArguments(ToolArguments, frozen=True):
    """Arguments of ``browser_click``."""

    target: Annotated[str, _TARGET]


class TypeArguments(ToolArguments, frozen=True):
    """Arguments of ``browser_type``."""

    target: Annotated[str, _TARGET]
    text: Annotated[str, Meta(description="What the field shall hold, in place of what it held; for a choice, the option's name.")]
    submit: Annotated[bool, Meta(description="Press Enter afterwards.")] = False


class ScreenshotArguments(ToolArguments, frozen=True):
    """Arguments of ``browser_screenshot``."""

    whole_page: Annotated[bool, Meta(description="The whole page and not only what is in view.")] = False


class GetContentArguments(ToolArguments, frozen=True):
    """Arguments of ``browser_get_content``."""

    max_chars: Annotated[int, Meta(ge=200, le=_CHARACTERS_LIMIT, description="Characters of text to show.")] = _CHARACTERS
    start: Annotated[int, Meta(ge=0, description="Character to begin at, to go on with a long page.")] = 0


class ScrollArguments(ToolArguments, frozen=True):
    """Arguments of ``browser_scroll``."""

    direction: Annotated[Literal["up", "down", "top", "bottom"], Meta(description="By a screen, or to the end.")] = "down"


class BackArguments(ToolArguments, frozen=True):
    """Arguments of ``browser_back``: none."""


def _spec(name: str, description: str, arguments: type[ToolArguments], *, repeatable: bool) -> ToolSpec:
    return ToolSpec(
        name=name,
        description=description,
        parameters=schema_of(arguments),
        repeatable=repeatable,
        family="browser",
        effect="outbound",
        deadline=_DEADLINE,
        trusted=False,
    )


class BrowserTool(DeclaredTool[Arguments]):
    """What the browser's tools share: one browser, used in order."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser

    def touches(self, arguments: Arguments) -> Access:  # noqa: ARG002  whatever it does, it does it there
        """Return the session's browser."""
        return _PLACE


class BrowserNavigate(BrowserTool[NavigateArguments]):
    """Goes to an address."""

    arguments = NavigateArguments
    spec = _spec("browser_navigate", "Go to a page in the browser.", NavigateArguments, repeatable=True)

    def effect(self, arguments: NavigateArguments) -> str:
        """Return the address."""
        return f"go to {arguments.url}"

    async def perform(self, arguments: NavigateArguments, scope: ToolScope) -> ToolResult:
        """Go there."""
        return _seen(await self._browser.go(scope.session, arguments.url))


class BrowserClick(BrowserTool[ClickArguments]):
    """Clicks an element."""

    arguments = ClickArguments
    spec = _spec("browser_click", "Click a link, button or other element of the page.", ClickArguments, repeatable=False)

    def effect(self, arguments: ClickArguments) -> str:
        """Return the target."""
        return f"click “{arguments.target}”"

    async def perform(self, arguments: ClickArguments, scope: ToolScope) -> ToolResult:
        """Click it."""
        return _seen(await self._browser.click(scope.session, arguments.target))


class BrowserType(BrowserTool[TypeArguments]):
    """Fills a field."""

    arguments = TypeArguments
    spec = _spec("browser_type", "Fill a field of the page, or choose an option.", TypeArguments, repeatable=False)

    def effect(self, arguments: TypeArguments) -> str:
        """Return the text, the target, and whether it is sent."""
        return f"type “{arguments.text}” into “{arguments.target}”{', then Enter' if arguments.submit else ''}"

    async def perform(self, arguments: TypeArguments, scope: ToolScope) -> ToolResult:
        """Fill it."""
        return _seen(await self._browser.type_text(scope.session, arguments.target, arguments.text, submit=arguments.submit))


class BrowserScroll(BrowserTool[ScrollArguments]):
    """Scrolls the page."""

    arguments = ScrollArguments
    spec = _spec("browser_scroll", "Scroll the page, which lets some pages load more.", ScrollArguments, repeatable=True)

    def effect(self, arguments: ScrollArguments) -> str:
        """Return where to."""
        return f"scroll {arguments.direction}"

    async def perform(self, arguments: ScrollArguments, scope: ToolScope) -> ToolResult:
        """Scroll."""
        return _seen(await self._browser.scroll(scope.session, arguments.direction))


class BrowserBack(BrowserTool[BackArguments]):
    """Goes back."""

    arguments = BackArguments
    spec = _spec("browser_back", "Go back to the page before.", BackArguments, repeatable=False)

    def effect(self, arguments: BackArguments) -> str:  # noqa: ARG002  there are none
        """Return that it goes back."""
        return "go back by one page"

    async def perform(self, arguments: BackArguments, scope: ToolScope) -> ToolResult:  # noqa: ARG002  there are none
        """Go back."""
        return _seen(await self._browser.back(scope.session))


class BrowserGetContent(BrowserTool[GetContentArguments]):
    """Reads the page."""

    arguments = GetContentArguments
    spec = _spec(
        "browser_get_content",
        "Read the visible text of the page. Links, buttons and fields come with numbers for the other tools.",
        GetContentArguments,
        repeatable=True,
    )

    def effect(self, arguments: GetContentArguments) -> str:  # noqa: ARG002  the whole page is read
        """Return that the page is read."""
        return "read the page in the browser"

    async def perform(self, arguments: GetContentArguments, scope: ToolScope) -> ToolResult:
        """Read it, and show the part that was asked for."""
        page = await self._browser.read(scope.session)
        end = min(arguments.start + arguments.max_chars, len(page.text))
        lines = [page.title, page.url, "", page.text[arguments.start : end] or "[no text here]"]
        if end < len(page.text):
            lines.append(f"[characters {arguments.start} to {end} of {len(page.text)}; go on with start={end}]")
        elif page.truncated:
            lines.append("[the page goes on beyond what is read of one page]")
        shown = max(0, end - arguments.start)
        return ToolResult(
            ResultStatus.DONE,
            "\n".join(lines),
            summary=f"{shown} of {len(page.text)} characters",
            gist=Gist(GistCode.CHARACTERS, {"count": shown, "of": len(page.text)}),
            truncated=end < len(page.text) or page.truncated,
        )


class BrowserScreenshot(BrowserTool[ScreenshotArguments]):
    """Takes a picture; ``blobs`` keeps it."""

    arguments = ScreenshotArguments
    spec = _spec("browser_screenshot", "Take a picture of the page for the person to see.", ScreenshotArguments, repeatable=True)

    def __init__(self, browser: Browser, blobs: Blobs | None) -> None:
        super().__init__(browser)
        self._blobs = blobs

    def effect(self, arguments: ScreenshotArguments) -> str:
        """Return what is in the picture."""
        return f"take a picture of {'the whole page' if arguments.whole_page else 'the page in view'}"

    async def perform(self, arguments: ScreenshotArguments, scope: ToolScope) -> ToolResult:
        """Take it and keep it."""
        if self._blobs is None:
            raise NotConfigured("This server keeps no pictures. Read the page with browser_get_content instead.")
        shot = await self._browser.picture(scope.session, whole=arguments.whole_page)
        digest = await self._blobs.put(shot.content)
        return ToolResult(
            ResultStatus.DONE,
            f"{shot.title}\n{shot.url}\n[a picture of {shot.width} x {shot.height} pixels was taken]",
            summary=f"{shot.width} x {shot.height}, {size(len(shot.content))}B",
            gist=Gist(GistCode.PICTURE, {"width": shot.width, "height": shot.height, "bytes": len(shot.content)}),
            pictures=(Picture(digest, "image/png", shot.width, shot.height, shot.title),),
        )


def browser_tools(browser: Browser, blobs: Blobs | None) -> tuple[Tool, ...]:
    """Return one of each; without ``blobs`` no pictures are taken."""
    return (
        BrowserNavigate(browser),
        BrowserGetContent(browser),
        BrowserClick(browser),
        BrowserType(browser),
        BrowserScroll(browser),
        BrowserBack(browser),
        BrowserScreenshot(browser, blobs),
    )


def _seen(page: PageView) -> ToolResult:
    lines = [page.title or "[no title]", page.url]
    lines += [f"[HTTP {page.status}]"] if page.status >= 400 else []  # noqa: PLR2004  4xx and 5xx
    lines += [f"[{page.position}]"] if page.position else []
    return ToolResult(ResultStatus.DONE, "\n".join(lines), summary=page.title)
