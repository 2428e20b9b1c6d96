"""One streamed call by hand, on aiohttp or httpx2, or by an SDK: ``raw_call.py KIND ...``. It stores nothing."""

import asyncio
import importlib
import importlib.metadata
import os
import sys
from pathlib import Path

import orjson
import uvloop

sys.path.insert(0, str(Path(__file__).parent))
from measured import measure

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # nothing is fetched
KEPT = {}
MESSAGES = [{"role": "system", "content": "You help."}, {"role": "user", "content": "go"}]
BODY = {"model": "mock", "messages": MESSAGES, "stream": True, "stream_options": {"include_usage": True}, "max_tokens": 2048}


def kept(name, make):
    if name not in KEPT:
        KEPT[name] = make()
    return KEPT[name]


class Reader:
    """Gathers a reply's text and calls from bytes as they come."""

    def __init__(self):
        self.rest, self.text, self.calls = b"", [], {}

    def take(self, data):
        *events, self.rest = (self.rest + data).split(b"\n\n")
        for event in events:
            if event == b"data: [DONE]":
                continue
            for choice in orjson.loads(event[6:])["choices"]:
                delta = choice["delta"]
                if delta.get("content"):
                    self.text.append(delta["content"])
                for piece in delta.get("tool_calls") or ():
                    call = self.calls.setdefault(piece["index"], "")
                    self.calls[piece["index"]] = call + (piece["function"].get("arguments") or "")


async def by_aiohttp(base_url):
    import aiohttp  # noqa: PLC0415  one of them a process

    session = kept("session", lambda: aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)))
    reader = Reader()
    async with session.post(f"{base_url}/chat/completions", data=orjson.dumps(BODY)) as answer:
        async for data in answer.content.iter_any():
            reader.take(data)


async def by_httpx2(base_url):
    import httpx2  # noqa: PLC0415  one of them a process

    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=None)
    client = kept("client", lambda: httpx2.AsyncClient(limits=limits, timeout=60))
    reader = Reader()
    async with client.stream("POST", f"{base_url}/chat/completions", content=orjson.dumps(BODY)) as answer:
        async for data in answer.aiter_bytes():
            reader.take(data)


async def by_openai(base_url):
    import openai  # noqa: PLC0415  one of them a process

    client = kept("client", lambda: openai.AsyncOpenAI(base_url=base_url, api_key="none"))
    async for _ in await client.chat.completions.create(**BODY):
        pass


async def by_litellm(base_url):
    import litellm  # noqa: PLC0415  one of them a process

    async for _ in await litellm.acompletion("openai/mock", MESSAGES, stream=True, api_base=base_url, api_key="none"):
        pass


KINDS = {"aiohttp": by_aiohttp, "httpx2": by_httpx2, "openai": by_openai, "litellm": by_litellm}


if __name__ == "__main__":
    kind = sys.argv.pop(1)
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    asyncio.run(measure(KINDS[kind], versions={kind: importlib.metadata.version(kind)}))
