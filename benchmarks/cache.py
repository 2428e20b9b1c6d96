"""What a kept reply costs, tier by tier, and what happens when many want the same or the cache server fails.

CPU microseconds of this process a hit, A B A B: a bare tier, and a whole reply given again as a stream. Misses of four
processes at once; a cache server that freezes, refuses and is killed. Peers (LiteLLM, GPTCache) run in their own process.
"""

import argparse
import asyncio
import json
import platform
import signal
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from artelier.caches.disk import DiskCache
from artelier.caches.generations import Generations
from artelier.caches.memory import MemoryCache
from artelier.caches.resp import RespCache
from artelier.caches.turns import SharedTurns
from artelier.domain.calls import ToolSpec
from artelier.domain.messages import UserMessage
from artelier.domain.models import ModelReply, ModelRequest
from artelier.domain.usage import Usage
from artelier.ports.cache import SharedCache
from artelier.providers.response_cache import CachingProvider, ReplyCache
from artelier.providers.scripted import ScriptedProvider, ScriptedTurn
from artelier.runtime.clock import SystemClock, UuidSevens
from benchmarks.figures import show
from benchmarks.peers import peers_python
from benchmarks.valkey import valkey

GOALS = {
    "memory: a hit, us": 20.0,
    "disk: a hit, us": 60.0,
    "resp: a hit, us": 500.0,
    "calls for 200 equal misses, disk": 1.0,
    "calls for 200 equal misses, resp": 1.0,
}
PROCESSES, EACH = 4, 50
VALUE = json.dumps({"text": "x" * 1000}).encode()
_TOOLS = tuple(ToolSpec(f"tool{number}", "does " * 40, {"type": "object", "properties": {}}, repeatable=True) for number in range(30))
SMALL = ModelRequest("m", "You help.", (UserMessage("word " * 200),), temperature=0.0, tenant="person:owner", agent="coder")
LARGE = ModelRequest("m", "You help." * 40, (UserMessage("word " * 18_000),), _TOOLS, temperature=0.0, tenant="person:owner", agent="coder")


async def timed(work: Callable[[], Awaitable[object]], times: int) -> float:
    """Return CPU microseconds a time."""
    begun = process_time()
    for _ in range(times):
        await work()
    return (process_time() - begun) / times * 1e6


def provider_over(cache: SharedCache) -> CachingProvider:
    """Return a provider whose replies are kept in this tier alone."""
    clock = SystemClock()
    kept = ReplyCache(cache, SharedTurns(cache, clock, UuidSevens()), Generations(cache, look=3600.0).of)
    return CachingProvider("own", ScriptedProvider((ScriptedTurn(text="word " * 200),)), kept)


async def answered(provider: CachingProvider, request: ModelRequest) -> Usage:
    """Take a whole reply."""
    last = ModelReply("")
    async with aclosing(provider.stream(request)) as pieces:
        async for piece in pieces:
            if isinstance(piece, ModelReply):
                last = piece
    return last.usage


async def hits(rounds: int, times: int, folder: Path, url: str) -> dict[str, list[float]]:
    """Measure hits of every tier."""
    clock = SystemClock()
    tiers: dict[str, SharedCache] = {
        "memory": MemoryCache(1 << 26, clock),
        "disk": DiskCache(folder / "entries.sqlite3", 1 << 26, clock),
        "resp": RespCache(url, patience=2.0),
    }
    providers = {name: provider_over(cache) for name, cache in tiers.items()}
    for name, cache in tiers.items():
        await cache.put("bare", VALUE, 3600)
        for request in (SMALL, LARGE):
            await answered(providers[name], request)
        await cache.add("written", b"", 3600)
    samples: dict[str, list[float]] = defaultdict(list)
    for place in range(rounds):
        for name, cache in tiers.items():
            few = times if name != "resp" else times // 10
            bare = await timed(lambda cache=cache: cache.get("bare"), few)  # type: ignore[misc]
            small = await timed(lambda name=name: answered(providers[name], SMALL), few)  # type: ignore[misc]
            large = await timed(lambda name=name: answered(providers[name], LARGE), few // 5)  # type: ignore[misc]
            if place:  # the first round warms up
                samples[f"{name}: a bare get of 1 kB"].append(bare)
                samples[f"{name}: a reply to 1 kB"].append(small)
                samples[f"{name}: a reply to 90 kB, 30 tools"].append(large)
    for cache in tiers.values():
        await cache.close()
    return samples


def misses(where: str, folder: Path) -> int:
    """Return how many calls of the model four processes make that all want the same."""
    upstream = folder / f"calls-{'resp' if where.startswith('redis') else 'disk'}"
    upstream.touch()
    words = [sys.executable, "-m", "benchmarks.participants.own_flight", where, str(upstream), str(EACH)]
    running = [subprocess.Popen(words, stdout=subprocess.PIPE) for _ in range(PROCESSES)]
    told = [process.communicate()[0] for process in running]
    if [int(each) for each in told] != [EACH] * PROCESSES:
        raise SystemExit(f"not everybody was answered: {told}")
    return len(upstream.read_text().splitlines())


async def waits(cache: RespCache, times: int) -> tuple[float, float]:
    """Return what the first look takes, and the median of those that follow, in milliseconds of wall time."""
    took = []
    for _ in range(times):
        begun = perf_counter()
        await cache.get("bare")
        took.append((perf_counter() - begun) * 1000)
    return took[0], median(took[1:])


async def failures(times: int) -> dict[str, float]:
    """Return what a look costs when the server freezes, is killed, or was never there."""
    found = {}
    for name, blow in (("frozen", signal.SIGSTOP), ("killed", signal.SIGKILL)):
        with valkey() as (url, process):
            cache = RespCache(url)
            await cache.put("bare", VALUE, 3600)
            process.send_signal(blow)
            found[f"resp {name}: the first look, ms"], found[f"resp {name}: the next ones, ms"] = await waits(cache, times)
            process.send_signal(signal.SIGCONT)
            await cache.close()
    cache = RespCache("redis://127.0.0.1:9/0")
    found["resp refused: the first look, ms"], found["resp refused: the next ones, ms"] = await waits(cache, times)
    await cache.close()
    return found


def peers(url: str, times: int) -> dict[str, float]:
    """Return what hits cost the peers, by their own process; nothing where they cannot be had."""
    words = [peers_python("peer_caches"), "-m", "benchmarks.participants.peer_caches", url, str(times)]
    ended = subprocess.run(words, stdout=subprocess.PIPE, check=False)
    return dict(json.loads(ended.stdout)) if ended.returncode == 0 and ended.stdout else {}


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    words = parser.parse_args()
    rounds, times = (3, 300) if words.quick else (6, 2000)
    with tempfile.TemporaryDirectory() as folder, valkey() as (url, _):
        samples = asyncio.run(hits(rounds, times, Path(folder), url))
        figures = {f"{name}: a hit, us": median(samples[f"{name}: a reply to 1 kB"]) for name in ("memory", "disk", "resp")}
        figures["calls for 200 equal misses, disk"] = float(misses(str(Path(folder) / "flight.sqlite3"), Path(folder)))
        figures["calls for 200 equal misses, resp"] = float(misses(url, Path(folder)))
        figures |= asyncio.run(failures(100))
        figures |= peers(url, 30 if words.quick else 300)
    versions = {"python": platform.python_version()}
    show("cache", samples, figures, GOALS, versions, as_json=words.json, measure="CPU us a hit")


if __name__ == "__main__":
    main()
