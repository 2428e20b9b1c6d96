"""Load from a process of its own: messages to ``POST /api/v1/chat``, each stream read to its end."""

import argparse
import asyncio
import json
import sys
import time

import aiohttp
import uvloop


async def one(session: aiohttp.ClientSession, address: str) -> bool:
    ended = False
    tail = b""
    async with session.post(f"{address}/api/v1/chat", json={"message": "go"}) as answer:
        async for data in answer.content.iter_any():
            ended = ended or b"event: run_finished" in tail + data
            tail = data[-40:]
    return ended


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--address", required=True)
    parser.add_argument("--token", required=True)
    parser.add_argument("--runs", type=int, required=True)
    parser.add_argument("--at-once", type=int, required=True)
    options = parser.parse_args()
    headers = {"Authorization": f"Bearer {options.token}", "Accept": "text/event-stream"}
    left, failed = iter(range(options.runs)), 0
    begun = time.perf_counter()
    async with aiohttp.ClientSession(headers=headers, connector=aiohttp.TCPConnector(limit=0)) as session:

        async def worker() -> None:
            nonlocal failed
            for _ in left:
                failed += not await one(session, options.address)

        await asyncio.gather(*(worker() for _ in range(options.at_once)))
    sys.stdout.write(json.dumps({"failed": failed, "wall_s": time.perf_counter() - begun}) + "\n")


if __name__ == "__main__":
    uvloop.run(main())
