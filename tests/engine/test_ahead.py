"""A run reads ahead while its model thinks: only what pays, only what reads, and nothing of it is ever stored."""

import asyncio

import pytest

from artelier.domain.agents import AgentSpec
from artelier.domain.calls import Access, ResultStatus, ToolCall, ToolResult, ToolSpec
from artelier.domain.events import ModelReplied
from artelier.engine.ahead import Ahead
from artelier.engine.context import Contexts
from artelier.engine.experience import Experiences
from artelier.engine.outside import Outside
from artelier.engine.state import CallState, RunState, Turn
from artelier.providers.scripted import ScriptedProvider
from artelier.runtime.bus import LocalBus
from artelier.stores.memory import MemoryStore
from artelier.workspaces.memory import MemoryWorkspace
from playbook import POLICY

EFFECTS = {"edit": "write", "read": "read", "shell": "execute", "fetch": "outbound"}


class Counted:
    """A tool that says where it ran."""

    def __init__(self, name, effect):
        self.spec = ToolSpec(name, "", {"type": "object"}, repeatable=True, effect=effect)
        self.ran_in = []
        self.ran = asyncio.Event()

    def access(self, arguments):
        return Access(writes=frozenset({"a"})) if self.spec.effect == "write" else Access(reads=frozenset({"a"}))

    def check(self, arguments):
        pass

    async def run(self, call, scope):
        self.ran_in.append(scope.workspace)
        self.ran.set()
        return ToolResult(ResultStatus.DONE, "here")


class Remembering(MemoryWorkspace):
    """A workspace that has a place for work done ahead."""

    place = MemoryWorkspace({})

    def ahead(self):
        return self.place


@pytest.fixture
def tools():
    return {name: Counted(name, effect) for name, effect in EFFECTS.items()}


@pytest.fixture
def outside(tools, clock, identifiers):
    bus, experiences = LocalBus(), Experiences()
    return Outside(
        MemoryStore(clock),
        MemoryStore(clock),
        bus,
        ScriptedProvider(()),
        tools,
        clock,
        identifiers,
        POLICY,
        Contexts({}, 20),
        "",
        experiences,
    )


AGENT = AgentSpec("coder", "", "", tools=tuple(EFFECTS))


def call(name):
    return ToolCall("", name, {"path": "a.py"})


def turn(*names):
    calls = tuple(call(name) for name in names)
    return Turn(ModelReplied(0, 0, "", calls), tuple(CallState(each, result=ToolResult(ResultStatus.DONE, "")) for each in calls))


def run_of(*turns):
    return RunState("r", "do it", agent="coder", turns=turns)


def teach(outside, first, then, times=20):
    outside.experiences.remember(run_of(*(turn(name) for _ in range(times) for name in (first, then))))


async def looked(outside, *turns, workspace=None):
    ahead = Ahead(outside, workspace or Remembering({}), "s")
    ahead.look(run_of(*turns), AGENT)
    return ahead


async def test_what_is_expected_runs_where_its_result_is_kept(outside, tools):
    teach(outside, "edit", "read")
    ahead = await looked(outside, turn("edit"))
    await asyncio.wait_for(tools["read"].ran.wait(), 5)
    await ahead.end(run_of(turn("edit"), turn("read")))
    assert tools["read"].ran_in == [Remembering.place]
    tally = outside.experiences.tallies()["coder"]
    assert (tally.run, tally.run_and_right, tally.seconds_wasted) == (1, 1, 0.0)
    assert tally.seconds_saved > 0


async def test_what_was_not_asked_for_is_counted_as_waste(outside, tools):
    teach(outside, "edit", "read")
    ahead = await looked(outside, turn("edit"))
    await asyncio.wait_for(tools["read"].ran.wait(), 5)
    await ahead.end(run_of(turn("edit")))
    tally = outside.experiences.tallies()["coder"]
    assert (tally.run, tally.run_and_right) == (1, 0)
    assert tally.seconds_wasted == tally.seconds_run > 0


@pytest.mark.parametrize("name", ["edit", "fetch"])
async def test_nothing_that_writes_or_reaches_out_runs_ahead(outside, tools, name):
    teach(outside, "read", name)
    ahead = await looked(outside, turn("read"))
    await ahead.end(run_of(turn("read")))
    assert not any(tool.ran_in for tool in tools.values())


@pytest.mark.parametrize("why", ["seldom", "busy", "nowhere to keep it", "wrong so far"])
async def test_it_stays_away_where_it_does_not_pay(outside, tools, why):
    teach(outside, "edit", "read", times=2 if why == "seldom" else 20)
    if why == "busy":
        outside.experiences.idle = lambda: False
    if why == "wrong so far":
        for _ in range(60):
            outside.experiences.of("coder").settle([call("x")], [])
    ahead = await looked(outside, turn("edit"), workspace=MemoryWorkspace({}) if why == "nowhere to keep it" else None)
    await ahead.end(run_of(turn("edit")))
    assert not tools["read"].ran_in


async def test_it_stops_when_calls_begin(outside, tools):
    teach(outside, "edit", "read")
    async with outside.experiences.room:  # another run reads ahead just now
        ahead = await looked(outside, turn("edit"))
        await asyncio.sleep(0)
        ahead.stop()
    await ahead.end(run_of(turn("edit")))
    assert not tools["read"].ran_in


async def test_it_learns_from_what_comes(outside):
    workspace = Remembering({})
    for _ in range(4):
        ahead = await looked(outside, turn("edit"), workspace=workspace)
        ahead.look(run_of(turn("edit"), turn("read")), AGENT)
        await ahead.end(run_of(turn("edit"), turn("read")))
    assert outside.experiences.tallies()["coder"].right > 0
