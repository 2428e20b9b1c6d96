"""A model server in this process that speaks OpenAI's protocol, says one word, and knows one key."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

GOOD = "sk-good"


class SmallModel:
    """Counts what it was asked; ``reply`` is what it says, ``hold`` keeps it silent until it is set."""

    def __init__(self):
        self.asked = []
        self.reply = "ready"
        self.hold = None
        self.begun = asyncio.Event()
        self.port = 0

    @property
    def base_url(self):
        return f"http://127.0.0.1:{self.port}/v1"

    async def serve(self, reader, writer):
        try:
            while True:
                await self._answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _answer(self, reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        fields = dict(line.lower().split(": ", 1) for line in head.strip().split("\r\n")[1:])
        body = await reader.readexactly(int(fields.get("content-length", 0)))
        if head.startswith("GET "):
            return await self._say(writer, "200 OK", "application/json", json.dumps({"data": [{"id": "small"}, {"id": "large"}]}))
        self.asked.append((json.loads(body)["model"], fields))
        self.begun.set()
        if self.hold is not None:
            await self.hold.wait()
        if fields.get("authorization") != f"bearer {GOOD}":
            wrong = {"error": {"message": "Incorrect API key provided", "code": "invalid_api_key"}}
            return await self._say(writer, "401 Unauthorized", "application/json", json.dumps(wrong))
        usage = {"prompt_tokens": 20, "completion_tokens": 1, "total_tokens": 21}
        pieces = [
            {"model": "small", "choices": [{"index": 0, "delta": {"content": self.reply}}]},
            {"model": "small", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
            {"model": "small", "choices": [], "usage": usage},
        ]
        text = "".join(f"data: {json.dumps(piece)}\n\n" for piece in pieces) + "data: [DONE]\n\n"
        return await self._say(writer, "200 OK", "text/event-stream", text)

    async def _say(self, writer, status, kind, text):
        body = text.encode()
        writer.write(f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()


@asynccontextmanager
async def small_model() -> AsyncIterator[SmallModel]:
    model = SmallModel()
    server = await asyncio.start_server(model.serve, "127.0.0.1", 0)
    model.port = server.sockets[0].getsockname()[1]
    try:
        yield model
    finally:
        server.close()
