"""What the server refuses, told in Russian by code, and as the server said it where no code says more."""

import re
from pathlib import Path

import pytest
from rich.text import Text

from artelier.cli.cards import Cards
from artelier.cli.refusals import failure_words, refusal_words
from artelier.cli.russian_problems import _PROBLEMS, _REFUSALS, failure_in_russian
from artelier.cli.words import choose_language
from artelier.client import Refused, StreamEvent, Unreachable
from artelier.domain.errors import SettingsError
from artelier.domain.refusals import RefusalCode

ERRORS = (Path(__file__).parents[2] / "docs" / "reference" / "errors.md").read_text("utf-8")
UNSEEN = {"STALE_FENCE", "SEQUENCE_CONFLICT", "MODEL_NOT_FOUND", "UNSUPPORTED_PARAMETER"}
"""Codes that no person is told."""
AT = "2026-11-22T10:00:00Z"


@pytest.fixture(autouse=True)
def russian():
    choose_language(["--lang=ru"])
    yield
    choose_language(["--lang=en"])


def refused(code, detail="It is so.", *, retry_after=None, because="", **values):
    return refusal_words(Refused(400, code, detail, retry_after, {"code": because, "values": values} if because else None))


def test_every_error_and_every_refusal_has_words():
    assert set(re.findall(r"^## ([A-Z_]+)$", ERRORS, re.MULTILINE)) - set(_PROBLEMS) - UNSEEN == set()
    assert set(_REFUSALS) == {code.value for code in RefusalCode}


def test_what_is_missing_is_named():
    assert refused("NOT_FOUND", because="unknown", kind="session", name="abc") == "Такой сессии abc нет. [NOT_FOUND]"
    assert refused("NOT_FOUND", because="unknown", kind="run") == "Такого запуска нет. [NOT_FOUND]"
    assert refused("NOT_FOUND") == "Такого здесь нет. [NOT_FOUND]"
    assert refused("INVALID_REQUEST", because="agent_unknown", name="x", known="ask, coder").startswith("Агента x нет. Есть: ask, coder.")


def test_a_value_that_does_not_fit_is_told_with_its_place():
    assert refused("INVALID_REQUEST", "limit: too large.") == "Запрос не подходит. limit: too large. [INVALID_REQUEST]"


def test_when_to_come_again_is_told():
    assert refused("RATE_LIMITED", "", retry_after=12.0).endswith("Повторите через 12,0 с. [RATE_LIMITED]")


def test_what_a_newer_server_says_is_told_as_it_said_it():
    assert refused("OF_A_NEWER_SERVER", "Something else.") == "Something else. [OF_A_NEWER_SERVER]"
    assert refused("CONFLICT", "Busy.", because="of_a_newer_server").endswith("Busy. [CONFLICT]")
    assert "\u202e" not in refused("NOT_FOUND", because="unknown", kind="agent", name="a\u202eb")


def test_a_server_that_is_not_there_is_told():
    assert refusal_words(Unreachable("No server answers at http://x.")) == "Сервер не отвечает. Проверьте, что он запущен."
    choose_language(["--lang=en"])
    assert refusal_words(Unreachable("No server answers at http://x.")) == "No server answers at http://x."


def test_what_goes_wrong_here_is_told_by_its_code():
    assert failure_words(SettingsError("a.toml: b is wrong.")) == "Настройки не подходят. a.toml: b is wrong."


def test_why_a_call_failed_or_was_forbidden_is_told():
    cards = Cards(100)

    def told(kind, **payload):
        return Text("\n").join(cards.lines(StreamEvent("s", 1, "r", kind, AT, "system", payload))).plain

    because = [{"code": "rule", "values": {"decision": "forbid"}}]
    told("call_judged", call="r/1/0", decision="forbid", reason="The operator's rule says forbid.", because=because)
    shown = told("tool_finished", call="r/1/0", name="x", result={"status": "denied", "text": "Forbidden: so.", "code": "FORBIDDEN"})
    assert "Ваше правило велит запрещать." in shown
    assert "Forbidden" not in shown
    shown = told("tool_finished", call="r/1/1", name="x", result={"status": "failed", "text": "It changed.", "code": "FILE_CHANGED"})
    assert failure_in_russian("FILE_CHANGED", "") in shown
