"""Plugins at the command line: how they stand on a server, and what is wrong with them without one."""

import json
import shutil
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "plugins" / "word_count"
BROKEN = "def plugin(context):\n    raise RuntimeError('it is raining')\n"


def configure(house, broken=BROKEN):
    folder = house.settings.parent / "plugins"
    shutil.copytree(EXAMPLE, folder / "word_count", ignore=shutil.ignore_patterns("__pycache__"))
    for each in (folder, folder / "word_count", *(folder / "word_count").iterdir()):
        each.chmod(0o755)
    if broken:
        (folder / "broken.py").write_text(broken)
    return folder


@pytest.mark.parametrize("named", [True, False])
def test_what_is_wrong_is_told_without_a_server(house, named):
    folder = configure(house)
    words = ("plugins", "check", *([str(folder / "broken.py")] if named else []))
    told = house.ask(*words, code=1).stdout
    assert f"{folder}/broken.py:2: RuntimeError: it is raining" in told
    assert ("word_count 1.0 · agents: counter; tools: count_words; subscribers: word_count_runs" in told) is not named
    reports = json.loads(house.ask(*words, "--json", code=1).stdout)
    assert {each["name"]: each["state"] for each in reports}["broken"] == "failed"


def test_a_whole_plugin_is_told_to_be_so(house):
    folder = configure(house, broken="")
    assert "word_count 1.0" in house.ask("plugins", "check").stdout
    assert "инструменты: count_words" in house.ask("plugins", "check", str(folder / "word_count"), LANG="ru_RU.UTF-8").stdout
    house.settings.write_text('[plugins]\ndisabled = ["word_count"]\n')
    assert "disabled" in house.ask("plugins", "check").stdout
    shutil.rmtree(folder)
    assert "There are no plugins." in house.ask("plugins", "check").stdout
    assert "not there" in house.ask("plugins", "check", str(folder), code=2).stderr


def test_settings_and_explanations_know_plugins(house):
    folder = configure(house)
    agents = house.settings.parent / "agents"
    agents.mkdir()
    (agents / "writer.md").write_text("---\ndescription: Writes.\ntools: [count_words]\n---\nYou write.\n")
    problems = json.loads(house.ask("config", "check", "--json", code=1).stdout)["problems"]
    assert problems == [f"plugin broken: {folder}/broken.py:2: RuntimeError: it is raining"]
    (folder / "broken.py").unlink()
    house.ask("config", "check")
    told = house.ask("approvals", "explain", "--tool", "count_words", "--arguments", '{"path": "a.txt"}', "--agent", "counter", "--json")
    assert json.loads(told.stdout)["decision"] == "allow"
    shutil.rmtree(folder)
    (problem,) = json.loads(house.ask("config", "check", "--json", code=1).stdout)["problems"]
    assert "writer.md:3: there is no tool count_words" in problem


def test_a_server_tells_how_they_stand(house):
    configure(house)
    server = house.start("serve", "--port", "0")
    try:
        assert "serves on" in server.stdout.readline()
        listed = {each["name"]: each for each in json.loads(house.ask("plugins", "list", "--json").stdout)}
        assert (listed["word_count"]["state"], listed["word_count"]["tools"]) == ("ready", ["count_words"])
        assert (listed["broken"]["state"], len(listed["broken"]["problems"])) == ("failed", 1)
        shown = house.ask("plugins").stdout
        assert "it is raining" in shown
        assert "count_words" in shown
        found = {each["name"]: each for each in json.loads(house.ask("doctor", "--json").stdout)}
        assert found["Plugins"]["state"] == "missing"
        assert "plugin broken" in found["Plugins"]["detail"]
    finally:
        server.terminate()
        server.communicate(timeout=30)
