"""The bare relay: a Starlette endpoint that makes the same run and forwards the model's chunks as they come.

It stores nothing, knows nobody, checks nothing.
"""

import argparse
import asyncio
import sys

import aiohttp
import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

TOOLS = [
    {"type": "function", "function": {"name": name, "parameters": {"type": "object", "properties": {"x": {"type": "integer"}}}}}
    for name in ("tool_a", "tool_b", "tool_c")
]

HEADERS = {"Content-Type": "application/json"}


class Relay:
    """The endpoint."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.session: aiohttp.ClientSession | None = None

    async def chat(self, request: Request) -> StreamingResponse:
        return StreamingResponse(self.run(orjson.loads(await request.body())["message"]), media_type="text/event-stream")

    async def run(self, message: str):
        messages = [{"role": "system", "content": "You work."}, {"role": "user", "content": message}]
        text, calls = [], {}
        async for chunk in self.stream(messages, text, calls):
            yield chunk
        results = await asyncio.gather(*(tool(call) for call in calls.values()))
        asked = [
            {"id": call["id"], "type": "function", "function": {"name": call["name"], "arguments": call["arguments"]}}
            for call in calls.values()
        ]
        messages.append({"role": "assistant", "content": "".join(text), "tool_calls": asked})
        messages += [
            {"role": "tool", "tool_call_id": call["id"], "content": result} for call, result in zip(calls.values(), results, strict=True)
        ]
        async for chunk in self.stream(messages, [], {}):
            yield chunk
        yield b"event: run_finished\ndata: {}\n\n"

    async def stream(self, messages, text, calls):
        if self.session is None:
            self.session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        body = {"model": "mock", "messages": messages, "tools": TOOLS, "stream": True, "stream_options": {"include_usage": True}}
        rest = b""
        async with self.session.post(
            f"{self.base_url}/chat/completions", data=orjson.dumps(body), headers={"Content-Type": "application/json"}
        ) as answer:
            async for data in answer.content.iter_any():
                yield data
                *events, rest = (rest + data).split(b"\n\n")
                for event in events:
                    if event != b"data: [DONE]":
                        _collect(orjson.loads(event[6:]), text, calls)


def _asked(call):
    return {"id": call["id"], "type": "function", "function": {"name": call["name"], "arguments": call["arguments"]}}


def _told(call, result):
    return {"role": "tool", "tool_call_id": call["id"], "content": result}


def _collect(chunk, text, calls) -> None:
    for choice in chunk["choices"]:
        delta = choice["delta"]
        if delta.get("content"):
            text.append(delta["content"])
        for piece in delta.get("tool_calls") or ():
            call = calls.setdefault(piece["index"], {"id": "", "name": "", "arguments": ""})
            call["id"] = piece.get("id") or call["id"]
            call["name"] = piece["function"].get("name") or call["name"]
            call["arguments"] += piece["function"].get("arguments") or ""


async def tool(call):
    return str(orjson.loads(call["arguments"])["x"])


class Server(uvicorn.Server):
    """Tells its address once it answers."""

    async def startup(self, sockets=None) -> None:
        await super().startup(sockets)
        port = self.servers[0].sockets[0].getsockname()[1]
        sys.stdout.write(f"http://127.0.0.1:{port} none\n")
        sys.stdout.flush()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--base-url", required=True)
    relay = Relay(parser.parse_args().base_url)
    app = Starlette(routes=[Route("/api/v1/chat", relay.chat, methods=["POST"])])
    Server(uvicorn.Config(app, port=0, lifespan="off", http="httptools", log_config=None, access_log=False, backlog=2048)).run()
