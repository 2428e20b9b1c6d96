"""The loop shows less by itself: with a summary, without one, after a crash, when it is cancelled."""

import asyncio

import pytest
from msgspec.structs import replace
from test_story import Effects, Stage

from artelier.domain.agents import Limits
from artelier.domain.calls import ResultStatus, ToolResult
from artelier.domain.errors import SettingsError
from artelier.domain.events import CancelRequested, Draft
from artelier.domain.models import Purpose
from artelier.domain.runs import RunStatus
from artelier.domain.usage import Usage
from artelier.domain.verdicts import Rule, Ruling
from artelier.engine.context import Contexts
from artelier.ports.journal import WhileRun
from artelier.providers.scripted import HANG, ScriptedCall, ScriptedProvider, ScriptedTurn
from playbook import CODER, POLICY, TOOLS

WINDOW = 6_000
STEPS = 20
SUMMARY = ScriptedTurn(text="They read many files.", usage=Usage(900, 10), summary=True)


class Long(Effects):
    """A tool with much to say."""

    async def run(self, call, scope):
        await super().run(call, scope)
        return ToolResult(ResultStatus.DONE, f"{call.arguments['path']}:" + "x" * 2_000)


class Watched(ScriptedProvider):
    """A scripted model that keeps what it is asked."""

    def __init__(self, turns):
        super().__init__(turns)
        self.requests = []

    async def stream(self, request):
        self.requests.append(request)
        async for piece in super().stream(request):
            yield piece


class Narrow(Stage):
    """A stage with a model that takes little."""

    def __init__(self, clock, identifiers, turns, **more):
        super().__init__(clock, identifiers, turns, **more)
        agents = {"coder": replace(CODER, max_tokens=500, limits=Limits(0, 0, 0, 0))}
        policy = replace(POLICY, agents=agents, rules=(Rule(Ruling.ALLOW),), history_window=100)
        self.provider = Watched(turns)
        self.outside = replace(self.outside, policy=policy, contexts=Contexts(TOOLS, 100))
        self.tools["read"] = Long(TOOLS["read"], self.counts)

    def context_tokens(self, name):
        return WINDOW

    async def compactions(self):
        return [event.payload for event in await self.store.read(self.session) if event.type == "context_compacted"]


def told(compacted):
    """Return what a compaction says beside the run's name."""
    steps = [None if place is None else place.step for place in (compacted.shown_from, compacted.whole_from)]
    return compacted.by, compacted.summary, compacted.tokens_before, compacted.tokens_after, *steps


def script(*more):
    reading = [ScriptedTurn(calls=(ScriptedCall("read", {"path": f"{step}.py"}),)) for step in range(STEPS)]
    return (*reading, ScriptedTurn(text="All read."), *more)


@pytest.mark.parametrize("more", [(SUMMARY,), ()], ids=["model", "extract"])
async def test_a_long_run_goes_on_with_less(clock, identifiers, more):
    stage = Narrow(clock, identifiers, script(*more))
    await stage.send()
    events = await stage.to_the_end()
    assert events[-1].payload.reply == "All read."
    assert len(stage.counts) == STEPS, "nothing is done twice, nothing is left out"
    compactions = await stage.compactions()
    assert {each.by for each in compactions} >= ({"model"} if more else {"extract"})
    replies = [request for request in stage.provider.requests if request.purpose is Purpose.REPLY]
    assert len(replies) == STEPS + 1
    assert max(sum(len(each.text) for each in request.messages) for request in replies) < WINDOW * 4, (
        "the model counts four characters a token"
    )
    summaries = [request for request in stage.provider.requests if request.purpose is Purpose.SUMMARY]
    assert all(not request.tools for request in summaries)
    if more:
        assert any("They read many files." in each.text for each in replies[-1].messages)
        cost = sum((each.usage for each in compactions), Usage())
        assert cost == Usage(900 * len(summaries), 10 * len(summaries), model_calls=len(summaries))
    assert stage.outside.prefixes.breaks == 0
    assert 0 < stage.outside.prefixes.cuts <= len(compactions)


async def test_a_crash_at_any_event_ends_in_the_same_story(clock, identifiers):
    calm = Narrow(clock, identifiers, script(SUMMARY))
    await calm.send()
    await calm.to_the_end()
    expected = [told(each) for each in await calm.compactions()]
    for point in range(1, calm.store.appended + 1, 4):
        stage = Narrow(clock, identifiers, script(SUMMARY), crash_at=point)
        await stage.send()
        await stage.to_the_end()
        assert [told(each) for each in await stage.compactions()] == expected, point
        assert len(stage.counts) == STEPS


async def test_a_crash_while_the_summary_is_written_asks_for_it_again(clock, identifiers):
    stage = Narrow(clock, identifiers, script(replace(SUMMARY, fault=HANG)))
    await stage.send()
    driver = await stage.driver()
    driving = asyncio.ensure_future(driver.drive())
    await _asked_for_a_summary(stage)
    driving.cancel()
    await asyncio.gather(driving, return_exceptions=True)
    assert {each.by for each in await stage.compactions()} <= {"results"}
    events = await stage.to_the_end()
    assert events[-1].type == "run_finished"
    assert "model" in {each.by for each in await stage.compactions()}


async def test_a_cancel_ends_the_summary(clock, identifiers):
    stage = Narrow(clock, identifiers, script(replace(SUMMARY, fault=HANG)))
    await stage.send()
    driver = await stage.driver()
    driving = asyncio.ensure_future(driver.drive())
    await _asked_for_a_summary(stage)
    await stage.store.append(
        stage.session, (Draft(CancelRequested(), "person:owner", stage.run),), WhileRun(stage.run, frozenset({RunStatus.RUNNING}))
    )
    driver.look_again()
    await asyncio.wait_for(driving, 5)
    assert (await stage.store.get_run(stage.run)).status is RunStatus.CANCELLED
    assert {each.by for each in await stage.compactions()} <= {"results"}


async def test_a_refusal_by_the_model_is_answered(clock, identifiers):
    turns = script(SUMMARY)
    refusing = (*turns[:12], replace(turns[12], fault="context_too_long", times=2), *turns[13:])
    stage = Narrow(clock, identifiers, refusing)
    stage.context_tokens = lambda name: 0
    await stage.send()
    events = await stage.to_the_end()
    assert events[-1].payload.reply == "All read."
    sizes = [each.tokens_after for each in await stage.compactions()]
    assert len(sizes) >= 2
    assert sizes == sorted(sizes, reverse=True)


async def test_without_the_model_an_extract_stands_in_and_the_reply_says_what_is_missing(clock, identifiers):
    calm = Narrow(clock, identifiers, script(SUMMARY))
    await calm.send()
    await calm.to_the_end()
    before = [request.purpose for request in calm.provider.requests].index(Purpose.SUMMARY)
    stage = Narrow(clock, identifiers, script(SUMMARY))
    finding = stage.find

    def find(name):
        if len(stage.provider.requests) == before:
            raise SettingsError("There is no such model any more.")
        return finding(name)

    stage.find = find
    await stage.send()
    events = await stage.to_the_end()
    assert events[-1].payload.code == "CONFIG_INVALID"
    last = (await stage.compactions())[-1]
    assert last.by == "extract"
    assert "- read 0.py -> " in last.summary


async def _asked_for_a_summary(stage):
    for _ in range(5_000):
        if any(request.purpose is Purpose.SUMMARY for request in stage.provider.requests):
            return
        await asyncio.sleep(0)
    raise AssertionError("no summary was asked for")
