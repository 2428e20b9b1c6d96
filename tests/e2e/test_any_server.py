"""A model server in a process of its own, slow and torn at odd places: the whole way through ours."""

import asyncio
import base64
import http.client
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

from living import Follower, configured, living

from artelier.client import Client

PROGRAM = Path(__file__).parent.parent / "providers" / "mock_openai.py"
USAGE = {"prompt_tokens": 100, "completion_tokens": 7, "total_tokens": 107, "prompt_tokens_details": {"cached_tokens": 64}}


def stream(
    *events: dict[str, Any], cuts: tuple[int, ...] = (), end: str = "keep", upto: int | None = None, pause: float = 0.01
) -> dict[str, Any]:
    """A chunked stream of events, cut into pieces at these bytes; ``upto`` tears it there."""
    body = b"".join(b"data: " + json.dumps(event, ensure_ascii=False).encode() + b"\n\n" for event in events)
    body = body + b"data: [DONE]\n\n" if upto is None else body[:upto]
    edges = sorted({0, len(body), *(cut for cut in cuts if cut < len(body))})
    pieces = [b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"]
    pieces += [b"%x\r\n%s\r\n" % (last - first, body[first:last]) for first, last in pairwise(edges)]
    if end == "keep":
        pieces.append(b"0\r\n\r\n")
    return {"pieces": [base64.b64encode(piece).decode() for piece in pieces], "end": end, "pause": pause}


def refused(status: str) -> dict[str, Any]:
    body = b'{"error": {"message": "down for a while", "type": "server_error"}}'
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    return {"pieces": [base64.b64encode(head + body).decode()], "end": "keep"}


def says(text: str = "", **more: Any) -> dict[str, Any]:
    return {"id": "x", "model": "tiny", "choices": [{"index": 0, "delta": {"content": text, **more}, "finish_reason": None}]}


def stop(reason: str = "stop") -> dict[str, Any]:
    return {"id": "x", "model": "tiny", "choices": [{"index": 0, "delta": {}, "finish_reason": reason}], "usage": USAGE}


def asks(index: int, name: str, **arguments: Any) -> list[dict[str, Any]]:
    text = json.dumps(arguments)
    call = {"index": index, "id": f"call{index}", "type": "function", "function": {"name": name, "arguments": text[:5]}}
    return [says(tool_calls=[call]), says(tool_calls=[{"index": index, "function": {"arguments": text[5:]}}])]


WORDS = [says(f"Wörd {number}, слово. ") for number in range(12)]
TEXT = "".join(event["choices"][0]["delta"]["content"] for event in WORDS)


class Mock:
    def __init__(self, port: int) -> None:
        self.port = port
        self.base_url = f"http://127.0.0.1:{port}/model/v1"

    async def play(self, *plays: dict[str, Any]) -> None:
        await asyncio.to_thread(self._ask, "PUT", "/scenario/model", json.dumps({"plays": plays}))

    async def seen(self) -> list[dict[str, Any]]:
        return await asyncio.to_thread(self._ask, "GET", "/seen/model", None)

    def _ask(self, method: str, path: str, body: str | None) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body)
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()


@asynccontextmanager
async def scene(folder: Path, *plays: dict[str, Any], more: str = "") -> AsyncIterator[tuple[Mock, Client, Follower, str]]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(PROGRAM), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    mock = Mock(int(await process.stdout.readline()))
    await mock.play(*plays)
    models = '[routing]\nlearned = false\nuse_model = false\n[models]\ndefault = "own/tiny"\nattempts = 1\n'
    settings = f'{models}[models.providers.own]\nbase_url = "{mock.base_url}"\napi_key = "secret-key"\n'
    try:
        async with living(folder, configured(folder / "settings", more + settings)) as server, server.client() as client:
            (server.workspace / "one.txt").write_text("first\n")
            (server.workspace / "two.txt").write_text("second\n")
            session = (await client.open_session()).id
            follower = Follower(client, session)
            await follower.until_type("session_opened")
            yield mock, client, follower, session
            await follower.close()
            assert "secret-key" not in server.log.read_text()
    finally:
        process.kill()
        await process.wait()


async def test_calls_in_one_reply_run_and_usage_is_stored(tmp_path: Path) -> None:
    both = [*asks(0, "read_file", path="one.txt"), *asks(1, "read_file", path="two.txt"), stop("tool_calls")]
    async with scene(tmp_path, stream(*both, cuts=tuple(range(1, 3000, 37)), pause=0.0), stream(*WORDS, stop())) as (
        mock,
        client,
        follower,
        session,
    ):
        run = (await client.send(session, "read both")).run_id
        finished = await follower.until_type("run_finished")
        assert finished.payload["reply"] == TEXT
        assert follower.text(1) == TEXT
        kinds = [event.type for event in follower.events]
        assert kinds.index("tool_finished") > len(kinds) - 1 - kinds[::-1].index("tool_started"), "one waited for the other"
        second = json.loads((await mock.seen())[1]["body"])["messages"]
        assert [message["content"] for message in second if message["role"] == "tool"] == ["1\tfirst", "1\tsecond"]
        usage = (await client.run(run)).usage
        assert (usage.input_tokens, usage.output_tokens, usage.cached_tokens, usage.model_calls) == (200, 14, 128, 2)


async def test_an_equal_message_is_answered_from_what_was_answered_before(tmp_path: Path) -> None:
    cold = "[agents.coder]\ntemperature = 0\n"
    async with scene(tmp_path, stream(*WORDS, stop(), pause=0.0), more=cold) as (mock, client, follower, session):
        await client.send(session, "say words")
        await follower.until_type("run_finished")
        again = await client.chat("say words")
        assert (again.reply, again.usage.model_calls, again.usage.input_tokens) == (TEXT, 0, 0)
        (replied,) = [event for event in await client.events(again.session_id) if event.type == "model_replied"]
        assert (replied.payload["source"], replied.payload["saved"]["input_tokens"]) == ("cache", 100)
        assert len(await mock.seen()) == 1
        await client.chat("say words", cache={"no-cache": True})
        await client.chat("say words", cache={"no-store": True, "no-cache": True})
        assert len(await mock.seen()) == 3
        figures = (await client._send("GET", "/metrics")).text
        assert "artelier_reply_cache_hits_total 1.0" in figures


async def test_a_torn_stream_is_asked_again_and_nothing_is_doubled(tmp_path: Path) -> None:
    torn = stream(*WORDS, cuts=(11, 333, 334, 700), upto=905, end="reset", pause=0.03)
    async with scene(tmp_path, torn, stream(*WORDS, stop(), cuts=(5, 500))) as (mock, client, follower, session):
        await client.send(session, "speak")
        assert (await follower.until_type("run_finished")).payload["reply"] == TEXT
        assert follower.text() == TEXT
        assert [event.payload["code"] for event in follower.of("model_failed")] == ["STREAM_BROKEN"]
        assert len(await mock.seen()) == 2


async def test_a_server_that_is_down_is_told_waited_for_and_used_again(tmp_path: Path) -> None:
    async with scene(tmp_path, refused("503 Service Unavailable")) as (mock, client, follower, session):
        run = (await client.send(session, "speak")).run_id
        waiting = await follower.until_type("run_waiting")
        assert waiting.payload["reason"] == "model"
        assert {event.payload["code"] for event in follower.of("model_failed")} == {"LLM_UNAVAILABLE"}
        shown = await client.run(run)
        assert (shown.wait_reason, shown.wake_at is not None) == ("model", True)
        await mock.play(stream(*WORDS, stop()))
        await client.resume(run)
        assert (await follower.until_type("run_finished")).payload["reply"] == TEXT
        assert (await client.run(run)).status == "finished"


async def test_it_goes_on_by_itself_when_the_server_is_back(tmp_path: Path) -> None:
    async with scene(tmp_path, *[refused("503 Service Unavailable")] * 2, stream(*WORDS, stop())) as (_, client, follower, session):
        await client.send(session, "speak")
        assert (await follower.until_type("run_finished")).payload["reply"] == TEXT
        assert len(follower.of("run_waiting")) == 1
