"""Runs told step by step, and sessions played again."""

import json

import pytest


@pytest.fixture
def ran(served):
    """The session and the run of a greeting."""
    served.run("exec", "greet them")
    run = json.loads(served.ask("runs", "--json").stdout)[0]
    return run["session_id"], run["id"]


def test_a_run_is_told_step_by_step(served, ran):
    _, run = ran
    told = served.ask("runs", "debug", run).stdout
    names = [line.split()[1] for line in told.splitlines()]
    assert names == ["message_received", "run_queued", "run_started", "agent_chosen", "request", "model_replied", "run_finished"]
    assert "You are coder" not in told
    whole = served.ask("runs", "debug", run, "--prompts").stdout
    assert "| You are coder" in whole
    assert "greet them" in whole
    assert json.loads(served.ask("runs", "debug", run, "--json").stdout)[0]["agent"] == "coder"


def test_exec_tells_it_at_the_end(served):
    ended = served.ask("exec", "greet them", "--debug")
    assert ended.stdout == "All is well.\n"
    assert "| You are coder" in ended.stderr


def test_a_session_is_played_again(served, ran, tmp_path):
    session, run = ran
    assert "as before" in served.ask("replay", session, "--strict").stdout
    prompt = tmp_path / "prompt.md"
    prompt.write_text("You write.")
    line = json.loads(served.ask("replay", session, "--run", run, "--prompt", f"coder={prompt}", "--json").stdout)
    assert line["same_calls"]
    changed = served.ask("replay", session, "--model", "rehearsal", LANG="ru_RU.UTF-8").stdout
    assert "другие слова, те же вызовы" in changed


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--prompt", "coder"), 2, "AGENT=FILE"),
        (("--prompt", "coder=/nowhere"), 2, "cannot be read"),
        (("--model", "nix"), 1, "no provider"),
    ],
)
def test_what_cannot_be_played_says_why(served, ran, words, code, said):
    assert said in served.ask("replay", ran[0], *words, code=code).stderr
