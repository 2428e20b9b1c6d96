"""Results of tools about the world outside answer equal calls again, for as long as the tool says."""

import msgspec
import pytest

from artelier.caches.memory import MemoryCache
from artelier.domain.calls import FileChange, ResultStatus, ToolCall, ToolResult
from artelier.domain.errors import FetchFailed
from artelier.tools.files import ReadFile
from artelier.tools.keeping import KeptTool, kept
from artelier.tools.web import WebFetch
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
