"""A copy of a session over HTTP: both go on, each by itself, and nothing counts twice."""

import httpx2
import pytest

from artelier.client import Client, Refused, Run, Session

GHOST = "01900000-0000-7000-8000-000000000000"


async def said(client: Client, text: str, session: str) -> Run:
    accepted = await client.send(session, text)
    run = await client.wait(accepted.run_id, 20)
    assert run.status == "finished", run
    return run


async def messages(client: Client, session: str) -> list[str]:
    return [event.payload["text"] for event in await client.events(session) if event.type == "message_received"]


async def talked(client: Client, *texts: str) -> tuple[Session, list[str]]:
    session = await client.open_session()
    runs = [(await said(client, text, session.id)).id for text in texts]
    return await client.session(session.id), runs


async def shown(client: Client, run: str) -> list[str]:
    """Return the texts that the model was shown first in a run."""
    return [str(message["text"]) for message in (await client.requests(run))[0].messages]


async def test_both_go_on_by_themselves_and_nothing_counts_twice(client: Client) -> None:
    session, _ = await talked(client, "read-a-file", "Second")
    before, insight = await client.usage("session"), await client.insight()
    fork = await client.fork_session(session.id)
    assert (fork.forked_from, fork.copied, fork.title) == (session.id, session.head, "read-a-file (2)")
    assert (fork.status, fork.agent, fork.workspace_id) == ("idle", session.agent, session.workspace_id)
    after = await client.usage("session")
    assert (after.items, after.total) == (before.items, before.total)
    again = await client.insight()
    assert (again.agents, again.tools, again.questions) == (insight.agents, insight.tools, insight.questions)
    there, here = await said(client, "In the copy", fork.id), await said(client, "In the original", session.id)
    assert await messages(client, session.id) == ["read-a-file", "Second", "In the original"]
    assert await messages(client, fork.id) == ["read-a-file", "Second", "In the copy"]
    assert [run.id for run in (await client.runs(fork.id)).items] == [there.id]
    used = {each.key: each for each in (await client.usage("session")).items}
    assert used[fork.id].runs == 1
    assert used[session.id].runs == 3
    assert used[fork.id].model_calls == there.usage.model_calls
    asked = await shown(client, there.id)
    assert [text for text in asked if text in {"read-a-file", "Second", "In the copy", "In the original"}] == [
        "read-a-file",
        "Second",
        "In the copy",
    ]
    assert "copy of this conversation" in asked[-2], "the model is told that files may have changed"
    assert not any("copy of this conversation" in text for text in await shown(client, here.id))


async def test_another_way_from_an_earlier_moment(client: Client) -> None:
    session, runs = await talked(client, "First", "Second", "Third")
    fork = await client.fork_session(session.id, before=runs[1])
    assert await messages(client, fork.id) == ["First"]
    await said(client, "Another second", fork.id)
    assert await messages(client, fork.id) == ["First", "Another second"]
    further = await client.fork_session(fork.id, before=runs[0])
    assert await messages(client, further.id) == []
    assert further.forked_from == fork.id
    assert [each.forked_from for each in (await client.sessions(3)).items] == [fork.id, session.id, None]


async def test_a_copy_undoes_only_what_was_done_in_it(client: Client, server) -> None:
    made = server.workspace / "made.txt"
    made.unlink(missing_ok=True)
    reply = await client.chat("write-a-file")
    await client.answer(reply.approvals[0].id, "approve")
    assert (await client.wait(reply.run_id, 20)).status == "finished"
    fork = await client.fork_session(reply.session_id)
    assert await client.changes(fork.id) == ()
    for to_run in ("", reply.run_id):
        with pytest.raises(Refused) as refused:
            await client.undo(fork.id, to_run)
        assert refused.value.code == "CONFLICT"
    assert made.read_text() == "made\n"
    own = await client.chat("write-more", fork.id)
    await client.answer(own.approvals[0].id, "approve")
    assert (await client.wait(own.run_id, 20)).status == "finished"
    await client.undo(fork.id)
    assert made.read_text() == "made\n", "as it was when the copy began"
    await client.undo(reply.session_id)
    assert not made.exists()


async def test_what_waits_is_not_copied_but_what_lies_before_it_is(client: Client) -> None:
    session, _ = await talked(client, "First")
    waiting = await client.chat("remove-a-folder", session.id)
    with pytest.raises(Refused) as refused:
        await client.fork_session(session.id)
    assert (refused.value.status, refused.value.code) == (409, "CONFLICT")
    questions = await client.approvals()
    fork = await client.fork_session(session.id, before=waiting.run_id)
    assert await messages(client, fork.id) == ["First"]
    assert await client.approvals() == questions
    await client.cancel(waiting.run_id)


async def test_a_copy_lives_on_when_its_original_is_removed(client: Client) -> None:
    session, _ = await talked(client, "First")
    fork = await client.fork_session(session.id)
    await client.delete_session(session.id)
    assert (await client.session(fork.id)).forked_from == session.id
    await said(client, "Second", fork.id)
    assert await messages(client, fork.id) == ["First", "Second"]


async def test_a_reader_of_the_copy_is_told_all_of_it_in_order(client: Client, http: httpx2.AsyncClient) -> None:
    session, _ = await talked(client, "First")
    fork = await client.fork_session(session.id)
    seen = []
    async for item in client.follow(fork.id):
        seen.append(item)
        if item.type == "session_forked":
            break
    assert [event.seq for event in seen] == list(range(1, fork.head + 1))
    assert {event.session for event in seen} == {fork.id}
    assert seen[-1].payload == {"session": session.id}
    written = await http.get(f"/api/v1/sessions/{fork.id}/export", params={"form": "markdown"})
    assert f"*up to here a copy of session {session.id}*" in written.text


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (None, 201),
        ({}, 201),
        ({"before": None}, 201),
        ({"before": GHOST}, 422),
        ({"before": "x"}, 422),
        ({"before": ""}, 422),
        ({"after": GHOST}, 422),
    ],
)
async def test_what_can_be_asked_for(http: httpx2.AsyncClient, client: Client, body: object, status: int) -> None:
    session = await client.open_session()
    answer = (
        await http.post(f"/api/v1/sessions/{session.id}/fork", json=body)
        if body is not None
        else await http.post(f"/api/v1/sessions/{session.id}/fork")
    )
    assert answer.status_code == status, answer.text


async def test_a_session_that_is_none_is_not_found(client: Client) -> None:
    with pytest.raises(Refused) as refused:
        await client.fork_session(GHOST)
    assert (refused.value.status, refused.value.code) == (404, "NOT_FOUND")
