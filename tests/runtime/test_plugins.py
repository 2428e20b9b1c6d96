"""Plugins come, change, break and go while runs are at work, and no run fails by it."""

import asyncio
import sys

import pytest
from house_stage import Gate, Stage, run
from plugin_stage import copy_example, giving, write

from artelier.domain.events import ToolFinished
from artelier.runtime.plugins import PluginReport

PATIENCE = 20
LIST = {"calls": [{"name": "list_files", "arguments": {"path": "."}}]}
SAY = {"calls": [{"name": "say_it"}]}
WAIT = {"calls": [{"name": "wait_here"}]}
COUNT = {"calls": [{"name": "count_words", "arguments": {"path": "a.txt"}}]}


def turns(name, *each):
    return [{"when_text_contains": name, **turn} for turn in each]


SCRIPT = [
    *turns("say", SAY, {"text": "Said."}),
    *turns("wait and speak", WAIT, SAY, {"text": "Spoken."}),
    *turns("count", COUNT, {"text": "Counted."}),
    *turns("many", LIST, SAY, LIST, SAY, {"text": "Much."}),
]


async def results(house, record):
    events = await house.store.read(record.session)
    return [event.payload.result for event in events if isinstance(event.payload, ToolFinished) and event.run == record.id]


def standing(house):
    return {each.name: each for each in house.standing.now.plugins.reports}


async def settle(house):
    await house.reloader.stop()


async def test_the_example_counts_words(tmp_path):
    stage = Stage(tmp_path, *SCRIPT)
    stage.settings("[plugins.word_count]\nminimum = 3\n")
    copy_example(stage.plugins)
    (stage.workspace / "a.txt").write_text("one to three\nи ещё слово 42\n")
    async with stage.open() as house:
        assert standing(house)["word_count"] == PluginReport(
            name="word_count",
            origin=str(stage.plugins / "word_count"),
            state="ready",
            version="1.0",
            agents=("counter",),
            tools=("count_words",),
            subscribers=("word_count_runs",),
        )
        record = await run(house, "count them", "counter")
        assert [result.text for result in await results(house, record)] == ["a.txt has 4 words."]
        (subscriber,) = house.standing.now.plugins.subscribers
        await subscriber.receive(tuple((await house.store.read(record.session))[-1:]))
        kept = house.state_folder / "plugins" / "word_count" / "runs.jsonl"
        assert record.id in kept.read_text()
        assert "count_words" in house.agents["coder"].tools


async def test_plugins_come_change_break_and_go_while_runs_go_on(tmp_path):
    stage = Stage(tmp_path, *SCRIPT)
    async with stage.open() as house:
        await settle(house)
        at_work = [asyncio.ensure_future(run(house, "many")) for _ in range(10)]
        for text, said in (
            (giving(), "it"),
            (giving("tools=(Tool(says='that'),)"), "that"),
            ("def plugin(context:\n", "that"),
            (giving("tools=(Tool(says='this'),)"), "this"),
        ):
            write(stage.plugins, "sayer", text)
            await house.reloader.reload()
            at_work += [asyncio.ensure_future(run(house, "many")) for _ in range(10)]
            (result,) = await results(house, await run(house, "say it"))
            assert result.text == said
        (stage.plugins / "sayer.py").unlink()
        await house.reloader.reload()
        at_work += [asyncio.ensure_future(run(house, "many")) for _ in range(5)]
        (result,) = await results(house, await run(house, "say it"))
        assert result.code == "TOOL_UNKNOWN"
        assert {record.status for record in await asyncio.gather(*at_work)} == {"finished"}
        assert standing(house) == {}


async def test_a_run_at_work_keeps_its_plugin_until_it_rests(tmp_path):
    stage = Stage(tmp_path, *SCRIPT)
    closed = tmp_path / "closed"
    opened, waiting = asyncio.Event(), asyncio.Event()
    before = f"from pathlib import Path\nasync def close(): Path({str(closed)!r}).touch()\n"
    write(stage.plugins, "sayer", giving("tools=(Tool(),), agents=(agent('sayer', 'wait_here', 'say_it'),), close=close", before))
    async with stage.open(Gate(opened, waiting)) as house:
        await settle(house)
        at_work = asyncio.ensure_future(run(house, "wait and speak", "sayer"))
        await asyncio.wait_for(waiting.wait(), PATIENCE)
        (stage.plugins / "sayer.py").unlink()
        await house.reloader.reload()
        assert "sayer" not in house.agents
        await house.reloader.look()
        assert not closed.exists()
        assert any(name.startswith("artelier_plugin_sayer_") for name in sys.modules)
        opened.set()
        record = await at_work
        assert [result.text for result in await results(house, record)] == ["The gate is open.", "it"]
        async with asyncio.timeout(PATIENCE):
            while not closed.exists():
                await asyncio.sleep(0)
                await house.reloader.look()
        assert not any(name.startswith("artelier_plugin_sayer_") for name in sys.modules)


async def test_a_change_within_the_same_second_is_seen(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    stage = Stage(tmp_path, *SCRIPT)
    package = stage.plugins / "sayer"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(giving("tools=(Tool(says=SAYS),)", "from .words import SAYS\n"))
    async with stage.open() as house:
        await settle(house)
        for says in ("one", "two", "six"):
            (package / "words.py").write_text(f"SAYS = {says!r}\n")
            await house.reloader.look()
            await house.reloader.look()
            (result,) = await results(house, await run(house, "say it"))
            assert result.text == says
    assert not list(package.rglob("__pycache__"))


async def test_a_broken_plugin_is_named_at_the_start_and_others_work(tmp_path):
    stage = Stage(tmp_path, *SCRIPT)
    stage.agent("helper", tools=["fly", "list_files"])
    stage.settings('[agents]\ndefault = "flyer"\n[agents.flyer]\nmax_tokens = 100\n')
    write(stage.plugins, "broken", "import sys\nsys.exit(3)\n")
    write(stage.plugins, "sayer", giving())
    async with stage.open() as house:
        assert standing(house)["broken"].state == "failed"
        assert standing(house)["sayer"].state == "ready"
        record = await run(house, "say it")
        assert (record.agent, record.reply) == ("coder", "Said.")


async def test_a_reload_that_fails_otherwise_takes_no_plugin_up(tmp_path):
    stage = Stage(tmp_path, *SCRIPT)
    write(stage.plugins, "sayer", giving())
    async with stage.open() as house:
        await settle(house)
        stage.agent("helper", tools=["fly"])
        write(stage.plugins, "sayer", giving("tools=(Tool(says='that'),)"))
        (problem,) = (await house.reloader.reload()).problems
        assert "helper.md" in problem
        (result,) = await results(house, await run(house, "say it"))
        assert result.text == "it"
        (stage.agents / "helper.md").unlink()
        await house.reloader.reload()
        (result,) = await results(house, await run(house, "say it"))
        assert result.text == "that"


async def test_a_plugin_is_told_its_settings_and_loaded_anew_when_they_change(tmp_path):
    stage = Stage(tmp_path, *SCRIPT)
    stage.settings('[plugins.sayer]\nword = "first"\n')
    write(stage.plugins, "sayer", giving("tools=(Tool(says=context.settings['word']),)"))
    async with stage.open() as house:
        await settle(house)
        first = house.standing.now.plugins.loaded
        await house.reloader.reload()
        assert house.standing.now.plugins.loaded == first
        stage.settings('[plugins.sayer]\nword = "second"\n')
        await house.reloader.reload()
        (result,) = await results(house, await run(house, "say it"))
        assert result.text == "second"
        stage.settings('[plugins]\ndisabled = ["sayer"]\n')
        await house.reloader.reload()
        assert standing(house)["sayer"].state == "disabled"
        assert "say_it" not in house.tools


async def test_a_plugins_model_answers_until_no_run_has_it(tmp_path):
    stage = Stage(tmp_path, *SCRIPT)
    write(stage.plugins, "echoing", giving("providers={'echoing': Model()}, agents=(agent('echoer'),)"))
    stage.settings('[agents.echoer]\nmodel = "echoing/echo"\n')
    async with stage.open() as house:
        await settle(house)
        assert (await run(house, "hello", "echoer")).reply == "Echo."
        assert "echoing/echo" in {offer.name for offer in await house.models.list_models()}


WAITING_MODEL = """
from artelier.domain.messages import UserMessage
from artelier.domain.models import RequestedCall

class Waiting(Model):
    open = True
    async def stream(self, request):
        if not self.open:
            raise RuntimeError("closed")
        begun = not isinstance(request.messages[-1], UserMessage)
        calls = () if begun else (RequestedCall("wait_here", "{}"),)
        yield ModelReply("Echo." if begun else "", calls, FinishReason.STOP if begun else FinishReason.CALLS)
    async def close(self):
        self.open = False
"""


async def test_a_run_goes_on_with_the_model_of_a_plugin_that_is_gone(tmp_path):
    stage = Stage(tmp_path)
    opened, waiting = asyncio.Event(), asyncio.Event()
    gives = "providers={'echoing': Waiting()}, agents=(AgentSpec('echoer', 'E.', 'You.', ('wait_here',), 'echoing/echo'),)"
    write(stage.plugins, "echoing", giving(gives, WAITING_MODEL))
    async with stage.open(Gate(opened, waiting)) as house:
        await settle(house)
        at_work = asyncio.ensure_future(run(house, "hello", "echoer"))
        await asyncio.wait_for(waiting.wait(), PATIENCE)
        write(stage.plugins, "echoing", giving(gives, WAITING_MODEL, version="2.0"))
        await house.reloader.reload()
        (stage.plugins / "echoing.py").unlink()
        await house.reloader.reload()
        await house.reloader.look()
        opened.set()
        record = await at_work
        assert (record.status, record.reply) == ("finished", "Echo.")


async def test_a_plugins_router_comes_before_the_classifier_and_after_a_mention(tmp_path):
    stage = Stage(tmp_path, {"text": "Hm."}, {"text": "Hm."}, {"text": "Hm."})
    routers = """
class Wrong:
    def route(self, text, agents, earlier): raise RuntimeError("no")
class ToAsk:
    def route(self, text, agents, earlier): return Route("ask", 1, "me", sure="music" in text)
"""
    write(stage.plugins, "router", giving("routers=(Wrong(), ToAsk())", routers))
    async with stage.open() as house:
        assert (await run(house, "fix the tests of this music player")).agent == "ask"
        assert (await run(house, "@coder fix the tests of this music player")).agent == "coder"
        assert (await run(house, "fix the failing tests")).agent != "ask"


@pytest.mark.parametrize("inside", [True, False])
async def test_a_plugins_folder_that_others_can_write_is_refused(tmp_path, inside):
    stage = Stage(tmp_path, *SCRIPT)
    folder = stage.workspace / "plugins" if inside else stage.plugins
    stage.settings(f'[plugins]\nfolder = "{folder}"\n')
    write(folder, "sayer", giving())
    if not inside:
        folder.chmod(0o777)
    async with stage.open() as house:
        (report,) = house.standing.now.plugins.reports
        assert report.state == "failed"
        assert ("inside the workspace" if inside else "written by others") in report.problems[0]
        assert "say_it" not in house.tools
