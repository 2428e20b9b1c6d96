"""A server in the test's own process: scripted runs, answers told beforehand, agents, tools and plugins of one's own."""

import gc

import pytest

from artelier.client import Client, Refused
from artelier.domain.calls import Access, ResultStatus, ToolResult, ToolSpec
from artelier.domain.errors import PluginError, SettingsError
from artelier.domain.events import DelegateSent
from artelier.testing import approve, call, reject, say, script, serving, serving_in_thread, turn

WRITES = script(turn("I write it.", call("write_file", path="a.txt", content="one\n")), "Written.")
TESTER = "---\ndescription: Tests.\ntools: [read_file, ask_user]\nmodel: nobody/knows-it\n---\nYou test.\n"
PLUGIN = """
from artelier.domain.agents import AgentSpec
from artelier.ports.plugin import Plugin

def plugin(context): return Plugin(version="1.0", api=1, agents=(AgentSpec("sayer", "Says.", "You say.", ()),))
"""


class Ring:
    """A tool that only reads."""

    spec = ToolSpec("ring", "Rings.", {"type": "object"}, repeatable=True, effect="read")

    def access(self, arguments):
        return Access()

    def describe(self, arguments):
        return "ring"

    async def preview(self, arguments, workspace):
        return ""

    def check(self, arguments):
        pass

    async def run(self, call, scope):
        return ToolResult(ResultStatus.DONE, f"It rings {call.arguments['times']} times.")


async def test_a_run_is_answered_and_told(tmp_path):
    async with serving(tmp_path / "work", WRITES) as server:
        outcome = await server.run("write it", answers=approve())
    assert (outcome.status, outcome.reply) == ("finished", "Written.")
    assert (tmp_path / "work/a.txt").read_text() == "one\n"
    assert outcome.journal.calls() == [call("write_file", path="a.txt", content="one\n")]
    assert outcome.journal.agents() == ["coder"]
    assert outcome.journal.files() == {"a.txt": "created"}
    assert [question.effect for question in outcome.journal.asked()] == ["write a.txt, 1 line, 4 bytes"]


async def test_what_is_refused_is_not_done(tmp_path):
    async with serving(tmp_path, WRITES) as server:
        outcome = await server.run("write it", answers=lambda asked: reject("not here") if asked.tool == "write_file" else approve())
    assert not (tmp_path / "a.txt").exists()
    (refused,) = outcome.journal.results("write_file")
    assert refused.status is ResultStatus.DENIED
    assert "not here" in refused.text


async def test_arguments_are_changed_by_the_answer(tmp_path):
    async with serving(tmp_path, WRITES) as server:
        await server.run("write it", answers=approve({"path": "b.txt", "content": "two\n"}))
    assert [path.name for path in tmp_path.iterdir()] == ["b.txt"]


@pytest.mark.parametrize("answers", [None, lambda asked: None])
async def test_a_question_that_nobody_answers_is_left_open(tmp_path, answers):
    async with serving(tmp_path, WRITES) as server:
        outcome = await server.run("write it", answers=answers)
        assert outcome.status == "waiting"
        (question,) = (await server.client.approvals(session=outcome.session)).items
        assert question.tool == "write_file"


async def test_words_are_said_and_a_session_goes_on(tmp_path):
    told = script(call("ask_user", question="Which colour?"), "Blue it is.", when_text_contains="colour") + script("Hello.", "Again.")
    async with serving(tmp_path, told) as server:
        first = await server.run("greet me")
        second = await server.run("greet me", session=first.session)
        coloured = await server.run("choose a colour", answers=say("blue"))
        whole = await server.journal(first.session)
    assert (first.reply, second.reply, coloured.reply) == ("Hello.", "Again.", "Blue it is.")
    assert coloured.journal.results()[0].text == "blue"
    assert whole.types().count("run_finished") == 2
    assert second.journal.types().count("run_finished") == 1


async def test_an_agent_of_ones_own_is_played_whatever_model_it_names(tmp_path):
    file = tmp_path / "tester.md"
    file.write_text(TESTER)
    told = script(call("read_file", path="../secret"), "Read.")
    for agents in ([file], [tmp_path]):
        async with serving(tmp_path / "work", told, agents=agents) as server:
            outcome = await server.run("test it", agent="tester")
        assert (outcome.reply, outcome.journal.agents()) == ("Read.", ["tester"])
        assert outcome.journal.results()[0].status is ResultStatus.FAILED


async def test_tools_plugins_and_settings_are_taken(tmp_path):
    plugin = tmp_path / "speech.py"
    plugin.write_text(PLUGIN)
    plugin.chmod(0o666)
    settings = {"agents": {"coder": {"tools": ["ring"], "limits": {"steps": 1}}}}
    told = script(call("ring", times=3), "Rung.")
    async with serving(tmp_path / "work", told, tools=[Ring()], plugins=[plugin], settings=settings) as server:
        outcome = await server.run("ring", answers=approve())
        assert (await server.run("speak", agent="sayer")).status == "finished"
    assert outcome.journal.results("ring")[0].text == "It rings 3 times."
    assert [question.limit for question in outcome.journal.asked()] == ["steps"]


async def test_those_who_work_for_others_ask_here_too(tmp_path):
    told = script(call("delegate", agent="coder", task="part one"), "Done.", when_text_contains="whole")
    told += script(call("write_file", path="one.txt", content="one\n"), "One.", when_text_contains="part one")
    async with serving(tmp_path, told) as server:
        outcome = await server.run("the whole", agent="orchestrator", answers=approve())
        (sent,) = outcome.journal.of(DelegateSent)
        below = await server.journal(sent.session)
    assert outcome.reply == "Done."
    assert outcome.journal.files() == {}
    assert below.files() == {"one.txt": "created"}


async def test_a_script_may_be_a_file_and_ends_with_its_reason(tmp_path):
    file = tmp_path / "turns.yaml"
    file.write_text("turns:\n  - text: Hello.\n")
    async with serving(tmp_path / "work", file) as server:
        first = await server.run("greet me")
        second = await server.run("greet me", session=first.session)
    assert (first.reply, second.status) == ("Hello.", "failed")
    assert "The script has 1 turns" in second.run.message


async def test_state_outlives_the_server_where_it_is_named(tmp_path):
    async with serving(tmp_path / "work", script("One.", "Two."), state=tmp_path / "state") as server:
        first = await server.run("count")
    async with serving(tmp_path / "work", script("One.", "Two."), state=tmp_path / "state") as server:
        assert (await server.run("count", session=first.session)).reply == "Two."


async def test_a_run_that_does_not_rest_is_given_up(tmp_path):
    async with serving(tmp_path, script(turn(fault="hang")), settings={"workers": {"drain_seconds": 0}}) as server:
        with pytest.raises(TimeoutError, match=r"message_received, .*agent_chosen\.$"):
            await server.run("hang", patience=0.2)


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"settings": {"limits": {"stepz": 3}}}, SettingsError, "limits.stepz"),
        ({"agents": ["nowhere.md"]}, SettingsError, "nowhere.md cannot be read"),
        ({"agents": ["broken.md"]}, SettingsError, "broken.md"),
        ({"plugins": ["broken.py"]}, PluginError, "broken"),
    ],
)
async def test_what_does_not_fit_is_told_at_once(tmp_path, options, error, said):
    (tmp_path / "broken.md").write_text("no front matter")
    (tmp_path / "broken.py").write_text("plugin = 3\n")
    given = {name: value if name == "settings" else [tmp_path / each for each in value] for name, value in options.items()}
    with pytest.raises(error, match=said):
        async with serving(tmp_path / "work", (), **given):
            pass


async def test_nothing_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    usual = gc.get_threshold()
    async with serving(tmp_path / "work", ()):
        assert list((tmp_path / "temporary").iterdir())
    assert list((tmp_path / "temporary").iterdir()) == []
    assert (gc.get_threshold(), gc.get_freeze_count()) == (usual, 0)


async def test_a_thread_serves_others(tmp_path):
    with serving_in_thread(tmp_path, script("Hello.")) as server:
        async with Client(server.address, server.token) as client:
            assert (await client.chat("greet me")).reply == "Hello."
            with pytest.raises(Refused):
                await client.register_workspace(str(tmp_path))


def test_a_thread_that_cannot_serve_says_why(tmp_path):
    with pytest.raises(SettingsError, match="nowhere"), serving_in_thread(tmp_path, (), agents=[tmp_path / "nowhere.md"]):
        pass
