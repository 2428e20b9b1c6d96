"""What was used and how it went, over HTTP."""

from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from artelier.client import Client, Refused

PATIENCE = 20.0


@pytest.fixture
async def session(client: Client) -> str:
    session = (await client.open_session()).id
    await client.chat("read-a-file", session)
    return session


async def test_usage_is_summed_up_by_every_key(client: Client, session: str) -> None:
    for by in ("agent", "model", "day", "session", "user", "workspace"):
        report = await client.usage(by)
        assert report.by == by
        assert sum(each.model_calls for each in report.items) == report.total.model_calls >= 2
        assert sum(each.calls for each in report.items) == report.total.calls >= 1
        assert all((each.seconds is None) == (by == "model") for each in report.items)
    mine = next(each for each in (await client.usage("session")).items if each.key == session)
    assert (mine.runs, mine.steps, mine.model_calls, mine.calls) == (1, 2, 2, 1)
    assert mine.output_tokens > 0
    assert (await client.usage("day")).items[0].key == f"{datetime.now(UTC):%Y-%m-%d}"
    assert [each.key for each in (await client.usage("user")).items] == ["person:owner"]


async def test_a_time_without_work_is_empty(client: Client, session: str) -> None:
    report = await client.usage("agent", "2001-01-01T00:00:00Z", "2001-02-01T00:00:00Z")
    assert (report.items, report.total.runs, report.total.seconds) == ((), 0, 0.0)
    found = await client.insight("2001-01-01T00:00:00Z", "2001-01-09T00:00:00Z")
    assert (found.agents, found.tools, found.questions) == ((), (), ())


async def test_insight_tells_of_agents_and_tools(client: Client, session: str) -> None:
    found = await client.insight()
    assert found.until - found.since == timedelta(days=7)
    assert "coder" in [each.agent for each in found.agents]
    assert next(each for each in found.tools if each.tool == "read_file").calls >= 1


@pytest.mark.parametrize(
    "query",
    [
        "usage?by=money",
        "usage?since=yesterday",
        "usage?since=2026-01-01T00:00:00",
        "usage?since=2026-02-01T00:00:00Z&until=2026-01-01T00:00:00Z",
        "usage?limit=0",
        "insight?since=2020-01-01T00:00:00Z",
        "insight?until=2026-01-01",
    ],
)
async def test_what_makes_no_sense_is_refused(http: httpx2.AsyncClient, query: str) -> None:
    answer = await http.get(f"/api/v1/{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID_REQUEST")


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59+14:00", "9999-12-31T23:59:59-14:00"])
async def test_the_ends_of_time_are_taken(http: httpx2.AsyncClient, moment: str) -> None:
    for query in ({"since": moment}, {"until": moment}, {"since": moment, "until": moment}):
        for path in ("usage", "insight"):
            assert (await http.get(f"/api/v1/{path}", params=query)).status_code in {200, 422}


async def test_a_refusal_says_what_to_do(client: Client) -> None:
    with pytest.raises(Refused, match="31 days at most"):
        await client.insight("2020-01-01T00:00:00Z")
