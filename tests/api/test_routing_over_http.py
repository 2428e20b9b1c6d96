"""Which agent a request is for, over HTTP, and in runs."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator

import httpx2
import pytest
from served import Served, served_in

from artelier.client import Client, Refused
from artelier.testing import call, script, turn

SCRIPT = script(*[f"Answer {number}." for number in range(1, 9)])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served_in(tmp_path_factory.mktemp("served"), SCRIPT, routing={"learned": True}) as served:
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
    assert not vague["sure"]
    before = {"text": "hmm ... the thing", "context": {"previous_agent": "architect"}}
    assert (await http.post("/api/v1/routing/classify", json=before)).json()["source"] == "session"


async def test_who_names_another_agent_teaches(client: Client, server: Served) -> None:
    reply = await client.chat("what does this project do?")
    await client.chat("@coder rename it then", session=reply.session_id)
    await client.chat("@debug now look", session=reply.session_id)
    async with asyncio.timeout(10):
        while not (rows := switches(server, "rename it")):  # noqa: ASYNC110  the file tells nobody
            await asyncio.sleep(0.01)
    assert [(row["agent"], row["context"]) for row in rows] == [("coder", {"previous_agent": "ask"})]
    assert not switches(server, "now look")  # the person corrects nobody but themselves


def switches(server: Served, words: str) -> list[dict]:
    return [row for row in examples(server) if row["source"] == "switch" and words in row["text"]]


def examples(server: Served) -> list[dict]:
    file = server.state / "routing.jsonl"
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []


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
    rows = examples(server)
    said = [(row["text"], row["agent"], row["context"]) for row in rows if row["source"] == "feedback"]
    assert said == [("почини это", "debug", {"previous_agent": "ask"})]
    assert (await http.post("/api/v1/routing/feedback", json={**body, "agent": "nobody"})).status_code in {400, 422}


ADVISED = (
    script(call("choose_agent", agent="coder", confidence=0.1), when_text_contains="<request>\ndunno")
    + script(call("choose_agent", agent="architect", confidence=0.9), when_text_contains="<request>\nhmm")
    + script(turn(fault="unavailable", times=100), when_text_contains="<request>\n")
    + SCRIPT
)


@pytest.fixture(scope="module")
def advised(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    routing = {"model": "scripted", "learned": False, "low": 0.5}
    with served_in(tmp_path_factory.mktemp("advised"), ADVISED, routing=routing) as served:
        yield served


@pytest.fixture
async def advised_client(advised: Served) -> AsyncIterator[Client]:
    async with Client(advised.address, advised.token) as client:
        yield client


async def test_a_model_is_asked_and_what_it_said_serves_the_next_like_request(advised_client: Client) -> None:
    first, second = await advised_client.chat("hmm the thing"), await advised_client.chat("HMM  the thing")
    assert await chosen(advised_client, first.session_id) == [("architect", "model")]
    assert await chosen(advised_client, second.session_id) == [("architect", "cache")]
    assert (first.usage.model_calls, second.usage.model_calls) == (2, 1)


async def test_nobody_is_sure_so_the_person_chooses_and_the_same_run_goes_on(advised_client: Client) -> None:
    waiting = await advised_client.chat("dunno what")
    (question,) = waiting.approvals
    assert (waiting.status, question.kind, question.options[0]) == ("waiting", "clarification", "coder")
    with pytest.raises(Refused, match="text"):
        await advised_client.answer(question.id, "approve")
    await advised_client.answer(question.id, "approve", text="debug")
    run = await advised_client.wait(waiting.run_id, 20.0)
    assert (run.status, run.agent, run.reply) == ("finished", "debug", "Answer 1.")
    assert await chosen(advised_client, waiting.session_id) == [("debug", "person")]


async def test_a_message_answers_it_too(advised_client: Client) -> None:
    waiting = await advised_client.chat("dunno what")
    done = await advised_client.chat("ask", session=waiting.session_id)
    assert (done.run_id, done.status, done.agent) == (waiting.run_id, "finished", "ask")


async def test_without_a_reachable_model_the_default_agent_answers(advised_client: Client) -> None:
    reply = await advised_client.chat("something else")
    assert (reply.status, await chosen(advised_client, reply.session_id)) == ("finished", [("coder", "default")])
