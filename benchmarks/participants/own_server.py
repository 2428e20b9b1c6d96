"""Artelier's server with three trivial tools; prints its address and token, serves until it is ended."""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

import uvloop

from artelier.api.serving import serving
from benchmarks.participants.own_engine import plan_for


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--base-url", required=True)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        async with serving(plan_for(options.base_url, Path(folder)), "127.0.0.1", 0, handle_signals=True) as served:
            sys.stdout.write(f"{served.address} {served.house.access.token}\n")
            sys.stdout.flush()
            await asyncio.wait((served.stopped,))


if __name__ == "__main__":
    uvloop.run(main())
