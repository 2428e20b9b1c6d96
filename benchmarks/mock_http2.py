"""The mock model's replies in frames of HTTP/2 (RFC 9113), written by hand so that the mock is never what is measured."""

import asyncio
import struct
from collections.abc import Callable, Sequence

from hpack import Decoder

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, SETTINGS, PING, WINDOW_UPDATE = 0, 1, 4, 6, 8
END_STREAM, END_HEADERS, ACK = 1, 4, 1
STATUS_200 = b"\x88"
MOST_STREAMS = struct.pack(">HI", 3, 1000)
CREDIT = struct.pack(">I", 1 << 30)

Reply = tuple[str, Sequence[bytes], float]
"""Content type, chunks, and seconds between two."""


def frame(kind: int, flags: int, stream: int, body: bytes = b"") -> bytes:
    return struct.pack(">I", len(body))[1:] + bytes((kind, flags)) + struct.pack(">I", stream) + body


class FramesMock(asyncio.Protocol):
    """One connection; ``reply_to`` chooses a reply by the request's path and body."""

    def __init__(self, transport: asyncio.Transport, reply_to: Callable[[str, bytes], Reply]) -> None:
        self.transport = transport
        self.reply_to = reply_to
        self.rest = b""
        self.window = 65535
        self.decoder = Decoder()
        self.paths: dict[int, str] = {}
        self.bodies: dict[int, bytes] = {}
        transport.write(frame(SETTINGS, 0, 0, MOST_STREAMS) + frame(WINDOW_UPDATE, 0, 0, CREDIT))

    def data_received(self, data: bytes) -> None:
        self.rest += data
        place = len(PREFACE) if self.rest.startswith(PREFACE) else 0
        while len(self.rest) - place >= 9:
            end = place + 9 + int.from_bytes(self.rest[place : place + 3])
            if len(self.rest) < end:
                break
            kind, flags = self.rest[place + 3 : place + 5]
            self._take(kind, flags, int.from_bytes(self.rest[place + 5 : place + 9]), self.rest[place + 9 : end])
            place = end
        self.rest = self.rest[place:]

    def _take(self, kind: int, flags: int, stream: int, body: bytes) -> None:
        if kind == SETTINGS and not flags & ACK:
            self.transport.write(frame(SETTINGS, ACK, 0))
        elif kind == PING and not flags & ACK:
            self.transport.write(frame(PING, ACK, 0, body))
        elif kind == WINDOW_UPDATE and not stream:
            self.window += int.from_bytes(body)
        elif kind == HEADERS:
            self.paths[stream] = dict(self.decoder.decode(body))[":path"]
            self.bodies[stream] = b""
        elif kind == DATA:
            self.bodies[stream] += body
        if kind in {HEADERS, DATA} and flags & END_STREAM:
            type_, chunks, pace = self.reply_to(self.paths.pop(stream), self.bodies.pop(stream))
            said = b"\x0f\x10" + bytes((len(type_),)) + type_.encode()
            self.transport.write(frame(HEADERS, END_HEADERS, stream, STATUS_200 + said))
            self._say(stream, chunks, pace, 0)

    def _say(self, stream: int, chunks: Sequence[bytes], pace: float, index: int) -> None:
        loop = asyncio.get_running_loop()
        while not self.transport.is_closing():
            if index == len(chunks):
                self.transport.write(frame(DATA, END_STREAM, stream))
                return
            chunk = chunks[index]
            if self.window < len(chunk):
                loop.call_later(0.005, self._say, stream, chunks, pace, index)
                return
            self.window -= len(chunk)
            self.transport.write(frame(DATA, 0, stream, chunk))
            index += 1
            if pace:
                loop.call_later(pace, self._say, stream, chunks, pace, index)
                return
