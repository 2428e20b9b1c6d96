"""What the console costs a browser: kilobytes of script it loads (gzip), and milliseconds until a message can be typed.

A real Chromium, cold cache, against a server of this machine, with an empty list of sessions and with a long conversation
(200 steps) opened directly.
"""

import argparse
import asyncio
import gzip
import platform
import re
import sys
from collections import defaultdict
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from playwright.async_api import Browser, async_playwright

from artelier.api.console import CONSOLE
from artelier.network.chromium_places import find_chromium
from artelier.testing import call, script, serving
from benchmarks.figures import show

FIRST, LONG = "first page, ms to typing", "200 steps, ms to the last"
SCRIPT, ALL = "first load, kB of script", "all pages, kB of script"
STEPS = 200


def kilobytes(files: list[Path]) -> float:
    """Return how much these files weigh on the wire."""
    return sum(len(gzip.compress(file.read_bytes(), 6)) for file in files) / 1000


def weights() -> dict[str, float]:
    """Return the script of the first load, and of everything that can be loaded."""
    page = (CONSOLE / "index.html").read_text(encoding="utf-8")
    first = [CONSOLE / name.lstrip("/") for name in re.findall(r'(?:src|href)="(/[^"]+\.js)"', page)]
    return {SCRIPT: kilobytes(first), ALL: kilobytes(sorted((CONSOLE / "built").glob("*.js")))}


async def opened(browser: Browser, address: str, path: str, ready: str) -> float:
    """Return milliseconds from asking for a page until something stands on it, in a browser that knows nothing."""
    context = await browser.new_context()
    page = await context.new_page()
    began = perf_counter()
    await page.goto(f"{address.partition('#')[0].rstrip('/')}{path}#{address.partition('#')[2]}", wait_until="commit")
    await page.wait_for_selector(ready)
    took = (perf_counter() - began) * 1000
    await context.close()
    return took


async def measure(rounds: int) -> dict[str, list[float]]:
    """Open both pages so many times, one after the other."""
    samples: dict[str, list[float]] = defaultdict(list)
    told = script(*[call("search_in_code", pattern=f"word{number}") for number in range(STEPS)], "That was all.")
    limits = {
        "limits": {"steps": STEPS + 10, "calls": STEPS + 10},
        "agents": {"ask": {"limits": {"steps": STEPS + 10, "calls": STEPS + 10}}},
    }
    with TemporaryDirectory() as folder:
        async with serving(Path(folder), told, settings=limits) as server, async_playwright() as driver:
            done = await server.run("look a long time", agent="ask")
            if done.status != "finished":
                raise SystemExit(f"the long conversation is {done.status}")
            browser = await driver.chromium.launch(executable_path=str(find_chromium()), args=["--disable-dev-shm-usage"])
            for _ in range(rounds):
                samples[FIRST].append(await opened(browser, await server.client.make_link(), "/", "#message:focus"))
                address = await server.client.make_link()
                samples[LONG].append(await opened(browser, address, f"/sessions/{done.session}", ".closing"))
            await browser.close()
    return samples


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    words = parser.parse_args()
    if not (CONSOLE / "index.html").exists():
        sys.stderr.write("The console is not built: python3 scripts/console.py\n")
        return 1
    samples = asyncio.run(measure(3 if words.quick else 9))
    figures = {**weights(), **{label: sorted(values)[len(values) // 2] for label, values in samples.items()}}
    versions = {"artelier": version("artelier"), "python": platform.python_version(), "playwright": version("playwright")}
    show("console", samples, figures, {SCRIPT: 300.0, FIRST: 1000.0}, versions, as_json=words.json, measure="ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
