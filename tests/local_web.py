"""Servers on loopback that say what a test wants, to the byte, and count who came."""

import asyncio
import socket
from contextlib import asynccontextmanager

from artelier.network.guard import AddressGuard


class LocalServer:
    """``heads`` are the requests that came, as bytes."""

    def __init__(self, answer):
        self.heads = []
        self.connections = 0
        self.port = 0
        self.tasks = set()
        self._answer = answer

    async def serve(self, reader, writer):
        self.connections += 1
        self.tasks.add(asyncio.current_task())
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                self.heads.append(head)
                result = self._answer(head)
                if isinstance(result, bytes):
                    writer.write(result)
                else:
                    await result(reader, writer)
                await writer.drain()
                if b"connection: close" in head.lower():
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def local_server(answer):
    """Serve ``answer(head)``: bytes, or a coroutine function of reader and writer."""
    told = LocalServer(answer if callable(answer) else lambda _: answer)
    server = await asyncio.start_server(told.serve, "127.0.0.1", 0)
    told.port = server.sockets[0].getsockname()[1]
    try:
        yield told
    finally:
        server.close()
        for task in told.tasks:
            task.cancel()
        await asyncio.gather(*told.tasks, return_exceptions=True)
        await server.wait_closed()


def answer(body=b"", status="200 OK", content_type="text/html", **headers):
    """Return a whole HTTP answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
    lines += [f"Content-Type: {content_type}"] if content_type else []
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def names(**table):
    """Return a resolver that knows these names (``_`` for a dot), and numbers as the system reads them."""
    known = {name.replace("_", "."): addresses for name, addresses in table.items()}

    async def resolve(host, port):
        if host in known:
            answers = known[host]
            return answers() if callable(answers) else answers
        try:
            return [socket.inet_ntoa(socket.inet_aton(host))]
        except (OSError, UnicodeError):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known") from None

    return resolve


class OpenGuard(AddressGuard):
    """The negative control: judges nothing, so that a test of the guard can be seen to fail."""

    def _judge(self, name, port, address, *, listed):
        pass
