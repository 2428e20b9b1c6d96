"""What the rules say of a call that nobody makes, over HTTP."""

from collections.abc import Iterator

import httpx2
import pytest
from served import PATIENCE, Served, served_in

RULES = [
    {"tool": "write_file", "path": "docs/**", "decision": "allow"},
    {"tool": "write_file", "path": "secret/**", "decision": "forbid"},
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served_in(tmp_path_factory.mktemp("house"), approvals={"rules": RULES}) as served:
        yield served


async def explained(server: Served, tool: str, **body: object) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {server.token}"}
    async with httpx2.AsyncClient(base_url=server.address, headers=headers, timeout=PATIENCE, trust_env=False) as http:
        return await http.post(f"/api/v1/tools/{tool}/explain", json=body)


@pytest.mark.parametrize(
    ("path", "decision", "code"), [("docs/a.md", "allow", "rule"), ("secret/a", "forbid", "rule"), ("src/a.py", "ask", "writes")]
)
async def test_rules_count_as_they_would(server: Served, path: str, decision: str, code: str) -> None:
    found = (await explained(server, "write_file", arguments={"path": path, "content": "x"})).json()
    assert (found["decision"], found["because"][0]["code"], found["writes"]) == (decision, code, [path])
    assert bool(found["rule"]) is (code == "rule")
    assert not (server.workspace / path).exists()


async def test_a_command_is_taken_apart(server: Served) -> None:
    found = (await explained(server, "execute_command", arguments={"command": "ls; rm -rf a"})).json()
    assert found["decision"] == "ask"
    assert [(each["argv"][0], each["destructive"]) for each in found["commands"]] == [("ls", False), ("rm", True)]
    assert "destructive" in found["labels"]


async def test_an_agent_that_lacks_the_tool_may_not(server: Served) -> None:
    found = (await explained(server, "write_file", arguments={"path": "docs/a.md", "content": ""}, agent="ask")).json()
    assert (found["decision"], found["because"][0]["code"]) == ("forbid", "lacks_tool")


async def test_words_to_the_runtime_and_unknown_tools(server: Served) -> None:
    assert (await explained(server, "finish")).json()["decision"] == "allow"
    assert (await explained(server, "fly")).json()["because"][0]["code"] == "tool_unknown"


@pytest.mark.parametrize(
    "body", [{"arguments": {"path": 3}}, {"arguments": []}, {"agent": "nobody", "arguments": {"path": "a"}}, {"more": 1}]
)
async def test_garbage_is_refused(server: Served, body: dict) -> None:
    answer = await explained(server, "read_file", **body)
    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID_REQUEST")
