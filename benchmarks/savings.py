"""What each layer saves on a day of repeated coding work: calls of the model, tokens, money, and our own CPU time.

The day is ``recordings/day.jsonl``, written for this benchmark and not sampled from anybody: three people and one machine
account share a team's key, and each has a checkout of its own. Five checks run each hour from 8 to 18 over code that changes six times;
six pushes start a review twice at the same moment and once again later; people ask, ask again in a new session, do a
task over from a fresh checkout, ask the same as another in other words, and look things up. **How much repeats decides
the figures**; the table says how many messages are word for word repeats of the same person. A team that repeats
less saves less: ``people alone`` leaves the machine account out.

The house is the real one, with its journal; the model, a search and pages are mocked in a process of their own, which counts
usage as Anthropic does, prompt cache of five minutes included. The day's time passes between messages, so that what is kept
for ten minutes, an hour or a day ends when it would. Prices are those of genai-prices for ``MODEL``, tokens four characters.
Not in it: the semantic cache, and whatever a provider's own rate limits would cost. Equal requests of one moment cannot be
left to themselves while replies are kept, so ``replies`` is that with single flight; single flight alone keeps none.
"""

import argparse
import platform
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time
from typing import Any

import uvloop
from msgspec import Struct

from artelier.ports.usage import Span, UsageBy
from artelier.runtime.assemble import open_house
from artelier.runtime.ground import Plan
from artelier.runtime.house import House
from artelier.runtime.load import load_price_list
from artelier.settings import Places, read_settings
from benchmarks.day import MIDNIGHT, PEOPLE, DayClock, Mock, Played, mocked, recorded
from benchmarks.figures import show

MODEL = "claude-sonnet-5"
GOALS = {"calls left, of 100": 40.0, "cost left, of 100": 30.0}


class Layers(Struct, frozen=True):
    """Which layers are on."""

    replies: bool = False
    flight: bool = False
    routing: bool = False
    files: bool = False
    web: bool = False
    prompts: bool = False


VARIANTS = {
    "none": Layers(),
    "replies kept": Layers(replies=True),
    "single flight": Layers(flight=True),
    "routing without a model": Layers(routing=True),
    "file results kept": Layers(files=True),
    "web and routing answers kept": Layers(web=True),
    "prompt caching": Layers(prompts=True),
    "all": Layers(replies=True, flight=True, routing=True, files=True, web=True, prompts=True),
}


class Came(Struct):
    """What a day came to."""

    messages: int
    calls: int
    routing: int
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    dollars: float
    web: int
    cpu: float


def price() -> dict[str, float]:
    """Return what a million tokens of the model cost, by the public list."""
    _, model = load_price_list().find_provider_model(MODEL, None, "anthropic", None)
    found = model.get_prices(datetime.now(UTC))
    names = {"input": "input_mtok", "output": "output_mtok", "cached": "cache_read_mtok", "cache_write": "cache_write_mtok"}
    return {name: float(getattr(getattr(found, field), "base", getattr(found, field))) for name, field in names.items()}


def settings(layers: Layers, port: int) -> dict[str, Any]:
    kept = layers.replies or layers.flight
    model = {
        "kind": "anthropic",
        "base_url": f"http://127.0.0.1:{port}",
        "cache": "auto" if layers.prompts else "off",
        "prices": {"*": price()},
    }
    return {
        "models": {"default": f"mock/{MODEL}", "providers": {"mock": model}},
        "routing": {"learned": layers.routing},
        "approvals": {"rules": [{"decision": "allow"}]},
        "tools": {
            "search": {"searxng_url": f"http://127.0.0.1:{port}"},
            "web": {"allowed": [f"127.0.0.1:{port}"]},
            "cache": {"enabled": layers.files or layers.web, "bytes": 1 << 26 if layers.files else 0},
            "read_ahead": False,
        },
        "cache": {
            "memory_bytes": 1 << 26 if layers.web or layers.replies else 0,
            "disk_bytes": 1 << 28 if layers.web or layers.replies else 0,
            "replies": {"when": "always" if kept else "off", "ttl": "24h" if layers.replies else 0},
        },
    }


@asynccontextmanager
async def housed(layers: Layers, mock: Mock, folder: Path, clock: DayClock) -> AsyncIterator[House]:
    read = read_settings(Places(folder / "none.toml", False, folder / "state"), {}, settings(layers, mock.port))
    if read.problems:
        raise SystemExit(str(read.problems))
    (folder / "ws").mkdir()
    (folder / "state").mkdir()
    async with open_house(Plan(read, folder / "state", folder / "ws", clock=clock)) as house:
        yield house


async def lived(layers: Layers, tasks: Mapping[str, str], day: list[dict[str, Any]]) -> Came:
    """Live the day once with these layers."""
    clock = DayClock()
    with tempfile.TemporaryDirectory() as name, mocked() as mock:
        async with housed(layers, mock, Path(name), clock) as house:
            played, begun = Played(house, clock, mock, Path(name), tasks), process_time()
            await played.live(day)
            cpu = process_time() - begun
            counts = mock.ask("GET", "/counts")
            used = [row for who in PEOPLE for row in await house.readings.sum_usage(UsageBy.USER, _span(who), 10)]
    sums = [sum(getattr(row.usage, field) for row in used) for field in ("input_tokens", "cached_tokens", "output_tokens", "cost")]
    return Came(played.messages, counts["model"], counts["routing"], *sums, counts["search"] + counts["page"], cpu)


def _span(who: str) -> Span:
    return Span(f"person:{who}", MIDNIGHT, MIDNIGHT + timedelta(days=2))


def repeats(day: list[dict[str, Any]]) -> tuple[int, int]:
    """Return how many messages there are, and how many say word for word what the same person said before."""
    said = [(line["who"], task) for line in day for task in line.get("do", ())]
    return len(said), len(said) - len(set(said))


def table(found: Mapping[str, Came]) -> str:
    head = f"{'layers':<30}{'calls':>7}{'routing':>9}{'tokens in':>11}{'cached':>10}{'out':>8}{'dollars':>9}{'web':>5}{'CPU s':>7}"
    rows = [
        f"{name:<30}{came.calls:>7}{came.routing:>9}{came.input_tokens:>11}{came.cached_tokens:>10}{came.output_tokens:>8}"
        f"{came.dollars:>9.3f}{came.web:>5}{came.cpu:>7.2f}"
        for name, came in found.items()
    ]
    return "\n".join([head, *rows, ""])


def left(found: Mapping[str, Came], name: str) -> dict[str, float]:
    """Return what a set of layers leaves of calls and cost, of 100."""
    none, came = found["none"], found[name]
    calls = 100 * (came.calls + came.routing) / (none.calls + none.routing)
    return {f"{name}: calls left, of 100": calls, f"{name}: cost left, of 100": 100 * came.dollars / none.dollars}


async def measure(day: list[dict[str, Any]], tasks: Mapping[str, str], variants: Mapping[str, Layers]) -> dict[str, Came]:
    return {name: await lived(layers, tasks, day) for name, layers in variants.items()}


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the layers that matter most")
    parser.add_argument("--json", action="store_true")
    words = parser.parse_args()
    tasks, day = recorded()
    ends = {name: VARIANTS[name] for name in ("none", "all")}
    found = uvloop.run(measure(day, tasks, ends if words.quick else VARIANTS))
    people = uvloop.run(measure([line for line in day if line.get("who") != "ci"], tasks, ends))
    said, again = repeats(day)
    figures = {name.removeprefix("all: "): value for name, value in left(found, "all").items()}
    for name in found:
        figures |= {} if name in ends else left(found, name)
    figures |= {name.replace("all", "people alone", 1): value for name, value in left(people, "all").items()}
    figures |= {"messages": float(said), "of them word for word again": float(again)}
    figures |= {"dollars, no layer": found["none"].dollars, "dollars, all": found["all"].dollars}
    figures |= {"requests to the web left, of 100": 100 * found["all"].web / found["none"].web}
    figures |= {"our own CPU, of 100": 100 * found["all"].cpu / found["none"].cpu}
    if not words.json:
        sys.stdout.write(table(found) + "\npeople alone\n" + table(people) + "\n")
    samples = {name: [came.cpu * 1000 / came.messages] for name, came in found.items()}
    show(
        "savings",
        samples,
        figures,
        GOALS,
        {"python": platform.python_version(), "prices": MODEL},
        as_json=words.json,
        measure="CPU ms a message",
    )


if __name__ == "__main__":
    main()
