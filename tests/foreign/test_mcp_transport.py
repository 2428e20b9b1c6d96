"""Our MCP server beneath its messages: who gets in, what garbage comes to, and what a stop leaves."""

import asyncio
import subprocess
import sys
from contextlib import ExitStack

import httpx2
import pytest

from api.served import PATIENCE, Served, served_in
from artelier.testing import call, script, serving_in_thread, turn
from foreign.mcp_clients import MODES, connected, text_of

NEW = "2026-07-28"
ACCEPT = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
GREETING = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}
OWN = script(turn("I begin", fault="hang", after=7, times=1000), when_text_contains="never end")


@pytest.fixture
async def http(server: Served):
    headers = {"Authorization": f"Bearer {server.token}"} | ACCEPT
    async with httpx2.AsyncClient(base_url=server.address, headers=headers, timeout=PATIENCE, trust_env=False) as client:
        yield client


def enveloped(method: str, **params: object) -> tuple[dict, dict]:
    """Return a message of the revision without a handshake, and its headers."""
    meta = {f"io.modelcontextprotocol/{name}": value for name, value in (("protocolVersion", NEW), ("clientCapabilities", {}))}
    named = {"Mcp-Name": str(params["name"])} if "name" in params else {}
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": {**params, "_meta": meta}}
    return body, {"MCP-Protocol-Version": NEW, "Mcp-Method": method} | named


@pytest.mark.parametrize("mode", MODES)
async def test_strangers_and_foreign_pages_get_nothing(server: Served, http: httpx2.AsyncClient, mode: str) -> None:
    body, headers = enveloped("tools/list") if mode == "auto" else (GREETING, {})
    assert (await http.post("/mcp", json=body, headers=headers)).status_code == 200
    for refused, status in (
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Authorization": ""}, 401),
        ({"Origin": "https://evil.example"}, 403),
        ({"Host": "evil.example"}, 400),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
    ):
        answer = await http.post("/mcp", json=body, headers=headers | refused)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), refused
        assert "mcp-session-id" not in answer.headers


@pytest.mark.parametrize("headers", [{}, {"MCP-Protocol-Version": NEW}, {"MCP-Protocol-Version": "1999-01-01"}, {"Mcp-Session-Id": "x"}])
@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", b"null", b"[]", b"1", b"\xff\xfe", b'{"jsonrpc": "1.0"}', b'{"jsonrpc": "2.0", "id": 1}', b"[" * 100_000),
        *(b'{"jsonrpc": "2.0", "id": {}, "method": "tools/list"}', b'{"jsonrpc": "2.0", "id": 1, "method": "\\ud800"}'),
        *(b'{"jsonrpc": "2.0", "id": 1, "result": {}}', b'{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "ask"}}'),
        b'[{"jsonrpc": "2.0", "id": 1, "method": "ping"}]',
    ],
)
async def test_garbage_is_an_error_of_the_protocol(http: httpx2.AsyncClient, headers: dict, body: bytes) -> None:
    answer = await http.post("/mcp", content=body, headers=headers)
    assert 400 <= answer.status_code < 500
    assert answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("method", "params"),
    [
        *(("tools/call", {}), ("tools/call", {"name": 5}), ("tools/call", {"name": "ask", "arguments": [1]})),
        *(("resources/read", {}), ("resources/read", {"uri": 5}), ("resources/read", {"uri": "\x00"}), ("tools/list", {"cursor": 5})),
        *(("completion/complete", {"ref": {}}), ("prompts/list", {}), ("logging/setLevel", {"level": "debug"}), ("nothing/at/all", {})),
    ],
)
async def test_wrong_messages_are_errors_of_the_protocol(http: httpx2.AsyncClient, method: str, params: dict) -> None:
    body, headers = enveloped(method, **params)
    answer = await http.post("/mcp", json=body, headers=headers)
    assert answer.json()["error"]["code"] in {-32601, -32602, -32020, -32001}, answer.text
    assert "Traceback" not in answer.text


async def test_a_client_has_to_greet_again_when_it_is_not_known(http: httpx2.AsyncClient) -> None:
    known = (await http.post("/mcp", json=GREETING)).headers["mcp-session-id"]
    listing = {"jsonrpc": "2.0", "id": 2, "method": "tools/list"}
    assert (await http.post("/mcp", json=listing, headers={"Mcp-Session-Id": known})).status_code == 200
    assert (await http.delete("/mcp", headers={"Mcp-Session-Id": known})).status_code == 200
    for gone in (known, "x" * 32):
        assert (await http.post("/mcp", json=listing, headers={"Mcp-Session-Id": gone})).status_code == 404
    assert (await http.get("/mcp", headers={"MCP-Protocol-Version": NEW})).status_code == 405


@pytest.mark.parametrize("mode", MODES)
async def test_a_stop_leaves_the_run_and_ends_what_waits(tmp_path, mode: str) -> None:
    """A client at work and one that listens do not hold up a stop; the run goes on after the next start."""
    begun, answers = asyncio.Event(), []

    async def hear(*_: object) -> None:
        begun.set()

    async def ask(house: Served) -> None:
        async with connected(house, mode) as client:
            await client.list_tools()  # it wants to know the shape of results, and could not ask later
            answers.append(await client.call_tool("ask", {"task": "never end"}, progress_callback=hear))

    with ExitStack() as serving:
        asking = asyncio.create_task(ask(serving.enter_context(served_in(tmp_path, OWN))))
        async with asyncio.timeout(PATIENCE):
            await begun.wait()
            await asyncio.to_thread(serving.close)  # in a thread, so that the client hears of it meanwhile
            await asyncio.wait((asking,))
    asking.exception()  # a client whose server has gone may complain about that
    with served_in(tmp_path, script("Now it ends.")) as house:
        headers = {"Authorization": f"Bearer {house.token}"}
        async with httpx2.AsyncClient(base_url=house.address, headers=headers, timeout=PATIENCE, trust_env=False) as http:
            run = (await http.get("/api/v1/runs")).json()["items"][0]
            assert (await http.get(f"/api/v1/runs/{run['id']}/wait?timeout=15")).json()["status"] == "finished"
    assert answers[0].structured_content["status"] in {"running", "queued"}
    assert answers[0].structured_content["session_id"] in text_of(answers[0])


def test_another_artelier_has_our_agents_as_tools(server: Served, tmp_path) -> None:
    told = script(call("far__ask", task="tell a story"), "I have asked.", when_text_contains="ask the other")
    far = {"name": "far", "url": f"{server.address}/mcp", "headers": {"Authorization": f"Bearer {server.token}"}}
    rules = [{"tool": "far__*", "decision": "allow"}]
    settings = {"tools": {"mcp": [far]}, "approvals": {"rules": rules}}
    with serving_in_thread(tmp_path / "ws", told, settings=settings, state=tmp_path / "state") as near:
        headers = {"Authorization": f"Bearer {near.house.access.token}"}
        with httpx2.Client(base_url=near.address, headers=headers, timeout=PATIENCE, trust_env=False) as http:
            said = http.post("/api/v1/chat", json={"message": "ask the other", "agent": "coder"}).json()
            events = http.get(f"/api/v1/sessions/{said['session_id']}/events").json()["items"]
    assert said["reply"] == "I have asked."
    results = [event["payload"]["result"]["text"] for event in events if event["type"] == "tool_finished"]
    assert any("Once upon a time" in text for text in results), results


def test_the_sdk_is_not_loaded_before_somebody_asks() -> None:
    program = "import sys, artelier.api.app; sys.exit('mcp' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
