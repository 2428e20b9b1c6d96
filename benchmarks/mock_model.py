"""A mock of an OpenAI server for benchmarks: pre-built bytes, 40 chunks a reply, one write each 5 ms.

A request whose last message is a tool's result gets the final text, any other three tool calls. Run as a process of its
own: ``python -m benchmarks.mock_model`` prints its port.
"""

import argparse
import asyncio
import json
import sys

import httptools
import uvloop

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


TEXT, CALLS = _text_reply(), _calls_reply()
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


class Mock(asyncio.Protocol):
    """One connection."""

    pace = 0.005

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.parser = httptools.HttpRequestParser(self)
        self.body = b""

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        messages = json.loads(self.body or b"{}").get("messages") or [{}]
        self.body = b""
        reply = TEXT if messages[-1].get("role") == "tool" else CALLS
        self.transport.write(HEAD)
        self._say(reply, 0)

    def _say(self, reply: list[bytes], index: int) -> None:
        if self.transport.is_closing():
            return
        if index == len(reply):
            self.transport.write(b"0\r\n\r\n")
            return
        self.transport.write(b"%x\r\n%s\r\n" % (len(reply[index]), reply[index]))
        asyncio.get_running_loop().call_later(self.pace, self._say, reply, index + 1)


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
