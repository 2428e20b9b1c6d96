"""A receiver of webhooks over loopback, whose answers can be changed."""

import asyncio
import json
from contextlib import asynccontextmanager

from local_web import LocalServer, answer

PATIENCE = 20


class Receiver(LocalServer):
    """Takes messages over HTTP; what it answers can be changed."""

    def __init__(self):
        super().__init__(self._take)
        self.status = "200 OK"
        self.hangs = False
        self.messages = []
        self.tried = asyncio.Event()
        self.held = asyncio.Event()
        self._hold_after = None

    def _take(self, head):
        length = next(int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))

        async def take(reader, writer):
            body = await reader.readexactly(length)
            status = self.status
            if status == "200 OK" and not self.hangs:
                headers = dict(line.decode().split(": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)
                self.messages.append((headers, body, head))
            self.tried.set()
            if self._hold_after is not None and len(self.messages) >= self._hold_after:
                self.held.set()
                self.hangs = True
            if self.hangs:
                await asyncio.Event().wait()
            writer.write(answer(b"no", status, Connection="close", Location="http://127.0.0.1:1/"))

        return take

    def hold_after(self, count):
        """Answer nobody any more once so many messages are taken."""
        self.held.clear()
        self._hold_after = count

    def let_go(self):
        """Answer again."""
        self._hold_after = None
        self.hangs = False

    def sequences(self, session):
        """What was taken of a session, in the order of its first coming."""
        bodies = [json.loads(body) for _, body, _ in self.messages]
        return list(dict.fromkeys(body["seq"] for body in bodies if body["session"] == session))

    async def next_try(self):
        self.tried.clear()
        await asyncio.wait_for(self.tried.wait(), PATIENCE)

    async def until(self, count):
        async with asyncio.timeout(PATIENCE):
            while len(self.messages) < count:
                self.tried.clear()
                await self.tried.wait()
        return [json.loads(body) for _, body, _ in self.messages]


@asynccontextmanager
async def receiving(port=0):
    receiver = Receiver()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", port)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
        for task in receiver.tasks:
            task.cancel()
        await asyncio.gather(*receiver.tasks, return_exceptions=True)
        await server.wait_closed()
