"""The TypeScript client against a real server, on the journey that the Python client makes."""

import asyncio
import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.served import Served, served_in
from artelier.client import Client

ROOT = Path(__file__).parents[2]
OWN = ROOT / ".bun" / "node_modules" / ".bin" / "bun"
BUN = shutil.which("bun") or (str(OWN) if OWN.exists() else None)


@pytest.fixture(scope="module")
def journey_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served_in(tmp_path_factory.mktemp("journey")) as served:
        yield served


@pytest.mark.skipif(BUN is None, reason="no Bun here; ./run brings it")
async def test_a_journey_in_typescript(journey_server: Served) -> None:
    program = await asyncio.create_subprocess_exec(
        *(str(BUN), str(ROOT / "web/client/tests/journey.ts"), journey_server.address, journey_server.token),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, complained = await program.communicate()
    assert program.returncode == 0, complained.decode()
    check(json.loads(said), journey_server)


async def test_the_same_journey_in_python(journey_server: Served) -> None:
    async with Client(journey_server.address, journey_server.token) as client:
        session = (await client.open_session(title="A journey")).id
        runs = [(await client.send(session, "write-a-file", idempotency_key="once")).run_id for _ in range(2)]
        types, seqs = await _until(client, session, "run_waiting", 0)
        question = (await client.approvals(status="open", session=session)).items[0]
        await client.answer(question.id, "approve", arguments={"path": "made.txt", "content": "changed\n"})
        more, later = await _until(client, session, "run_finished", seqs[-1])
        changes = await client.changes(session)
        undone = await client.undo(session)
        found = {
            "same": runs[0] == runs[1],
            "tool": question.tool,
            "types": [*types, *more],
            "gapless": [*seqs, *later] == list(range(1, len(seqs) + len(later) + 1)),
            "changed": [[change.path, change.added] for change in changes],
            "undone": [file.path for file in undone.restored],
            "refused": "NOT_FOUND",
        }
    check(found, journey_server)


async def _until(client: Client, session: str, wanted: str, after: int) -> tuple[list[str], list[int]]:
    types, seqs = [], []
    async for item in client.follow(session, after=after):
        if hasattr(item, "seq"):
            types.append(item.type)
            seqs.append(item.seq)
            if item.type == wanted:
                break
    return types, seqs


READ = "read pyproject.toml and list the files in src"


def block(page: str, language: str) -> str:
    """Return the first block of code of a page in a language."""
    return (ROOT / page).read_text().partition(f"```{language}\n")[2].partition("```")[0]


@pytest.mark.skipif(BUN is None, reason="no Bun here; ./run brings it")
async def test_the_example_of_the_typescript_client_runs(journey_server: Served, tmp_path: Path) -> None:
    (tmp_path / "node_modules/@artelier").mkdir(parents=True)
    (tmp_path / "node_modules/@artelier/client").symlink_to(ROOT / "web/client")
    example = block("web/client/README.md", "ts")
    assert READ in example
    (tmp_path / "use.ts").write_text(example.replace("http://127.0.0.1:8700", journey_server.address))
    said = await output(str(BUN), str(tmp_path / "use.ts"), ARTELIER_TOKEN=journey_server.token)
    assert said == "Hello.\n"


async def test_the_example_of_the_python_client_runs(journey_server: Served, tmp_path: Path) -> None:
    (tmp_path / "use.py").write_text(block("docs/how-to/clients.md", "python"))
    known = {"ARTELIER_TOKEN": journey_server.token, "ARTELIER_ADDRESS": journey_server.address}
    assert await output(sys.executable, str(tmp_path / "use.py"), **known) == "Hello.\nNOT_FOUND\n"


async def output(*words: str, **known: str) -> str:
    """Return what a program prints."""
    program = await asyncio.create_subprocess_exec(
        *words, env=os.environ | known, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    said, complained = await program.communicate()
    assert program.returncode == 0, complained.decode()
    return said.decode()


def check(found: dict, server: Served) -> None:
    assert found["same"]
    assert found["gapless"]
    assert found["tool"] == "write_file"
    assert found["types"][:2] == ["session_opened", "message_received"]
    assert {"approval_asked", "approval_answered", "tool_started", "tool_finished"} <= set(found["types"])
    assert found["types"][-1] == "run_finished"
    assert found["changed"] == [["made.txt", 1]]
    assert found["undone"] == ["made.txt"]
    assert found["refused"] == "NOT_FOUND"
    assert not (server.workspace / "made.txt").exists()
