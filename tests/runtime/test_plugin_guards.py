"""Whatever a plugin's code raises in use becomes what its port may raise."""

import pytest

from artelier.domain.calls import Access, ResultStatus, ToolCall, ToolResult, ToolSpec
from artelier.domain.errors import ArgumentsInvalid, FileMissing, ProviderError, RateLimited, ToolError
from artelier.domain.models import ModelReply, ModelRequest, TextDelta
from artelier.ports.router import Earlier, Route
from artelier.ports.tool import ToolScope
from artelier.runtime.plugin_guards import GuardedProvider, GuardedRouter, GuardedTool, RoutersOfPlugins
from artelier.workspaces.memory import MemoryWorkspace

CALL = ToolCall("run/1/0", "t", {})
SCOPE = ToolScope(MemoryWorkspace(), "session", "run", lambda _: None)
REQUEST = ModelRequest("m", "", (), ())


class Raising:
    """A tool, a provider and a router that raise, or give what they were made with."""

    spec = ToolSpec("t", "T.", {"type": "object"}, repeatable=True)

    def __init__(self, raises=None, gives=None):
        self._raises, self._gives = raises, gives
        self.asked = 0

    def _come(self, *_):
        self.asked += 1
        if self._raises is not None:
            raise self._raises
        return self._gives

    async def _come_later(self, *_):
        return self._come()

    access = describe = check = route = _come
    preview = run = list_models = close = _come_later

    async def stream(self, request):
        yield TextDelta("Half")
        yield self._come()


@pytest.mark.parametrize("failure", [RuntimeError("no"), SystemExit(1), TimeoutError(), RecursionError()])
async def test_a_tool_that_breaks_is_a_call_that_fails(failure):
    tool = GuardedTool("words", Raising(failure))
    assert tool.access({}) == Access(exclusive=True)
    assert tool.describe({"a": "\n"}).startswith("t {'a'")
    assert await tool.preview({}, MemoryWorkspace()) == ""
    with pytest.raises(ArgumentsInvalid, match="cannot take"):
        tool.check({})
    with pytest.raises(ToolError, match="in the plugin words"):
        await tool.run(CALL, SCOPE)


async def test_words_for_the_model_pass():
    tool = GuardedTool("words", Raising(FileMissing("a.txt is not there.")))
    with pytest.raises(FileMissing):
        await tool.run(CALL, SCOPE)
    with pytest.raises(FileMissing):
        await tool.preview({}, MemoryWorkspace())
    done = ToolResult(ResultStatus.DONE, "Good.")
    assert await GuardedTool("words", Raising(gives=done)).run(CALL, SCOPE) == done


@pytest.mark.parametrize("gives", ["text", None, ToolResult("finished", "x"), ToolResult(ResultStatus.DONE, 3)])
async def test_a_result_that_is_none_is_a_call_that_fails(gives):
    tool = GuardedTool("words", Raising(gives=gives))
    assert tool.access({}) == Access(exclusive=True)
    with pytest.raises(ToolError, match="in the plugin words"):
        await tool.run(CALL, SCOPE)


def test_what_it_does_is_shown_in_one_line_whatever_it_says():
    assert GuardedTool("words", Raising(gives="a\nb\u202e")).describe({}) == "a␊b⟨U+202E⟩"


async def test_a_model_that_breaks_is_a_request_that_fails():
    provider = GuardedProvider("words", Raising(KeyError("x")))
    stream = provider.stream(REQUEST)
    assert await anext(stream) == TextDelta("Half")
    with pytest.raises(ProviderError, match="in the plugin words: KeyError"):
        await anext(stream)
    with pytest.raises(ProviderError):
        await provider.list_models()
    await provider.close()
    with pytest.raises(RateLimited):
        await GuardedProvider("words", Raising(RateLimited("later"))).list_models()
    *_, reply = [piece async for piece in GuardedProvider("words", Raising(gives=ModelReply("Whole."))).stream(REQUEST)]
    assert reply == ModelReply("Whole.")


def test_a_router_that_breaks_is_asked_once():
    inner = Raising(ValueError())
    router = GuardedRouter("words", inner)
    assert [router.route("x", {"coder"}, Earlier()) for _ in range(3)] == [None] * 3
    assert inner.asked == 1


@pytest.mark.parametrize(
    ("gives", "agent"),
    [
        (Route("coder", 5, "me"), "coder"),
        (Route("nobody", 1.0, "me"), "last"),
        (Route("coder", 1.0, "me", sure=False), "last"),
        (Route("coder", "much", "me"), "last"),
        ("coder", "last"),
        (None, "last"),
    ],
)
def test_only_a_sure_route_to_somebody_counts(gives, agent):
    last = Raising(gives=Route("last", 0.5, "classifier"))
    found = RoutersOfPlugins((GuardedRouter("words", Raising(gives=gives)),), last).route("x", {"coder", "last"}, Earlier())
    assert found.agent == agent
    assert found.confidence <= 1
