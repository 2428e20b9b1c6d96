"""Agents' files over HTTP: shown, checked, stored whole, and by whom."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from served import PATIENCE, Served, served_in

from artelier.client import Client, Refused

TESTER = "---\ndescription: Runs tests.\ntools: [read_file, finish]\n---\nYou are tester.\n"
WRONG = "---\ndescription: Runs tests.\ntools: [read_file]\nmax_tokens: 2k\n---\nYou are tester.\n"


def names_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    (folder / "agents").mkdir()
    with served_in(folder, agents={"paths": [str(folder / "agents")]}) as served:
        yield served


@pytest.fixture
def folder(server: Served) -> Path:
    return server.workspace.parent / "agents"


@pytest.fixture
async def operator(server: Served) -> Client:
    async with Client(server.address, server.operator) as client:
        yield client


async def test_a_built_in_agent_is_shown_with_its_text(client: Client) -> None:
    shown = await client.agent_file("ask")
    assert (shown.origin, shown.path) == ("built_in", "")
    assert shown.text.startswith("---\ndescription:")
    assert {agent.name: agent.origin for agent in await client.agents()}["ask"] == "built_in"


async def test_a_text_is_checked_and_the_line_is_named(client: Client, folder: Path) -> None:
    found = await client.check_agent("tester", WRONG)
    assert (found.valid, found.line) == (False, 4)
    assert "max_tokens" in found.message
    assert (await client.check_agent("tester", TESTER)).tools == ("read_file", "finish")
    assert names_in(folder) == []


async def test_a_new_agent_is_stored_and_in_force(operator: Client, folder: Path) -> None:
    stored = await operator.store_agent("tester", TESTER)
    assert (stored.origin, stored.problems) == ("file", ())
    assert (folder / "tester.md").read_text() == TESTER
    assert "tester" in {agent.name for agent in await operator.agents()}
    assert names_in(folder) == ["tester.md"]


async def test_what_is_wrong_changes_nothing(operator: Client, folder: Path) -> None:
    (folder / "tester.md").write_text(TESTER)
    with pytest.raises(Refused, match=r"tester\.md:4: .*max_tokens") as refusal:
        await operator.store_agent("tester", WRONG)
    assert refusal.value.code == "CONFIG_INVALID"
    assert (folder / "tester.md").read_text() == TESTER


async def test_a_copy_takes_the_place_of_a_built_in_agent(operator: Client, folder: Path) -> None:
    text = (await operator.agent_file("ask")).text
    stored = await operator.store_agent("ask", text.replace("description: ", "description: Ours. "))
    assert stored.path == str(folder / "ask.md")
    assert next(agent for agent in await operator.agents() if agent.name == "ask").description.startswith("Ours.")


async def test_a_link_is_never_written(operator: Client, folder: Path) -> None:
    elsewhere = folder.parent / "elsewhere.md"
    elsewhere.write_text(TESTER)
    (folder / "linked.md").symlink_to(elsewhere)
    with pytest.raises(Refused) as refusal:
        await operator.store_agent("linked", TESTER)
    (folder / "linked.md").unlink()
    assert refusal.value.status == 403
    assert elsewhere.read_text() == TESTER


async def test_a_token_for_programs_stores_nothing(client: Client, folder: Path) -> None:
    with pytest.raises(Refused) as refusal:
        await client.store_agent("mine", TESTER)
    assert refusal.value.status == 403
    assert not (folder / "mine.md").exists()


async def test_the_owner_stores_by_cookie(server: Served, client: Client, folder: Path) -> None:
    code = (await client.make_link()).partition("#link=")[2]
    async with httpx2.AsyncClient(base_url=server.address, timeout=PATIENCE, trust_env=False) as browser:
        await browser.post("/api/v1/auth/exchange", json={"code": code})
        answer = await browser.put("/api/v1/agents/tester", json={"text": TESTER})
    assert answer.status_code == 200
    assert (folder / "tester.md").exists()


@pytest.mark.parametrize("name", ["..%2Fevil", "Evil", "a" * 40])
async def test_a_name_is_never_a_path(server: Served, name: str) -> None:
    headers = {"Authorization": f"Bearer {server.operator}"}
    async with httpx2.AsyncClient(base_url=server.address, headers=headers, timeout=PATIENCE, trust_env=False) as browser:
        answer = await browser.put(f"/api/v1/agents/{name}", json={"text": TESTER})
    assert answer.status_code in {404, 405, 422}


async def test_without_a_folder_the_setting_is_named(tmp_path: Path) -> None:
    with served_in(tmp_path, agents={"paths": []}) as server:
        async with Client(server.address, server.operator) as operator:
            with pytest.raises(Refused, match=r"agents\.paths"):
                await operator.store_agent("tester", TESTER)
