"""Calls that start while the model still speaks."""

import asyncio

import pytest
from test_story import Stage

from artelier.domain.calls import ToolCall
from artelier.domain.errors import ProviderUnavailable
from artelier.domain.models import CallDelta, FinishReason, ModelReply, RequestedCall
from artelier.engine.early import EarlyCalls
from artelier.engine.scheduler import Room
from artelier.ports.correlation import correlation


class SlowProvider:
    """Says its calls piece by piece, then waits for ``go_on`` before it ends the reply, or breaks."""

    def __init__(self, *calls, breaks=False, differs=False):
        self.calls, self.breaks, self.differs = calls, breaks, differs
        self.said = asyncio.Event()
        self.go_on = asyncio.Event()
        self.turns = 0

    async def stream(self, request):
        self.turns += 1
        if self.turns > 1:
            yield ModelReply("done")
            return
        for index, (name, arguments) in enumerate(self.calls):
            for start in range(0, len(arguments), 5):
                yield CallDelta(index, name, arguments[start : start + 5])
        self.said.set()
        await self.go_on.wait()
        if self.breaks:
            raise ProviderUnavailable("gone")
        calls = tuple(RequestedCall(name, '{"path": "other"}' if self.differs else arguments) for name, arguments in self.calls)
        yield ModelReply("", calls, finish=FinishReason.CALLS)


async def stage_with(clock, identifiers, provider):
    stage = Stage(clock, identifiers, ())
    stage.provider = provider
    await stage.send()
    driver = await stage.driver()
    driving = asyncio.ensure_future(driver.drive())
    await asyncio.wait_for(provider.said.wait(), 5)
    return stage, driving


async def test_a_read_is_at_work_before_the_reply_is_whole_and_runs_once(clock, identifiers):
    provider = SlowProvider(("read", '{"path": "a"}'), ("read", '{"path": "b"}'))
    stage, driving = await stage_with(clock, identifiers, provider)
    await asyncio.wait_for(stage.tools["read"].begun.wait(), 5)
    assert [event.type for event in await stage.store.read(stage.session)].count("tool_started") == 0
    provider.go_on.set()
    await asyncio.wait_for(driving, 5)
    events = await stage.store.read(stage.session)
    started = [event.payload for event in events if event.type == "tool_started"]
    assert all(each.early_seconds > 0 for each in started)
    assert [event.payload.result.status for event in events if event.type == "tool_finished"] == ["done", "done"]
    assert set(stage.counts.values()) == {1}
    assert events[-1].type == "run_finished"


@pytest.mark.parametrize(
    "calls",
    [
        (("write", '{"path": "a"}'), ("read", '{"path": "b"}')),
        (("execute", '{"command": "x"}'), ("read", '{"path": "b"}')),
        (("unknown", "{}"), ("read", '{"path": "b"}')),
        (("read", '{"path": "a"'),),
        (("read", '["a"]'),),
        (("ask_user", '{"question": "?"}'), ("read", '{"path": "b"}')),
    ],
)
async def test_what_could_do_harm_or_waits_for_something_does_not_start(clock, identifiers, calls):
    provider = SlowProvider(*calls)
    stage, driving = await stage_with(clock, identifiers, provider)
    await asyncio.sleep(0)
    assert not any(tool.begun.is_set() for tool in stage.tools.values())
    driving.cancel()
    await asyncio.gather(driving, return_exceptions=True)


@pytest.mark.parametrize("fault", [{"breaks": True}, {"differs": True}])
async def test_a_reply_that_never_comes_or_comes_otherwise_leaves_nothing(clock, identifiers, fault):
    provider = SlowProvider(("read", '{"path": "a"}'), **fault)
    stage, driving = await stage_with(clock, identifiers, provider)
    stage.tools["read"].go_on.clear()
    await asyncio.wait_for(stage.tools["read"].begun.wait(), 5)
    stage.tools["read"].go_on.set()
    provider.go_on.set()
    await asyncio.wait_for(driving, 5)
    events = await stage.to_the_end()
    results = [event.payload.result.text for event in events if event.type == "tool_finished"]
    assert results == (["read gives {'path': 'other'}"] if "differs" in fault else [])


async def test_a_cancelled_driver_ends_early_calls(clock, identifiers):
    provider = SlowProvider(("read", '{"path": "a"}'))
    stage = Stage(clock, identifiers, ())
    stage.provider = provider
    stage.tools["read"].go_on.clear()
    await stage.send()
    driving = asyncio.ensure_future((await stage.driver()).drive())
    await asyncio.wait_for(stage.tools["read"].begun.wait(), 5)
    driving.cancel()
    await asyncio.gather(driving, return_exceptions=True)
    assert stage.counts == {}
    assert len(asyncio.all_tasks()) == 1


async def test_every_call_knows_what_it_works_for(clock, identifiers):
    provider = SlowProvider(("read", '{"path": "a"}'))
    seen = []
    stage = Stage(clock, identifiers, ())
    stage.provider = provider
    stage.tools["read"].describe = lambda arguments: ""
    run = stage.tools["read"].run

    async def noting(call, scope):
        seen.append(await asyncio.to_thread(correlation.get))
        return await run(call, scope)

    stage.tools["read"].run = noting
    provider.go_on.set()
    await stage.send()
    await stage.to_the_end()
    assert [(each.session, each.run, each.call) for each in seen] == [(stage.session, stage.run, f"{stage.run}/0/0")]
    assert correlation.get().call == ""


async def test_only_an_unbroken_row_from_the_first_starts_and_room_is_kept():
    started = []

    def start(call):
        started.append(call.id)
        return asyncio.ensure_future(asyncio.sleep(0))

    early = EarlyCalls(lambda call: call.name == "read", start, str, Room(2).left(()))
    early.hear(CallDelta(1, "read", '{"path": "b"}'))
    assert started == []
    early.hear(CallDelta(0, "read", '{"path": {}'))
    assert started == []
    early.hear(CallDelta(0, "", "}"))
    early.hear(CallDelta(2, "read", "{}"))
    assert started == ["0", "1"]
    assert early.take(ToolCall("1", "read", {"path": "c"})) is None
    assert early.take(ToolCall("1", "read", {"path": "b"})) is not None
    await early.drop()
