"""Runs a participant's run many times, so many at once, and prints the CPU time of this process a run.

Standard library alone: peers use it from environments of their own.
"""

import argparse
import asyncio
import json
import resource
import sys
import time


def _cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def _many(run, count, at_once):
    left = iter(range(count))

    async def worker():
        for _ in left:
            await run()

    await asyncio.gather(*(worker() for _ in range(at_once)))


async def measure(run, *, versions, prepare=None):
    """Prepare, warm up, measure, and print ``{"cpu_ms", "wall_ms", "runs", "versions"}``."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--base-url", required=True)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--at-once", type=int, default=20)
    options = parser.parse_args()
    if prepare is not None:
        await prepare(options.base_url)
    await _many(lambda: run(options.base_url), options.at_once * 2, options.at_once)
    before, begun = _cpu(), time.perf_counter()
    await _many(lambda: run(options.base_url), options.runs, options.at_once)
    cpu, wall = _cpu() - before, time.perf_counter() - begun
    figures = {"cpu_ms": cpu * 1000 / options.runs, "wall_ms": wall * 1000 / options.runs, "runs": options.runs, "versions": versions}
    sys.stdout.write(json.dumps(figures) + "\n")


async def measure_cases(call, *, versions):
    """Measure each ``--case SHAPE:AT_ONCE:CALLS`` after a warm-up, and print ``{"cases": {...}, "versions"}``, CPU ms a call.

    ``SHAPE`` is ``paced``, ``burst`` or ``plain``; ``call`` is given the address of such replies.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--address", required=True)
    parser.add_argument("--case", action="append")
    options = parser.parse_args()
    found = {}
    for case in options.case:
        shape, at_once, count = case.split(":")
        base_url = options.address + ("/v1" if shape == "paced" else f"/{shape}/v1")
        await _many(lambda url=base_url: call(url), max(int(at_once), int(count) // 5), int(at_once))
        before = _cpu()
        await _many(lambda url=base_url: call(url), int(count), int(at_once))
        found[f"{shape}, {at_once} at once"] = (_cpu() - before) * 1000 / int(count)
    sys.stdout.write(json.dumps({"cases": found, "versions": versions}) + "\n")
