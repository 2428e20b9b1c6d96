import json
import signal
import subprocess
import sys

import pytest

WRITES = {"text": "I write.", "calls": [{"name": "write_file", "arguments": {"path": "b.txt", "content": "b\n"}}]}
RUNS = {"text": "I run.", "calls": [{"name": "execute_command", "arguments": {"command": "touch ran"}}]}
DONE = {"text": "All is done."}


def test_a_finished_run_prints_its_reply_alone(house):
    ended = house.run(
        "exec", "go", "--model", house.script({"text": "I look.", "calls": [{"name": "read_file", "arguments": {"path": "a.txt"}}]}, DONE)
    )
    assert ended.stdout == "All is done.\n"
    assert "* read_file" not in ended.stderr
    assert "↯ read_file a.txt  early · 3 lines" in ended.stderr


def test_json_tells_everything_in_one_object(house):
    body = json.loads(house.run("exec", "go", "--json", "--yes", "--model", house.script(WRITES, DONE)).stdout)
    assert {name: body[name] for name in ("status", "agent", "reply", "approvals", "code")} == {
        "status": "finished",
        "agent": "coder",
        "reply": "All is done.",
        "approvals": [],
        "code": "",
    }
    assert body["files"] == [{"path": "b.txt", "kind": "created", "added": 1, "removed": 0}]
    assert body["events"][0]["type"] == "message_received"
    assert body["events"][-1]["type"] == "run_finished"


def test_stream_json_is_one_event_a_line(house):
    ended = house.run("exec", "-", "--stream-json", "--model", house.script(DONE), text="from the input\n")
    events = [json.loads(line) for line in ended.stdout.splitlines()]
    assert events[0]["payload"]["text"] == "from the input\n"
    assert [event["seq"] for event in events] == sorted(event["seq"] for event in events)
    assert events[-1]["type"] == "run_finished"
    assert ended.stderr == ""


def test_a_failure_ends_with_1(house):
    model = house.script({"fault": "request_refused", "times": 9})
    assert "The script says so" in house.run("exec", "go", "--model", model, code=1).stderr


def test_wrong_usage_ends_with_2(house):
    assert "exec --help" in house.run("exec", code=2).stderr
    assert "text is empty" in house.run("exec", " ", code=2).stderr
    assert "Choose one" in house.run("exec", "go", "--json", "--stream-json", code=2).stderr
    assert "no agent 'nobody'" in house.run("exec", "go", "--agent", "nobody", "--model", house.script(DONE), code=2).stderr
    unknown = "01a1fd92-8096-739b-be81-39b6bc744f68"
    assert "NOT_FOUND" in house.run("exec", "go", "--session", unknown, "--model", house.script(DONE), code=2).stderr


def test_nobody_to_answer_ends_with_3(house):
    ended = house.run("exec", "go", "--model", house.script(WRITES, DONE), code=3)
    assert "Waits for you: " in ended.stderr
    assert "artelier approvals" in ended.stderr
    assert not (house.workspace / "b.txt").exists()


def test_yes_approves_a_write_and_never_a_command_without_a_sandbox(house):
    both = {"text": "", "calls": [*WRITES["calls"], *RUNS["calls"]]}
    house.run("exec", "go", "--yes", "--model", house.script(both, DONE), code=3, ARTELIER_SANDBOX__MODE="off")
    assert not (house.workspace / "ran").exists()
    house.run("exec", "go", "--yes", "--model", house.script(WRITES, DONE))
    assert (house.workspace / "b.txt").read_text() == "b\n"


def test_yes_approves_a_command_in_the_sandbox_and_never_one_that_wants_more(house):
    level = json.loads(house.run("doctor", "--json", code=None).stdout)
    if not any(each["name"] == "Sandbox" and each["state"] == "ok" for each in level):
        pytest.skip("no sandbox works here")
    for wish in ({"network": True}, {"folders": ["/var/tmp"]}):
        wider = {"text": "", "calls": [{"name": "execute_command", "arguments": {"command": "touch ran", **wish}}]}
        assert "run with" in house.run("exec", "go", "--yes", "--model", house.script(wider, DONE), code=3).stderr
        assert not (house.workspace / "ran").exists()
    house.run("exec", "go", "--yes", "--model", house.script(RUNS, DONE))
    assert (house.workspace / "ran").exists()


def test_a_limit_ends_with_4(house):
    house.settings.write_text("[models]\nfind_local = false\n[limits]\nsteps = 1\n")
    ended = house.run(
        "exec", "go", "--model", house.script({"text": "", "calls": [{"name": "read_file", "arguments": {"path": "a.txt"}}]}, DONE), code=4
    )
    assert "Limit of 1 steps reached" in ended.stderr


def test_no_model_ends_with_5(house):
    assert "artelier init" in house.run("exec", "go", code=5).stderr


def test_a_model_that_is_away_is_waited_for_as_long_as_is_said_and_ends_with_5(house):
    away = house.script({"fault": "unavailable", "times": 99, "retry_after": 600}, DONE)
    ended = house.run("exec", "go", "--patience", "0", "--model", away, code=5)
    assert "artelier serve" in ended.stderr
    told = json.loads(house.run("exec", "go", "--patience", "0", "--json", "--model", away, code=5).stdout)
    assert (told["status"], told["events"][-1]["type"]) == ("waiting", "run_waiting")


def test_an_interrupted_run_is_stopped_and_ends_with_130(house):
    running = house.start("exec", "go", "--stream-json", "--model", house.script({"fault": "hang"}))
    for line in running.stdout:
        if json.loads(line)["type"] == "agent_chosen":
            break
    running.send_signal(signal.SIGINT)
    rest, _ = running.communicate(timeout=20)
    assert running.returncode == 130
    assert json.loads(rest.splitlines()[-1])["type"] == "run_cancelled"


def test_broken_settings_name_file_and_line(house):
    house.settings.write_text("[server]\nport = 1\n\n[limits]\nsteps = 'many'\n")
    assert f"{house.settings}:5: limits.steps" in house.run("exec", "go", code=2).stderr
    russian = house.run("exec", "go", code=2, LANG="ru_RU.UTF-8").stderr
    assert "Настройки не приняты:" in russian
    assert f"{house.settings}:5" in russian


def test_the_other_language(house):
    assert "Модель не настроена" in house.run("exec", "go", code=5, LANG="ru_RU.UTF-8").stderr
    assert "Модель не настроена" in house.run("exec", "go", "--lang", "ru", code=5).stderr
    ended = house.run("exec", "go", "--model", house.script(WRITES, DONE), code=3, LANG="ru_RU.UTF-8")
    assert "coder · агент по умолчанию" in ended.stderr
    assert "Ждёт вас: " in ended.stderr


def test_a_closed_pipe_is_no_failure_of_ours(house):
    running = house.start("--help")
    running.stdout.close()
    assert running.wait(20) in {0, 1, 141}
    assert "Traceback" not in running.stderr.read()
    running.stderr.close()


def test_ascii_where_the_terminal_has_no_more(house):
    model = house.script({"text": "", "calls": [{"name": "read_file", "arguments": {"path": "a.txt"}}]}, {"text": "fertig — ok"})
    ended = house.run("exec", "go", "--model", model, PYTHONUTF8="0", PYTHONIOENCODING="ascii", LANG="ru_RU.UTF-8")
    assert ended.stdout == "fertig - ok\n"
    assert "> read_file a.txt" in ended.stderr


def test_bytes_that_are_no_text_are_told_in_a_sentence(house):
    ended = subprocess.run(
        [sys.executable, "-c", "from artelier.cli.main import main; main()", "exec", "-", "--model", "rehearsal"],
        input=b"bad \xff bytes",
        env=house.environment,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode == 2
    assert b"not UTF-8" in ended.stderr
    assert b"Traceback" not in ended.stderr


@pytest.mark.parametrize("setting", ['[tools.web]\nallowed = ["::1:80"]\n', '[tools.search]\nsearxng_url = "nope"\n'])
@pytest.mark.parametrize("words", [("serve", "--port", "0"), ("exec", "hello", "--model", "rehearsal")])
def test_what_only_opening_the_house_shows_is_told_in_a_sentence(house, words, setting):
    house.settings.write_text(setting)
    ended = house.run(*words, code=2)
    assert ended.stderr.startswith("artelier: ")
    assert "Traceback" not in ended.stderr


def test_a_message_behind_a_question_is_queued_and_says_so(house):
    model = house.script(WRITES, DONE)
    session = json.loads(house.run("exec", "go", "--json", "--model", model, code=3).stdout)["session_id"]
    ended = house.run("exec", "and then", "--session", session, "--model", model, code=3)
    assert "Queued behind a question: write b.txt" in ended.stderr
    assert "your message is kept" in ended.stderr
    told = json.loads(house.run("exec", "and more", "--session", session, "--json", "--model", model, code=3).stdout)
    assert (told["status"], told["approvals"][0]["tool"]) == ("queued", "write_file")
