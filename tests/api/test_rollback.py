"""A message that takes back what is at work: ``multitask: rollback``."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from artelier.client import Client, Run
from artelier.domain.runs import RunStatus
from artelier.testing import Server, call, script, serving, turn

PATIENCE = 20.0
STUCK = turn("I begin", fault="hang", after=7, times=1000)


def write(path: str, content: str):
    return call("write_file", path=path, content=content)


SCRIPT = (
    script(turn(write("a.txt", "new\n"), write("made.txt", "made\n")), STUCK, when_text_contains="change-and-stay")
    + script(call("delegate", agent="coder", task="part-one"), "Over.", when_text_contains="lead-it")
    + script(write("b.txt", "of the part\n"), STUCK, when_text_contains="part-one")
    + script(*["Hello."] * 5)
)
ALLOW = {"approvals": {"rules": [{"tool": "write_file", "decision": "allow"}]}}


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    (tmp_path / "a.txt").write_text("old\n")
    async with serving(tmp_path, SCRIPT, settings=ALLOW) as server:
        yield server


async def told(client: Client, session: str, kind: str, text: str = "") -> None:
    """Return once the session's stream, or one below it, tells this."""
    async with asyncio.timeout(PATIENCE):
        async for item in client.follow(session):
            item = getattr(item, "item", item)  # noqa: PLW2901  what is told of a delegate, as it was told there
            if kind in {getattr(item, "type", ""), getattr(item, "kind", "")} and text in getattr(item, "text", ""):
                return


async def ended(client: Client, run: str) -> Run:
    return await client.wait(run, PATIENCE)


async def test_what_the_run_at_work_changed_is_put_back_and_the_message_goes_on(server: Server) -> None:
    client = server.client
    session = (await client.open_session()).id
    first = (await client.send(session, "change-and-stay")).run_id
    behind = (await client.send(session, "good day")).run_id
    await told(client, session, "text", "I begin")
    assert (server.workspace / "a.txt").read_text() == "new\n"
    third = (await client.send(session, "good day", multitask="rollback")).run_id
    assert (server.workspace / "a.txt").read_text() == "old\n"
    assert not (server.workspace / "made.txt").exists()
    assert ((await ended(client, third)).status, (await ended(client, third)).reply) == ("finished", "Hello.")
    assert [(await client.run(run)).status for run in (first, behind)] == ["cancelled", "cancelled"]
    types = [event.type for event in await client.events(session)]
    assert types.index("files_restored") < types.index("message_received", types.index("files_restored"))
    again = await client.send(session, "good evening", multitask="rollback")
    assert (await ended(client, again.run_id)).status == "finished"
    assert [event.type for event in await client.events(session)].count("files_restored") == 1, "ended runs are not taken back"


async def test_what_was_delegated_is_put_back_as_well(server: Server) -> None:
    client = server.client
    session = (await client.open_session()).id
    first = (await client.send(session, "lead-it", agent="orchestrator")).run_id
    async with asyncio.timeout(PATIENCE):
        while not (server.workspace / "b.txt").exists():  # noqa: ASYNC110  no event tells of a file outside the journal
            await asyncio.sleep(0.02)
    second = (await client.send(session, "good day", multitask="rollback")).run_id
    assert not (server.workspace / "b.txt").exists()
    assert (await ended(client, second)).status == "finished"
    assert (await client.run(first)).status == "cancelled"
    (part,) = await server.house.store.list_delegated(first)
    assert part.status is RunStatus.CANCELLED


async def test_a_question_that_waits_is_taken_back_and_what_somebody_else_changed_stays(server: Server) -> None:
    client = server.client
    session = (await client.open_session()).id
    await client.send(session, "change-and-stay")
    await told(client, session, "text", "I begin")
    (server.workspace / "a.txt").write_text("by a person\n")
    await client.send(session, "good day", multitask="rollback")
    assert (server.workspace / "a.txt").read_text() == "by a person\n"
    (restored,) = [event.payload for event in await client.events(session) if event.type == "files_restored"]
    assert restored["left"] == ["a.txt"]


async def test_the_same_message_by_its_key_takes_nothing_back(server: Server) -> None:
    client = server.client
    session = (await client.open_session()).id
    sent = await client.send(session, "change-and-stay", multitask="rollback", idempotency_key="once")
    await told(client, session, "text", "I begin")
    assert await client.send(session, "change-and-stay", multitask="rollback", idempotency_key="once") == sent
    assert (server.workspace / "a.txt").read_text() == "new\n"
    await client.cancel(sent.run_id)
