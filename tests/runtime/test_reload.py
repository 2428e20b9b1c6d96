"""What changes in the operator's files takes effect for the next run, whole or not at all, and disturbs none at work."""

import asyncio
import sys
from pathlib import Path

import pytest
from house_stage import Gate, Stage, run

from artelier.domain.errors import InvalidRequest
from artelier.domain.events import ToolFinished

NASTY = Path(__file__).parents[1] / "mcp_servers" / "nasty.py"
LIST = {"calls": [{"name": "list_files", "arguments": {"path": "."}}]}
WRITE = {"calls": [{"name": "write_file", "arguments": {"path": "a.txt", "content": "a\n"}}]}
WAIT = {"calls": [{"name": "wait_here"}]}
ALLOW = '[[approvals.rules]]\ntool = "write_file"\ndecision = "allow"\n'

UNLEARNED = "[routing]\nlearned = false\n"


def turns(name, *each):
    return [{"when_text_contains": name, **turn} for turn in each]


SCRIPT = [
    *turns("go-through", WAIT, LIST, {"text": "Through."}),
    *turns("look", LIST, {"text": "Looked."}),
    *turns("write", WRITE, {"text": "Written."}),
    *turns("many", LIST, LIST, LIST, {"text": "Much."}),
]


async def results(house, record):
    events = await house.store.read(record.session)
    return [event.payload.result for event in events if isinstance(event.payload, ToolFinished) and event.run == record.id]


async def test_agents_come_change_break_and_go_while_runs_go_on(tmp_path):
    stage = Stage(tmp_path, *SCRIPT)
    stage.settings(ALLOW)
    async with stage.open() as house:
        at_work = [asyncio.ensure_future(run(house, "many things")) for _ in range(4)]
        stage.agent("helper", "You help.")
        assert (await house.reloader.reload()).problems == ()
        assert (await run(house, "look", "helper")).reply == "Looked."
        at_work += [asyncio.ensure_future(run(house, "many things", "helper")) for _ in range(4)]
        stage.settings(ALLOW + ALLOW.replace("allow", "forbid").replace("write_file", "list_files"))
        assert (await house.reloader.reload()).problems == ()
        assert (await run(house, "look", "helper")).status == "finished"
        stage.settings(ALLOW)
        stage.agent("helper", "You help well.", tools=["fly"])
        (problem,) = (await house.reloader.reload()).problems
        assert "helper.md" in problem
        assert house.agents["helper"].prompt == "You help."
        stage.agent("helper", "You help well.")
        await house.reloader.reload()
        assert house.agents["helper"].prompt == "You help well."
        (stage.agents / "helper.md").unlink()
        await house.reloader.reload()
        with pytest.raises(InvalidRequest, match="no agent 'helper'"):
            await run(house, "look", "helper")
        assert {record.status for record in await asyncio.gather(*at_work)} == {"finished"}


async def test_a_run_at_work_keeps_its_agent_until_it_rests(tmp_path):
    stage = Stage(tmp_path, *SCRIPT)
    stage.agent("helper", tools=["list_files", "wait_here"])
    opened, waiting = asyncio.Event(), asyncio.Event()
    async with stage.open(Gate(opened, waiting)) as house:
        at_work = asyncio.ensure_future(run(house, "go-through", "helper"))
        await waiting.wait()
        stage.agent("helper", tools=["wait_here"])
        await house.reloader.reload()
        opened.set()
        record = await at_work
        assert [result.status for result in await results(house, record)] == ["done", "done"]
        again = await run(house, "look", "helper", record.session)
        assert [result.code for result in await results(house, again)] == ["TOOL_UNKNOWN"]


async def test_rules_take_effect_for_the_next_run(tmp_path):
    stage = Stage(tmp_path, *SCRIPT)
    async with stage.open() as house:
        assert (await run(house, "write it")).status == "waiting"
        stage.settings(ALLOW)
        await house.reloader.reload()
        assert (await run(house, "write it")).reply == "Written."
        stage.settings(ALLOW.replace("allow", "perhaps"))
        (problem,) = (await house.reloader.reload()).problems
        assert f"{stage.file}:3: approvals.rules" in problem
        assert (await run(house, "write it")).reply == "Written."
        stage.settings("")
        assert (await house.reloader.reload()).problems == ()
        assert (await run(house, "write it")).status == "waiting"


async def test_what_needs_a_restart_says_so_and_stays(tmp_path):
    stage = Stage(tmp_path, *SCRIPT)
    async with stage.open() as house:
        stage.settings('[server]\nport = 1\n[tools.search]\nsearxng_url = "http://127.0.0.1:1"\n[agents]\ndefault = "ask"\n' + UNLEARNED)
        report = await house.reloader.reload()
        assert report.at_start == ("server.port", "tools.search")
        assert house.settings.server.port == 8700
        assert (await run(house, "look")).agent == "ask"


async def test_a_file_is_read_once_two_looks_found_it_the_same(tmp_path):
    stage = Stage(tmp_path, *SCRIPT)
    async with stage.open() as house:
        await house.reloader.stop()
        before = house.standing.now
        await house.reloader.look()
        await house.reloader.look()
        assert house.standing.now is before
        stage.agent("helper")
        await house.reloader.look()
        assert house.standing.now is before
        await house.reloader.look()
        assert "helper" in house.agents
        taken = house.standing.now
        await house.reloader.look()
        assert house.standing.now is taken


async def test_an_agents_folder_within_the_workspace_is_refused(tmp_path):
    stage = Stage(tmp_path, *SCRIPT)
    async with stage.open() as house:
        stage.settings(f'[agents]\npaths = ["{stage.workspace}"]')
        (problem,) = (await house.reloader.reload()).problems
        assert "inside the workspace" in problem


def server(name, way="well"):
    return f'[[tools.mcp]]\nname = "{name}"\ncommand = ["{sys.executable}", "-I", "-S", "{NASTY}", "{way}"]\n'


async def test_mcp_servers_come_and_go_without_touching_others(tmp_path):
    stage = Stage(tmp_path, *SCRIPT)
    stage.settings(server("one"))
    async with stage.open() as house:
        await house.servers.settled()
        (one,) = house.servers._servers
        stage.settings(server("one") + server("two"))
        await house.reloader.reload()
        await house.servers.settled()
        assert house.servers._servers[0] is one
        tools = [name for name in house.agents["coder"].tools if "__" in name]
        assert {name.split("__")[0] for name in tools} == {"one", "two"}
        stage.settings(server("two"))
        await house.reloader.reload()
        assert [report.name for report in house.servers.reports()] == ["two"]
        assert one.state == "stopped"
        assert not any(name.startswith("one__") for name in house.tools)
        assert not any(name.startswith("one__") for name in house.agents["coder"].tools)
