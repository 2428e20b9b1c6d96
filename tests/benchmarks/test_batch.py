"""What the benchmark of the scheduler counts with: a longest path, and a law that is seen when it is broken."""

import asyncio

import pytest
from benchmarks.batch import breaches, files_of, filled, hazards, longest_path, one_by_one, tools, twelve
from benchmarks.stage import open_stage

from artelier.domain.calls import ResultStatus, ToolCall, ToolResult
from artelier.ports.tool import ToolScope
from artelier.providers.scripted import ScriptedTurn
from artelier.workspaces.folder import LocalWorkspace
from benchmarks import dispatch, scheduler


@pytest.mark.parametrize(
    ("edges", "expected"),
    [((), 4.0), (((0, 1),), 4.0), (((0, 1), (1, 3)), 7.0), (((0, 1), (0, 2), (1, 3), (2, 3)), 9.0)],
)
def test_the_longest_way_through_a_graph(edges, expected):
    assert longest_path([1.0, 2.0, 4.0, 4.0], edges) == expected


def test_nothing_takes_no_time():
    assert longest_path([], ()) == 0


def test_the_exclusive_call_of_the_twelve_keeps_its_place():
    edges = hazards(twelve(0.0), tools())
    assert {earlier for earlier, later in edges if later == 7} == set(range(7))
    assert {later for earlier, later in edges if earlier == 7} == set(range(8, 12))
    assert (0, 1) not in edges


async def test_the_engine_keeps_the_law_and_a_run_at_random_does_not(tmp_path):
    calls, known = twelve(0.0), tools()
    expected = await one_by_one(calls, known, filled(tmp_path / "one"))
    async with open_stage(tmp_path) as stage:
        played = await stage.play(known, (ScriptedTurn(calls=calls), scheduler.ENDING), filled(tmp_path / "ours"))
    assert breaches(expected, played.results, files_of(tmp_path / "ours")) == 0
    assert len(played.asked) == len(played.spoken) == 2
    assert sorted(played.stored) == list(range(12))

    scope = ToolScope(LocalWorkspace(filled(tmp_path / "wild")), "", "", lambda _: None)
    wild = [known[call.name].run(ToolCall(str(place), call.name, dict(call.arguments)), scope) for place, call in enumerate(calls)]
    texts = await asyncio.gather(*reversed(wild))
    results = {place: ToolResult(ResultStatus.DONE, each.text) for place, each in enumerate(reversed(texts))}
    assert breaches(expected, results, files_of(tmp_path / "wild")) > 0


def test_a_broken_law_misses_its_goal():
    walls = (scheduler.READS, scheduler.READS_BY_ONE, scheduler.SLOWEST, scheduler.MIXED, scheduler.PATH, scheduler.BY_ONE)
    starts = (scheduler.EARLY, scheduler.LATE, scheduler.SEARCH)
    processor = (dispatch.OURS, dispatch.SIGNATURE, dispatch.MODEL, dispatch.ADAPTER, dispatch.SCHEMA)
    samples = {label: [1.0, 2.0] for label in (*walls, *starts, *processor)} | {scheduler.BROKEN: [0.0, 2.0]}
    figures, goals = scheduler.figures_of(samples)
    assert figures["law broken, times"] == 2 > goals["law broken, times"]
    assert figures["law kept"] == 0
    assert goals.keys() <= figures.keys()
