"""Several agents at one piece of work, over HTTP: side by side, asked in one inbox, stopped together, never more rights."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator

import httpx2
import pytest
from served import PATIENCE, Served, served_in

from artelier.client import Client, StreamEvent
from artelier.providers.scripted import ScriptedCall
from artelier.testing import call, script, turn


def delegate(agent: str, task: str) -> ScriptedCall:
    return call("delegate", agent=agent, task=task)


PARTS = turn(delegate("coder", "part-one"), delegate("coder", "part-two"), delegate("ask", "part-three"))
SCRIPT = (
    script(PARTS, "All done.", when_text_contains="build-it")
    + script(call("write_file", path="one.txt", content="one\n"), "One is written.", when_text_contains="part-one")
    + script(call("write_file", path="two.txt", content="two\n"), "Two is written.", when_text_contains="part-two")
    + script(call("read_file", path="notes.txt"), "Three is read.", when_text_contains="part-three")
    + script(delegate("coder", "overreach"), "It could not.", when_text_contains="by-a-reader")
    + script(call("write_file", path="stolen.txt", content="x\n"), "I may not write.", when_text_contains="overreach")
    + script(delegate("coder", "never-end"), "Over.", when_text_contains="stay-long")
    + script(turn("I begin", fault="hang", after=7, times=1000), when_text_contains="never-end")
    + script(call("switch_agent", agent="ask", reason="a question"), "I am ask.", when_text_contains="hand-over")
    + script("Hello.")
)
LEADER = "---\ndescription: Leads by reading.\ntools: [read_file, delegate, finish]\n---\nYou lead and pass on nothing more.\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    (folder / "agents").mkdir()
    (folder / "agents/leader.md").write_text(LEADER)
    with served_in(folder, SCRIPT, agents={"paths": [str(folder / "agents")]}) as served:
        yield served


@pytest.fixture
async def client(server: Served) -> AsyncIterator[Client]:
    async with Client(server.address, server.token) as client:
        yield client


async def test_three_work_side_by_side_and_two_ask_in_the_callers_inbox(client: Client, server: Served) -> None:
    reply = await client.chat("build-it", agent="orchestrator")
    assert reply.status == "waiting"
    async with asyncio.timeout(PATIENCE):
        while len(asked := (await client.approvals(session=reply.session_id)).items) < 2:  # noqa: ASYNC110  it has no event here
            await asyncio.sleep(0.02)
    assert {each.effect for each in asked} == {"write one.txt, 1 line, 4 bytes", "write two.txt, 1 line, 4 bytes"}
    assert reply.session_id not in {each.session_id for each in asked}, "each agent asks in a session of its own"
    for each in asked:
        await client.answer(each.id, "approve")
    run = await client.wait(reply.run_id, PATIENCE)
    assert (run.status, run.reply) == ("finished", "All done.")
    assert (server.workspace / "one.txt").read_text() == "one\n"
    told = [event.type for event in await client.events(reply.session_id)]
    assert told.count("delegate_sent") == told.count("delegate_returned") == 3
    assert run.usage.model_calls == 2 + 2 + 2 + 2, "what the others used counts here"
    listed = {each.id for each in (await client.sessions()).items}
    assert reply.session_id in listed
    assert not {each.session_id for each in asked} & listed


async def test_nobody_gets_more_rights_than_the_giver(client: Client, server: Served) -> None:
    reply = await client.chat("by-a-reader", agent="leader")
    assert (reply.status, reply.reply) == ("finished", "It could not.")
    assert not (server.workspace / "stolen.txt").exists()


async def test_a_cancel_reaches_those_who_were_given_work(client: Client) -> None:
    session = (await client.open_session()).id
    sent = await client.send(session, "stay-long", agent="orchestrator")
    async with asyncio.timeout(PATIENCE):
        async for item in client.follow(session):
            if isinstance(item, StreamEvent) and item.type == "delegate_sent":
                delegated = item.payload["run"]
                break
    await client.cancel(sent.run_id)
    assert (await client.wait(sent.run_id, PATIENCE)).status == "cancelled"
    assert (await client.wait(delegated, PATIENCE)).status == "cancelled"


async def test_another_agent_takes_over_in_the_same_run(client: Client) -> None:
    reply = await client.chat("hand-over", agent="orchestrator")
    assert (reply.status, reply.reply, reply.agent) == ("finished", "I am ask.", "ask")


async def test_the_callers_stream_carries_the_others_frames_without_id(server: Served) -> None:
    headers = {"Authorization": f"Bearer {server.token}", "Accept": "text/event-stream"}
    seen: list[tuple[str, str, str]] = []
    body = {"message": "by-a-reader", "agent": "leader"}
    async with (
        httpx2.AsyncClient(base_url=server.address, headers=headers, timeout=PATIENCE, trust_env=False) as http,
        http.stream("POST", "/api/v1/chat", json=body) as answer,
    ):
        chunk = {"id": "", "event": ""}
        async for line in answer.aiter_lines():
            name, _, value = line.partition(": ")
            if name == "data":
                seen.append((chunk.pop("id", ""), chunk.pop("event", ""), value))
            elif line:
                chunk[name] = value
    delegated = [json.loads(data) for place, kind, data in seen if kind == "delegate_event" and not place]
    assert "run_finished" in {event["type"] for event in delegated}
    assert [kind for place, kind, _ in seen if place][-1] == "run_finished"
