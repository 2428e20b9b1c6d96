import pytest

from artelier.domain.calls import ToolCall
from artelier.domain.models import ModelReply, ModelRequest, RequestedCall
from artelier.engine.commands import CallModel
from artelier.engine.deltas import DeltaGatherer
from artelier.engine.model_call import call_model


class Saying:
    """A provider that says one reply."""

    def __init__(self, *calls: RequestedCall) -> None:
        self.reply = ModelReply("", calls)

    async def stream(self, request):
        yield self.reply


async def calls_of(name: str, arguments: str):
    gatherer = DeltaGatherer(lambda _: None, "session", "run", 0, 0)
    replied = await call_model(
        Saying(RequestedCall(name, arguments)),
        ModelRequest("m", "", ()),
        CallModel(0, 0, 100),
        "run",
        gatherer,
        print,
        lambda reply: reply.usage,
    )
    return replied.calls[0]


async def test_a_call_by_use_tool_is_the_call_that_it_means():
    meant = await calls_of("use_tool", '{"name": "github__close_issue", "arguments": {"number": 7}}')
    assert meant == ToolCall("run/0/0", "github__close_issue", {"number": 7})


@pytest.mark.parametrize("arguments", ['{"name": 1, "arguments": {}}', '{"name": "x"}', "{}", '{"name": "x", "arguments": "{}"}'])
async def test_what_does_not_say_which_tool_stays_and_is_refused_by_the_tool(arguments: str):
    assert (await calls_of("use_tool", arguments)).name == "use_tool"


async def test_another_tool_may_have_such_arguments():
    assert (await calls_of("other", '{"name": "x", "arguments": {}}')).name == "other"
