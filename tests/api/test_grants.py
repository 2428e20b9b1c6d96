"""Grants: what is approved with `remember` is not asked again, exactly and only there, until it is revoked."""

import httpx2
import pytest

from artelier.client import Approval, Client, Refused

PATIENCE = 20.0


async def asked(client: Client, session: str, text: str) -> Approval:
    run = (await client.send(session, text)).run_id
    assert (await client.wait(run, PATIENCE)).status == "waiting"
    return next(each for each in (await client.approvals("open", session)).items if each.run_id == run)


async def passes(client: Client, session: str, text: str) -> bool:
    """Whether a message leads to its end without a question; one that is asked is refused."""
    run = (await client.send(session, text)).run_id
    ended = await client.wait(run, PATIENCE)
    for question in (await client.approvals("open", session)).items:
        await client.answer(question.id, "reject")
        await client.wait(run, PATIENCE)
    return ended.status == "finished"


async def test_what_is_remembered_for_a_session_is_allowed_there_until_it_is_revoked(client: Client) -> None:
    session, other = (await client.open_session()).id, (await client.open_session()).id
    question = await asked(client, session, "write-a-file")
    await client.answer(question.id, "approve", remember="session")
    await client.wait(question.run_id, PATIENCE)
    assert await passes(client, session, "write-a-file")
    assert not await passes(client, other, "write-a-file")
    (grant,) = (await client.grants()).items
    assert (grant.scope, grant.tool, grant.session_id, grant.approval_id) == ("session", "write_file", session, question.id)
    judged = [event for event in await client.events(session) if event.type == "call_judged"]
    assert [event.payload["decision"] for event in judged] == ["ask", "allow"]
    assert judged[1].payload["grant"] == grant.id
    assert (await client.revoke_grant(grant.id)).revoked_at is not None
    assert (await client.revoke_grant(grant.id)).revoked_at is not None, "twice does no harm"
    assert not await passes(client, session, "write-a-file")
    assert {"grant_made", "grant_revoked"} <= {event.type for event in await client.events(session)}


async def test_what_is_remembered_for_a_workspace_reaches_other_sessions(client: Client) -> None:
    session, other = (await client.open_session()).id, (await client.open_session()).id
    question = await asked(client, session, "write-a-file")
    await client.answer(question.id, "approve", remember="workspace")
    await client.wait(question.run_id, PATIENCE)
    assert await passes(client, other, "write-a-file")
    assert not await passes(client, other, "write-more"), "another content is another call"
    for grant in (await client.grants()).items:
        await client.revoke_grant(grant.id)


async def test_what_is_remembered_for_a_run_ends_with_it(client: Client) -> None:
    session = (await client.open_session(title="Once")).id
    question = await asked(client, session, "write-a-file")
    await client.answer(question.id, "approve", remember="run")
    await client.wait(question.run_id, PATIENCE)
    assert question.id not in {each.approval_id for each in (await client.grants()).items}
    assert not await passes(client, session, "write-a-file")


async def test_grants_name_their_session_and_fill_a_page_past_those_that_are_over(client: Client) -> None:
    session = (await client.open_session(title="Notes of May")).id
    question = await asked(client, session, "write-a-file")
    await client.answer(question.id, "approve", remember="session")
    await client.wait(question.run_id, PATIENCE)
    over = (await client.open_session()).id
    for _ in range(3):
        ended = await asked(client, over, "write-a-file")
        await client.answer(ended.id, "approve", remember="run")
        await client.wait(ended.run_id, PATIENCE)
    (grant,) = (await client.grants(limit=1)).items
    assert (grant.approval_id, grant.root_session_id, grant.session_title) == (question.id, session, "Notes of May")
    assert (await client.revoke_grant(grant.id)).session_title == "Notes of May"


async def test_only_the_approval_of_a_call_is_remembered(client: Client) -> None:
    session = (await client.open_session()).id
    question = await asked(client, session, "ask-me")
    with pytest.raises(Refused, match="Only the approval"):
        await client.answer(question.id, "approve", text="Blue", remember="session")
    await client.answer(question.id, "approve", text="Blue")
    await client.wait(question.run_id, PATIENCE)
    question = await asked(client, session, "write-a-file")
    with pytest.raises(Refused, match="Only the approval"):
        await client.answer(question.id, "reject", remember="session")
    with pytest.raises(Refused):
        await client.answer(question.id, "approve", remember="for ever")
    await client.answer(question.id, "reject")


async def test_grants_of_nobody_are_not_found(http: httpx2.AsyncClient) -> None:
    answer = await http.delete("/api/v1/grants/01900000-0000-7000-8000-000000000000")
    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")


async def test_several_questions_are_answered_at_once(client: Client) -> None:
    sessions = [(await client.open_session()).id for _ in range(3)]
    first, second = [await asked(client, session, "write-a-file") for session in sessions[:2]]
    words = await asked(client, sessions[2], "ask-me")
    found = await client.answer_all([first.id, second.id, words.id, first.id], "approve")
    assert [each.id for each in found.items] == [first.id, second.id]
    assert [(each.id, each.code) for each in found.left] == [(words.id, "INVALID_REQUEST")]
    again = await client.answer_all([first.id, "01900000-0000-7000-8000-000000000000"], "approve")
    assert [each.code for each in again.left] == ["CONFLICT", "NOT_FOUND"]
    assert (await client.wait(first.run_id, PATIENCE)).status == "finished"
    assert [each.id for each in (await client.answer_all([words.id], "reject")).items] == [words.id]


async def test_a_call_with_a_label_is_answered_alone(client: Client) -> None:
    question = await asked(client, (await client.open_session()).id, "remove-a-folder")
    assert "destructive" in question.labels
    (command,) = question.commands
    assert (command.argv, command.destructive, command.read_only) == (("rm", "-rf", "nothing"), True, False)
    assert not (await client.answer_all([question.id], "approve")).items
    assert (await client.answer(question.id, "approve")).status == "approved"
    await client.wait(question.run_id, PATIENCE)


async def test_what_answers_taught_is_revoked_by_its_name(client: Client) -> None:
    session = (await client.open_session()).id
    question = await asked(client, session, "write-more")
    await client.answer(question.id, "approve")
    await client.wait(question.run_id, PATIENCE)
    (key,) = [event.payload["question"]["key"] for event in await client.events(session) if event.type == "approval_asked"]
    revoked = await client.revoke_grant(f"habit:{key}")
    assert (revoked.tool, revoked.approval_id, revoked.revoked_at is None) == ("write_file", question.id, False)
    with pytest.raises(Refused, match="revoked already"):
        await client.revoke_grant(f"habit:{key}")
    with pytest.raises(Refused):
        await client.revoke_grant("habit:nothing")
