"""Reasons and effects in Russian: by code and by arguments, with words for everything that is built in."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from artelier.approvals.judge import JudgeFacts, judge
from artelier.cli.asked_words import reason_told, why_words
from artelier.cli.question_cards import card
from artelier.cli.russian_effects import _EFFECTS, effect_in_russian
from artelier.cli.russian_reasons import _WORDS, limit_in_russian, reasons_in_russian
from artelier.cli.words import choose_language
from artelier.client import Approval
from artelier.client.values import Because
from artelier.domain.calls import Access, ToolCall, ToolSpec
from artelier.domain.reasons import ReasonCode

TOOLS = (Path(__file__).parents[2] / "docs" / "reference" / "tools.md").read_text("utf-8")
WEEK = {"cost": 0.5, "per": "person", "who": "owner", "period": "week", "spent": 4.9, "dollars": 5.0, "reserved": 0.0, "ceiling": 10.0}


@pytest.fixture(autouse=True)
def russian():
    choose_language(["--lang=ru"])
    yield
    choose_language(["--lang=en"])


def plain(text):
    return text.replace("\u00a0", " ")


def asked(**more):
    known = {"id": "q", "status": "open", "session_id": "s", "run_id": "r", "agent": "coder", "effect": "run: ls", "text": ""}
    rest = {"options": (), "labels": (), "asked_at": datetime.now(UTC), "expires_at": None, "answered_at": None, "answer": None}
    call = {"kind": "approval", "tool": "execute_command", "arguments": {"command": "ls"}, "reason": "It runs a command."}
    return Approval(**{**known, **rest, **call, **more})


def test_every_reason_has_words():
    assert set(_WORDS) == {code.value for code in ReasonCode}


@pytest.mark.parametrize("effect", ["read", "write", "execute", "outbound"])
def test_what_the_judge_says_is_said_by_its_code(effect):
    verdict = judge(ToolCall("1", "t", {}), JudgeFacts("coder", (), ToolSpec("t", "", {}, repeatable=True, effect=effect), Access()))
    said = reason_told(
        {"reason": verdict.reason, "because": [{"code": each.code.value, "values": each.values} for each in verdict.because]}
    )
    assert re.fullmatch(r"[А-яЁё ,.\u00a0]+", said)


def test_a_card_says_why_in_russian_and_otherwise_as_the_server_did():
    drawn = card(asked(because=(Because("runs", {}), Because("usually_refused", {"refused": 3, "times": 10}))), Console(width=100)).plain
    assert "Выполняет команду. Такое вы обычно отклоняете: 3 раза из последних 10." in plain(drawn)
    assert why_words(asked()) == "It runs a command."
    assert why_words(asked(because=(Because("of_a_newer_server", {}),))) == "It runs a command."
    assert why_words(asked(because=(Because("habit", {}),))) == "It runs a command."


def test_a_budget_is_told_with_whose_it_is():
    told = plain(limit_in_russian("money", "budget", WEEK))
    assert told == "Следующий запрос (до 0,50 $) превысит бюджет человека owner на неделю. Продолжить этот запуск до 10,00 $?"
    assert plain(reasons_in_russian([("budget", WEEK)])) == "Потрачено 4,90 $ из 5,00 $. Заново не начинается."


def test_nothing_turns_the_writing_round():
    assert "\u202e" not in reasons_in_russian([("outside", {"patterns": "docs/**", "paths": "a\u202eb"})])


def test_every_tool_that_asks_says_what_it_would_do():
    effects = dict(re.findall(r"^## (\w+)\n.*?^Effect `(\w+)`", TOOLS, re.MULTILINE | re.DOTALL))
    assert {name for name, its in effects.items() if its in {"write", "execute", "outbound"}} <= set(_EFFECTS)


@pytest.mark.parametrize(
    ("tool", "given", "said"),
    [
        ("git_branch", {"name": "a", "start": "main"}, "git branch: создать a от main"),
        ("git_branch", {"name": "a", "delete": True}, "git branch: удалить a"),
        ("git_restore", {"paths": ["a", "b"]}, "git restore: отбросить изменения в a b"),
        ("git_checkout", {"target": "a", "create": True}, "git checkout: новая ветка a"),
        ("browser_type", {"target": "Имя", "text": "Аня", "submit": True}, "ввести «Аня» в «Имя», затем Enter"),
        ("browser_scroll", {}, "прокрутить вниз"),
        ("docker_logs", {"container": "web"}, "журнал контейнера web, 200 строк"),
        ("docker_run", {"image": "alpine"}, "docker run alpine: собственная команда образа (без сети, 512 МиБ, потом контейнер удалится)"),
        ("docker_exec", {"container": "web", "command": ["ls", "-l"]}, "docker exec в web: ls -l"),
        ("docker_exec", {"container": "web", "command": "ls"}, ""),
        ("browser_scroll", {"direction": "sideways"}, ""),
        ("git_add", {"paths": [1]}, ""),
    ],
)
def test_effects_are_made_from_arguments_that_fit(tool, given, said):
    assert plain(effect_in_russian(tool, given)) == said
