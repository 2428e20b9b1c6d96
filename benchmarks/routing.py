"""What a model-free answer of the router costs: short and long requests, with and without a session, words seen before or not.

Microseconds of CPU of one call in one process. "Fresh words" begins with empty memories of words, as a new process does.
"""

import argparse
import platform
import random
import sys
from collections import defaultdict
from pathlib import Path
from statistics import median
from time import thread_time

import msgspec

from artelier.routing import concepts, features, layout, moods
from artelier.routing.classifier import Classifier
from artelier.routing.features import Context
from benchmarks.figures import show

DATA = Path(__file__).parent.parent / "training" / "routing" / "data" / "held_back.jsonl"
TYPICAL, FOLLOW_UP, FRESH, LONG, LOG = (
    "typical request",
    "follow-up in a session",
    "typical, fresh words",
    "long request, 4 kB",
    "pasted log, 40 kB",
)
GOAL = 1000.0


def requests() -> list[str]:
    """Return the held-back requests."""
    return [msgspec.json.decode(line)["text"] for line in DATA.read_bytes().splitlines()]


def forget() -> None:
    """Empty what the router remembers of words."""
    for memory in (concepts.concept, moods.mood, layout._judged, layout._turned, layout._alone, features._of_word):  # noqa: SLF001  on purpose
        memory.cache_clear()


def timed(classifier: Classifier, text: str, context: Context | None = None) -> float:
    """Return the microseconds of one answer."""
    started = thread_time()
    classifier.classify(text, context)
    return (thread_time() - started) * 1e6


def measure(rounds: int) -> dict[str, list[float]]:
    """Ask everything once a round, in turns."""
    classifier, texts, source = Classifier(), requests(), random.Random(7)
    long = " ".join(texts)[:4000]
    log = "why?\n" + "\n".join(f"2026-05-02 11:03:12 ERROR worker-{number} connection reset by peer" for number in range(600))
    samples: dict[str, list[float]] = defaultdict(list)
    for _ in range(rounds):
        text = source.choice(texts)
        forget()
        samples[FRESH].append(timed(classifier, text))
        samples[TYPICAL].append(timed(classifier, text))
        samples[FOLLOW_UP].append(timed(classifier, "now fix it", Context("debug", last_error=True, files_changed=2)))
        samples[LONG].append(timed(classifier, long))
        samples[LOG].append(timed(classifier, log))
    return samples


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    samples = measure(500 if options.quick else 5000)
    figures = {f"{label}, us": median(values) for label, values in samples.items()}
    figures["typical request, 99th of 100, us"] = sorted(samples[TYPICAL])[len(samples[TYPICAL]) * 99 // 100]
    goals = dict.fromkeys(figures, GOAL)
    versions = {"python": platform.python_version(), "msgspec": msgspec.__version__}
    show("routing", samples, figures, goals, versions, as_json=options.json, measure="CPU us an answer")


if __name__ == "__main__":
    sys.exit(main())
