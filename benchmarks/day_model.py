"""A mock of Anthropic's server, of a search and of pages, for the recorded day: ``python -m benchmarks.day_model DAY`` prints its port.

Requests are answered by the day's tasks: the newest text of the person names the task, the replies since then the turn. Usage
is counted as the real server counts it, at four characters a token: what it finds of a prompt by the marks in it, twenty
blocks back, at least 1024 tokens of it, used within the last five minutes of the day's own time; what it stores; the rest.
``PUT /time`` says how late it is; ``GET /counts`` what was asked so far.
"""

import asyncio
import hashlib
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import httptools
import uvloop

CHARACTERS = 4
"""Characters a token."""
LEAST, LIFE, REACH = 1024, 300.0, 20
CALL_TOKENS = 60
PACE = 0.003
"""Seconds until a reply begins, so that equal requests of one moment meet."""


def tokens(text: str) -> int:
    return -(-len(text) // CHARACTERS)


class PromptCache:
    """What the provider keeps of prompts: ends of prefixes, and when each was used last."""

    def __init__(self) -> None:
        self._used: dict[str, float] = {}

    def count(self, blocks: Iterable[tuple[str, bool]], now: float) -> tuple[int, int, int]:
        """Return the tokens found, stored, and read anew of a prompt whose blocks come as text and whether a mark stands there."""
        digest, size, ends, marks = hashlib.blake2b(digest_size=16), 0, [], []
        for place, (text, marked) in enumerate(blocks):
            digest.update(text.encode())
            size += tokens(text)
            ends.append((digest.hexdigest(), size))
            if marked and size >= LEAST:
                marks.append(place)
        found = max((self._found(ends, mark, now) for mark in marks), default=0)
        stored = max(0, ends[marks[-1]][1] - found) if marks else 0
        for mark in marks:
            self._used[ends[mark][0]] = now
        return found, stored, size - found - stored

    def _found(self, ends: list[tuple[str, int]], mark: int, now: float) -> int:
        for place in range(mark, max(-1, mark - REACH), -1):
            name, size = ends[place]
            if now - self._used.get(name, -LIFE) < LIFE:
                self._used[name] = now
                return size
        return 0


class Day:
    """The tasks, and what was asked."""

    def __init__(self, file: Path) -> None:
        lines = [json.loads(line) for line in file.read_text().splitlines()]
        self._tasks = {line["text"]: line["turns"] for line in lines if "task" in line}
        self.cache = PromptCache()
        self.now = 0.0
        self.counts = {"model": 0, "routing": 0, "search": 0, "page": 0}

    def reply(self, request: dict[str, Any], port: int) -> tuple[list[dict[str, Any]], dict[str, int]]:
        """Return the content of a reply, and its usage."""
        found, stored, anew = self.cache.count(_blocks(request), self.now)
        content = self._routing(request) or self._turn(request, port)
        output = sum(CALL_TOKENS if block["type"] == "tool_use" else tokens(block["text"]) for block in content)
        usage = {"input_tokens": anew, "cache_read_input_tokens": found, "cache_creation_input_tokens": stored, "output_tokens": output}
        return content, usage

    def _routing(self, request: dict[str, Any]) -> list[dict[str, Any]]:
        if not any(tool["name"] == "choose_agent" for tool in request.get("tools", ())):
            return []
        self.counts["routing"] += 1
        text = str(request["messages"])
        verbs = ("Rename", "Fix", "Add a ")
        chosen = "coder" if any(verb in text for verb in verbs) else "architect" if "Write a short design" in text else "ask"
        chosen = "debug" if "Find the cause" in text else chosen
        return [_call(0, "choose_agent", {"agent": chosen, "confidence": 0.95})]

    def _turn(self, request: dict[str, Any], port: int) -> list[dict[str, Any]]:
        self.counts["model"] += 1
        turns, place = self._place(request["messages"])
        turn = turns[min(place, len(turns) - 1)]
        if "words" in turn:
            return [{"type": "text", "text": " ".join(f"word{number}" for number in range(turn["words"]))}]
        return [_call(number, call["name"], _at(call["arguments"], port)) for number, call in enumerate(turn["calls"])]

    def _place(self, messages: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], int]:
        replies = 0
        for message in reversed(messages):
            if message["role"] == "assistant":
                replies += 1
                continue
            for block in message["content"]:
                turns = self._tasks.get(block.get("text", ""))
                if turns is not None:
                    return turns, replies
        raise SystemExit(f"nobody wrote this day's reply to {messages[-1]}")


def _call(number: int, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    return {"type": "tool_use", "id": f"toolu_{number}", "name": name, "input": arguments}


def _at(arguments: dict[str, Any], port: int) -> dict[str, Any]:
    return {name: value.replace("WEB/", f"http://127.0.0.1:{port}/page/") if name == "url" else value for name, value in arguments.items()}


def _blocks(request: dict[str, Any]) -> Iterable[tuple[str, bool]]:
    system = request.get("system") or []
    said = [{"text": system}] if isinstance(system, str) else system
    for block in (*request.get("tools", ()), *said, *(block for message in request["messages"] for block in message["content"])):
        plain = {name: value for name, value in block.items() if name != "cache_control"}
        yield json.dumps(plain, sort_keys=True), "cache_control" in block


def events(content: list[dict[str, Any]], usage: dict[str, int]) -> bytes:
    """Return a reply as the events of its stream."""
    told: list[dict[str, Any]] = [{"type": "message_start", "message": {"model": "mock", "usage": {**usage, "output_tokens": 1}}}]
    for index, block in enumerate(content):
        calls = block["type"] == "tool_use"
        begun = {**block, "input": {}} if calls else {"type": "text", "text": ""}
        piece = {"type": "input_json_delta", "partial_json": json.dumps(block["input"])} if calls else block | {"type": "text_delta"}
        told.append({"type": "content_block_start", "index": index, "content_block": begun})
        told.append({"type": "content_block_delta", "index": index, "delta": piece})
        told.append({"type": "content_block_stop", "index": index})
    reason = "tool_use" if any(block["type"] == "tool_use" for block in content) else "end_turn"
    told.append({"type": "message_delta", "delta": {"stop_reason": reason}, "usage": {"output_tokens": usage["output_tokens"]}})
    told.append({"type": "message_stop"})
    return b"".join(f"event: {each['type']}\ndata: {json.dumps(each)}\n\n".encode() for each in told)


class Connection(asyncio.Protocol):
    """One connection."""

    day: Day
    port = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.parser = httptools.HttpRequestParser(self)
        self.url, self.body = b"", b""

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        path, body = self.url.decode(), self.body
        self.url, self.body = b"", b""
        if path.startswith("/v1/messages"):
            asyncio.get_running_loop().call_later(PACE, self._reply, json.loads(body))
        elif path.startswith("/search"):
            self.day.counts["search"] += 1
            self._say(_found(path), "application/json")
        elif path.startswith("/page/"):
            self.day.counts["page"] += 1
            self._say(_page(path), "text/plain; charset=utf-8")
        elif path == "/time":
            self.day.now = float(body)
            self._say(b"{}", "application/json")
        else:
            self._say(json.dumps(self.day.counts).encode(), "application/json")

    def _reply(self, request: dict[str, Any]) -> None:
        self._say(events(*self.day.reply(request, self.port)), "text/event-stream")

    def _say(self, body: bytes, kind: str) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        self.transport.write(head.encode() + body)


def _found(path: str) -> bytes:
    words = path.partition("q=")[2][:80]
    results = [{"url": f"https://example.org/{n}", "title": f"{words} {n}", "content": "what it says " * 12} for n in range(8)]
    return json.dumps({"results": results}).encode()


def _page(path: str) -> bytes:
    return (f"About {path.rpartition('/')[2]}.\n\n" + "A sentence of a page that somebody wrote about this. " * 120).encode()


async def main() -> None:
    Connection.day = Day(Path(sys.argv[1]))
    server = await asyncio.get_running_loop().create_server(Connection, "127.0.0.1", 0)
    Connection.port = server.sockets[0].getsockname()[1]
    sys.stdout.write(f"{Connection.port}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main())
