"""Fields of agents' files over HTTP: what they say, and the change of some of them."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from served import PATIENCE, Served, served_in

from artelier.client import Client, Refused

TESTER = """---
# Ours.
description: Runs tests.
tools: [read_file, "git_*", finish]
limits: {steps: 9}
---
You are tester.
"""


def text_of(file: Path) -> str:
    return file.read_text()


def spoil(file: Path) -> None:
    file.write_text(TESTER.replace("tools:", "tols:"))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    (folder / "agents").mkdir()
    agents = {"paths": [str(folder / "agents")], "debug": {"max_tokens": 512, "limits": {"steps": 5}}}
    with served_in(folder, agents=agents, limits={"money": 0.5, "steps": 30}) as served:
        yield served


@pytest.fixture
def file(server: Served) -> Path:
    return server.workspace.parent / "agents" / "tester.md"


@pytest.fixture
async def browser(server: Served):
    headers = {"Authorization": f"Bearer {server.operator}"}
    async with httpx2.AsyncClient(base_url=f"{server.address}/api/v1", headers=headers, timeout=PATIENCE, trust_env=False) as browser:
        await browser.put("/agents/tester", json={"text": TESTER})
        yield browser


async def test_fields_say_what_the_file_says(browser) -> None:
    fields = (await browser.get("/agents/tester")).json()["fields"]
    assert (fields["model"], fields["max_tokens"], fields["writes"]) == (None, None, [])
    assert fields["limits"] == {"steps": 9, "money": None, "wall_seconds": None}
    assert {"read_file", "git_log", "git_commit"} <= set(fields["tools"])
    assert list(fields["patterns"]) == ["git_*"]
    assert "git_log" in fields["patterns"]["git_*"]


async def test_named_fields_are_changed_and_the_rest_stays(browser, file: Path) -> None:
    answer = await browser.patch("/agents/tester", json={"max_tokens": 4096, "writes": ["tests/**"], "limits": {"steps": None, "money": 2}})
    assert answer.status_code == 200
    assert answer.json()["fields"]["limits"] == {"steps": None, "money": 2.0, "wall_seconds": None}
    changed = TESTER.replace("{steps: 9}", "{money: 2.0}").replace("\n---\nYou", "\nmax_tokens: 4096\nwrites: [tests/**]\n---\nYou")
    assert text_of(file) == changed
    limits = next(each for each in (await browser.get("/agents")).json()["items"] if each["name"] == "tester")["limits"]
    assert (limits["steps"], limits["money"]) == (30, 2.0)


async def test_a_tool_is_taken_out_of_a_pattern_and_another_joins(browser, file: Path) -> None:
    tools = (await browser.get("/agents/tester")).json()["fields"]["tools"]
    wanted = [name for name in tools if name != "git_commit"]
    answer = await browser.patch("/agents/tester", json={"tools": [*wanted, "list_files"]})
    assert set(answer.json()["fields"]["tools"]) == {*wanted, "list_files"}
    assert "git_*" not in text_of(file)
    await browser.put("/agents/tester", json={"text": TESTER})
    await browser.patch("/agents/tester", json={"tools": [name for name in tools if name != "read_file"]})
    assert "tools: [git_*, finish]" in text_of(file)


async def test_a_built_in_agent_gets_a_copy(server: Served, browser, file: Path) -> None:
    async with Client(server.address, server.operator) as operator:
        stored = await operator.change_agent("ask", {"max_tokens": 1024})
    assert (stored.origin, stored.path) == ("file", str(file.parent / "ask.md"))
    assert "\nmax_tokens: 1024\n---\nYou are ask" in text_of(file.parent / "ask.md")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"writes": ["../x"]}, "writes"),
        ({"tools": ["no_such_tool"]}, "no_such_tool"),
        ({"tools": None}, "tools"),
    ],
)
async def test_what_would_be_no_agent_changes_nothing(browser, file: Path, body: dict, said: str) -> None:
    answer = await browser.patch("/agents/tester", json=body)
    assert answer.json()["code"] == "CONFIG_INVALID"
    assert said in answer.json()["detail"]
    assert text_of(file) == TESTER


@pytest.mark.parametrize("body", [{"max_tokens": "2k"}, {"max_tokens": 3}, {"limits": {"steps": -1}}, {"prompt": "x"}])
async def test_a_body_that_is_wrong_is_refused(browser, file: Path, body: dict) -> None:
    assert (await browser.patch("/agents/tester", json=body)).status_code == 422
    assert text_of(file) == TESTER


async def test_what_the_settings_say_is_changed_there(server: Served, browser, file: Path) -> None:
    answer = await browser.patch("/agents/debug", json={"max_tokens": 4096})
    assert "agents.debug.max_tokens" in answer.json()["detail"]
    assert not (file.parent / "debug.md").exists()
    limits = next(each for each in (await browser.get("/agents")).json()["items"] if each["name"] == "debug")["limits"]
    assert (limits["steps"], limits["money"]) == (5, 0.5)


async def test_a_token_for_programs_changes_nothing(server: Served, browser, client: Client, file: Path) -> None:
    with pytest.raises(Refused) as refusal:
        await client.change_agent("tester", {"max_tokens": 4096})
    assert refusal.value.status == 403
    assert text_of(file) == TESTER


async def test_a_file_that_cannot_be_read_has_no_fields(browser, file: Path) -> None:
    spoil(file)
    assert (await browser.get("/agents/tester")).json()["fields"] is None
    answer = await browser.patch("/agents/tester", json={"max_tokens": 4096})
    assert answer.json()["code"] == "CONFIG_INVALID"


async def test_a_model_that_nobody_offers_is_refused_and_the_file_stays(browser, file) -> None:
    refused = await browser.patch("/agents/tester", json={"model": "nobody/x"})
    assert (refused.status_code, refused.json()["code"]) == (409, "CONFIG_INVALID")
    assert "tester.md:6" in refused.json()["detail"]
    assert "There is no provider 'nobody'" in refused.json()["detail"]
    assert text_of(file) == TESTER
    assert (await browser.patch("/agents/tester", json={"model": "rehearsal"})).status_code == 200
