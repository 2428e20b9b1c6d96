"""The short way into a session that waits: it answers at once, and says that the message is kept."""

import asyncio
import json

import httpx2
from served import PATIENCE

from artelier.client import Client


async def said(http: httpx2.AsyncClient, session: str, message: str) -> dict:
    async with asyncio.timeout(PATIENCE):
        answer = await http.post("/api/v1/chat", json={"message": message, "session_id": session})
    assert answer.status_code == 200
    return answer.json()


async def test_a_message_behind_a_question_is_kept_and_answered_at_once(http: httpx2.AsyncClient, client: Client) -> None:
    first = await client.chat("write-a-file")
    for message in ("no", "yes"):
        told = await said(http, first.session_id, message)
        assert (told["status"], told["queued"]) == ("waiting", True)
        assert [each["id"] for each in told["approvals"]] == [first.approvals[0].id]
        assert told["approvals"][0]["status"] == "open"
        assert "kept" in told["message"]
        assert told["run_id"] != first.run_id
    await client.answer(first.approvals[0].id, "reject")
    async with asyncio.timeout(PATIENCE):
        kept = (await http.get(f"/api/v1/runs/{told['run_id']}/wait")).json()
    assert kept["status"] == "finished"


async def test_a_streamed_message_behind_a_question_ends_with_what_waits(http: httpx2.AsyncClient, client: Client) -> None:
    first = await client.chat("write-a-file")
    body = {"message": "and then?", "session_id": first.session_id}
    async with (
        asyncio.timeout(PATIENCE),
        http.stream("POST", "/api/v1/chat", json=body, headers={"Accept": "text/event-stream"}) as answer,
    ):
        blocks = [block async for block in answer.aiter_text()]
    told = "".join(blocks).strip().split("\n\n")
    assert "event: message_received" in told[0]
    kind, data = told[-1].split("\n")
    assert kind == "event: waiting"
    view = json.loads(data.removeprefix("data: "))
    assert view["queued"] is True
    assert [each["id"] for each in view["approvals"]] == [first.approvals[0].id]


async def test_a_message_whose_run_ahead_asks_later_is_not_left_hanging(http: httpx2.AsyncClient, client: Client) -> None:
    session = (await client.open_session()).id
    await client.send(session, "write-a-file")
    told = await said(http, session, "and then?")
    assert (told["status"], told["queued"], len(told["approvals"])) == ("waiting", True, 1)


async def test_words_answer_a_question_that_asks_for_words(http: httpx2.AsyncClient, client: Client) -> None:
    first = await client.chat("ask-me")
    told = await said(http, first.session_id, "green")
    assert (told["status"], told["queued"], told["reply"]) == ("finished", False, "Thank you.")
    assert told["run_id"] == first.run_id
