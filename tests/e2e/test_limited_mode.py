"""The model's server is dead: what can be said without it is said, the rest is told when it is tried again, and goes on by itself."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from living import Follower, configured, living
from test_any_server import PROGRAM, TEXT, WORDS, Mock, stop, stream

SETTINGS = """
[routing]
model = "other/tiny"
[agents.coder]
temperature = 0
[models]
default = "own/tiny"
attempts = 1
[models.providers.own]
base_url = "{base_url}"
api_key = "secret-key"
prices = {{ "*" = {{ input = 100, output = 0 }} }}
[models.providers.other]
base_url = "{base_url}"
"""
COST = 0.01


@asynccontextmanager
async def model(port: int = 0) -> AsyncIterator[Mock]:
    """A model's server that dies at the end of the block."""
    words = (sys.executable, str(PROGRAM), str(port))
    process = await asyncio.create_subprocess_exec(*words, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    try:
        mock = Mock(int(await process.stdout.readline()))
        await mock.play(stream(*WORDS, stop(), pause=0.0))
        yield mock
    finally:
        process.kill()
        await process.wait()


async def test_what_needs_no_model_goes_on_while_it_is_dead(tmp_path: Path) -> None:
    async with model() as mock:
        settings = configured(tmp_path / "settings", SETTINGS.format(base_url=mock.base_url))
        async with living(tmp_path, settings) as server, server.client() as client:
            assert (await client.chat("say words", agent="coder")).reply == TEXT
    async with living(tmp_path, settings) as server, server.client() as client:
        kept = await client.chat("say words", agent="coder")
        assert (kept.reply, kept.usage.model_calls, kept.usage.cost) == (TEXT, 0, 0.0)
        away = await client.chat("Why does test_parser crash with a stack trace at startup? Find the cause")
        assert (away.status, away.code, away.agent) == ("waiting", "LLM_UNAVAILABLE", "debug")
        assert "could not be reached" in away.message
        assert "It is asked again at " in away.message
        assert away.retry_after is not None
        assert 0 < away.retry_after <= 60
        events = await client.events(away.session_id)
        (chosen,) = [event.payload for event in events if event.type == "agent_chosen"]
        assert chosen["source"] == "classifier"
        unsure = await client.chat("hm, and now?", model="other/tiny")
        assert (unsure.status, unsure.code, unsure.approvals) == ("waiting", "LLM_UNAVAILABLE", ())
        assert unsure.agent, "the classifier's best guess"
        follower = Follower(client, away.session_id)
        async with model(mock.port) as back:
            finished = await follower.until_type("run_finished")
            assert finished.payload["reply"] == TEXT
            assert (await client.wait(unsure.run_id, 30)).status == "finished"
            asked = [json.loads(each["body"]) for each in await back.seen()]
        assert {event.payload["reason"] for event in follower.of("run_waiting")} == {"model"}
        await follower.close()
        used = await client.usage("session")
        costs = {each.key: each.cost for each in used.items}
        assert round(costs[away.session_id], 6) == COST
        assert any("test_parser" in str(each["messages"]) for each in asked)
