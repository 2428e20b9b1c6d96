import pytest

from artelier.agents.loader import load_agents
from artelier.domain.agents import Limits
from artelier.domain.errors import SettingsError
from artelier.tools.catalogue import built_in_tools

BROWSER = {f"browser_{name}" for name in ("navigate", "click", "type", "screenshot", "get_content", "scroll", "back")}
TOOLS = (
    frozenset(tool.spec.name for tool in built_in_tools())
    | BROWSER
    | {"git_*", "browser_*", "web_search", "web_fetch", "ask_user", "finish", "delegate", "switch_agent", "note", "mcp", "plugins"}
)
GOOD = "---\ndescription: Reviews.\ntools: [read_file]\nmax_tokens: 4096\n---\nYou review.\n"


def test_the_built_in_agents_load_and_keep_their_prompts_short():
    agents = load_agents((), TOOLS, Limits())
    assert set(agents) == {"orchestrator", "coder", "architect", "debug", "ask"}
    for agent in agents.values():
        assert agent.prompt.startswith(f"You are {agent.name}, an agent of Artelier.")
        assert len(agent.prompt.splitlines()) <= 25
        assert agent.prompt.endswith("in the language of the person's message.")
        assert agent.description


@pytest.mark.parametrize("name", ["orchestrator", "ask"])
def test_some_agents_change_nothing(name):
    effects = {tool.spec.name: tool.spec.effect for tool in built_in_tools()}
    agent = load_agents((), TOOLS, Limits())[name]
    assert {effects.get(tool, "read") for tool in agent.tools} <= {"read", "outbound"}
    assert not any("*" in tool or tool in {"mcp", "plugins"} for tool in agent.tools)


def test_the_architect_writes_documents_and_runs_nothing():
    architect = load_agents((), TOOLS, Limits())["architect"]
    assert architect.writes == ("docs/**", "doc/**", "*.md", "**/*.md")
    assert not {"execute_command", "delete_path", "move_path"} & set(architect.tools)
    assert not any(each.writes for each in load_agents((), TOOLS, Limits()).values() if each is not architect and each.name != "architect")


def test_an_operators_agent_joins_and_may_take_a_built_in_ones_place(tmp_path):
    (tmp_path / "reviewer.md").write_text(GOOD)
    (tmp_path / "coder.md").write_text(GOOD)
    agents = load_agents((tmp_path,), TOOLS, Limits(steps=7))
    assert agents["reviewer"].max_tokens == 4096
    assert agents["reviewer"].limits.steps == 7
    assert agents["coder"].prompt == "You review."


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.md", "no front matter", "front matter"),
        ("a.md", "---\ndescription: x\ntools: [read_file]\n---\n", "front matter"),
        ("a.md", "---\ntools: [read_file]\n---\nx", "description"),
        ("a.md", "---\ndescription: x\ntools: [fly]\n---\nx", "a.md:3: .*fly"),
        ("a.md", "---\ndescription: x\ntools: read_file\n---\nx", "a.md:3: .*array"),
        ("a.md", "---\ndescription: x\ntools: []\npower: all\n---\nx", "a.md:4: .*power"),
        ("a.md", "---\ndescription: x\ntools: []\ncontext: all\n---\nx", "a.md:4: .*all"),
        ("a.md", "---\n: [\n---\nx", "a.md:2: .*YAML"),
        ("a.md", "---\ndescription: x\ntools: []\nwrites: [../x]\n---\nx", "writes"),
        ("Bad Name.md", GOOD, "named"),
    ],
)
def test_a_broken_file_is_named_with_what_to_correct(tmp_path, name, text, words):
    (tmp_path / name).write_text(text)
    with pytest.raises(SettingsError, match=words) as caught:
        load_agents((tmp_path,), TOOLS, Limits())
    assert name in str(caught.value)


def test_a_missing_folder_and_unreadable_bytes_are_told(tmp_path):
    with pytest.raises(SettingsError, match="not there"):
        load_agents((tmp_path / "gone",), TOOLS, Limits())
    (tmp_path / "a.md").write_bytes(b"\xff\xff")
    with pytest.raises(SettingsError, match=r"a\.md"):
        load_agents((tmp_path,), TOOLS, Limits())


def test_every_file_that_is_wrong_is_named(tmp_path):
    (tmp_path / "one.md").write_text("no front matter")
    (tmp_path / "good.md").write_text(GOOD)
    (tmp_path / "two.md").write_text(GOOD.replace("max_tokens: 4096", "limits: {steps: -1}"))
    with pytest.raises(SettingsError) as failed:
        load_agents((tmp_path,), TOOLS, Limits())
    first, second = failed.value.message.splitlines()
    assert "one.md" in first
    assert "two.md:4: limits.steps is below zero" in second


def test_limits_that_a_file_does_not_say_are_the_houses(tmp_path):
    (tmp_path / "tester.md").write_text(GOOD.replace("max_tokens: 4096", "limits: {steps: 9, wall_seconds: 0}"))
    limits = load_agents((tmp_path,), TOOLS, Limits(steps=7, money=0.5))["tester"].limits
    assert (limits.steps, limits.money, limits.wall_seconds) == (9, 0.5, 0)
