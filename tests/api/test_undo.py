"""Undo and redo over HTTP, with real files."""

import asyncio

import pytest

from artelier.client import Client, Refused
from artelier.client.stream import StreamDelta


async def written(client: Client) -> str:
    """Let an agent write a file and return the session."""
    reply = await client.chat("write-a-file")
    question = reply.approvals[0]
    assert question.preview.startswith("--- /dev/null\n+++ b/made.txt\n")
    assert question.undoable is True
    await client.answer(question.id, "approve")
    assert (await client.wait(question.run_id, 20)).status == "finished"
    return question.session_id


async def test_a_run_is_undone_and_done_again(client: Client, server) -> None:
    session = await written(client)
    made = server.workspace / "made.txt"
    (change,) = await client.changes(session)
    assert (change.path, change.kind, change.undoable, change.undone) == ("made.txt", "created", True, False)
    assert "+made" in change.diff
    looked = await client.undo(session, dry_run=True)
    assert [file.path for file in looked.restored] == ["made.txt"]
    assert made.exists()
    undone = await client.undo(session)
    assert not made.exists()
    assert (undone.action, undone.run_id, undone.left) == ("undo", change.run_id, ())
    assert (await client.changes(session))[0].undone
    with pytest.raises(Refused, match="nothing to undo"):
        await client.undo(session)
    await client.redo(session)
    assert made.read_text() == "made\n"
    with pytest.raises(Refused, match="nothing to do again"):
        await client.redo(session)
    assert [event.payload["action"] for event in await client.events(session) if event.type == "files_restored"] == ["undo", "redo"]
    made.unlink()


async def test_a_file_that_somebody_changed_is_left_alone(client: Client, server) -> None:
    session = await written(client)
    made = server.workspace / "made.txt"
    made.write_text("mine now\n")
    done = await client.undo(session)
    assert done.restored == ()
    assert [(left.path, left.reason) for left in done.left] == [("made.txt", "Somebody else has changed it since.")]
    assert made.read_text() == "mine now\n"
    assert not any(event.type == "files_restored" for event in await client.events(session))
    made.unlink()


async def at_work(client: Client, session: str) -> None:
    """Return once a command has printed something."""
    async for item in client.follow(session):
        if isinstance(item, StreamDelta) and item.kind == "progress" and "ready" in item.text:
            return


async def test_what_a_cancelled_command_did_is_undone(client: Client, server) -> None:
    question = (await client.chat("run-and-stay")).approvals[0]
    assert question.undoable is True
    await client.answer(question.id, "approve")
    await asyncio.wait_for(at_work(client, question.session_id), 20)
    await client.cancel(question.run_id)
    assert (await client.wait(question.run_id, 20)).status == "cancelled"
    half = server.workspace / "half.txt"
    assert half.read_text() == "half"
    (change,) = await client.changes(question.session_id)
    assert (change.path, change.kind, change.undoable) == ("half.txt", "created", True)
    assert [file.path for file in (await client.undo(question.session_id)).restored] == ["half.txt"]
    assert not half.exists()


@pytest.mark.parametrize("body", [{"to_run": "x"}, {"paths": "a"}, {"paths": [1]}, {"dry_run": "maybe"}, {"more": 1}])
async def test_garbage_is_refused(client: Client, body) -> None:
    session = (await client.open_session()).id
    with pytest.raises(Refused) as refused:
        await client._post(f"/api/v1/sessions/{session}/undo", dict, body)
    assert refused.value.status == 422
