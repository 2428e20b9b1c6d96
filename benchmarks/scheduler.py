"""What calls of tools cost on their way: a batch beside its longest path, an early start, the dispatch of one call.

The real engine over the SQLite journal and a real folder, with a scripted model; only tools are made to take a known time.
A batch lasts from the moment the model is asked for the calls until it is asked again with their results, so that all storing
is in it. Wall time there, because that is what a person waits for; CPU time of this process for the dispatch.
"""

import argparse
import platform
import tempfile
from collections import defaultdict
from pathlib import Path
from statistics import median

import msgspec
import pydantic
import uvloop

from artelier import __version__
from artelier.providers.scripted import ScriptedCall, ScriptedTurn
from benchmarks import dispatch
from benchmarks.batch import Look, breaches, files_of, filled, hazards, longest_path, one_by_one, reads, tools, twelve, unrepeatable
from benchmarks.figures import Samples, show
from benchmarks.stage import Stage, open_stage

READS, READS_BY_ONE, SLOWEST = "five reads, ms", "five reads, one at a time, ms", "slowest of the five, ms"
MIXED, PATH, BY_ONE = "mixed twelve, ms", "mixed: longest path, ms", "mixed: one by one, ms"
EARLY, LATE, SEARCH = "result after the reply, ms", "the same, started after it, ms", "the search itself, ms"
BROKEN = "mixed: results and files that differ"
ENDING = ScriptedTurn(text="All done.")
PIECES, PIECE = 60, 40
"""Pieces of the paced reply, and the characters of each."""


class Bench:
    """Runs the batches, each in a folder of its own."""

    def __init__(self, stage: Stage, folder: Path, samples: defaultdict[str, list[float]]) -> None:
        self._stage = stage
        self._folder = folder
        self._samples = samples
        self._made = 0

    async def five_reads(self, seconds: float, label: str, at_once: int) -> None:
        """One reply asks for five equal reads."""
        played = await self._stage.play(tools(), (ScriptedTurn(calls=reads(seconds)), ENDING), self._place(), at_once)
        self._note(label, played.wall)
        if at_once > 1:
            self._note(SLOWEST, max(played.seconds.values()))

    async def mixed(self, unit: float) -> None:
        """Twelve calls that may not all run together, first one by one without the engine."""
        calls, known = twelve(unit), tools()
        expected = await one_by_one(calls, known, self._place())
        folder = self._place()
        played = await self._stage.play(known, (ScriptedTurn(calls=calls), ENDING), folder)
        self._note(BY_ONE, expected.seconds)
        self._note(PATH, longest_path([played.seconds[place] for place in range(len(calls))], hazards(calls, known)))
        self._note(MIXED, played.wall)
        self._samples[BROKEN].append(breaches(expected, played.results, files_of(folder)))

    async def paced(self, reply: float, *, early: bool) -> None:
        """A search a third as long as the reply, asked for at its first third; then the reply goes on with a long write."""
        look = Look("look", "read") if early else unrepeatable(Look("look", "read"))
        search = ScriptedCall("look", {"path": "a.txt", "seconds": reply / 3})
        write = ScriptedCall("extend", {"path": "b.txt", "seconds": 0.0, "line": "x" * (PIECE * PIECES * 2 // 3)})
        turn = ScriptedTurn(text="t" * (PIECE * PIECES // 3), calls=(search, write), chunk=PIECE, delay=reply / PIECES)
        played = await self._stage.play({**tools(), "look": look}, (turn, ENDING), self._place())
        self._note(EARLY if early else LATE, played.stored[0] - played.spoken[0])
        self._note(SEARCH, played.seconds[0])

    def _note(self, label: str, seconds: float) -> None:
        self._samples[label].append(seconds * 1000)

    def _place(self) -> Path:
        self._made += 1
        return filled(self._folder / f"workspace{self._made}")


async def measure(*, quick: bool) -> Samples:
    """Everybody once a round."""
    samples: defaultdict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with open_stage(folder) as stage:
            warm = Bench(stage, filled(folder / "warm"), defaultdict(list))
            await warm.mixed(0.001)
            bench = Bench(stage, folder, samples)
            for _ in range(3 if quick else 9):
                await bench.five_reads(0.2, READS, 8)
                await bench.five_reads(0.2, READS_BY_ONE, 1)
                await bench.mixed(0.02)
                await bench.paced(0.9 if quick else 3.0, early=True)
                await bench.paced(0.9 if quick else 3.0, early=False)
        samples |= await dispatch.measure(folder, *((5, 2000) if quick else (15, 10_000)))
    return samples


def figures_of(samples: Samples) -> tuple[dict[str, float], dict[str, float]]:
    """Return the figures, and the goals of those that have one."""
    cost = {label: median(values) for label, values in samples.items()}
    figures = {
        "five reads / slowest": _ratio(samples[READS], samples[SLOWEST]),
        "five reads one at a time / slowest": cost[READS_BY_ONE] / cost[SLOWEST],
        "mixed twelve / longest path": _ratio(samples[MIXED], samples[PATH]),
        "mixed twelve / one by one": _ratio(samples[MIXED], samples[BY_ONE]),
        "law kept": float(not any(samples[BROKEN])),
        "law broken, times": float(sum(samples[BROKEN])),
        "result after the reply / search": cost[EARLY] / cost[SEARCH],
        "without early start / search": cost[LATE] / cost[SEARCH],
        "dispatch, us CPU a call": cost[dispatch.OURS],
        "inspect.signature / dispatch": cost[dispatch.SIGNATURE] / cost[dispatch.OURS],
        "pydantic model a call / dispatch": cost[dispatch.MODEL] / cost[dispatch.OURS],
        "pydantic adapter a call / dispatch": cost[dispatch.ADAPTER] / cost[dispatch.OURS],
        "our schema, were it made a call / dispatch": cost[dispatch.SCHEMA] / cost[dispatch.OURS],
    }
    return figures, {"five reads / slowest": 1.05, "law broken, times": 0.0, "result after the reply / search": 0.1}


def _ratio(values: list[float], others: list[float]) -> float:
    """Return the median of the ratios within each round: what the machine does to one it does to the other."""
    return median(value / other for value, other in zip(values, others, strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    samples = uvloop.run(measure(quick=options.quick))
    versions = {
        "artelier": __version__,
        "python": platform.python_version(),
        "msgspec": msgspec.__version__,
        "pydantic": pydantic.VERSION,
    }
    show("scheduler", samples, *figures_of(samples), versions, as_json=options.json, measure="measured")


if __name__ == "__main__":
    main()
