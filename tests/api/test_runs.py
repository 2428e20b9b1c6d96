"""Runs over HTTP: messages, answers, cancels, resumes."""

import asyncio

import httpx2
import pytest

from artelier.client import Approval, Client, Refused, Run

PATIENCE = 20.0
GHOST = "01900000-0000-7000-8000-000000000000"


async def rested(client: Client, run: str) -> Run:
    return await client.wait(run, PATIENCE)


async def asked(client: Client, text: str) -> Approval:
    """Send a message that leads to a question and return it."""
    reply = await client.chat(text)
    assert reply.status == "waiting"
    return reply.approvals[0]


async def begun(client: Client, session: str, run: str) -> None:
    """Return once a run's model is speaking."""
    async with asyncio.timeout(PATIENCE):
        async for item in client.follow(session):
            if item.run == run and getattr(item, "kind", "") == "text":
                return


async def test_chat_answers_when_its_run_rests(client: Client) -> None:
    reply = await client.chat("good day")
    assert (reply.status, reply.reply, reply.agent, reply.approvals) == ("finished", "Hello.", "coder", ())
    assert reply.usage.model_calls == 1
    again = await client.chat("and now", session=reply.session_id)
    assert (again.session_id, again.reply) == (reply.session_id, "Hello again.")


async def test_chat_streams_its_run_and_ends(http: httpx2.AsyncClient) -> None:
    answer = await http.post("/api/v1/chat", json={"message": "read-a-file"}, headers={"Accept": "text/event-stream"})
    assert answer.headers["content-type"].startswith("text/event-stream")
    kinds = [line.removeprefix("event: ") for line in answer.text.splitlines() if line.startswith("event: ")]
    assert kinds[0] == "message_received"
    assert kinds[-1] == "run_finished"
    assert "tool_finished" in kinds


async def test_a_chat_stream_ends_where_a_person_is_asked(http: httpx2.AsyncClient) -> None:
    answer = await http.post("/api/v1/chat", json={"message": "write-a-file"}, headers={"Accept": "text/event-stream"})
    assert "event: run_waiting" in answer.text


async def test_a_message_is_taken_once_by_its_key(http: httpx2.AsyncClient, client: Client) -> None:
    session = (await client.open_session()).id
    first = await client.send(session, "good day", idempotency_key="key")
    assert await client.send(session, "good day", idempotency_key="key") == first
    await rested(client, first.run_id)
    assert await client.send(session, "good day", idempotency_key="key") == first
    with pytest.raises(Refused) as refused:
        await client.send(session, "another", idempotency_key="key")
    assert (refused.value.status, refused.value.code) == (422, "IDEMPOTENCY_MISMATCH")
    other = await client.send((await client.open_session()).id, "another", idempotency_key="key")
    assert other.run_id != first.run_id
    assert len((await client.runs(session)).items) == 1


async def test_typed_parts_are_one_text(http: httpx2.AsyncClient, client: Client) -> None:
    session = (await client.open_session()).id
    parts = [{"type": "text", "text": "good"}, {"type": "text", "text": "day"}]
    answer = await http.post(f"/api/v1/sessions/{session}/messages", json={"content": parts})
    assert answer.status_code == 202
    assert (await client.run(answer.json()["run_id"])).request == "good\nday"


async def test_messages_queue_behind_each_other(client: Client) -> None:
    session = (await client.open_session()).id
    runs = [(await client.send(session, text)).run_id for text in ("speak-slowly", "good day", "good evening")]
    assert [(await rested(client, run)).status for run in runs] == ["finished"] * 3
    ended = [event.run for event in await client.events(session) if event.type == "run_finished"]
    assert ended == runs


async def test_a_message_can_insist_on_a_free_session(client: Client) -> None:
    session = (await client.open_session()).id
    run = (await client.send(session, "never-end")).run_id
    with pytest.raises(Refused) as refused:
        await client.send(session, "good day", multitask="reject")
    assert refused.value.status == 409
    await client.cancel(run)
    assert (await rested(client, run)).status == "cancelled"
    assert (await rested(client, (await client.send(session, "good day", multitask="reject")).run_id)).status == "finished"


async def test_a_message_can_interrupt(client: Client) -> None:
    session = (await client.open_session()).id
    first = (await client.send(session, "never-end")).run_id
    await begun(client, session, first)
    second = (await client.send(session, "good day", multitask="interrupt")).run_id
    assert (await rested(client, second)).status == "finished"
    assert (await client.run(first)).status == "cancelled"


async def test_a_message_to_a_run_that_asked_for_words_is_its_answer(client: Client) -> None:
    question = await asked(client, "ask-me")
    assert (question.kind, question.text) == ("words", "Which colour?")
    accepted = await client.send(question.session_id, "green")
    assert accepted.run_id == question.run_id
    assert (await rested(client, question.run_id)).reply == "Thank you."
    results = [event.payload["result"]["text"] for event in await client.events(question.session_id) if event.type == "tool_finished"]
    assert results == ["green"]


async def test_a_repeated_message_is_not_taken_for_an_answer(client: Client) -> None:
    session = (await client.open_session()).id
    first = await client.send(session, "ask-me", idempotency_key="once")
    await rested(client, first.run_id)
    await client.send(session, "ask-me", idempotency_key="once")
    assert (await client.approvals("open", session)).items
    answered = await client.send(session, "green", idempotency_key="twice")
    await rested(client, first.run_id)
    assert (await client.send(session, "green", idempotency_key="twice")).run_id == answered.run_id == first.run_id
    with pytest.raises(Refused, match="IDEMPOTENCY_MISMATCH"):
        await client.send(session, "blue", idempotency_key="twice")


async def test_an_approved_call_runs(client: Client, server) -> None:
    question = await asked(client, "write-a-file")
    assert (question.kind, question.tool, question.status) == ("approval", "write_file", "open")
    assert "made.txt" in question.effect
    answered = await client.answer(question.id, "approve")
    assert answered.status == "approved"
    assert (await rested(client, question.run_id)).reply == "Written."
    assert (server.workspace / "made.txt").read_text() == "made\n"
    with pytest.raises(Refused) as refused:
        await client.answer(question.id, "reject")
    assert refused.value.status == 409


async def test_a_call_runs_with_the_arguments_a_person_gave_it(client: Client, server) -> None:
    question = await asked(client, "write-a-file")
    for wrong in ({"path": "edited.txt"}, {"path": "edited.txt", "content": 5}, {"path": 1, "content": "", "more": 2}):
        with pytest.raises(Refused) as refused:
            await client.answer(question.id, "approve", arguments=wrong)
        assert (refused.value.status, refused.value.code) == (422, "INVALID_REQUEST")
        assert (await client.approval(question.id)).status == "open"
    await client.answer(question.id, "approve", arguments={"path": "edited.txt", "content": "edited\n"})
    assert (await rested(client, question.run_id)).status == "finished"
    assert (server.workspace / "edited.txt").read_text() == "edited\n"


async def test_arguments_that_were_left_as_they_were_are_no_change(client: Client) -> None:
    question = await asked(client, "write-a-file")
    answered = await client.answer(question.id, "approve", arguments=question.arguments)
    assert answered.answer is not None
    assert answered.answer.get("arguments") is None
    assert (await rested(client, question.run_id)).status == "finished"


async def test_the_words_of_a_refusal_reach_the_model(client: Client) -> None:
    question = await asked(client, "run-a-command")
    await client.answer(question.id, "reject", reason="use another way")
    assert (await rested(client, question.run_id)).status == "finished"
    results = [event.payload["result"] for event in await client.events(question.session_id) if event.type == "tool_finished"]
    assert [result["status"] for result in results] == ["denied"]
    assert "use another way" in results[0]["text"]


async def test_of_two_answers_at_once_one_wins(client: Client) -> None:
    question = await asked(client, "run-a-command")
    answers = await asyncio.gather(*(client.answer(question.id, "approve") for _ in range(5)), return_exceptions=True)
    assert sorted(getattr(answer, "status", 0) for answer in answers if isinstance(answer, Refused)) == [409] * 4
    assert (await rested(client, question.run_id)).status == "finished"
    assert len([event for event in await client.events(question.session_id) if event.type == "tool_started"]) == 1


async def test_waiting_ends_in_time(client: Client) -> None:
    session = (await client.open_session()).id
    run = (await client.send(session, "never-end")).run_id
    assert (await client.wait(run, 0)).status == "running"
    assert (await client.wait(run, 0.05)).status == "running"
    await client.cancel(run, "enough")
    assert (await rested(client, run)).status == "cancelled"


async def test_every_unended_run_can_be_cancelled(client: Client) -> None:
    session = (await client.open_session()).id
    running, queued = [(await client.send(session, "never-end")).run_id for _ in range(2)]
    assert (await client.cancel(queued)).status == "cancelled"
    await client.cancel(running)
    assert (await rested(client, running)).status == "cancelled"
    question = await asked(client, "run-a-command")
    assert (await client.cancel(question.run_id)).status == "cancelled"
    assert (await client.approval(question.id)).status == "closed"
    with pytest.raises(Refused) as refused:
        await client.answer(question.id, "approve")
    assert refused.value.status == 409
    assert (await client.cancel(question.run_id)).status == "cancelled"
    assert (await client.chat("good day", session=session)).status == "finished"


async def test_a_failed_run_goes_on(client: Client) -> None:
    reply = await client.chat("fail-once")
    assert (reply.status, reply.code) == ("failed", "REQUEST_REFUSED")
    await client.resume(reply.run_id)
    assert (await rested(client, reply.run_id)).reply == "Now it works."
    with pytest.raises(Refused) as refused:
        await client.resume(reply.run_id)
    assert refused.value.status == 409


async def test_a_limit_is_raised_or_ends_the_run(client: Client) -> None:
    question = await asked(client, "go-far")
    assert question.kind == "budget"
    with pytest.raises(Refused) as refused:
        await client.resume(question.run_id)
    assert refused.value.status == 409
    await client.resume(question.run_id, raise_budget=True)
    assert (await rested(client, question.run_id)).reply == "Far."
    other = await asked(client, "go-far")
    await client.answer(other.id, "reject")
    failed = await rested(client, other.run_id)
    assert (failed.status, failed.code) == ("failed", "LIMIT_REACHED")


async def test_runs_and_questions_are_listed_by_page(client: Client) -> None:
    session = (await client.open_session()).id
    runs = [(await client.send(session, "good day")).run_id for _ in range(3)]
    await rested(client, runs[-1])
    page = await client.runs(session, limit=2)
    rest = await client.runs(session, limit=2, cursor=page.next or "")
    assert [run.id for run in (*page.items, *rest.items)] == runs[::-1]
    assert rest.next is None
    question = await asked(client, "run-a-command")
    assert (await client.approvals("open", question.session_id)).items[0].id == question.id
    await client.cancel(question.run_id)
    assert (await client.approvals("open", question.session_id)).items == ()


@pytest.mark.parametrize("path", ["runs/{}", "approvals/{}", "sessions/{}", "sessions/{}/events", "sessions/{}/stream", "workspaces/{}"])
async def test_what_is_not_there_is_not_found(http: httpx2.AsyncClient, path: str) -> None:
    answer = await http.get("/api/v1/" + path.format(GHOST))
    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")


async def test_a_model_that_is_not_there_leaves_nothing(client: Client) -> None:
    before = len((await client.sessions(limit=200)).items)
    with pytest.raises(Refused) as refused:
        await client.chat("good day", model="nobody/x")
    assert (refused.value.status, refused.value.code) == (422, "INVALID_REQUEST")
    assert "no provider 'nobody'" in str(refused.value)
    assert len((await client.sessions(limit=200)).items) == before


async def test_a_body_that_does_not_say_it_is_json_is_told_so(http: httpx2.AsyncClient) -> None:
    for headers in ({}, {"Content-Type": "text/plain"}, {"Content-Type": "application/x-www-form-urlencoded"}):
        answer = await http.post("/api/v1/chat", content=b'{"message": "x"}', headers=headers)
        assert (answer.status_code, "Content-Type: application/json" in answer.json()["detail"]) == (415, True)
    answer = await http.post("/v1/chat/completions", content=b"{}", headers={"Content-Type": "text/plain"})
    assert (answer.status_code, "Content-Type: application/json" in answer.json()["error"]["message"]) == (415, True)


async def test_a_refusal_says_as_a_code_what_it_is_about(client: Client) -> None:
    with pytest.raises(Refused) as refused:
        await client.run(GHOST)
    assert refused.value.because == {"code": "unknown", "values": {"kind": "run", "name": GHOST}}
    with pytest.raises(Refused) as refused:
        await client.chat("good day", agent="nobody")
    assert (refused.value.because["code"], refused.value.because["values"]["name"]) == ("agent_unknown", "nobody")
