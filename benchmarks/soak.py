"""Whether memory stays flat: 10,000 runs of the embedded house in one process, with a scripted model.

Sessions have about four runs each (one with ``--quick``, so that memories are full in time), which read, list or write
files, or fail in a tool; a reader follows each run as a stream does. There are 10,000 sessions before the first run, more
than the bus remembers, so that what is bounded on purpose is full early. Each 500 runs the resident memory is read after a
collection and after freed pages were given back, with the number of objects that the collector knows. The slope is that of
least squares through the second half: the first fills what is left to fill (512 folded sessions, results about files).
The short form is judged by objects alone: one table of a dictionary that grows, a megabyte once, would be its whole slope.
"""

import argparse
import asyncio
import ctypes
import gc
import platform
import sys
import tempfile
from collections import Counter
from contextlib import suppress
from pathlib import Path
from time import perf_counter

import orjson
import uuid_utils
import uvloop
from msgspec import Struct

from artelier.runtime.assemble import open_house
from artelier.runtime.figures import figures_of
from artelier.runtime.ground import Plan
from artelier.runtime.house import House
from artelier.runtime.service import Message
from artelier.settings import Places, read_settings
from artelier.telemetry.metrics import exposition
from benchmarks.figures import show

RUNS, EACH, AT_ONCE, SESSIONS = 10_000, 500, 8, 10_000
QUICK_RUNS, QUICK_EACH = 1500, 100
GOALS = {"bytes a run": 300.0, "objects a run": 0.5}
PERSON = "person:owner"
PAGE = 4096


class Sample(Struct, frozen=True):
    """What was seen after so many runs."""

    runs: int
    resident: int
    objects: int


def script() -> list[dict[str, object]]:
    """Return turns for four kinds of work, told apart by a word of the message."""

    def call(name: str, **arguments: object) -> dict[str, object]:
        return {"name": name, "arguments": arguments}

    read = {"calls": [call("read_file", path="one.txt"), call("list_files"), call("search_in_code", pattern="needle")]}
    write = {"calls": [call("write_file", path="made.txt", content="made\n" * 50)]}
    return [
        {**read, "when_text_contains": "kind0"},
        {"text": "Read. " * 40, "chunk": 20, "when_text_contains": "kind0"},
        {**write, "when_text_contains": "kind1"},
        {"text": "Written.", "when_text_contains": "kind1"},
        {"text": "Said at once.", "reasoning": "Hm. " * 50, "when_text_contains": "kind2"},
        {"calls": [call("read_file", path="missing.txt")], "when_text_contains": "kind3"},
        {"text": "It is not there.", "when_text_contains": "kind3"},
    ]


def measured() -> tuple[int, int]:
    """Return resident bytes and objects, after everything that can be freed was."""
    for _ in range(2):
        gc.collect()
    with suppress(OSError, AttributeError):  # another C library keeps its pages to itself
        ctypes.CDLL("libc.so.6").malloc_trim(0)
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE, len(gc.get_objects())


def slope(points: list[tuple[int, int]]) -> float:
    """Return the rise of the line of least squares."""
    middle_x = sum(x for x, _ in points) / len(points)
    middle_y = sum(y for _, y in points) / len(points)
    return sum((x - middle_x) * (y - middle_y) for x, y in points) / sum((x - middle_x) ** 2 for x, _ in points)


async def one(house: House, number: int, sessions: list[str], each: int) -> None:
    """Do a run and follow it to its end."""
    session = sessions.pop(0) if number % each and sessions else ""
    accepted = await house.service.send(Message(f"kind{number % 4} number {number}", PERSON, session, house.workspace.id))
    subscription = house.bus.follow_session(accepted.session)
    try:
        ended = await house.service.wait(accepted.run)
    finally:
        subscription.close()
    if ended.status.value != "finished":
        raise SystemExit(f"run {number} did not finish: {ended}")
    sessions[:] = [*sessions[-20:], accepted.session]


async def many(house: House, runs: range, sessions: list[str], each: int) -> None:
    numbers = iter(runs)

    async def work() -> None:
        for number in numbers:
            await one(house, number, sessions, each)

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))


def kinds() -> Counter[str]:
    return Counter(type(each).__name__ for each in gc.get_objects())


async def soaked(runs: int, each: int, folder: Path, *, tell: bool) -> tuple[list[Sample], Counter[str]]:
    """Return a sample for each part, and of which kinds there were more objects at the end than in the middle."""
    (folder / "turns.json").write_bytes(orjson.dumps(script()))
    values = {
        "models": {"default": "scripted", "providers": {"scripted": {"kind": "scripted", "file": str(folder / "turns.json")}}},
        "routing": {"learned": False},
        "approvals": {"rules": [{"decision": "allow"}]},
    }
    read = read_settings(Places(folder / "none.toml", False, folder / "state"), {}, values)
    for name in ("state", "ws"):
        (folder / name).mkdir()
    (folder / "ws" / "one.txt").write_text("a line with a needle\n" * 100)
    samples: list[Sample] = []
    middle: Counter[str] = Counter()
    sessions: list[str] = []
    async with open_house(Plan(read, folder / "state", folder / "ws")) as house:
        for _ in range(SESSIONS):
            await house.store.open_session(str(uuid_utils.uuid7()), PERSON, house.workspace.id, "", "")
        for begun in range(0, runs, each):
            await many(house, range(begun, begun + each), sessions, 4 if runs > QUICK_RUNS else 1)
            exposition(lambda: figures_of(house))
            samples.append(Sample(begun + each, *measured()))
            if samples[-1].runs * 2 >= runs and not middle:
                middle = kinds()
            if tell:
                sys.stdout.write(f"{samples[-1].runs:>7} runs {samples[-1].resident / 1e6:>8.1f} MB {samples[-1].objects:>9} objects\n")
        return samples, kinds() - middle


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--runs", type=int, default=0)
    words = parser.parse_args()
    runs, each = (QUICK_RUNS, QUICK_EACH) if words.quick else (words.runs or RUNS, EACH)
    begun = perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        samples, more = uvloop.run(soaked(runs, each, Path(folder), tell=not words.json))
    half = [sample for sample in samples if sample.runs * 2 >= runs]
    figures = {
        "bytes a run": slope([(sample.runs, sample.resident) for sample in half]),
        "objects a run": slope([(sample.runs, sample.objects) for sample in half]),
        "runs": float(runs),
        "MB resident at the end": samples[-1].resident / 1e6,
        "runs a second": runs / (perf_counter() - begun),
    }
    goals = {"objects a run": GOALS["objects a run"]} if words.quick else GOALS
    flat = all(figures[name] <= limit for name, limit in goals.items())
    if not words.json:
        told = ", ".join(f"{name} +{count}" for name, count in more.most_common(8))
        sys.stdout.write(f"memory is {'flat' if flat else 'NOT flat'}; since the middle there are more of: {told}\n\n")
    show("soak", {}, figures, goals, {"python": platform.python_version()}, as_json=words.json)


if __name__ == "__main__":
    main()
