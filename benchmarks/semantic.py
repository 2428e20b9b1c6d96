"""What looking for a like question costs: CPU of this process a look, at a thousand and at ten thousand entries.

The index alone, at 384 and 1536 numbers a vector; a whole look with its embedder, record, vetoes and decision, that finds
and that does not; the parts of it. Vectors are random, which is as hard as any for a matrix.
"""

import argparse
import asyncio
import platform
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from random import Random
from statistics import median
from time import process_time

import numpy as np

from artelier.caches.memory import MemoryCache
from artelier.caches.similarity import MatrixIndex
from artelier.domain.models import ModelReply
from artelier.ports.embedder import Embedding, Vector
from artelier.providers.checked_vectors import CheckedVectors
from artelier.providers.lexical_embedder import LexicalEmbedder
from artelier.providers.like_questions import LikeQuestions, SemanticLimits, Sought
from artelier.providers.likeness import veto
from artelier.providers.local_embedder import LocalEmbedder
from artelier.providers.semantic_decision import asking_share, counted
from artelier.providers.semantic_entries import Entries
from artelier.runtime.clock import SystemClock
from benchmarks.figures import show

GOALS = {"a look that finds, 1k entries, us": 1000.0, "a look that finds, 10k entries, us": 4000.0}
QUESTION = "How do I find which process holds a port open on a machine that I cannot restart?"
ALIKE = "how can I find the process that holds a port open on a machine I cannot restart"
SIZES = {"1k": 1000, "10k": 10_000}


class Drawn:
    """Gives a vector drawn for each text."""

    name = "drawn"

    def __init__(self, width: int) -> None:
        self.random = np.random.default_rng(7)
        self.width = width
        self.kept: dict[str, Vector] = {}

    def draw(self) -> Vector:
        values = self.random.standard_normal(self.width)
        return tuple((values / np.linalg.norm(values)).tolist())

    async def embed(self, texts: Sequence[str]) -> Embedding:
        for text in texts:
            if text not in self.kept:
                self.kept[text] = self.draw()
        return Embedding(tuple(self.kept[text] for text in texts), len(texts))

    async def close(self) -> None:
        return None


async def timed(work: Callable[[], Awaitable[object]], times: int) -> float:
    """Return CPU microseconds a time."""
    begun = process_time()
    for _ in range(times):
        await work()
    return (process_time() - begun) / times * 1e6


def timed_plain(work: Callable[[], object], times: int) -> float:
    """Return CPU microseconds a time."""
    begun = process_time()
    for _ in range(times):
        work()
    return (process_time() - begun) / times * 1e6


async def filled(width: int, size: int) -> tuple[LikeQuestions, MatrixIndex, Drawn]:
    """Return like questions over so many entries, one of which is QUESTION and has proved right."""
    clock = SystemClock()
    cache, embedder = MemoryCache(1 << 30, clock), Drawn(width)
    index, entries = MatrixIndex(cache, clock, entries=size, look=3600.0), Entries(cache, clock)
    limits = SemanticLimits()
    likes = LikeQuestions(CheckedVectors(embedder), index, entries, limits, chance=Random(7).random)
    await index.put("p", "first", embedder.draw(), 3600)
    known = index._partitions["p"]  # noqa: SLF001  filling by put would take minutes
    row = known.rows[0]
    for number in range(1, size - 1):
        known.add(type(row)(f"{number:024x}", row.end, row.added, row.used), np.asarray(embedder.draw(), np.float32))
    (vector,) = (await embedder.embed([QUESTION])).vectors
    embedder.kept[ALIKE] = vector
    await entries.add("p", "a" * 24, "t", QUESTION, ModelReply("word " * 200), 3600)
    for _ in range(40):
        await entries.count("p", "a" * 24, 0.99, right=True)
    known.add(type(row)("a" * 24, row.end, row.added, row.used), np.asarray(vector, np.float32))
    return likes, index, embedder


async def looks(rounds: int, times: int) -> dict[str, list[float]]:
    """Measure the index and whole looks."""
    samples: dict[str, list[float]] = defaultdict(list)
    for width in (384, 1536):
        for name, size in SIZES.items():
            likes, index, embedder = await filled(width, size)
            other = embedder.draw()
            embedder.kept["Nothing like it?"] = other
            found = await likes.look(Sought("t", "p", ALIKE, "own"))
            assert found.stands
            for place in range(rounds):
                alone = await timed(lambda index=index, other=other: index.nearest("p", other, 0.95, 4), times)  # type: ignore[misc]
                finds = await timed(lambda likes=likes: likes.look(Sought("t", "p", ALIKE, "own")), times)  # type: ignore[misc]
                misses = await timed(lambda likes=likes: likes.look(Sought("t", "p", "Nothing like it?", "own")), times)  # type: ignore[misc]
                if place:
                    samples[f"{name}, {width} numbers: the index alone"].append(alone)
                    samples[f"{name}, {width} numbers: a look that finds"].append(finds)
                    samples[f"{name}, {width} numbers: a look that does not"].append(misses)
    return samples


async def parts(rounds: int, times: int) -> dict[str, list[float]]:
    """Measure what a look is made of."""
    samples: dict[str, list[float]] = defaultdict(list)
    lexical, local = LexicalEmbedder(), LocalEmbedder()
    tally = ()
    for number in range(40):
        tally = counted(tally, 0.95 + number / 1000, right=number % 9 > 0)
    await local.embed([QUESTION])
    for place in range(rounds):
        taken = {
            "embedder lexical": await timed(lambda: lexical.embed([QUESTION]), times),
            "embedder local (wordllama)": await timed(lambda: local.embed([QUESTION]), times),
            "vetoes": timed_plain(lambda: veto(QUESTION, ALIKE), times),
            "decision, known entry": timed_plain(lambda: asking_share(tally, 0.97, 0.95, 0.02), times),
            "decision, after a comparison": timed_plain(
                lambda: asking_share(counted(tally, 0.97, right=True), 0.97, 0.95 - Random().random() / 1e9, 0.02), times // 10
            ),
        }
        for name, value in taken.items():
            if place:
                samples[name].append(value)
    return samples


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    words = parser.parse_args()
    rounds, times = (3, 100) if words.quick else (6, 500)
    samples = {**asyncio.run(looks(rounds, times)), **asyncio.run(parts(rounds, times))}
    figures = {f"a look that finds, {name} entries, us": median(samples[f"{name}, 384 numbers: a look that finds"]) for name in SIZES}
    versions = {"python": platform.python_version(), "numpy": np.__version__}
    show("semantic", samples, figures, GOALS, versions, as_json=words.json, measure="CPU us")


if __name__ == "__main__":
    main()
