"""What remembering costs and saves: the check of one file, and each kind of reading made anew and remembered, A B A B.

The check is CPU time for each file looked at; readings are wall time, as commands and ripgrep work in other processes.
"""

import argparse
import asyncio
import platform
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import uvloop

from artelier.caches.memory import MemoryCache
from artelier.ports.workspace import CommandRequest, Workspace
from artelier.runtime.clock import SystemClock
from artelier.workspaces.evidence import Named, gather, still_holds
from artelier.workspaces.folder import LocalWorkspace
from artelier.workspaces.recollection import Recollection, Worth
from artelier.workspaces.remembering import RememberingWorkspace
from benchmarks.figures import show

GOAL = 5.0
FOLDERS, FILES = 20, 20
LARGE_LINES = 400_000
Reading = Callable[[Workspace], Awaitable[object]]
READINGS: dict[str, Reading] = {
    "read of 24 MB": lambda workspace: workspace.read_text("large.log", LARGE_LINES - 10, 10),
    "list of 400 files": lambda workspace: workspace.list_folder("src", depth=2),
    "search in 400 files": lambda workspace: workspace.search("needle", "src"),
    "command over 400 files": lambda workspace: workspace.run_command(CommandRequest("grep -rc needle src"), lambda _: None),
    "git status": lambda workspace: workspace.run_command(
        CommandRequest(words=("git", "--no-optional-locks", "status", "--short"), reads_only=True), lambda _: None
    ),
}


def filled(folder: Path) -> Path:
    """Return a workspace with a repository, 400 small files and a large one."""
    subprocess.run(["git", "init", "-q", "."], cwd=folder, check=True)
    for number in range(FOLDERS):
        (folder / f"src/folder{number}").mkdir(parents=True)
        for each in range(FILES):
            (folder / f"src/folder{number}/file{each}.py").write_text("one line\n" * 50 + "needle\n" * (each == 0))
    with (folder / "large.log").open("w") as file:
        file.writelines(f"{number:08} a line of a log, sixty bytes of which matter little\n" for number in range(LARGE_LINES))
    return folder


def check_cost(workspace: LocalWorkspace, rounds: int) -> list[float]:
    """Return CPU microseconds for each file that is checked, once a round."""
    names = [Named(f"src/folder{number}/file{each}.py") for number in range(FOLDERS) for each in range(FILES)]
    evidence = gather(workspace.root, names, time.time_ns(), time.monotonic() + 60)
    found = []
    for _ in range(rounds):
        begun = process_time()
        if not still_holds(workspace.root, evidence):
            raise SystemExit("the files have changed meanwhile")
        found.append((process_time() - begun) * 1e6 / len(names))
    return found


async def timed(work: Awaitable[object]) -> float:
    """Return the milliseconds that this takes."""
    begun = perf_counter()
    await work
    return (perf_counter() - begun) * 1000


async def measure(rounds: int) -> dict[str, list[float]]:
    """Ask everything anew and remembered, once a round."""
    samples: dict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as name:
        bare = LocalWorkspace(filled(Path(name)))
        await asyncio.sleep(3)  # what is younger is compared by content too
        recollection = Recollection(bare.root, MemoryCache(10**8, SystemClock()), "w", Worth(0.0, 1e9))
        remembering = RememberingWorkspace(bare, bare.root, recollection)
        for ask in READINGS.values():
            await ask(remembering)
        samples["check of one file, us"] = await asyncio.to_thread(check_cost, bare, rounds)
        for _ in range(rounds):
            for label, ask in READINGS.items():
                samples[f"{label}: anew"].append(await timed(ask(bare)))
                samples[f"{label}: remembered"].append(await timed(ask(remembering)))
        if recollection.counts.hits != rounds * len(READINGS):
            raise SystemExit(f"not everything was remembered: {recollection.counts}")
    return samples


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    samples = uvloop.run(measure(20 if options.quick else 100))
    cost = {label: median(values) for label, values in samples.items()}
    figures = {"check of one file, us": cost["check of one file, us"]}
    figures |= {f"{label}: remembered / anew": cost[f"{label}: remembered"] / cost[f"{label}: anew"] for label in READINGS}
    versions = {"python": platform.python_version(), "kernel": platform.release()}
    show("tool_cache", samples, figures, {"check of one file, us": GOAL}, versions, as_json=options.json, measure="wall ms")


if __name__ == "__main__":
    sys.exit(main())
