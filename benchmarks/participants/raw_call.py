"""One call by hand, on aiohttp or httpx2, or by an SDK: ``raw_call.py KIND ...``. It stores nothing."""

import asyncio
import importlib
import importlib.metadata
import os
import sys
from pathlib import Path

import orjson
import uvloop

sys.path.insert(0, str(Path(__file__).parent))
from measured import measure_cases

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # nothing is fetched
KEPT = {}
MESSAGES = [{"role": "system", "content": "You help."}, {"role": "user", "content": "go"}]
STREAMED = {"model": "mock", "messages": MESSAGES, "stream": True, "stream_options": {"include_usage": True}, "max_tokens": 2048}
PLAIN = {"model": "mock", "messages": MESSAGES, "max_tokens": 2048}


def body_for(base_url):
    return PLAIN if "/plain/" in base_url else STREAMED


def kept(name, make):
    if name not in KEPT:
        KEPT[name] = make()
    return KEPT[name]


class Reader:
    """Gathers a reply's text and calls from bytes as they come."""

    def __init__(self, base_url):
        self.rest, self.text, self.calls, self.plain = b"", [], {}, "/plain/" in base_url

    def take(self, data):
        if self.plain:
            self.rest += data
            return
        *events, self.rest = (self.rest + data).split(b"\n\n")
        for event in events:
            if event == b"data: [DONE]":
                continue
            for choice in orjson.loads(event[6:])["choices"]:
                self.take_delta(choice["delta"])

    def take_delta(self, delta):
        if delta.get("content"):
            self.text.append(delta["content"])
        for place, piece in enumerate(delta.get("tool_calls") or ()):
            index = piece.get("index", place)
            self.calls[index] = self.calls.get(index, "") + (piece["function"].get("arguments") or "")

    def end(self):
        if self.plain:
            self.take_delta(orjson.loads(self.rest)["choices"][0]["message"])
        assert len(self.calls) == 3


async def by_aiohttp(base_url):
    import aiohttp  # noqa: PLC0415  one of them a process

    session = kept("session", lambda: aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)))
    reader = Reader(base_url)
    async with session.post(f"{base_url}/chat/completions", data=orjson.dumps(body_for(base_url))) as answer:
        async for data in answer.content.iter_any():
            reader.take(data)
    reader.end()


async def by_httpx2(base_url, versions=None):
    import httpx2  # noqa: PLC0415  one of them a process

    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=None)
    client = kept("client", lambda: httpx2.AsyncClient(limits=limits, timeout=60, **(versions or {})))
    reader = Reader(base_url)
    async with client.stream("POST", f"{base_url}/chat/completions", content=orjson.dumps(body_for(base_url))) as answer:
        async for data in answer.aiter_bytes():
            reader.take(data)
    reader.end()


async def by_httpx2_http2(base_url):
    await by_httpx2(base_url, {"http1": False, "http2": True})


async def taken(answer, base_url):
    if "/plain/" not in base_url:
        async for _ in answer:
            pass


async def by_openai(base_url):
    import openai  # noqa: PLC0415  one of them a process

    client = kept(base_url, lambda: openai.AsyncOpenAI(base_url=base_url, api_key="none"))
    await taken(await client.chat.completions.create(**body_for(base_url)), base_url)


async def by_litellm(base_url):
    import litellm  # noqa: PLC0415  one of them a process

    streamed = "/plain/" not in base_url
    answer = await litellm.acompletion("openai/mock", MESSAGES, stream=streamed, api_base=base_url, api_key="none")
    await taken(answer, base_url)


async def by_pydantic_ai(base_url):
    from pydantic_ai.direct import model_request, model_request_stream  # noqa: PLC0415  one of them a process
    from pydantic_ai.messages import ModelRequest  # noqa: PLC0415
    from pydantic_ai.models.openai import OpenAIChatModel  # noqa: PLC0415
    from pydantic_ai.providers.openai import OpenAIProvider  # noqa: PLC0415

    model = kept(base_url, lambda: OpenAIChatModel("mock", provider=OpenAIProvider(base_url=base_url, api_key="none")))
    messages = [ModelRequest.user_text_prompt("go", instructions="You help.")]
    if "/plain/" in base_url:
        await model_request(model, messages)
        return
    async with model_request_stream(model, messages) as answer:
        async for _ in answer:
            pass


KINDS = {
    "aiohttp": (by_aiohttp, "aiohttp"),
    "httpx2": (by_httpx2, "httpx2"),
    "httpx2_http2": (by_httpx2_http2, "httpx2"),
    "openai": (by_openai, "openai"),
    "litellm": (by_litellm, "litellm"),
    "pydantic_ai": (by_pydantic_ai, "pydantic-ai-slim"),
}


if __name__ == "__main__":
    call, package = KINDS[sys.argv.pop(1)]
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    asyncio.run(measure_cases(call, versions={package: importlib.metadata.version(package)}))
