"""Hits of other caches of model replies, in CPU milliseconds: LiteLLM's of three kinds, GPTCache's exact map."""

import asyncio
import json
import os
import sys
import tempfile
import threading
from collections.abc import Awaitable, Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import process_time
from typing import Any

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # nothing is fetched
ANSWER = {
    "id": "x",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "word " * 200}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120},
}


class Mock(BaseHTTPRequestHandler):
    """Answers every request alike."""

    def do_POST(self) -> None:
        """Answer."""
        self.rfile.read(int(self.headers["Content-Length"]))
        body = json.dumps(ANSWER).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


async def timed(work: Callable[[], Awaitable[Any]], times: int) -> float:
    """Return CPU milliseconds a time, once it is warm."""
    for _ in range(3):
        await work()
    begun = process_time()
    for _ in range(times):
        await work()
    return (process_time() - begun) / times * 1000


async def litellm_hits(url: str, base: str, times: int) -> dict[str, float]:
    """Measure LiteLLM's hits by its SDK."""
    import litellm  # noqa: PLC0415  it takes seconds
    from litellm.caching.caching import Cache  # noqa: PLC0415

    host, port = url.removeprefix("redis://").removesuffix("/0").split(":")
    kinds: dict[str, dict[str, Any]] = {
        "local": {"type": "local"},
        "disk": {"type": "disk", "disk_cache_dir": tempfile.mkdtemp()},
        "redis": {"type": "redis", "host": host, "port": port},
    }
    found = {}
    for name, words in kinds.items():
        try:
            litellm.cache = Cache(**words)
            messages = [{"role": "user", "content": "word " * 200}]

            async def ask(messages: list[dict[str, str]] = messages) -> Any:
                return await litellm.acompletion("openai/m", messages, api_base=base, api_key="none", caching=True, temperature=0)

            found[f"LiteLLM {name}: a hit, us"] = await timed(ask, times) * 1000
        except Exception as failure:  # noqa: BLE001  a peer that cannot be run is left out, and said so
            sys.stderr.write(f"LiteLLM {name}: {failure}\n")
    return found


async def gptcache_hits(times: int) -> dict[str, float]:
    """Measure GPTCache's exact map."""
    from gptcache.manager.factory import get_data_manager  # noqa: PLC0415

    manager = get_data_manager(data_path=str(Path(tempfile.mkdtemp()) / "map"))
    manager.save("word " * 200, "answer", "word " * 200)

    async def ask() -> Any:
        return manager.search("word " * 200)

    return {"GPTCache exact: a hit, us": await timed(ask, times * 10) * 1000}


async def main(url: str, times: int) -> None:
    """Print what hits cost, as JSON."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Mock)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    found: dict[str, float] = {}
    for measured in (litellm_hits(url, f"http://127.0.0.1:{server.server_port}/v1", times), gptcache_hits(times)):
        try:
            found |= await measured
        except Exception as failure:  # noqa: BLE001  as above
            sys.stderr.write(f"{failure}\n")
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
