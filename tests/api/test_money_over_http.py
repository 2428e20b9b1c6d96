"""What runs cost and what caches saved, over HTTP, by a scripted model with prices of its own."""

from collections.abc import AsyncIterator, Iterator

import pytest
from served import PATIENCE, Served, served_in

from artelier.client import Client
from artelier.client.reports import LayerSaving
from artelier.domain.usage import Usage
from artelier.testing import call, script, turn

FIRST, SECOND = 0.01, 0.0055
"""Dollars that the two replies cost."""
SCRIPT = script(turn("First.", usage=Usage(10_000, 0)), turn("Second.", usage=Usage(10_000, 0, cached_tokens=5000)), "Third.")
PRICE = {"input": 80, "output": 0, "cached": 8, "currency": "RUB"}
BUDGETS = [
    {"per": "person", "name": "owner", "period": "total", "dollars": 0.012},
    {"per": "agent", "dollars": 9},
    {"per": "agent", "dollars": 7, "period": "day", "name": "architect"},
    {"per": "session", "dollars": 9, "period": "week"},
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    models = {"providers": {"scripted": {"prices": {"*": PRICE}}}}
    money = {"currency": "RUB", "per_dollar": 80}
    with served_in(tmp_path_factory.mktemp("money"), SCRIPT, models=models, money=money, limits={"budgets": BUDGETS}) as served:
        yield served


@pytest.fixture
async def client(server: Served) -> AsyncIterator[Client]:
    async with Client(server.address, server.token) as client:
        yield client


async def test_a_budget_is_asked_about_and_the_report_tells_it_all(client: Client) -> None:
    before = [(each.per, each.who, each.spent) for each in (await client.usage("agent")).budgets]
    assert before == [("person", "person:owner", 0.0), ("agent", "*", 0.0), ("agent", "architect", 0.0)]
    first = await client.chat("good day")
    assert (first.status, first.usage.cost, first.usage.saved) == ("finished", pytest.approx(FIRST), 0.0)
    second = await client.chat("and again", session=first.session_id)
    assert (second.status, len(second.approvals)) == ("waiting", 1)
    question = second.approvals[0]
    assert question.kind == "budget"
    assert "total budget of person owner: $0.01 of $0.012 spent; it does not reset." in question.text
    await client.answer(question.id, "approve")
    ended = await client.wait(second.run_id, PATIENCE)
    assert (ended.status, ended.reply, ended.usage.cost) == ("finished", "Second.", pytest.approx(SECOND))
    events = await client.events(first.session_id)
    costs = [event.payload["usage"]["cost"] for event in events if event.type in {"model_replied", "run_finished"}]
    assert costs == pytest.approx([FIRST, FIRST, SECOND, SECOND])
    report = await client.usage("agent")
    assert report.total.cost == pytest.approx(FIRST + SECOND)
    assert (report.currency, report.per_dollar, report.cost_in) == ("RUB", 80.0, pytest.approx(80 * (FIRST + SECOND)))
    assert report.layers == (LayerSaving("prompt_cache", 1, pytest.approx(0.0045)),)
    budgets = {(each.per, each.who): each for each in report.budgets}
    assert set(budgets) == {("person", "person:owner"), ("agent", "coder"), ("agent", "architect")}
    mine = budgets["person", "person:owner"]
    assert (mine.spent, mine.reserved, mine.warns, mine.resets_at) == (pytest.approx(FIRST + SECOND), 0.0, True, None)
    assert (budgets["agent", "coder"].warns, budgets["agent", "coder"].dollars) == (False, 9.0)
    assert budgets["agent", "coder"].resets_at is not None


SMALL = Usage(1000, 0)
"""Costs a tenth of a cent."""
PARTS = turn(*(call("delegate", agent="coder", task=task) for task in ("part-one", "part-two")), usage=SMALL)
TOGETHER = (
    script(PARTS, turn("All done.", usage=SMALL), when_text_contains="build-it")
    + script(turn("One.", usage=SMALL), when_text_contains="part-one")
    + script(turn("Two.", usage=SMALL), when_text_contains="part-two")
)


async def test_what_others_cost_counts_in_the_run_once_and_its_yes_is_theirs_too(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The budget is less than any request may cost: without the yes that is handed on, each part would ask for itself."""
    models = {"providers": {"scripted": {"prices": {"*": {"input": 1, "output": 100}}}}}
    limits = {"budgets": [{"per": "session", "dollars": 0.15}]}
    with served_in(tmp_path_factory.mktemp("together"), TOGETHER, models=models, limits=limits) as server:
        async with Client(server.address, server.token) as client:
            reply = await client.chat("build-it", agent="orchestrator")
            (question,) = reply.approvals
            assert question.kind == "budget"
            await client.answer(question.id, "approve")
            run = await client.wait(reply.run_id, PATIENCE)
            assert (run.status, run.reply, run.usage.model_calls) == ("finished", "All done.", 4)
            assert run.usage.cost == pytest.approx(0.004)
            assert [each.kind for each in (await client.approvals("approved")).items] == ["budget"]
            by_session = {each.key: each.cost for each in (await client.usage("session")).items}
            assert by_session.pop(reply.session_id) == pytest.approx(0.002)
            assert list(by_session.values()) == pytest.approx([0.001, 0.001])
            assert (await client.usage()).total.cost == pytest.approx(0.004)
