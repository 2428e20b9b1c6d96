"""The tool that reads pages of the web."""

from typing import Annotated

from msgspec import Meta

from artelier.domain.calls import Access, ResultStatus, ToolResult, ToolSpec
from artelier.domain.errors import FetchFailed
from artelier.domain.gists import Gist, GistCode
from artelier.ports.tool import ToolScope
from artelier.ports.web import Article, FetchedPage, Fetcher, FetchRequest, PageReader
from artelier.tools.declaration import DeclaredTool, ToolArguments, schema_of
from artelier.tools.showing import count

READABLE = (
    "text/",
    "application/xhtml+xml",
    "application/json",
    "application/xml",
    "+json",
    "+xml",
    "application/x-ndjson",
    "application/yaml",
)
"""Media types that text is made of; ``+json`` stands for every type that ends so."""
_CHARACTERS = 12_000
_CHARACTERS_LIMIT = 60_000
_DEADLINE = 60.0
_KEPT = 600.0
_FAILED = 400


class WebFetchArguments(ToolArguments, frozen=True):
    """Arguments of ``web_fetch``."""

    url: Annotated[str, Meta(min_length=1, description="Address of the page, with http:// or https://.")]
    max_chars: Annotated[int, Meta(ge=200, le=_CHARACTERS_LIMIT, description="Characters of text to show.")] = _CHARACTERS
    start: Annotated[int, Meta(ge=0, description="Character to begin at, to go on with a long page.")] = 0


class WebFetch(DeclaredTool[WebFetchArguments]):
    """Brings the readable text of a page."""

    arguments = WebFetchArguments
    spec = ToolSpec(
        name="web_fetch",
        description="Fetch a page from the web and show its readable text. HTML becomes Markdown; JSON, XML and texts come as they are.",
        parameters=schema_of(WebFetchArguments),
        repeatable=True,
        family="web",
        effect="outbound",
        deadline=_DEADLINE,
        trusted=False,
        keep_seconds=_KEPT,
    )

    def __init__(self, fetcher: Fetcher, reader: PageReader) -> None:
        self._fetcher = fetcher
        self._reader = reader

    def touches(self, arguments: WebFetchArguments) -> Access:  # noqa: ARG002  none of them is a path
        """Return nothing: the workspace is not touched."""
        return Access()

    def effect(self, arguments: WebFetchArguments) -> str:
        """Return the address."""
        return f"fetch {arguments.url}"

    async def perform(self, arguments: WebFetchArguments, scope: ToolScope) -> ToolResult:  # noqa: ARG002  no file is touched
        """Fetch the page, read it, and show the part that was asked for."""
        page = await self._fetcher.fetch(FetchRequest(arguments.url, media_types=READABLE))
        if page.status >= _FAILED:
            raise FetchFailed(_refusal(page))
        return _shown(page, await self._reader.read(page), arguments)


def _shown(page: FetchedPage, article: Article, arguments: WebFetchArguments) -> ToolResult:
    text = article.text.strip()
    end = min(arguments.start + arguments.max_chars, len(text))
    shown = max(0, end - arguments.start)
    lines = [article.title] if article.title and not arguments.start else []
    lines += [page.url, "", text[arguments.start : end] or "[no text here]"]
    if end < len(text):
        lines.append(f"[characters {arguments.start} to {end} of {len(text)}; go on with start={end}]")
    elif page.truncated:
        lines.append("[the page goes on beyond what is fetched of one page]")
    return ToolResult(
        ResultStatus.DONE,
        "\n".join(lines),
        summary=f"{count(shown, 'character')} of {len(text)}",
        gist=Gist(GistCode.CHARACTERS, {"count": shown, "of": len(text)}),
        truncated=end < len(text) or page.truncated,
    )


def _refusal(page: FetchedPage) -> str:
    later = f" Ask again after {page.retry_after:g} s." if page.retry_after else ""
    return f"{page.url} answered with HTTP {page.status}.{later} Look for the page elsewhere, or go on without it."
