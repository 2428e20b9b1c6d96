"""The settings over HTTP: who sees them, and who changes them."""

import httpx2
from served import PATIENCE, Served

from artelier.client import Client


async def test_they_are_listed_for_every_person(http: httpx2.AsyncClient) -> None:
    shown = (await http.get("/api/v1/settings")).json()
    items = {item["name"]: item for item in shown["items"]}
    assert items["sandbox.network"]["choices"] == ["none", "proxy"]
    assert items["limits.money"]["kind"] == "number"
    assert not items["plugins.folder"]["changeable"]


async def test_the_client_reads_them(client: Client) -> None:
    shown = await client.settings()
    assert next(item for item in shown.items if item.name == "approvals.rules").kind == "table"
    assert shown.problems == ()


async def test_nobody_unknown_sees_them(server: Served) -> None:
    async with httpx2.AsyncClient(base_url=server.address, timeout=PATIENCE, trust_env=False) as nobody:
        assert (await nobody.get("/api/v1/settings")).status_code == 401
        assert (await nobody.patch("/api/v1/settings", json={"changes": {"limits.steps": 1}})).status_code == 401


async def test_a_token_for_programs_changes_nothing(http: httpx2.AsyncClient) -> None:
    answer = await http.patch("/api/v1/settings", json={"changes": {"limits.steps": 1}})
    assert (answer.status_code, answer.json()["code"]) == (403, "ACCESS_DENIED")


async def test_a_server_without_a_file_says_so(server: Served) -> None:
    headers = {"Authorization": f"Bearer {server.operator}"}
    async with httpx2.AsyncClient(base_url=server.address, headers=headers, timeout=PATIENCE, trust_env=False) as operator:
        answer = await operator.patch("/api/v1/settings", json={"changes": {"limits.steps": 1}})
    assert (answer.status_code, answer.json()["code"]) == (409, "CONFIG_INVALID")
