"""What is kept is told and forgotten, and what is left alone is told: over HTTP, in a whole house before a model's server."""

from pathlib import Path
from typing import Any

import httpx2
import pytest
from test_faults_between import AWAY, Wire, provider, settings_of

from artelier.client import Client, Refused
from artelier.domain.usage import Usage
from artelier.runtime.pricing import build_prices
from artelier.settings import Settings
from artelier.testing import serving


async def asked(client: Client, agent: str = "coder") -> int:
    """Return how many calls of the model it took to be answered."""
    reply = await client.chat("How is it?", agent=agent)
    assert reply.status == "finished"
    return reply.usage.model_calls


async def test_kept_replies_are_counted_and_forgotten(mock: Any, tmp_path: Path) -> None:
    settings = settings_of({"own": provider("openai", mock.play(Wire("openai", mock).whole()))})
    settings["agents"]["ask"] = {"temperature": 0}
    async with serving(tmp_path / "ws", [], settings=settings) as server:
        client = server.client
        assert [await asked(client), await asked(client), await asked(client, "ask"), await asked(client, "ask")] == [1, 0, 1, 0]
        told = await client.cache()
        assert told.replies is not None
        assert (told.replies.hits, told.replies.misses, told.replies.stored) == (2, 2, 2)
        assert [(tier.tier, tier.failing) for tier in told.tiers] == [("memory", False), ("disk", False)]
        assert (told.semantic, (await client.health()).parts["cache"].state) == (None, "ok")
        assert all(tier.bytes and tier.puts for tier in told.tiers)
        await client.forget_replies("coder")
        assert [await asked(client), await asked(client, "ask")] == [1, 0]
        await client.forget_replies()
        assert [await asked(client), await asked(client, "ask")] == [1, 1]
        await client.forget_replies(everybody=True)
        assert [await asked(client), await asked(client)] == [1, 0]
        async with Client(server.address, server.token) as person:
            with pytest.raises(Refused, match="operator"):
                await person.forget_replies(everybody=True)
            await person.forget_replies()
        assert await asked(client) == 1


async def test_a_cache_server_that_is_away_is_told(mock: Any, tmp_path: Path, unused_tcp_port: int) -> None:
    settings = settings_of({"own": provider("openai", mock.play(Wire("openai", mock).whole()))})
    settings["cache"] = {"url": f"redis://127.0.0.1:{unused_tcp_port}/0"}
    async with serving(tmp_path / "ws", [], settings=settings) as server:
        assert await asked(server.client) == 1
        assert [(tier.tier, tier.failing) for tier in (await server.client.cache()).tiers] == [("memory", False), ("resp", True)]
        health = await server.client.health()
        assert (health.parts["cache"].state, health.parts["cache"].detail.split()[0]) == ("degraded", "resp")


async def test_a_model_that_is_left_alone_is_told_everywhere(mock: Any, tmp_path: Path) -> None:
    broken = mock.play(Wire("openai", mock).refusal(AWAY))
    settings = settings_of({"own": provider("openai", broken)}, attempts=1)
    async with serving(tmp_path / "ws", [], settings=settings) as server:
        client = server.client
        assert [model.left_alone for model in await client.models() if model.name == "own/m"] == [False]
        for _ in range(3):
            assert (await client.chat("How is it?", agent="coder")).status == "waiting"
        assert [model.name for model in await client.models() if model.left_alone] == ["own/m"]
        health = await client.health()
        assert (health.status, health.parts["models"].state) == ("degraded", "degraded")
        assert "own/m" in health.parts["models"].detail
        figures = (await client._send("GET", "/metrics")).text
        assert 'artelier_model_left_alone{model="own/m"} 1.0' in figures
        for run in (await client.runs()).items:
            await client.cancel(run.id)


async def test_a_limit_that_is_waited_for_is_called_one(mock: Any, tmp_path: Path) -> None:
    busy = mock.play(Wire("openai", mock).refusal("429 Too Many Requests"))
    async with serving(tmp_path / "ws", [], settings=settings_of({"own": provider("openai", busy)}, attempts=1)) as server:
        told = await server.client.chat("How is it?", agent="coder")
        assert (told.status, told.code) == ("waiting", "RATE_LIMITED")
        await server.client.cancel(told.run_id)


@pytest.mark.parametrize("said", ["no-cache", "max-age=0", "no-store, max-age=0"])
async def test_an_answer_that_may_have_no_age_is_asked_anew(mock: Any, tmp_path: Path, said: str) -> None:
    settings = settings_of({"own": provider("openai", mock.play(Wire("openai", mock).whole()))})
    async with serving(tmp_path / "ws", [], settings=settings) as server:
        assert [await asked(server.client), await asked(server.client)] == [1, 0]
        headers = {"Cache-Control": said, "Authorization": f"Bearer {server.token}"}
        async with httpx2.AsyncClient(base_url=server.address, headers=headers) as http:
            again = await http.post("/api/v1/chat", json={"message": "How is it?", "agent": "coder"})
        assert again.json()["usage"]["model_calls"] == 1


@pytest.mark.parametrize("name", ["rehearsal", "tape", "script"])
def test_what_only_plays_costs_nothing_which_is_a_price(name: str) -> None:
    played = {"tape": {"kind": "replay", "file": "x"}, "script": {"kind": "scripted", "file": "x"}}
    settings = Settings.model_validate({"models": {"providers": played}})
    used = build_prices(settings).priced(name, "any", Usage(100, 20, model_calls=1), Usage())
    assert (used.cost, used.unpriced_calls) == (0.0, 0)
