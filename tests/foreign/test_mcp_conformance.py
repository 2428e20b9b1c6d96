"""The public conformance suite of MCP against a served house, with what each revision requires."""

import asyncio
import shutil
from pathlib import Path

import pytest
import yaml

from api.served import served_in
from artelier.testing import script
from foreign.mcp_gate import gate_to
from foreign.told import SCRIPT

ROOT = Path(__file__).parents[2]
SUITE = ROOT / "web" / "node_modules" / ".bin" / "conformance"
EXPECTED = Path(__file__).parent / "mcp_expected_failures"
OWN = ROOT / ".bun" / "node_modules" / ".bin" / "bun"
BUN = shutil.which("bun") or (str(OWN) if OWN.exists() else None)
SENTENCE = "This is a simple text response for testing."
REVISIONS = ("2025-11-25", "2026-07-28")


@pytest.mark.skipif(
    BUN is None or not SUITE.exists(), reason="the suite is not installed: `bun install` in web/ brings it (Node 20 cannot run it)"
)
@pytest.mark.parametrize("revision", REVISIONS)
async def test_the_public_suite_finds_what_is_expected(tmp_path: Path, revision: str) -> None:
    with served_in(tmp_path / "house", script(SENTENCE, when_text_contains="say the sentence") + SCRIPT) as house:
        (house.workspace / "123.txt").write_text("the data of 123\n")
        async with gate_to(house) as address:
            program = await asyncio.create_subprocess_exec(
                *(str(BUN), "--bun", str(SUITE), "server", "--url", f"{address}/mcp", "--requirements", revision),
                *("--expected-failures", str(EXPECTED / f"{revision}.yaml"), "--output-dir", str(tmp_path / "results")),
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
            said = (await program.communicate())[0].decode()
    summary = said[said.rfind("=== SUMMARY") :]
    assert program.returncode == 0, summary
    assert "✓ tools-call-with-progress" in summary


@pytest.mark.parametrize("revision", REVISIONS)
def test_every_expected_failure_is_explained(revision: str) -> None:
    text = (EXPECTED / f"{revision}.yaml").read_text(encoding="utf-8")
    for scenario in yaml.safe_load(text)["server"]:
        line = next(line for line in text.splitlines() if line.strip().startswith(f"- {scenario} "))
        assert len(line.partition("#")[2].split()) >= 4, scenario
