"""Fakes of the web for tests of its tools."""

from artelier.domain.calls import ToolCall
from artelier.ports.tool import ToolScope
from artelier.ports.web import Article, FetchedPage
from artelier.workspaces.memory import MemoryWorkspace


class FakeFetcher:
    """Answers every request with one page, or raises; keeps the requests."""

    def __init__(self, answer):
        self.requests = []
        self._answer = answer

    async def fetch(self, request):
        self.requests.append(request)
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


class FakeReader:
    """Reads every page as its own bytes."""

    async def read(self, page):
        return Article(page.content.decode(), "A title")


def page(content=b"", status=200, media_type="text/html", **more):
    return FetchedPage("https://example.org/end", status, media_type, content, **more)


async def call(tool, **arguments):
    return await tool.run(ToolCall("r/1/0", tool.spec.name, arguments), ToolScope(MemoryWorkspace(), "s", "r", lambda _: None))
