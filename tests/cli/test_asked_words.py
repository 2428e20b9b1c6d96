"""Questions in Russian, made from arguments and codes."""

from datetime import UTC, datetime

import pytest

from artelier.cli.asked_words import asked_words
from artelier.cli.words import choose_language
from artelier.client import Approval
from artelier.client.values import Because


@pytest.fixture(autouse=True)
def russian():
    choose_language(["--lang=ru"])
    yield
    choose_language(["--lang=en"])


def asked(tool="", arguments=None, **more):
    known = {"id": "q", "status": "open", "session_id": "s", "run_id": "r", "agent": "coder", "effect": "", "text": "", "reason": ""}
    rest = {"options": (), "labels": (), "asked_at": datetime.now(UTC), "expires_at": None, "answered_at": None, "answer": None}
    return asked_words(Approval(**{"kind": "approval", "tool": tool, "arguments": arguments, **known, **rest, **more}))


def test_what_a_call_would_do_is_told_in_russian():
    assert asked("write_file", {"path": "out.txt", "content": "a\nb\n"}) == "записать out.txt: 2 строки, 4 байта"
    assert asked("edit_file", {"path": "a", "old_text": "x\ny", "new_text": "z"}) == "изменить a: заменить «x␊y» на «z»"
    assert asked("execute_command", {"command": "ls", "network": True}) == "выполнить с сетью: ls"
    assert "\u202e" not in asked("delete_path", {"path": "a\u202eb"})


def test_what_no_code_says_stays_as_the_server_said_it():
    assert asked("write_file", {"path": 5}, effect="write 5") == "write 5"
    assert asked("of_a_plugin", {}, effect="do it") == "do it"
    choose_language(["--lang=en"])
    assert asked("delete_path", {"path": "a"}, effect="delete a") == "delete a"


def test_a_question_about_a_limit_is_told_in_russian():
    money = (Because("limit", {"used": 5, "limit": 5, "further": 10}),)
    told = asked(kind="budget", limit="money", because=money, text="Limit of 5 US dollars reached")
    assert told == "Предел исчерпан: 5,00\u00a0$. Продолжить до\u00a010,00\u00a0$?"
    steps = (Because("limit", {"used": 40, "limit": 40, "further": 80}),)
    assert asked(kind="budget", limit="steps", because=steps) == "Предел исчерпан: 40 шагов. Продолжить до\u00a080 шагов?"
    assert asked(kind="budget", limit="steps", text="Go on?") == "Go on?"
