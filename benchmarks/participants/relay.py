"""The bare relay: a server that makes the same run and forwards the model's chunks as they come. It stores nothing."""

import argparse
import asyncio
import sys

import aiohttp
import orjson
import uvicorn

TOOLS = [
    {"type": "function", "function": {"name": name, "parameters": {"type": "object", "properties": {"x": {"type": "integer"}}}}}
    for name in ("tool_a", "tool_b", "tool_c")
]


class Relay:
    """An ASGI application."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.session: aiohttp.ClientSession | None = None

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] != "http":
            return
        body = orjson.loads((await receive())["body"])
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
        messages = [{"role": "system", "content": "You work."}, {"role": "user", "content": body["message"]}]
        text, calls = await self.stream(messages, send)
        results = await asyncio.gather(*(tool(call) for call in calls.values()))
        asked = [
            {"id": call["id"], "type": "function", "function": {"name": call["name"], "arguments": call["arguments"]}}
            for call in calls.values()
        ]
        messages.append({"role": "assistant", "content": text, "tool_calls": asked})
        messages += [
            {"role": "tool", "tool_call_id": call["id"], "content": result} for call, result in zip(calls.values(), results, strict=True)
        ]
        await self.stream(messages, send)
        await send({"type": "http.response.body", "body": b"event: run_finished\ndata: {}\n\n", "more_body": False})

    async def stream(self, messages, send):
        if self.session is None:
            self.session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        body = {"model": "mock", "messages": messages, "tools": TOOLS, "stream": True, "stream_options": {"include_usage": True}}
        text, calls, rest = [], {}, b""
        async with self.session.post(
            f"{self.base_url}/chat/completions", data=orjson.dumps(body), headers={"Content-Type": "application/json"}
        ) as answer:
            async for data in answer.content.iter_any():
                await send({"type": "http.response.body", "body": data, "more_body": True})
                *events, rest = (rest + data).split(b"\n\n")
                for event in events:
                    if event != b"data: [DONE]":
                        _collect(orjson.loads(event[6:]), text, calls)
        return "".join(text), calls


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
    app = Relay(parser.parse_args().base_url)
    Server(uvicorn.Config(app, port=0, lifespan="off", http="httptools", log_config=None, access_log=False, backlog=2048)).run()
