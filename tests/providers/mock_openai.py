"""A model server for tests, a process of its own: it plays bytes exactly as it was told, whatever HTTP says of them.

    python mock_openai.py [PORT]   prints its port, serves until its standard input closes

``PUT /scenario/NAME`` takes ``{"plays": [{"pieces": [base64, ...], "pause": seconds, "end": ...}, ...]}``: the first
request beneath ``/NAME/`` gets the first play, the next one the next, the last one is repeated. ``end`` is ``keep`` (the
connection stays for the next request), ``close``, ``reset`` or ``hang``. ``GET /seen/NAME`` tells the requests that came,
``GET /left/NAME`` answers once a client has left a play that hangs.

A client that begins with HTTP/2 (h2c by prior knowledge) is played the same: heads and bodies out of the pieces, in frames.
"""

import asyncio
import base64
import json
import socket
import struct
import sys
from asyncio import StreamReader, StreamWriter
from typing import Any

from mock_http2 import PREFACE, Exchange, Session


class Scenario:
    def __init__(self, plays: list[dict[str, Any]]) -> None:
        self.plays = plays
        self.seen: list[dict[str, Any]] = []
        self.left = asyncio.Event()

    def next_play(self) -> dict[str, Any]:
        return self.plays[min(len(self.seen), len(self.plays)) - 1]


class Server:
    def __init__(self) -> None:
        self.scenarios: dict[str, Scenario] = {}

    async def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        try:
            while await self.answer(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def answer(self, reader: StreamReader, writer: StreamWriter) -> bool:
        begun = await reader.readuntil(b"\r\n\r\n")
        if begun == PREFACE:
            await Session(reader, writer, self.play_frames).run(begun)
            return False
        head = begun.decode("latin-1")
        line, *fields = head.strip().split("\r\n")
        method, target, _ = line.split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (field.partition(":") for field in fields)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        path = "/" + target.split("/", 3)[3] if target.startswith("http://") else target  # as a proxy it is asked for whole addresses
        section, name = path.split("/")[1:3]
        if section == "scenario":
            self.scenarios[name] = Scenario(json.loads(body)["plays"])
            return await self.say(writer, {})
        if section == "seen":
            return await self.say(writer, self.scenarios[name].seen)
        if section == "left":
            return await self.say(writer, await asyncio.wait_for(self.scenarios[name].left.wait(), 5))
        scenario = self.scenarios[section]
        peer = writer.get_extra_info("peername")[1]
        scenario.seen.append({"method": method, "target": target, "headers": headers, "body": body.decode(), "peer": peer})
        return await self.play(scenario, reader, writer)

    async def say(self, writer: StreamWriter, document: Any) -> bool:
        body = json.dumps(document).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()
        return True

    async def play(self, scenario: Scenario, reader: StreamReader, writer: StreamWriter) -> bool:
        play = scenario.next_play()
        for number, piece in enumerate(play["pieces"]):
            if number and play.get("pause"):
                await asyncio.sleep(play["pause"])
            writer.write(base64.b64decode(piece))
            await writer.drain()
        end = play.get("end", "keep")
        if end == "hang":
            await reader.read(1)
            scenario.left.set()
        if end == "reset":
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
        return end == "keep"

    async def play_frames(self, exchange: Exchange) -> None:
        scenario = self.scenarios[exchange.target.split("/")[1]]
        writer = exchange.session.writer
        peer = writer.get_extra_info("peername")[1]
        told = {"method": exchange.method, "target": exchange.target, "headers": exchange.headers, "peer": peer}
        scenario.seen.append({**told, "body": exchange.body.decode()})
        play = scenario.next_play()
        rest, read, sent, length = b"", None, 0, None
        for number, piece in enumerate(play["pieces"]):
            if number and play.get("pause"):
                await asyncio.sleep(play["pause"])
            rest += base64.b64decode(piece)
            if read is None and b"\r\n\r\n" in rest:
                head, _, rest = rest.partition(b"\r\n\r\n")
                read, length = start_frames(exchange, head)
            if read is not None:
                data, rest = read(rest)
                await exchange.send(data)
                sent += len(data)
        end = play.get("end", "keep")
        if end == "hang":
            await exchange.left.wait()
            scenario.left.set()
        elif end == "keep" or (end == "close" and read is whole and length in {None, sent}):
            exchange.end()
        else:
            if end == "reset":
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            await writer.drain()
            writer.transport.abort()


def start_frames(exchange: Exchange, head: bytes) -> tuple[Any, int | None]:
    """Send a head in frames; return what reads the body after it, and how long it says the body is."""
    line, *fields = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (field.partition(":") for field in fields)}
    chunked = headers.pop("transfer-encoding", "") == "chunked"
    headers.pop("connection", None)
    exchange.start(int(line.split(" ")[1]), headers)
    return unchunked if chunked else whole, int(headers["content-length"]) if "content-length" in headers else None


def whole(rest: bytes) -> tuple[bytes, bytes]:
    return rest, b""


def unchunked(rest: bytes) -> tuple[bytes, bytes]:
    """Return the bodies of whole chunks, and what is left."""
    data = b""
    while b"\r\n" in rest:
        size, _, after = rest.partition(b"\r\n")
        length = int(size, 16)
        if len(after) < length + 2:
            break
        data += after[:length]
        rest = after[length + 2 :]
    return data, rest


async def main() -> None:
    server = await asyncio.start_server(Server().serve, "127.0.0.1", int(next(iter(sys.argv[1:]), 0)), limit=1 << 24)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201  the parent reads it
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
