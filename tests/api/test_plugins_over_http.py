"""Plugins over HTTP: how they stand, what they give, and that no agent can come to write them."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from served import Served, served_in

PLUGIN = """
from artelier.domain.agents import AgentSpec
from artelier.ports.plugin import Plugin
from artelier.ports.router import Route

class Router:
    def route(self, text, agents, earlier): return Route("sayer", 0.9, "") if "sing" in text else None

def plugin(context): return Plugin(version="1.0", api=1, agents=(AgentSpec("sayer", "Says.", "You say.", ()),), routers=(Router(),))
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    plugins = folder / "roots" / "one" / "plugins"
    plugins.mkdir(parents=True)
    (plugins / "sayer.py").write_text(PLUGIN)
    (plugins / "wrong.py").write_text("plugin = 3\n")
    with served_in(folder, plugins={"folder": str(plugins)}) as served:
        yield served


async def test_they_are_listed_with_what_they_give(http: httpx2.AsyncClient) -> None:
    sayer, wrong = (await http.get("/api/v1/plugins")).json()["items"]
    assert {name: sayer[name] for name in ("name", "state", "version", "agents", "routers")} == {
        "name": "sayer",
        "state": "ready",
        "version": "1.0",
        "agents": ["sayer"],
        "routers": 1,
    }
    assert (wrong["name"], wrong["state"]) == ("wrong", "failed")
    assert "sayer" in {each["name"] for each in (await http.get("/api/v1/agents")).json()["items"]}
    part = (await http.get("/health/ready")).json()["parts"]["plugins"]
    assert part["state"] == "degraded"
    assert "plugin wrong" in part["detail"]


async def test_what_routed_is_told(http: httpx2.AsyncClient) -> None:
    told = (await http.post("/api/v1/routing/classify", json={"text": "sing me a song"})).json()
    assert (told["agent"], told["confidence"], told["source"]) == ("sayer", 0.9, "plugin")


@pytest.mark.parametrize("below", ["", "plugins"])
async def test_their_folder_is_never_a_workspace(http: httpx2.AsyncClient, server: Served, below: str) -> None:
    path = Path(server.roots) / "one" / below
    answer = await http.post("/api/v1/workspaces", json={"path": str(path)})
    assert answer.status_code == 403
    assert "plugins.folder" in answer.json()["detail"]


async def test_they_are_nobodys_without_a_token(server: Served) -> None:
    async with httpx2.AsyncClient(base_url=server.address, trust_env=False) as nobody:
        assert (await nobody.get("/api/v1/plugins")).status_code == 401
