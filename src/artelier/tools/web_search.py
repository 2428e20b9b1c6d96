"""The tool that searches the web, by the JSON API of a SearXNG of the operator's own.

https://docs.searxng.org/dev/search_api.html and ``searx/webutils.py:get_json_response``.
"""

from typing import Annotated, Any, Literal
from urllib.parse import urlencode

import msgspec
from msgspec import Meta, Struct

from artelier.domain.calls import Access, ResultStatus, ToolResult, ToolSpec
from artelier.domain.errors import FetchFailed, NotConfigured
from artelier.domain.gists import Gist, GistCode
from artelier.ports.tool import ToolScope
from artelier.ports.web import FetchedPage, Fetcher, FetchRequest
from artelier.tools.declaration import DeclaredTool, ToolArguments, schema_of
from artelier.tools.showing import count

_DEADLINE = 30.0
_SECONDS = 20.0
_KEPT = 300.0
_RESULTS = 10
_SNIPPET = 300
_INFOBOX = 500
_LARGEST = 4 * 1024 * 1024
_FORBIDDEN = 403
_TOO_MANY = 429
_OK = 200
_HEADERS = (("Accept", "application/json"), ("Accept-Language", "en,ru;q=0.9,*;q=0.5"))
"""SearXNG's limiter takes a client without them for a bot."""


class WebSearchArguments(ToolArguments, frozen=True):
    """Arguments of ``web_search``."""

    query: Annotated[str, Meta(min_length=1, max_length=500, description="What to search for, as typed into a search engine.")]
    categories: Annotated[str, Meta(description="Such as general, news, it, science, images; several by commas. Empty is general.")] = ""
    engines: Annotated[str, Meta(description="Search engines to ask, by commas, such as wikipedia,github. Empty for the usual ones.")] = ""
    language: Annotated[str, Meta(description="Language of results, such as en, ru, de-CH. Empty for any.")] = ""
    time_range: Annotated[Literal["", "day", "week", "month", "year"], Meta(description="Only what is this new; empty for any time.")] = ""
    page: Annotated[int, Meta(ge=1, le=20, description="Page of the results.")] = 1


class Found(Struct, frozen=True):
    """One result; fields that are not shown are left unread."""

    title: str = ""
    url: str = ""
    content: str | None = ""
    engines: list[str] = []
    engine: str = ""
    published: str | None = msgspec.field(name="publishedDate", default=None)


class Infobox(Struct, frozen=True):
    """What an encyclopedia says of the thing asked for."""

    infobox: str = ""
    content: str | None = ""
    urls: list[dict[str, Any]] = []


class Reply(Struct, frozen=True):
    """SearXNG's answer; answers are objects since 2025, texts before."""

    results: list[Found]
    answers: list[Any] = []
    corrections: list[Any] = []
    infoboxes: list[Infobox] = []
    suggestions: list[Any] = []
    unresponsive_engines: list[list[Any]] = []


class WebSearch(DeclaredTool[WebSearchArguments]):
    """Searches the web; ``address`` is that of SearXNG, empty where there is none."""

    arguments = WebSearchArguments
    spec = ToolSpec(
        name="web_search",
        description="Search the web. Results are numbered, with title, address, a snippet and who found them; web_fetch reads a page.",
        parameters=schema_of(WebSearchArguments),
        repeatable=True,
        family="web",
        effect="outbound",
        deadline=_DEADLINE,
        trusted=False,
        keep_seconds=_KEPT,
    )

    def __init__(self, fetcher: Fetcher, address: str) -> None:
        self._fetcher = fetcher
        self._address = address.rstrip("/")

    def touches(self, arguments: WebSearchArguments) -> Access:  # noqa: ARG002  none of them is a path
        """Return nothing: the workspace is not touched."""
        return Access()

    def effect(self, arguments: WebSearchArguments) -> str:
        """Return the words searched for."""
        return f"search the web for “{arguments.query}”"

    async def perform(self, arguments: WebSearchArguments, scope: ToolScope) -> ToolResult:  # noqa: ARG002  no file is touched
        """Ask SearXNG and show what it found."""
        if not self._address:
            raise NotConfigured(
                "There is no search here: the operator must run SearXNG and name it in tools.search.searxng_url. Go on without searching."
            )
        page = await self._fetcher.fetch(self._request(arguments))
        reply = _reply_of(page)
        if not reply.results and not reply.answers and not reply.infoboxes and reply.unresponsive_engines:
            raise FetchFailed(
                f"No search engine answered: {_unresponsive(reply)}. This does not mean that nothing exists: "
                "try again later, or name other engines."
            )
        found = len(reply.results)
        return ToolResult(
            ResultStatus.DONE, _shown(reply, arguments.page), summary=count(found, "result"), gist=Gist(GistCode.RESULTS, {"count": found})
        )

    def _request(self, arguments: WebSearchArguments) -> FetchRequest:
        asked = {
            "q": arguments.query,
            "format": "json",
            "pageno": str(arguments.page),
            "categories": arguments.categories,
            "engines": arguments.engines,
            "language": arguments.language,
            "time_range": arguments.time_range,
        }
        query = urlencode({name: value for name, value in asked.items() if value})
        return FetchRequest(f"{self._address}/search?{query}", headers=_HEADERS, max_bytes=_LARGEST, max_redirects=0, seconds=_SECONDS)


def _reply_of(page: FetchedPage) -> Reply:
    """Return the answer. Raises ``FetchFailed`` saying what the operator must change."""
    if page.status == _FORBIDDEN:
        raise FetchFailed("SearXNG refuses JSON (HTTP 403). The operator must add json to search.formats in its settings.yml.")
    if page.status == _TOO_MANY:
        later = f" Ask again after {page.retry_after:g} s." if page.retry_after else " Ask again in a minute."
        raise FetchFailed(
            f"SearXNG's limiter refuses more searches (HTTP 429).{later} "
            "It lets four JSON searches an hour through; the operator must add this server to pass_ip in its limiter.toml."
        )
    if page.status != _OK:
        raise FetchFailed(f"SearXNG answered with HTTP {page.status}. Try again, with fewer or other engines.")
    try:
        return msgspec.json.decode(page.content, type=Reply)
    except (msgspec.DecodeError, UnicodeDecodeError) as failure:
        raise FetchFailed(f"What answered is no SearXNG ({failure}). The operator must check tools.search.searxng_url.") from failure


def _shown(reply: Reply, page: int) -> str:
    parts = [f"Answer: {_short(answer, _INFOBOX)}" for each in reply.answers if (answer := _answer(each))]
    parts += [_infobox(box) for box in reply.infoboxes]
    parts += [_result(number, found) for number, found in enumerate(reply.results[:_RESULTS], 1)]
    if not reply.results:
        parts.append("[nothing was found]")
    elif len(reply.results) > _RESULTS:
        parts.append(f"[the first {_RESULTS} of {len(reply.results)} on this page; page={page + 1} has others]")
    for label, words in (("Did you mean", reply.corrections), ("Related searches", reply.suggestions)):
        if words:
            parts.append(f"{label}: {'; '.join(_short(str(word), _SNIPPET) for word in words[:5])}")
    if reply.unresponsive_engines:
        parts.append(f"[did not answer: {_unresponsive(reply)}]")
    return "\n\n".join(parts)


def _result(number: int, found: Found) -> str:
    day = f", {found.published[:10]}" if found.published else ""
    by = ", ".join(sorted(found.engines) or [found.engine])
    lines = [f"{number}. {_short(found.title, _SNIPPET) or '[no title]'}", f"   {found.url}"]
    lines += [f"   {snippet}" for snippet in [_short(found.content or "", _SNIPPET)] if snippet]
    return "\n".join([*lines, f"   ({by}{day})"])


def _answer(answer: Any) -> str:
    if not isinstance(answer, dict):
        return str(answer)
    return " ".join(str(answer[name]) for name in ("answer", "url") if answer.get(name))


def _infobox(box: Infobox) -> str:
    link = next((str(each["url"]) for each in box.urls if each.get("url")), "")
    return "\n   ".join(part for part in (f"About: {_short(box.infobox, _SNIPPET)}", _short(box.content or "", _INFOBOX), link) if part)


def _unresponsive(reply: Reply) -> str:
    return ", ".join(f"{each[0]} ({each[1]})" if len(each) > 1 else str(each[:1]) for each in reply.unresponsive_engines)


def _short(text: str, limit: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
