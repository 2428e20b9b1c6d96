"""``artelier usage`` and ``artelier webhooks`` over a running server."""

import json

import pytest
from msgspec.structs import replace

from artelier.cli.usage import _semantic_line
from artelier.client.reports import SemanticInsight

RUSSIAN = {"LANG": "ru_RU.UTF-8"}


@pytest.fixture(scope="module")
def run(served):
    return json.loads(served.run("exec", "greet me", "--json").stdout)


def test_usage_is_a_table_and_json(served, run):
    shown = served.run("usage", COLUMNS="200").stdout
    assert "coder" in shown
    assert "Tokens in" in shown
    russian = served.run("usage", COLUMNS="200", **RUSSIAN).stdout
    assert "Токены на входе" in russian
    assert "0\u00a0$" in russian
    assert "\\u00a0" not in russian
    found = json.loads(served.ask("usage", "--by", "session", "--since", "1h", "--json").stdout)
    assert [each["key"] for each in found["items"]] == [run["session_id"]]
    for by in ("model", "day", "user", "workspace"):
        assert json.loads(served.ask("usage", "--by", by, "--json").stdout)["total"]["runs"] == 1
    assert "No model was asked" in served.ask("usage", "--since", "0m").stdout


def test_insight_is_tables_and_json(served, run):
    shown = served.run("usage", "--insight", COLUMNS="200").stdout
    assert "coder" in shown
    assert "No tool was called in this time." in shown
    assert "За это время вопросов не было." in served.run("usage", "--insight", **RUSSIAN).stdout
    assert json.loads(served.ask("usage", "--insight", "--since", "7d", "--json").stdout)["agents"][0]["agent"] == "coder"


def test_how_like_questions_do_is_told():
    score = SemanticInsight("shadow", "lexical", 200, 50, 7, 40, 39, 1, 0, 9, 0.2, 0.02, 0.05, 1.5, 0.25)
    assert _semantic_line(score) == (
        "Like questions, shadow mode: 40 of 200 would have had a kept answer (20.0%), 1 wrong. "
        "Wrong: 2.0% of 50 near questions, 5.0% allowed; 7 vetoes; saved $1.25."
    )
    assert _semantic_line(replace(score, mode="on", reported=2)).startswith(
        "Like questions: 40 of 200 answered by a kept answer (20.0%), 3 known to be wrong. "
    )


def test_a_run_that_was_answered_by_the_model_has_nothing_to_report(served, run):
    assert "No answer of this run was kept" in served.ask("runs", "wrong", run["run_id"], code=1).stderr


@pytest.mark.parametrize("since", ["yesterday", "7x", "2026-13-01", "9999-01-01"])
def test_what_is_no_time_is_said(served, since):
    assert since in served.ask("usage", "--since", since, code=2).stderr


def test_webhooks_are_refused_at_addresses_inside(served):
    assert "webhooks.allowed" in served.ask("webhooks", "add", "http://127.0.0.1:8080/", code=1).stderr
    assert "Nobody is told of events." in served.ask("webhooks").stdout
    assert json.loads(served.ask("webhooks", "list", "--json").stdout) == []
    assert "NOT_FOUND" in served.ask("webhooks", "remove", "01900000-0000-7000-8000-000000000000", code=1).stderr


def test_what_is_kept_is_a_table_and_json_and_is_forgotten(served, run):
    shown = served.run("cache", COLUMNS="200").stdout
    assert "replies of models" in shown
    assert "Нашлось" in served.run("cache", COLUMNS="200", **RUSSIAN).stdout
    found = json.loads(served.ask("cache", "--json").stdout)
    assert [tier["tier"] for tier in found["tiers"]] == ["memory", "disk"]
    assert "asked anew" in served.ask("cache", "forget", "--agent", "coder").stdout
    assert json.loads(served.ask("cache", "forget", "--all", "--json").stdout)["replies"]["hits"] == 0


def test_the_running_server_lists_its_models(served):
    found = json.loads(served.ask("models", "--json").stdout)
    assert [(each["name"], each["left_alone"]) for each in found if each["default"]] == [("scripted", False)]


def test_what_usage_cannot_be_summed_up_by_is_said(house):
    told = house.ask("usage", "--by", "moon", code=2).stderr
    assert "--by does not fit" in told
    assert "workspace" in told
