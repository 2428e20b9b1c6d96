import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

KEYS = {"decision", "reason", "rule", "commands", "parseable", "writes", "taint", "because"}


@pytest.fixture
def explain(tmp_path):
    """Ask in a folder of its own, without a server; returns what was printed, line by line."""
    settings = tmp_path / "artelier.toml"
    settings.write_text("[sandbox]\nmode = 'auto'\n")

    def ask(*words, rules="", code=0, lang="en"):
        settings.write_text(rules)
        environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "ARTELIER_STATE": str(tmp_path / "state"), "PYTHONUTF8": "1"}
        line = [str(Path(sys.executable).with_name("artelier")), "--lang", lang, "approvals", "explain", "--config", str(settings), *words]
        done = subprocess.run(line, env=environment, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == code, done.stderr
        assert not (tmp_path / "state").exists(), "explaining needs no state"
        return done.stdout.splitlines() if code == 0 else done.stderr

    return ask


def test_a_call_is_explained_without_a_server(explain):
    arguments = json.dumps({"command": "git status | tee out.txt && rm -rf 'старая папка'"})
    (line,) = explain("--tool", "execute_command", "--arguments", arguments, "--json")
    found = json.loads(line)
    assert set(found) == KEYS
    assert (found["decision"], found["parseable"], found["writes"]) == ("ask", True, ["out.txt", "старая папка"])
    assert found["commands"][0] == {"argv": ["git", "status"], "read_only": True, "destructive": False, "network": False}
    assert found["commands"][2] == {"argv": ["rm", "-rf", "старая папка"], "read_only": False, "destructive": True, "network": False}
    assert "destructive" in found["taint"]


def test_a_file_is_answered_line_by_line(explain, tmp_path):
    calls = tmp_path / "calls.jsonl"
    lines = [
        '{"tool": "read_file", "arguments": {"path": "a"}}',
        '{"name": "write_file", "arguments": {"path": "a", "content": "x"}}',
        "no json",
        '{"tool": "mystery"}',
        '{"tool": "execute_command", "arguments": {"command": "eval \\"$X\\""}}',
        '{"tool": "execute_command", "arguments": "rm"}',
        '{"tool": "ask_user", "arguments": {"question": "x"}}',
    ]
    calls.write_text("\n".join(lines) + "\n")
    found = [json.loads(line) for line in explain("--file", str(calls), "--json")]
    assert [each["decision"] for each in found] == ["allow", "ask", "forbid", "ask", "ask", "forbid", "allow"]
    assert [each["parseable"] for each in found] == [True, True, False, True, False, False, True]
    assert all(set(each) == KEYS for each in found)


def test_rules_and_agents_count(explain):
    rules = "[[approvals.rules]]\ndecision = 'forbid'\ntool = 'execute_command'\ncommand = 'rm *'\n"
    (line,) = explain("--tool", "execute_command", "--arguments", '{"command": "ls; rm a"}', "--json", rules=rules)
    assert json.loads(line)["decision"] == "forbid"
    assert "rm *" in json.loads(line)["rule"]
    (line,) = explain("--tool", "write_file", "--arguments", '{"path": "a"}', "--agent", "coder", "--json")
    assert json.loads(line)["decision"] == "ask"


def test_people_read_it_in_their_language(explain):
    lines = explain("--tool", "execute_command", "--arguments", '{"command": "rm -rf x"}', lang="ru")
    assert lines[0].startswith("спросить")
    assert "разрушает" in lines[1]


def test_what_cannot_be_asked_is_refused(explain):
    assert "--tool" in explain(code=2)
    assert "nobody" in explain("--tool", "read_file", "--agent", "nobody", code=2)
    assert "missing.jsonl" in explain("--file", "missing.jsonl", code=2)
