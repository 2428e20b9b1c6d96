"""Which agent a request is for, over HTTP, and in runs."""

import json
from collections.abc import Iterator

import httpx2
import pytest
from served import Served, Thread

from artelier.client import Client

SCRIPT = [{"text": f"Answer {number}."} for number in range(1, 9)]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Thread(tmp_path_factory.mktemp("served"), script=SCRIPT) as served:
        yield served


async def chosen(client: Client, session: str) -> list[tuple[str, str]]:
    events = await client.events(session)
    return [(each.payload["agent"], each.payload["source"]) for each in events if each.type == "agent_chosen"]


async def test_it_is_told_without_starting_anything(http: httpx2.AsyncClient) -> None:
    told = (await http.post("/api/v1/routing/classify", json={"text": "what does this project do?"})).json()
    assert (told["agent"], told["source"]) == ("ask", "classifier")
    assert told["confidence"] > 0.84
    assert {each["agent"] for each in told["alternatives"]} == {"orchestrator", "coder", "architect", "debug"}
    assert (await http.post("/api/v1/routing/classify", json={"text": "@debug look"})).json()["source"] == "mention"
    vague = (await http.post("/api/v1/routing/classify", json={"text": "hmm ... the thing"})).json()
    assert (vague["agent"], vague["source"]) == ("coder", "default")


@pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": "x", "more": 1}, {"text": "x", "context": {"files_changed": -1}}, {"text": 7}])
async def test_bodies_that_make_no_sense_are_refused(http: httpx2.AsyncClient, body: dict) -> None:
    assert (await http.post("/api/v1/routing/classify", json=body)).status_code in {400, 422}


async def test_a_run_goes_to_the_agent_that_suits_it_and_a_session_goes_on(client: Client) -> None:
    reply = await client.chat("what does this project do?")
    assert await chosen(client, reply.session_id) == [("ask", "classifier")]
    await client.chat("hmm ... the thing", session=reply.session_id)
    assert (await chosen(client, reply.session_id))[1] == ("ask", "session")
    await client.chat("@coder do it", session=reply.session_id)
    assert (await chosen(client, reply.session_id))[2] == ("coder", "mention")


async def test_what_was_right_is_kept_as_an_example(http: httpx2.AsyncClient, server: Served) -> None:
    body = {"text": "почини это", "agent": "debug", "context": {"previous_agent": "ask"}}
    assert (await http.post("/api/v1/routing/feedback", json=body)).status_code == 204
    rows = [json.loads(line) for line in (server.state / "routing.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(row["text"], row["agent"], row["context"]) for row in rows] == [("почини это", "debug", {"previous_agent": "ask"})]
    assert (await http.post("/api/v1/routing/feedback", json={**body, "agent": "nobody"})).status_code in {400, 422}
