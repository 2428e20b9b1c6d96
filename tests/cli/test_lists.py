import json

import pytest

RUSSIAN = {"LANG": "ru_RU.UTF-8"}


@pytest.fixture(scope="module")
def run(served):
    """One finished run in the running server."""
    return json.loads(served.run("exec", "greet me", "--json").stdout)


def test_exec_joins_the_running_server(served, run):
    assert run["reply"] == "All is well."
    listed = json.loads(served.ask("runs", "--json").stdout)
    assert run["run_id"] in [each["id"] for each in listed]


def test_a_script_of_ones_own_needs_a_server_of_ones_own(served):
    assert "ARTELIER_STATE" in served.run("exec", "go", "--model", served.script({"text": "x"}, name="other"), code=2).stderr


def test_a_second_server_is_refused(served):
    assert served.address in served.run("serve", "--port", "0", code=1).stderr


@pytest.mark.parametrize("command", ["sessions", "runs", "agents", "tools", "models", "workspaces"])
def test_lists_are_tables_and_json(served, run, command):
    found = json.loads(served.run(command, "--json").stdout)
    name = str(found[0].get("id") or found[0]["name"])
    assert name in served.run(command).stdout
    assert name in served.run(command, **RUSSIAN).stdout


def test_an_agent_is_shown_with_what_it_may_write(served):
    shown = served.ask("agents", "show", "architect").stdout
    assert "docs/**" in shown
    assert "You are architect" in shown
    assert json.loads(served.run("agents", "show", "coder", "--json").stdout)["writes"] == []
    assert "Пишет" in served.ask("agents", "show", "coder", **RUSSIAN).stdout
    assert "architect" in served.ask("agents", "show", "nobody", code=2).stderr


def test_russian_headings(served, run):
    assert "Сессия" in served.ask("sessions", **RUSSIAN).stdout
    assert "✓ готово" in served.ask("runs", **RUSSIAN).stdout
    assert "Вас никто не ждёт." in served.ask("approvals", "--status", "timed_out", **RUSSIAN).stdout


def test_sessions_are_shown_renamed_and_deleted(served):
    session = json.loads(served.run("exec", "greet", "--json").stdout)["session_id"]
    assert "message_received" in served.ask("sessions", "show", session).stdout
    served.ask("sessions", "rename", session, "Another title")
    assert "Another title" in served.ask("sessions").stdout
    served.ask("sessions", "delete", session, "--yes")
    assert "NOT_FOUND" in served.ask("sessions", "show", session, code=1).stderr


def test_a_session_goes_on_in_a_copy(served):
    told = json.loads(served.run("exec", "greet", "--json").stdout)
    fork = served.ask("sessions", "fork", told["session_id"]).stdout.strip()
    assert "session_forked" in served.ask("sessions", "show", fork).stdout
    before = json.loads(served.ask("sessions", "fork", fork, "--before", told["run_id"], "--json").stdout)
    assert (before["forked_from"], before["copied"]) == (fork, 1)
    assert "INVALID_REQUEST" in served.ask("sessions", "fork", fork, "--before", fork, code=1).stderr
    assert "NOT_FOUND" in served.ask("sessions", "fork", told["run_id"], code=1, **RUSSIAN).stderr


def test_runs_are_shown_watched_and_cancelled(served, run):
    assert "All is well." in served.ask("runs", "show", run["run_id"]).stdout
    assert served.run("runs", "watch", run["run_id"]).stdout == "All is well.\n"
    hanging = served.start("exec", "hang", "--stream-json")
    identifier = json.loads(hanging.stdout.readline())["run"]
    served.ask("runs", "cancel", identifier)
    assert hanging.wait(20) == 130
    hanging.stdout.close()
    hanging.stderr.close()
    assert "only a failed or waiting run" in served.ask("runs", "resume", identifier, code=1).stderr


def test_approvals_are_answered_from_outside(served):
    waiting = served.run("exec", "write", "--json", code=3)
    (question,) = json.loads(waiting.stdout)["approvals"]
    assert question["id"] in served.ask("approvals").stdout
    assert "needs a terminal" in served.ask("approvals", "answer", code=2).stderr
    assert "not JSON" in served.ask("approvals", "approve", question["id"], "--arguments", "{", code=2).stderr
    arguments = json.dumps({"path": "c.txt", "content": "changed\n"})
    assert "approved" in served.ask("approvals", "approve", question["id"], "--arguments", arguments).stdout
    served.run("runs", "watch", json.loads(waiting.stdout)["run_id"])
    assert (served.workspace / "c.txt").read_text() == "changed\n"


def test_ways_in(served):
    assert served.ask("open").stdout.startswith(f"{served.address}/#link=")
    token = served.ask("token").stdout.strip()
    assert token
    assert json.loads(served.ask("openapi").stdout)["openapi"].startswith("3.")


def test_models_are_tested(served):
    # The script has no turn for this request, and the command says what the model said.
    assert "REQUEST_REFUSED" in served.ask("models", "test", "scripted", code=5).stderr


def test_workspaces_are_added_and_removed(served, tmp_path):
    assert str(tmp_path) in served.ask("workspaces", "add", str(tmp_path)).stdout
    assert "is not a folder" in served.ask("workspaces", "add", str(tmp_path / "none"), code=2).stderr
    (identifier,) = [each["id"] for each in json.loads(served.ask("workspaces", "--json").stdout) if each["root"] == str(tmp_path)]
    served.ask("workspaces", "remove", identifier)


def test_settings_are_checked_and_shown(served):
    assert str(served.settings) in served.ask("config", "check").stdout
    assert json.loads(served.ask("config", "check", "--json").stdout)["problems"] == []
    assert json.loads(served.ask("config", "show").stdout)["models"]["default"] == "scripted"


def test_doctor_looks_at_everything(served):
    found = {each["name"]: each["state"] for each in json.loads(served.ask("doctor", "--json").stdout)}
    assert found["Server"] == "ok"
    assert "работает на" in served.ask("doctor", **RUSSIAN).stdout


def test_without_a_server_the_message_says_what_to_do(house):
    assert "artelier serve" in house.ask("sessions", code=1).stderr
    assert "Сервер не запущен" in house.ask("sessions", code=1, **RUSSIAN).stderr


def test_init_without_a_terminal_says_what_to_write(house):
    ended = house.ask("init", code=2)
    assert str(house.settings) in ended.stderr
    assert "[models.providers.openai]" in ended.stderr


def test_tools_plan_shows_what_would_run_together(house, tmp_path):
    batch = tmp_path / "batch.json"
    calls = [
        {"name": "read_file", "arguments": {"path": "a"}},
        {"name": "read_file", "arguments": {"path": "b"}},
        {"name": "write_file", "arguments": {"path": "a", "content": ""}},
        {"name": "execute_command", "arguments": {"command": "cat b"}},
        {"name": "nobody"},
    ]
    batch.write_text(json.dumps({"calls": calls}))
    plan = json.loads(house.run("tools", "plan", str(batch), "--json").stdout)
    assert plan == {"conflicts": [[0, 2], [2, 3], [0, 4], [1, 4], [2, 4], [3, 4]], "waves": [[0, 1], [2], [3], [4]]}
    assert "2 calls together" in house.run("tools", "plan", str(batch)).stdout
    pages = [{"name": "web_fetch", "arguments": {"url": f"https://example.org/{number}"}} for number in range(2)]
    batch.write_text(json.dumps({"calls": [*pages, {"name": "finish", "arguments": {"result": "done"}}]}))
    shown = house.run("tools", "plan", str(batch)).stdout
    assert "3 calls together" in shown
    assert "nobody knows" not in shown
    batch.write_text('{"call": []}')
    assert "calls" in house.run("tools", "plan", str(batch), code=2).stderr
    assert "nowhere" in house.run("tools", "plan", str(tmp_path / "nowhere"), code=2).stderr
    batch.write_text(json.dumps({"calls": calls}))
    assert "no folder" in house.run("tools", "plan", str(batch), "--workspace", str(batch), code=2).stderr


def test_what_is_remembered_is_listed_and_revoked(served):
    waiting = served.run("exec", "write it", "--json", code=3)
    (question,) = json.loads(waiting.stdout)["approvals"]
    assert "--remember" in served.ask("approvals", "approve", question["id"], "--remember", "for ever", code=2).stderr
    served.ask("approvals", "approve", question["id"], "--remember", "session")
    (grant,) = json.loads(served.ask("grants", "list", "--json").stdout)
    assert (grant["scope"], grant["approval_id"], grant["revoked_at"]) == ("session", question["id"], None)
    assert grant["id"] in served.ask("grants").stdout
    assert "эта сессия" in served.ask("grants", **RUSSIAN).stdout
    assert "revoked" in served.ask("grants", "revoke", grant["id"]).stdout
    assert json.loads(served.ask("grants", "revoke", grant["id"], "--json").stdout)["revoked_at"]
    assert "NOT_FOUND" in served.ask("grants", "revoke", question["id"], code=1).stderr


def test_several_questions_are_answered_at_once(served):
    ids = [json.loads(served.run("exec", "write it", "--json", code=3).stdout)["approvals"][0]["id"] for _ in range(2)]
    assert "--all" in served.ask("approvals", "approve", code=2).stderr
    assert "--all" in served.ask("approvals", "reject", ids[0], "--all", code=2).stderr
    assert served.ask("approvals", "approve", *ids).stdout.count("approved") == 2
    last = json.loads(served.run("exec", "write it", "--json", code=3).stdout)["approvals"][0]["id"]
    assert "rejected" in served.ask("approvals", "reject", "--all").stdout
    assert last not in served.ask("approvals", "--json").stdout
    assert "Nobody" in served.ask("approvals", "reject", "--all").stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("sessions", "show", "nope"), "nope is no id of a session; `artelier sessions` lists them."),
        (("sessions", "undo", "nope"), "nope is no id of a session"),
        (("runs", "cancel", "x/../../sessions"), "x/../../sessions is no id of a run; `artelier runs` lists them."),
        (("runs", "--session", "nope"), "nope is no id of a session"),
        (("approvals", "approve", "nope"), "nope is no id of a question"),
        (("grants", "revoke", "habit:1"), "habit:1 is no id of a grant"),
        (("webhooks", "test", "nope"), "nope is no id of a webhook"),
        (("exec", "go", "--session", "nope"), "nope is no id of a session"),
        (("chat", "--session", "nope"), "nope is no id of a session"),
        (("replay", "nope"), "nope is no id of a session"),
    ],
)
def test_what_is_no_id_is_told_before_anything_is_sent(house, words, told):
    assert told in house.ask(*words, code=2).stderr


def test_replies_of_an_agent_that_is_not_there_cannot_be_forgotten(served):
    assert "There is no agent nobody." in served.ask("cache", "forget", "--agent", "nobody", code=2).stderr
    assert "Forgotten." in served.ask("cache", "forget", "--agent", "coder").stdout


def test_a_session_is_written_out(served, run, tmp_path):
    told = served.ask("sessions", "export", run["session_id"]).stdout
    assert told.startswith("# greet me")
    file = tmp_path / "session.jsonl"
    served.ask("sessions", "export", run["session_id"], "--form", "jsonl", "--output", str(file))
    assert json.loads(file.read_text("utf-8").splitlines()[-1])["type"] == "run_finished"
    assert "is there already" in served.ask("sessions", "export", run["session_id"], "--output", str(file), code=2).stderr
    lost = tmp_path / "no" / "folder"
    assert "cannot be written" in served.ask("sessions", "export", run["session_id"], "--output", str(lost), code=1).stderr
