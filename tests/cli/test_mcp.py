"""MCP servers from the settings to a run: what the model calls by ``use_tool`` is judged, asked and run by its own name."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

NASTY = Path(__file__).parents[1] / "mcp_servers" / "nasty.py"
RULES = (
    '[[approvals.rules]]\ndecision = "allow"\ntool = "many__*"\n[[approvals.rules]]\ndecision = "ask"\ntool = "many__tool_8"\n'
    '[[approvals.rules]]\ndecision = "forbid"\ntool = "*__tool_9"\n'
)


def configure(house, more=""):
    command = json.dumps([sys.executable, "-I", "-S", str(NASTY), "many"])
    house.settings.write_text(
        f'[models]\nfind_local = false\n{more}[[tools.mcp]]\nname = "many"\ncommand = {command}\n'
        '[[tools.mcp]]\nname = "off"\ncommand = ["/no/such"]\nenabled = false\n'
    )


def using(name, text="a"):
    return {"name": "use_tool", "arguments": {"name": name, "arguments": {"text": text}}}


def run(house, *calls, code=0):
    script = house.script({"text": "I look.", "calls": list(calls)}, {"text": "Done."})
    ended = house.run("exec", "go", "--model", script, "--stream-json", code=code)
    return [json.loads(line) for line in ended.stdout.splitlines()]


def test_with_many_tools_the_model_finds_and_uses_them_and_rules_and_people_see_which(house):
    configure(house, more=RULES)
    find = {"name": "find_tools", "arguments": {"query": "weigh thing 7"}}
    events = run(house, find, using("many__tool_7"), using("many__tool_9"), using("many__nowhere"), using("many__tool_8"), code=3)
    results = {each["payload"]["name"]: each["payload"]["result"] for each in events if each["type"] == "tool_finished"}
    assert "many__tool_7: Weighs thing 7." in results["find_tools"]["text"].split("\n\n")[0]
    assert '"required":["text"]' in results["find_tools"]["text"]
    assert results["many__tool_7"]["text"] == "done"
    assert results["many__tool_9"]["code"] == "FORBIDDEN"
    assert results["many__nowhere"]["code"] == "TOOL_UNKNOWN"
    assert "use_tool" not in results
    (asked,) = [each["payload"]["question"] for each in events if each["type"] == "approval_asked"]
    assert (asked["call"]["name"], asked["call"]["arguments"]) == ("many__tool_8", {"text": "a"})
    assert asked["effect"] == 'MCP server many: tool_8 {"text": "a"}'


def test_a_server_is_tested_and_accepted(house):
    configure(house)
    assert "tool_29" in house.ask("mcp", "test", "many").stdout
    assert "many" in house.ask("mcp", "accept", "many").stdout
    assert "There are: many, off." in house.ask("mcp", "test", "none", code=2).stderr
    assert "MCP_UNAVAILABLE" in house.ask("mcp", "test", "off", code=1).stderr
    found = {each["name"]: each for each in json.loads(house.ask("doctor", "--json").stdout)}
    assert found["MCP servers"]["state"] == "ok"


@pytest.fixture
def serving(house):
    configure(house)
    server = house.start("serve", "--port", "0")
    assert "serves on" in server.stdout.readline()
    yield house
    server.send_signal(signal.SIGINT)
    assert server.wait(30) == 0
    server.stdout.close()
    server.stderr.close()


def test_servers_are_listed_and_agents_have_their_tools(serving):
    listed = json.loads(serving.ask("mcp", "--json").stdout)
    assert [each["name"] for each in listed] == ["many"]
    assert "many" in serving.ask("mcp", LANG="ru_RU.UTF-8").stdout


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('name = "x"\n', "needs either a command or a url"),
        ('name = "x"\ncommand = ["a"]\nurl = "http://h"\n', "needs either a command or a url"),
        ('name = "x"\nurl = "file:///etc/passwd"\n', "begins with http"),
        ('name = "x__y"\ncommand = ["a"]\n', "name"),
        ('name = "x"\ncommand = ["a"]\n[[tools.mcp]]\nname = "x"\ncommand = ["a"]\n', "named twice: x"),
        ('name = "x"\ncommand = ["a"]\ntrusted = true\n', "there is no such setting"),
    ],
)
def test_settings_that_do_not_fit_are_told(house, lines, said):
    house.settings.write_text(f"[[tools.mcp]]\n{lines}")
    ended = house.ask("config", "check", code=1)
    assert said in ended.stdout + ended.stderr


def test_secrets_of_servers_are_not_shown(house):
    house.settings.write_text(
        '[[tools.mcp]]\nname = "x"\ncommand = ["a"]\nenv = { TOKEN = "hunter2" }\nenv_from = ["OTHER"]\n'
        '[[tools.mcp]]\nname = "y"\nurl = "http://h"\nheaders_from = { Authorization = "OTHER" }\n'
    )
    shown = house.ask("config", "show", OTHER="hunter3").stdout
    assert "TOKEN" in shown
    assert "hunter" not in shown


def test_without_servers_nothing_of_mcp_is_loaded():
    program = "import sys, artelier.cli.serve; print(*sys.modules)"
    loaded = set(subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60).stdout.split())
    assert "artelier.tools.mcp.server" in loaded
    assert not loaded & {"mcp", "mcp_types", "jsonschema", "referencing", "artelier.tools.mcp.sdk"}
