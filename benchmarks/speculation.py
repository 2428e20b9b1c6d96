"""Does reading ahead pay? Recorded sessions of coding agents, played by the real engine with reading ahead and without, A B A B.

The model thinks for a while before each reply. The first round meets every task for the first time, in the order recorded;
the second plays the same sessions again, as an agent that has long worked here. Figures: the share of what was foreseen
that came true, the share of what was run for nothing, and the seconds that calls took beside those without reading ahead.
"""

import argparse
import asyncio
import json
import platform
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

import uvloop
from msgspec import Struct

from artelier.caches.memory import MemoryCache
from artelier.domain.models import ModelRequest
from artelier.engine.experience import Experiences, Tally
from artelier.ports.tool import Tool
from artelier.providers.scripted import ScriptedCall, ScriptedProvider, ScriptedTurn
from artelier.runtime.clock import SystemClock
from artelier.runtime.experience import never
from artelier.tools.files import ListFiles, ReadFile, WriteFile
from artelier.tools.shell import ExecuteCommand
from artelier.workspaces.folder import LocalWorkspace
from artelier.workspaces.recollection import Recollection
from artelier.workspaces.remembering import RememberingWorkspace
from benchmarks.figures import show
from benchmarks.stage import Stage, open_stage

RECORDINGS = Path(__file__).parent / "recordings/sessions.jsonl"
THINKING = 0.15
"""Seconds that the model thinks before each reply; real ones think longer."""
FILES = 300
LINES = 300
TOOLS: dict[str, Tool] = {tool.spec.name: tool for tool in (ReadFile(), WriteFile(), ListFiles(), ExecuteCommand())}
ROUNDS = ("new work", "the same again")


class Session(Struct, frozen=True):
    """One recorded session."""

    name: str
    turns: tuple[tuple[ScriptedCall, ...], ...]


class Thinking(ScriptedProvider):
    """A scripted model that takes its time."""

    async def stream(self, request: ModelRequest) -> Any:
        await asyncio.sleep(THINKING)
        async for piece in super().stream(request):
            yield piece


def recorded(limit: int) -> list[Session]:
    """Return the recorded sessions."""
    rows = [json.loads(line) for line in RECORDINGS.read_text(encoding="utf-8").splitlines()][:limit]
    return [
        Session(row["session"], tuple(tuple(ScriptedCall(call["name"], call["arguments"]) for call in turn) for turn in row["turns"]))
        for row in rows
    ]


def filled(folder: Path, session: Session) -> Path:
    """Return a workspace that has the files which the session reads, among many others."""
    folder.mkdir(parents=True)
    for number in range(FILES):
        (folder / f"package{number % 30}").mkdir(exist_ok=True)
        (folder / f"package{number % 30}/module{number}.py").write_text("a line of code\n" * 20)
    for turn in session.turns:
        for call in turn:
            path = folder / str(call.arguments.get("path", "."))
            if call.name == "read_file" and folder in path.resolve().parents:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text("a line of code\n" * LINES)
    return folder


async def play(stage: Stage, session: Session, folder: Path, experiences: Experiences) -> float:
    """Return the seconds that the session's calls took."""
    local = LocalWorkspace(filled(folder, session))
    await asyncio.sleep(0.05)  # what is as young as its reading is not remembered
    recollection = Recollection(local.root, MemoryCache(10**8, SystemClock()), folder.name)
    workspace = RememberingWorkspace(local, local.root, recollection)
    turns = (*(ScriptedTurn(calls=calls) for calls in session.turns), ScriptedTurn(text="done"))
    played = await stage.play(TOOLS, turns, folder, model=Thinking, workspace=workspace, experiences=experiences)
    return sum(played.seconds.values())


async def measure(sessions: Sequence[Session]) -> tuple[dict[str, list[float]], dict[str, Tally]]:
    """Play all sessions twice, each with reading ahead and without."""
    samples: dict[str, list[float]] = defaultdict(list)
    ahead, without = Experiences(), Experiences(never)
    tallies: dict[str, Tally] = {}
    with tempfile.TemporaryDirectory() as name:
        async with open_stage(Path(name)) as stage:
            for round_name in ROUNDS:
                for number, session in enumerate(sessions):
                    for label, experiences in (("ahead", ahead), ("without", without)):
                        folder = Path(name) / f"{round_name} {number} {label}"
                        samples[f"{round_name}: {label}"].append(await play(stage, session, folder, experiences) * 1000)
                tally = ahead.tallies()["worker"]
                tallies[round_name] = Tally(*(getattr(tally, field) for field in tally.__struct_fields__))
    return samples, tallies


def figures_of(samples: dict[str, list[float]], tallies: dict[str, Tally]) -> dict[str, float]:
    """Return the shares of each round."""
    figures: dict[str, float] = {}
    before = Tally()
    for name in ROUNDS:
        now = tallies[name]
        of_round = [getattr(now, field) - getattr(before, field) for field in now.__struct_fields__]
        foreseen, right, run, run_and_right, seconds_run, wasted = of_round
        figures |= {
            f"{name}: foreseen": foreseen,
            f"{name}: of it right": right / foreseen if foreseen else 0.0,
            f"{name}: run ahead": run,
            f"{name}: of it right when run": run_and_right / run if run else 0.0,
            f"{name}: work wasted, ms": wasted * 1000,
            f"{name}: work saved, ms": (seconds_run - wasted) * 1000,
            f"{name}: calls' time, ahead / without": sum(samples[f"{name}: ahead"]) / sum(samples[f"{name}: without"]),
        }
        before = now
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    begun = perf_counter()
    samples, tallies = uvloop.run(measure(recorded(5 if options.quick else 1000)))
    versions = {"python": platform.python_version(), "took": f"{perf_counter() - begun:.0f} s"}
    goals = {"the same again: calls' time, ahead / without": 1.0}
    show(
        "speculation", samples, figures_of(samples, tallies), goals, versions, as_json=options.json, measure="wall ms of a session's calls"
    )


if __name__ == "__main__":
    sys.exit(main())
