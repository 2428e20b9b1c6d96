"""What the sandbox adds to a command: `true` run plainly, walled in, and with each wall left out, A B A B.

Wall-clock milliseconds, because most of it is the kernel's work on behalf of other processes. Also a workspace of many files,
whose names are looked at before and after each command, and Landlock.
"""

import argparse
import asyncio
import platform
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from statistics import median
from time import perf_counter

import uvloop

from artelier.ports.workspace import CommandRequest
from artelier.workspaces.commands import CommandRunner, Shell
from artelier.workspaces.sandbox.bubblewrap import SYSTEM_PATH, Bubblewrap, Wall
from artelier.workspaces.sandbox.enclosed import Enclosed
from artelier.workspaces.sandbox.landlock import Landlock
from artelier.workspaces.sandbox.limits import CommandLimits
from artelier.workspaces.sandbox.quarantine import Quarantine
from benchmarks.figures import show

PLAIN, FULL, LARGE, LANDLOCK = "plain", "walled in", "walled in, 20 000 files", "Landlock"
FOLDERS, FILES = 1000, 20
MEASURED = (Wall.NETWORK, Wall.CALLS, Wall.SYSTEM_VIEW, Wall.NAMESPACES, Wall.LIMITS, Wall.READ_ONLY, Wall.SIZES, Wall.PROCESSES)
GOAL = 15.0


async def timed(runner: CommandRunner, folder: Path) -> float:
    """Return the milliseconds that one command takes."""
    started = perf_counter()
    outcome = await runner.run(CommandRequest("true"), folder, lambda _: None)
    if outcome.exit_code:
        raise SystemExit(f"the command failed: {outcome.output}")
    return (perf_counter() - started) * 1000


def contestants(folder: Path, small: Path, large: Path) -> dict[str, tuple[CommandRunner, Path]]:
    """Return who runs, and where."""
    program = shutil.which("bwrap", path=SYSTEM_PATH)
    if program is None:
        raise SystemExit("bubblewrap is not installed (apt-get install bubblewrap)")
    limits, quarantine = CommandLimits(), Quarantine(folder / "aside")

    def walled(*without: Wall) -> Enclosed:
        return Enclosed(Bubblewrap(program, limits, without=frozenset(without)), quarantine)

    found: dict[str, tuple[CommandRunner, Path]] = {PLAIN: (Shell(), small), FULL: (walled(), small)}
    found |= {f"without: {wall}": (walled(wall), small) for wall in MEASURED}
    return found | {LARGE: (walled(), large), LANDLOCK: (Enclosed(Landlock(limits), quarantine), small)}


def filled(folder: Path, folders: int) -> Path:
    """Return a workspace with a repository, a secret and files."""
    folder.mkdir()
    subprocess.run(["git", "init", "-q", "."], cwd=folder, check=True)
    (folder / ".env").write_text("secret")
    for number in range(folders):
        (folder / f"folder{number}").mkdir()
        for each in range(FILES):
            (folder / f"folder{number}" / f"file{each}.py").touch()
    return folder


async def measure(rounds: int) -> dict[str, list[float]]:
    """Run everybody once a round."""
    samples: dict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = contestants(folder, filled(folder / "small", 3), filled(folder / "large", FOLDERS))
        await asyncio.sleep(0.1)  # folders that have just changed are looked at again
        for runner, place in found.values():
            await timed(runner, place)
        for _ in range(rounds):
            for label, (runner, place) in found.items():
                samples[label].append(await timed(runner, place))
    return samples


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    samples = uvloop.run(measure(40 if options.quick else 300))
    cost = {label: median(values) for label, values in samples.items()}
    figures = {"added to a command, ms": cost[FULL] - cost[PLAIN], "added with 20 000 files, ms": cost[LARGE] - cost[PLAIN]}
    figures |= {f"{label} / plain": cost[label] / cost[PLAIN] for label in (FULL, LANDLOCK)}
    figures |= {
        f"{label.removeprefix('without: ')}: share of it": 1 - cost[label] / cost[FULL] for label in cost if label.startswith("without")
    }
    versions = {"python": platform.python_version(), "kernel": platform.release(), "bubblewrap": _bubblewrap()}
    goals = {"added to a command, ms": GOAL}
    show("sandbox", samples, figures, goals, versions, as_json=options.json, measure="wall ms a command")


def _bubblewrap() -> str:
    return subprocess.run(["bwrap", "--version"], capture_output=True, text=True, check=True).stdout.split()[-1]


if __name__ == "__main__":
    sys.exit(main())
