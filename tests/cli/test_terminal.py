import json
import re
import stat

import pytest

from terminal import Terminal
from terminal_program import PROGRAM

WRITE = {"text": "I write.", "calls": [{"name": "write_file", "arguments": {"path": "b.txt", "content": "b"}}]}
COMMAND = {"text": "I run.", "calls": [{"name": "execute_command", "arguments": {"command": "echo hi"}}]}
DONE = {"text": "All is done.", "chunk": 4}


def terminal(house, *words, columns=80, **environment):
    kept = {name: value for name, value in house.environment.items() if name != "COLUMNS"}
    return Terminal([*PROGRAM, *words], {**kept, **environment}, house.workspace, columns=columns)


def test_exec_asks_and_approves(house):
    with terminal(house, "exec", "go", "--model", house.script(WRITE, DONE)) as shown:
        shown.expect("Approve a change?")
        shown.expect("a approve")
        shown.press_until("a", "All is done.")
        assert shown.end() == 0
        assert shown.shown.count("All is done.") == 1
    assert (house.workspace / "b.txt").read_text() == "b"


RUSSIAN_UNWALLED = {"LANG": "ru_RU.UTF-8", "ARTELIER_SANDBOX__MODE": "off"}


def test_exec_rejects_with_a_russian_key_and_edits(house):
    with terminal(house, "exec", "go", "--model", house.script(WRITE, COMMAND, DONE), columns=50, **RUSSIAN_UNWALLED) as shown:
        shown.expect("Разрешить изменение?")
        shown.expect("изменить")
        shown.press_until("к", "можно пусто")
        shown.press("not now\r")
        shown.expect("Вы отклонили")
        shown.expect("Выполняется без песочницы")
        shown.expect("изменить")
        shown.press_until("у", "}")
        shown.press('\x7f\x7f\x7f; echo more"}\x13')
        shown.expect("код 0")
        assert shown.end() == 0
        assert "$ echo hi; echo more" in shown.shown
    assert not (house.workspace / "b.txt").exists()


def test_ctrl_c_at_a_question_stops_the_run(house):
    with terminal(house, "exec", "go", "--model", house.script(WRITE, DONE)) as shown:
        shown.expect("a approve")
        shown.press_until("\x03", "stopped")
        assert shown.end() == 130


@pytest.mark.parametrize(("language", "columns"), [("en_US.UTF-8", 80), ("ru_RU.UTF-8", 50)])
def test_chat_at_a_terminal(house, language, columns):
    with terminal(house, "chat", "--model", house.script(WRITE, DONE), LANG=language, columns=columns) as shown:
        shown.expect("/help")
        shown.expect("^F")
        shown.press("go\\\ron\r")
        shown.expect("  on")
        shown.expect("b.txt")
        shown.expect("‹1")
        shown.press("3")
        shown.expect("‹3")
        shown.press_until("ф", "All is done.")
        shown.expect("1 call" if language[0] == "e" else "1 вызов")
        shown.press("\x15\x07")
        shown.expect("paid" if language[0] == "e" else "потрачено")
        shown.press("\x0f")
        shown.expect("#link=")
        shown.press("/agent nobody\r")
        shown.expect("coder")
        shown.press("/exit\r")
        assert shown.end() == 0
        assert all(len(line) <= columns for line in shown.shown.splitlines() if line.startswith(("┌", "│", "└")))
    history = house.settings.parent / "state" / "chat_history"
    assert stat.S_IMODE(history.stat().st_mode) == 0o600
    assert (house.workspace / "b.txt").read_text() == "b"


@pytest.mark.parametrize(("language", "key", "offered"), [("en_US.UTF-8", "u", "u Enter undoes"), ("ru_RU.UTF-8", "г", "Enter — вернуть")])
def test_chat_undoes_by_one_letter_and_never_by_a_word(house, language, key, offered):
    made = house.workspace / "b.txt"
    with terminal(house, "chat", "--model", house.script(WRITE, DONE, {"text": "A word."}), LANG=language) as shown:
        shown.expect("/help")
        shown.expect("^F")
        shown.press("go\r")
        shown.expect("b.txt")
        shown.press_until("ф", "All is done.")
        shown.expect(offered)
        assert made.exists()
        shown.press(f"\x15{key}se it\r")
        shown.expect("A word.")
        assert made.exists()
        shown.expect(offered)
        shown.press(f"\x15{key}")
        shown.expect("Enter")
        shown.press("\r")
        shown.expect("/undo")
        shown.expect("b.txt")
        shown.press("/exit\r")
        assert shown.end() == 0
    assert not made.exists()


def test_chat_stops_a_run_by_two_escapes(house):
    with terminal(house, "chat", "--model", house.script({"fault": "hang"})) as shown:
        shown.expect("/help")
        shown.expect("^F")
        shown.press("go\r")
        shown.expect("Esc Esc")
        shown.press_until("\x1b\x1b", "The run was stopped.")


def test_chat_through_a_pipe(house):
    model = house.script(WRITE, COMMAND, DONE)
    ended = house.run("chat", "--model", model, text="go\nmaybe\na\nr not today\n/help\n/bla\n")
    assert "> go" in ended.stdout
    assert "Answer the question first" in ended.stdout
    assert "They say: not today" in ended.stdout
    assert ended.stdout.count("All is done.") == 1
    assert "There is no command /bla." in ended.stdout
    assert ended.stderr == ""


def test_a_reason_may_stand_on_the_next_line(house):
    said = "go\nr\nnot by this name\n"
    ended = house.run("chat", "--plain", "--model", house.script(WRITE, DONE), text=said)
    assert "They say: not by this name" in ended.stdout
    assert "> not by this name" not in ended.stdout


def test_chat_through_a_pipe_has_the_same_abilities(house):
    plan = {"name": "update_plan", "arguments": {"steps": [{"title": "Write it", "status": "in_progress"}]}}
    model = house.script({**WRITE, "calls": [plan, *WRITE["calls"]]}, DONE)
    said = "go\na tomorrow\na session\n/plan\n/files\n/usage\n/open\n"
    ended = house.run("chat", "--model", model, text=said, PYTHONIOENCODING="ascii:strict", PYTHONUTF8="0", DISPLAY="")
    assert "Say a alone, or a run" in ended.stdout
    assert "allowed for this session" in ended.stdout
    assert "Plan: 0 of 1 done\n  . Write it" in ended.stdout
    assert "* b.txt  +1" in ended.stdout
    assert "1 run" in ended.stdout
    assert "#link=" in ended.stdout
    assert "?" not in ended.stdout.replace("Approve a change?", "")
    assert ended.stderr == ""


def test_chat_goes_on_with_the_newest_session(house):
    house.run("exec", "go", "--model", house.script(WRITE, DONE), code=3)
    ended = house.run("chat", "--continue", "--model", house.script(WRITE, DONE), text="", code=3)
    assert "> go" in ended.stdout
    ended = house.run(
        "chat", "--continue", "--model", house.script(WRITE, DONE), text='e {"path": "c.txt", "content": "c"}\n', LANG="ru_RU.UTF-8"
    )
    assert "Разрешить изменение?" in ended.stdout
    assert (house.workspace / "c.txt").read_text() == "c"


def test_chat_refuses_what_is_not_there(house):
    model = house.script(DONE)
    assert "There is no agent nobody." in house.run("chat", "--agent", "nobody", "--model", model, code=2).stderr
    assert "no session to go on with" in house.run("chat", "--continue", "--model", model, code=2).stderr
    assert "Choose one" in house.run("chat", "--continue", "--session", "0" * 36, code=2).stderr


def test_init_writes_settings_that_are_private(house):
    house.settings.write_text("# mine\n")
    with terminal(house, "init") as shown:
        shown.expect("[y/N]")
        shown.press("y\r")
        shown.expect("Another address")  # a server of this machine may stand before it
        number = int(re.findall(r"(\d+)\s+Another address", shown.shown)[-1])
        shown.expect(f"1-{number + 1}:")
        shown.press(f"\x7f{number}\r")
        shown.expect("/v1:")
        shown.press("http://127.0.0.1:9/v1\r")
        shown.expect("itself):")
        shown.press("\x15\r")
        shown.expect("empty):")
        shown.press("secret\r")
        shown.expect("Model:")
        shown.press("m1\r")
        shown.expect("run `artelier init` again")
        assert shown.end() == 5
        assert "secret" not in shown.shown
    text = house.settings.read_text()
    assert 'default = "custom/m1"' in text
    assert 'api_key = "secret"' in text
    assert stat.S_IMODE(house.settings.stat().st_mode) == 0o600
    assert house.settings.with_name("artelier.toml.bak").read_text() == "# mine\n"
    assert json.loads(house.ask("config", "check", "--json").stdout)["problems"] == []


def test_a_name_in_the_words_beats_the_agent_that_was_chosen_before(house):
    said = "/agent debug\n@ask go\ngo @src/x on\n"
    shown = house.run("chat", "--model", house.script(DONE, DONE), text=said).stdout
    named, kept = shown.index("ask · chosen by you"), shown.index("debug · chosen by you")
    assert named < kept


def test_a_message_that_is_refused_is_kept_and_agents_stand_apart_from_what_they_do(house):
    with terminal(house, "chat", "--model", house.script(DONE)) as shown:
        shown.expect("^F")
        shown.press("/model nobody/x\r")
        shown.expect("Model: nobody/x")
        shown.press("a long thought\r")
        shown.expect("There is no provider")
        shown.expect("> a long thought")
        shown.press("\x15/agent nobody\r")
        shown.expect("orchestrator  Takes")


def test_arguments_that_are_no_json_are_kept_to_be_mended(house):
    with terminal(house, "chat", "--model", house.script(WRITE, DONE)) as shown:
        shown.expect("^F")
        shown.press("go\r")
        shown.expect("a approve")
        shown.press("\x13")
        shown.press_until("e", "Ctrl-S sends")
        assert "I-search" not in shown.shown
        shown.press("x\x13")
        shown.expect("Not JSON from line 4, column 2")
        shown.expect("Ctrl-S sends")
        shown.press("\x7f\x13")
        shown.expect("All is done.")
    assert (house.workspace / "b.txt").read_text() == "b"


def test_escape_leaves_the_editing_of_a_call(house):
    with terminal(house, "chat", "--model", house.script(WRITE, DONE)) as shown:
        shown.expect("^F")
        shown.press("go\r")
        shown.expect("a approve")
        shown.press_until("e", "Ctrl-S sends")
        shown.press("\x1b")
        shown.expect("a approve")
        shown.press_until("a", "All is done.")
    assert (house.workspace / "b.txt").read_text() == "b"
