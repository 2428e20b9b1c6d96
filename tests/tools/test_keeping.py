"""Results of tools about the world outside answer equal calls again, for as long as the tool says."""

import msgspec
import pytest
from msgspec.structs import replace

from artelier.caches.memory import MemoryCache
from artelier.domain.calls import FileChange, ResultStatus, ToolCall, ToolResult
from artelier.domain.errors import FetchFailed
from artelier.ports.tool import ToolScope
from artelier.tools.files import ReadFile
from artelier.tools.keeping import KeptTool, kept
from artelier.tools.mcp.session import ServerPlan
from artelier.tools.web import WebFetch
from artelier.workspaces.memory import MemoryWorkspace
from web_stage import FakeFetcher, FakeReader, call, page


@pytest.fixture
def fetcher():
    return FakeFetcher(page(b"Some words."))


@pytest.fixture
def fetch(fetcher, clock):
    return KeptTool(WebFetch(fetcher, FakeReader()), MemoryCache(100_000, clock))


async def test_an_equal_call_is_answered_from_what_is_kept(fetch, fetcher):
    first = await call(fetch, url="https://example.org/", max_chars=300)
    again = await call(fetch, max_chars=300, url="https://example.org/")
    assert again == msgspec.structs.replace(first, source="cached")
    assert len(fetcher.requests) == 1


async def test_another_call_is_made(fetch, fetcher):
    await call(fetch, url="https://example.org/")
    assert not (await call(fetch, url="https://example.org/other")).source
    assert len(fetcher.requests) == 2


@pytest.mark.parametrize("spoilt", [b"", b"\xff", b'{"status": "done", "text": "\xff"}'])
async def test_what_cannot_be_read_is_a_miss(fetcher, clock, spoilt):
    cache = MemoryCache(100_000, clock)
    fetch = KeptTool(WebFetch(fetcher, FakeReader()), cache)
    first = await call(fetch, url="https://example.org/")
    for key in list(cache._kept):
        await cache.put(key, spoilt, 60)
    assert await call(fetch, url="https://example.org/") == first
    assert len(fetcher.requests) == 2


async def test_what_somebody_asked_answers_nobody_else(fetch, fetcher):
    for owner in ("person:one", "person:other"):
        scope = ToolScope(MemoryWorkspace(), "s", "r", lambda _: None, owner=owner)
        assert not (await fetch.run(ToolCall("r/1/0", "web_fetch", {"url": "https://example.org/"}), scope)).source


@pytest.mark.parametrize(
    "changed",
    [{"url": "http://b"}, {"environment": {"USER": "b"}}, {"headers": {"X": "b"}}, {"command": ("b",)}],
    ids=str,
)
async def test_what_another_server_said_answers_nothing(clock, changed):
    cache, answers = MemoryCache(100_000, clock), []
    plan = ServerPlan("own", url="http://a", keep_seconds=60)
    for each in (plan, plan, replace(plan, **changed)):
        tool = Answers(ToolResult(ResultStatus.DONE, "Yes."))
        tool.spec = replace(tool.spec, keep_from=each.identity)
        answers.append((await call(KeptTool(tool, cache), url="https://example.org/")).source)
    assert answers == ["", "cached", ""]


async def test_its_time_ends(fetch, fetcher, clock):
    await call(fetch, url="https://example.org/")
    clock.move(fetch.spec.keep_seconds + 1)
    assert not (await call(fetch, url="https://example.org/")).source
    assert len(fetcher.requests) == 2


async def test_a_failure_is_not_kept(clock):
    fetcher = FakeFetcher(page(status=500))
    fetch = KeptTool(WebFetch(fetcher, FakeReader()), MemoryCache(100_000, clock))
    for _ in range(2):
        with pytest.raises(FetchFailed):
            await call(fetch, url="https://example.org/")
    assert len(fetcher.requests) == 2


class Answers(WebFetch):
    """A tool that answers with what it is given."""

    def __init__(self, result):
        super().__init__(FakeFetcher(page()), FakeReader())
        self.result = result

    async def perform(self, arguments, scope):
        return self.result


@pytest.mark.parametrize(
    "result",
    [ToolResult(ResultStatus.FAILED, "no"), ToolResult(ResultStatus.DONE, "changed a file", files=(FileChange("a", "changed"),))],
)
async def test_only_what_was_found_out_is_kept(clock, result):
    tool = KeptTool(Answers(result), MemoryCache(100_000, clock))
    for _ in range(2):
        assert await call(tool, url="https://example.org/") == result


def test_only_tools_that_say_so_get_a_cache(fetch, clock):
    reading, fetching = ReadFile(), WebFetch(FakeFetcher(page()), FakeReader())
    without = kept((reading, fetching), None)
    assert without == (reading, fetching)
    plain, wrapped = kept((reading, fetching), MemoryCache(1000, clock))
    assert plain is reading
    assert isinstance(wrapped, KeptTool)


def test_everything_else_is_the_tool_s_own(fetch):
    arguments = {"url": "https://example.org/"}
    assert (fetch.spec.name, fetch.describe(arguments)) == ("web_fetch", "fetch https://example.org/")
    assert fetch.access(arguments) == WebFetch(FakeFetcher(page()), FakeReader()).access(arguments)
    assert ToolCall("1", "web_fetch", arguments).arguments == arguments
