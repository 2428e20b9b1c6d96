"""A mock of an OpenAI server for benchmarks: pre-built bytes, 40 chunks a reply, one write each 5 ms.

A request whose last message is a tool's result gets the final text, any other three tool calls. Beneath ``/burst/`` all
chunks come at once, beneath ``/plain/`` the reply is one document. A client that begins with HTTP/2 is answered in it. Run
as a process of its own: ``python -m benchmarks.mock_model`` prints its port.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence

import httptools
import uvloop

from benchmarks.mock_http2 import PREFACE, FramesMock, Reply

CHUNKS = 40
TOOLS = ("tool_a", "tool_b", "tool_c")


def _chunk(delta: dict, finish: str | None = None) -> bytes:
    body = {
        "id": "c1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "mock",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }
    return b"data: " + json.dumps(body).encode() + b"\n\n"


def _ending() -> bytes:
    usage = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "mock", "choices": []}
    usage["usage"] = {"prompt_tokens": 100, "completion_tokens": 40, "total_tokens": 140}
    return b"data: " + json.dumps(usage).encode() + b"\n\ndata: [DONE]\n\n"


def _text_reply() -> list[bytes]:
    words = [_chunk({"content": f"word{number} "}) for number in range(CHUNKS - 2)]
    return [_chunk({"role": "assistant", "content": ""}), *words, _chunk({}, "stop"), _ending()]


def _calls_reply() -> list[bytes]:
    words = [_chunk({"content": f"word{number} "}) for number in range(CHUNKS - 2 - 2 * len(TOOLS))]
    calls = []
    for index, name in enumerate(TOOLS):
        calls.append(
            _chunk(
                {"tool_calls": [{"index": index, "id": f"call_{index}", "type": "function", "function": {"name": name, "arguments": ""}}]}
            )
        )
        calls.append(_chunk({"tool_calls": [{"index": index, "function": {"arguments": f'{{"x": {index}}}'}}]}))
    return [_chunk({"role": "assistant", "content": ""}), *words, *calls, _chunk({}, "tool_calls"), _ending()]


def _document(chunks: list[bytes]) -> bytes:
    """Return the document that says what the chunks say."""
    deltas = [choice["delta"] for chunk in chunks[:-1] for choice in json.loads(chunk[6:])["choices"]]
    pieces = [piece for delta in deltas for piece in delta.get("tool_calls", ())]
    calls = [
        {"id": piece["id"], "type": "function", "function": {"name": piece["function"]["name"], "arguments": f'{{"x": {piece["index"]}}}'}}
        for piece in pieces
        if "id" in piece
    ]
    message = {"role": "assistant", "content": "".join(delta.get("content", "") for delta in deltas), "tool_calls": calls or None}
    finish = "tool_calls" if calls else "stop"
    body = {"id": "c1", "object": "chat.completion", "created": 1, "model": "mock"}
    body["choices"] = [{"index": 0, "message": message, "finish_reason": finish}]
    body["usage"] = {"prompt_tokens": 100, "completion_tokens": 40, "total_tokens": 140}
    return json.dumps(body).encode()


TEXT, CALLS = _text_reply(), _calls_reply()
DOCUMENTS = {id(TEXT): _document(TEXT), id(CALLS): _document(CALLS)}
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
PLAIN_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


def reply_to(path: str, body: bytes) -> Reply:
    """Return what a request gets."""
    messages = json.loads(body or b"{}").get("messages") or [{}]
    chunks = TEXT if messages[-1].get("role") == "tool" else CALLS
    if path.startswith("/plain/"):
        return "application/json", [DOCUMENTS[id(chunks)]], 0.0
    return "text/event-stream", chunks, 0.0 if path.startswith("/burst/") else Mock.pace


class Mock(asyncio.Protocol):
    """One connection."""

    pace = 0.005

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.parser = httptools.HttpRequestParser(self)
        self.path = self.body = b""

    def data_received(self, data: bytes) -> None:
        if data.startswith(PREFACE[:4]):
            frames = FramesMock(self.transport, reply_to)
            self.transport.set_protocol(frames)
            frames.data_received(data)
        else:
            self.parser.feed_data(data)

    def on_url(self, path: bytes) -> None:
        self.path += path

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        type_, chunks, pace = reply_to(self.path.decode(), self.body)
        self.path = self.body = b""
        if type_ == "application/json":
            self.transport.write(PLAIN_HEAD % len(chunks[0]) + chunks[0])
        elif pace:
            self.transport.write(HEAD)
            self._say(chunks, 0, pace)
        else:
            self.transport.write(HEAD + b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n")

    def _say(self, reply: Sequence[bytes], index: int, pace: float) -> None:
        if self.transport.is_closing():
            return
        if index == len(reply):
            self.transport.write(b"0\r\n\r\n")
            return
        self.transport.write(b"%x\r\n%s\r\n" % (len(reply[index]), reply[index]))
        asyncio.get_running_loop().call_later(pace, self._say, reply, index + 1, pace)


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pace", type=float, default=0.005)
    Mock.pace = parser.parse_args().pace
    server = await asyncio.get_running_loop().create_server(Mock, "127.0.0.1", 0, backlog=2048)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main())
