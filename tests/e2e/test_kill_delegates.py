"""A run with others at work for it survives the server's death, is answered at the command line, and ends in order."""

import asyncio
import random
import sys
from pathlib import Path
from typing import Any

import pytest
from living import PATIENCE, START, LivingServer, living, scripted

from artelier.client import Client, Unreachable

PARTS = ("part-one", "part-two", "part-three")


def script() -> list[dict[str, Any]]:
    def story(name: str, *turns: dict[str, Any]) -> list[dict[str, Any]]:
        return [{"when_text_contains": name, **turn} for turn in turns]

    def write(name: str) -> dict[str, Any]:
        return {"calls": [{"name": "write_file", "arguments": {"path": f"{name}.txt", "content": f"{name}\n"}}]}

    parts = [{"name": "delegate", "arguments": {"agent": "coder" if name != "part-three" else "ask", "task": name}} for name in PARTS]
    return [
        *story("build-it", {"calls": parts}, {"text": "All done."}),
        *story("part-one", write("one"), {"text": "One is written."}),
        *story("part-two", write("two"), {"text": "Two is written."}),
        *story("part-three", {"calls": [{"name": "read_file", "arguments": {"path": "notes.txt"}}]}, {"text": "Three is read."}),
    ]


async def asked(client: Client, session: str, count: int) -> list[str]:
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                found = [each.id for each in (await client.approvals(session=session)).items]
            except Unreachable:
                found = []
            if len(found) >= count:
                return found
            await asyncio.sleep(0.05)


async def at_the_command_line(server: LivingServer, *words: str) -> None:
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-c", START, *words, env=server.environment, stdout=asyncio.subprocess.DEVNULL
    )
    assert await asyncio.wait_for(program.wait(), PATIENCE) == 0


async def test_three_others_two_of_whom_ask_survive_a_kill(tmp_path: Path) -> None:
    async with living(tmp_path, scripted(tmp_path / "settings", script(), "")) as server, server.client() as client:
        (server.workspace / "notes.txt").write_text("a note\n")
        session = (await client.open_session()).id
        run = (await client.send(session, "build-it", agent="orchestrator")).run_id
        questions = await asked(client, session, 2)
        await server.kill()
        await server.start()
        assert set(await asked(client, session, 2)) == set(questions)
        for question in questions:
            await at_the_command_line(server, "approvals", "approve", question)
        assert (await client.wait(run, PATIENCE)).reply == "All done."
        told = [event.type for event in await client.events(session)]
        assert told.count("delegate_sent") == told.count("delegate_returned") == 3
        assert max(place for place, kind in enumerate(told) if kind == "delegate_returned") < told.index("run_finished")
        assert (server.workspace / "one.txt").read_text() == "one\n"


@pytest.mark.slow
async def test_killed_at_any_moment_each_part_is_done_and_told_once(tmp_path: Path) -> None:
    chance = random.Random(11)
    settings = '[[approvals.rules]]\ndecision = "allow"\ntool = "write_file"\n'
    async with living(tmp_path, scripted(tmp_path / "settings", script(), settings)) as server, server.client() as client:
        (server.workspace / "notes.txt").write_text("a note\n")
        for _ in range(3):
            session = (await client.open_session()).id
            run = (await client.send(session, "build-it", agent="orchestrator")).run_id
            for _ in range(2):
                await asyncio.sleep(chance.uniform(0.0, 0.1))
                await server.kill()
                await server.start()
            assert (await client.wait(run, PATIENCE)).reply == "All done."
            events = await client.events(session)
            returned = [event.payload["call"] for event in events if event.type == "delegate_returned"]
            assert len(returned) == len(set(returned)) == 3
            assert {event.payload["status"] for event in events if event.type == "delegate_returned"} == {"finished"}
