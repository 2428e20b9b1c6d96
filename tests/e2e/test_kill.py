"""A server is killed at the worst moments and started again: nothing accepted is lost, nothing stored is done twice."""

import asyncio
import os
import random
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from living import PATIENCE, Follower, LivingServer, living, scripted

from artelier.client import Approval, Client, Unreachable

STORY = "".join(f"Sentence {number} of a story that takes its time. " for number in range(6))
"""At 6 characters each 40 ms it takes about two seconds."""
SLOWLY = {"chunk": 6, "delay": 0.04}
COUNT = "echo once >> counter.txt"
COUNT_SLOWLY = f"{COUNT}; echo at-work; sleep 2"


def script() -> list[dict[str, Any]]:
    def story(name: str, *turns: dict[str, Any]) -> list[dict[str, Any]]:
        return [{"when_text_contains": name, **turn} for turn in turns]

    return [
        *story("tell", {"text": STORY, **SLOWLY}),
        *story("count-first", {"calls": [command(COUNT)]}, {"text": STORY, **SLOWLY}),
        *story("count-slowly", {"calls": [command(COUNT_SLOWLY)]}, {"text": "Counted."}),
        *story("search", {"calls": [{"name": "search_in_code", "arguments": {"pattern": "zz.*q.*w$"}}]}, {"text": "Searched."}),
        *story(
            "chaos",
            {"text": "I look at the file first. ", "calls": [{"name": "read_file", "arguments": {"path": "notes.txt"}}], **SLOWLY},
            {"text": STORY, "chunk": 12, "delay": 0.03},
        ),
    ]


def command(text: str) -> dict[str, Any]:
    return {"name": "execute_command", "arguments": {"command": text}}


@asynccontextmanager
async def scene(folder: Path, settings: str = "") -> AsyncIterator[tuple[LivingServer, Client, Follower, str]]:
    """A server, a client, and a reader who is connected all along."""
    async with living(folder, scripted(folder / "settings", script(), settings)) as server, server.client() as client:
        (server.workspace / "notes.txt").write_text("a note\n")
        session = (await client.open_session()).id
        follower = Follower(client, session)
        await follower.until_type("session_opened")
        yield server, client, follower, session
        await hold_to_the_journal(client, follower, session)
        await follower.close()


async def hold_to_the_journal(client: Client, follower: Follower, session: str) -> None:
    """What was seen is the journal, each event once, without a gap."""
    stored = await client.events(session)
    await follower.until(lambda seen: len(seen.events) >= len(stored), "the whole journal")
    assert [event.seq for event in stored] == list(range(1, len(stored) + 1))
    assert follower.events == list(stored)


async def restart(server: LivingServer) -> None:
    await server.kill()
    await server.start()


async def asked(client: Client, follower: Follower, times: int = 1) -> Approval:
    event = await follower.until_type("approval_asked", times)
    await follower.until_type("run_waiting", times)
    return await client.approval(event.payload["question"]["id"])


def at_work(seen: Follower) -> bool:
    return any(delta.kind == "progress" and "at-work" in delta.text for delta in seen.deltas)


async def test_killed_in_the_middle_of_a_reply(tmp_path: Path) -> None:
    async with scene(tmp_path) as (server, client, follower, session):
        accepted = await client.send(session, "tell me a story")
        await follower.until(lambda seen: 40 < len(seen.text()) < len(STORY), "half a reply")
        await restart(server)
        finished = await follower.until_type("run_finished")
        assert finished.payload["reply"] == STORY
        assert follower.text() == STORY
        assert {delta.attempt for delta in follower.deltas} in ({0, 1}, {0}), "who comes back late gets what is stored, without deltas"
        assert follower.of("model_replied")[0].payload["attempt"] == 1
        assert [event.payload["fence"] for event in follower.of("run_started")] == [1, 2]
        run = await client.run(accepted.run_id)
        assert (run.status, run.reply) == ("finished", STORY)


async def test_a_stored_tool_is_not_run_again(tmp_path: Path) -> None:
    async with scene(tmp_path) as (server, client, follower, session):
        await client.send(session, "count-first")
        await client.answer((await asked(client, follower)).id, "approve")
        await follower.until(lambda seen: len(seen.text(1)) > 30, "the reply after the tool")
        await restart(server)
        await follower.until_type("run_finished")
        assert follower.text(1) == STORY
        assert (server.workspace / "counter.txt").read_text() == "once\n"
        assert len(follower.of("tool_started")) == len(follower.of("tool_finished")) == 1


@pytest.mark.parametrize("decision", ["approve", "reject"])
async def test_killed_while_a_command_is_at_work(tmp_path: Path, decision: str) -> None:
    async with scene(tmp_path) as (server, client, follower, session):
        accepted = await client.send(session, "count-slowly")
        await client.answer((await asked(client, follower)).id, "approve")
        await follower.until(at_work, "a command at work")
        await restart(server)
        doubt = await asked(client, follower, 2)
        assert (doubt.kind, doubt.tool, doubt.status) == ("in_doubt", "execute_command", "open")
        assert (server.workspace / "counter.txt").read_text() == "once\n", "it was run again without a person's word"
        await client.answer(doubt.id, decision, reason="look yourself")
        await follower.until_type("run_finished")
        status = follower.of("tool_finished")[-1].payload["result"]["status"]
        assert status == {"approve": "done", "reject": "in_doubt"}[decision]
        times = {"approve": 2, "reject": 1}[decision]
        assert (server.workspace / "counter.txt").read_text() == "once\n" * times
        assert len(follower.of("tool_started")) == times
        assert (await client.run(accepted.run_id)).status == "finished"


async def test_killed_while_a_read_is_at_work(tmp_path: Path) -> None:
    async with scene(tmp_path) as (server, client, follower, session):
        line = "zz" + "q" * 200 + "x\n"
        for number in range(20):
            (server.workspace / f"haystack{number}.txt").write_text(line * 15_000)
        await client.send(session, "search")
        await follower.until_type("tool_started")
        await restart(server)
        await follower.until_type("run_finished")
        assert follower.of("approval_asked") == []
        assert len(follower.of("tool_finished")) == 1


async def test_killed_while_it_waits_for_an_approval(tmp_path: Path) -> None:
    async with scene(tmp_path) as (server, client, follower, session):
        await client.send(session, "count-first")
        question = await asked(client, follower)
        await restart(server)
        again = await client.approval(question.id)
        assert (again.status, again.arguments) == ("open", {"command": COUNT})
        assert not (server.workspace / "counter.txt").exists()
        await client.answer(question.id, "approve")
        await follower.until_type("run_finished")
        assert (server.workspace / "counter.txt").read_text() == "once\n"
        assert follower.text(1) == STORY


async def test_told_to_stop_it_lets_the_tool_end_and_goes_on_later(tmp_path: Path) -> None:
    async with scene(tmp_path) as (server, client, follower, session):
        await client.send(session, "count-slowly")
        await client.answer((await asked(client, follower)).id, "approve")
        await follower.until(at_work, "a command at work")
        assert await server.terminate() == 0
        await server.start()
        await follower.until_type("run_finished")
        assert (server.workspace / "counter.txt").read_text() == "once\n"
        assert len(follower.of("approval_asked")) == 1, "a call that ended in order is not in doubt"


async def test_told_to_stop_in_the_middle_of_a_reply(tmp_path: Path) -> None:
    async with scene(tmp_path) as (server, client, follower, session):
        await client.send(session, "tell me a story")
        await follower.until(lambda seen: len(seen.text()) > 40, "half a reply")
        assert await server.terminate() == 0
        await server.start()
        await follower.until_type("run_finished")
        assert follower.text() == STORY


async def test_a_tool_that_takes_too_long_is_not_waited_for(tmp_path: Path) -> None:
    async with scene(tmp_path, "[workers]\ndrain_seconds = 0.5\n") as (server, client, follower, session):
        await client.send(session, "count-slowly")
        await client.answer((await asked(client, follower)).id, "approve")
        await follower.until(at_work, "a command at work")
        await server.terminate()
        await server.start()
        doubt = await asked(client, follower, 2)
        assert doubt.kind == "in_doubt"
        await client.answer(doubt.id, "reject")
        await follower.until_type("run_finished")
        assert (server.workspace / "counter.txt").read_text() == "once\n"


async def test_chaos(tmp_path: Path) -> None:
    rounds = int(os.environ.get("ARTELIER_CHAOS_ROUNDS", "3"))
    dice = random.Random(int(os.environ.get("ARTELIER_CHAOS_SEED", "7")))
    async with living(tmp_path, scripted(tmp_path / "settings", script())) as server, server.client() as client:
        (server.workspace / "notes.txt").write_text("a note\n")
        sessions = [(await client.open_session()).id for _ in range(4)]
        followers = [Follower(client, session) for session in sessions]
        accepted: list[str] = []
        for number in range(rounds):
            sending = [asyncio.create_task(_send_until_taken(client, session, f"chaos {number}")) for session in sessions]
            victim = followers[dice.randrange(len(followers))]
            mark = len(victim.deltas) + len(victim.events) + dice.randint(1, 60)
            await victim.until(lambda seen, mark=mark, number=number: _due(seen, mark, number), "a moment to kill at")
            await restart(server)
            accepted += await asyncio.gather(*sending)
        for session, follower in zip(sessions, followers, strict=True):
            await follower.until(lambda seen: len(seen.of("run_finished")) == rounds, f"{rounds} finished runs")
            assert all(run.payload["reply"] == STORY for run in follower.of("run_finished"))
            assert len({run.run for run in follower.of("run_finished")}) == rounds
            assert all(len(_finished_calls(follower, run)) == 1 for run in {event.run for event in follower.events if event.run})
            await hold_to_the_journal(client, follower, session)
            await follower.close()
        assert len(set(accepted)) == rounds * len(sessions)
        assert {(await client.run(run)).status for run in accepted} == {"finished"}


def _due(seen: Follower, mark: int, number: int) -> bool:
    """Whether so much was heard, or, where a busy machine says the same in fewer pieces, the story is over."""
    return len(seen.deltas) + len(seen.events) >= mark or len(seen.of("run_finished")) > number


def _finished_calls(follower: Follower, run: str) -> list[str]:
    return [event.payload["call"] for event in follower.of("tool_finished") if event.run == run]


async def _send_until_taken(client: Client, session: str, text: str) -> str:
    """Send a message as a program does that does not know whether it was heard."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                return (await client.send(session, text, idempotency_key=text)).run_id
            except Unreachable:
                await asyncio.get_running_loop().run_in_executor(None, _wait_for_port, client.address)


def _wait_for_port(address: str) -> None:
    host, port = address.removeprefix("http://").split(":")
    for _ in range(200):
        with socket.socket() as probe:
            probe.settimeout(0.1)
            if probe.connect_ex((host, int(port))) == 0:
                return
