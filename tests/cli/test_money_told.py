"""What ``artelier usage`` says of money below its table, in both languages."""

import json
from datetime import UTC, datetime

import pytest

from artelier.cli.usage import _show_usage
from artelier.cli.words import choose_language
from artelier.client.reports import BudgetStanding, LayerSaving, UsageReport, UsageSum

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SUM = UsageSum("coder", 10, 5, 0, 0, 0, 1.25, 0.5, 0, 1, 1, 1, 0, 1, 2.0)
LAYERS = (LayerSaving("reply_cache", 3, 0.75), LayerSaving("prompt_cache", 2, -0.25))
BUDGETS = (
    BudgetStanding("person", "person:owner", "day", 5.0, 4.5, 0.1, True, NOON.replace(day=22, hour=0)),
    BudgetStanding("all", "", "total", 100.0, 4.5, 0.0, False, None),
)


@pytest.fixture
def told(capsys):
    def tell(report, language="en"):
        choose_language(["--lang", language])
        try:
            _show_usage(report)
        finally:
            choose_language(["--lang", "en"])
        return capsys.readouterr().out

    return tell


def test_savings_of_each_layer_and_a_second_currency_are_told(told):
    report = UsageReport("agent", NOON, NOON, (SUM,), SUM, LAYERS, (), "RUB", 80.0, 100.0)
    shown = told(report)
    assert "Cost: $1.25 (100.00 RUB)" in shown
    assert "Saved: $0.75 (60.00 RUB) by replies given again (in 3 replies), -$0.25 (-20.00 RUB) by prompt caches (in 2 replies)" in shown
    assert "Цена: 1,25\u00a0$ (100,00\u00a0RUB)" in told(report, "ru")
    assert "кэши запросов у провайдера: -0,25\u00a0$" in told(report, "ru")


def test_budgets_say_how_far_they_are_and_when_they_begin_anew(told):
    report = UsageReport("agent", NOON, NOON, (SUM,), SUM, (), BUDGETS)
    lines = told(report).splitlines()
    assert any(
        line.startswith("Budget, a day, person owner: $4.50 of $5.00, anew on 2026-11-22") and "nearly spent" in line for line in lines
    )
    assert "Budget, in total, everybody: $4.50 of $100.00" in lines
    assert "Бюджет на день, человек owner: 4,50\u00a0$ из 5,00\u00a0$, заново с 2026-11-22" in told(report, "ru")


@pytest.mark.parametrize(("spent", "said"), [(4.5, "nearly spent"), (5.0, "used up"), (23.0, "used up")])
def test_a_budget_is_nearly_spent_until_it_is(told, spent, said):
    standing = BudgetStanding("all", "", "total", 5.0, spent, 0.0, True, None)
    (line,) = told(UsageReport("agent", NOON, NOON, (SUM,), SUM, (), (standing,))).splitlines()[-1:]
    assert line.endswith(said)


@pytest.fixture
def paid(house):
    """A house whose model costs four dollars a million tokens, a tenth of that for what it has read before."""
    file = house.script({"text": "Done.", "usage": {"input_tokens": 10_000, "output_tokens": 0, "cached_tokens": 5000}}).partition(":")[2]
    prices = '{ "*" = { input = 4.0, output = 1.0, cached = 0.4 } }'
    house.settings.write_text(
        f'[models]\nfind_local = false\ndefault = "paid"\n[models.providers.paid]\nkind = "scripted"\nfile = "{file}"\nprices = {prices}\n'
    )
    return house


def test_the_chat_tells_what_a_reply_did_cost(paid):
    shown = paid.run("chat", text="good day\n").stdout
    assert "$0.02 · $0.02 saved" in shown


def test_exec_tells_what_a_run_did_cost(paid):
    body = json.loads(paid.run("exec", "go", "--json").stdout)
    assert (body["usage"]["cost"], body["usage"]["saved"]) == (pytest.approx(0.022), pytest.approx(0.018))
    events = [json.loads(line) for line in paid.run("exec", "go", "--stream-json").stdout.splitlines()]
    told = {event["type"]: event["payload"]["usage"]["cost"] for event in events if event["type"] in {"model_replied", "run_finished"}}
    assert told == {"model_replied": pytest.approx(0.022), "run_finished": pytest.approx(0.022)}


def test_nothing_is_said_of_money_where_there_is_none(told):
    shown = told(UsageReport("agent", NOON, NOON, (SUM,), SUM))
    assert all(word not in shown for word in ("Saved:", "Cost:", "Budget"))
