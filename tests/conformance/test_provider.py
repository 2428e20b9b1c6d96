"""What every provider must hold to, over real HTTP where there is a wire."""

import asyncio
import base64
import http.client
import json
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from pydantic_ai.models.function import DeltaThinkingPart, DeltaToolCall, FunctionModel

from artelier.domain.calls import ToolSpec
from artelier.domain.errors import ProviderError, ProviderUnavailable
from artelier.domain.messages import UserMessage
from artelier.domain.models import (
    CallDelta,
    FinishReason,
    ModelPiece,
    ModelReply,
    ModelRequest,
    ReasoningDelta,
    RequestedCall,
    TextDelta,
)
from artelier.domain.usage import Usage
from artelier.ports.provider import Provider
from artelier.providers.anthropic_messages import AnthropicMessages
from artelier.providers.openai_chat import OpenAIChat
from artelier.providers.other_models import OtherModels
from artelier.providers.recording import Recorded, RecordingProvider
from artelier.providers.rehearsal import Rehearsal
from artelier.providers.replay import ReplayProvider
from artelier.providers.retry import RetryingProvider
from artelier.providers.scripted import ScriptedCall, ScriptedProvider, ScriptedTurn
from artelier.providers.transport import HttpTransport
from artelier.runtime.plugin_guards import GuardedProvider

TOOLS = (ToolSpec("list_files", "", {}, repeatable=True), ToolSpec("read_file", "", {}, repeatable=True))
REQUEST = ModelRequest("m", "", (UserMessage("Read a.txt and list the files in src"),), TOOLS)
MOCK = Path(__file__).parents[1] / "providers" / "mock_openai.py"
TAPES = tempfile.TemporaryDirectory()
WORDS = ["Reading ", "a.txt ", "and ", "listing ", "src."]
ARGUMENTS = ['{"path": ', '"a.txt"}']
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


class NoWaiting:
    """A clock whose sleeps take no time."""

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with subprocess.Popen([sys.executable, MOCK], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        yield int(process.stdout.readline())
        process.stdin.close()


def _wire() -> list[bytes]:
    deltas: list[dict[str, Any]] = [{"reasoning_content": "Hm."}]
    deltas += [{"content": word} for word in WORDS]
    deltas += [{"tool_calls": [{"index": 0, "id": "x", "function": {"name": "read_file", "arguments": ""}}]}]
    deltas += [{"tool_calls": [{"index": 0, "function": {"arguments": part}}]} for part in ARGUMENTS]
    deltas += [{"tool_calls": [{"index": 1, "id": "y", "function": {"name": "list_files", "arguments": '{"path": "src"}'}}]}]
    events = [f"data: {json.dumps({'choices': [{'delta': delta}]})}\n\n".encode() for delta in deltas]
    end = {"choices": [{"delta": {}, "finish_reason": "tool_calls"}], "usage": {"prompt_tokens": 9, "completion_tokens": 7}}
    events += [f"data: {json.dumps(end)}\n\n".encode(), b"data: [DONE]\n\n"]
    return [HEAD, *(b"%x\r\n%s\r\n" % (len(event), event) for event in events), b"0\r\n\r\n"]


def _played(port: int, name: str, *plays: dict[str, Any]) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("PUT", f"/scenario/{name}", json.dumps({"plays": plays}))
    connection.getresponse().read()
    connection.close()
    return f"http://127.0.0.1:{port}/{name}/v1"


def _play(pieces: list[bytes], end: str = "keep") -> dict[str, Any]:
    return {"pieces": [base64.b64encode(piece).decode() for piece in pieces], "end": end}


def _openai(port: int) -> Provider:
    return OpenAIChat(_played(port, "whole", _play(_wire())), "key", HttpTransport())


def _torn(port: int) -> Provider:
    whole = b"".join(_wire())
    return OpenAIChat(_played(port, "torn", _play([whole[at : at + 7] for at in range(0, len(whole), 7)])), "", HttpTransport())


def _retried(port: int) -> Provider:
    plays = _play([], "close"), _play(_wire())
    return RetryingProvider(OpenAIChat(_played(port, "again", *plays), "", HttpTransport()), NoWaiting(), Random(1))


def _anthropic_wire() -> list[bytes]:
    blocks: list[tuple[dict[str, Any], list[dict[str, Any]]]] = [
        (
            {"type": "thinking", "thinking": ""},
            [{"type": "thinking_delta", "thinking": "Hm."}, {"type": "signature_delta", "signature": "x"}],
        ),
        ({"type": "text", "text": ""}, [{"type": "text_delta", "text": word} for word in WORDS]),
        (
            {"type": "tool_use", "name": "read_file", "input": {}},
            [{"type": "input_json_delta", "partial_json": part} for part in ARGUMENTS],
        ),
        ({"type": "tool_use", "name": "list_files", "input": {}}, [{"type": "input_json_delta", "partial_json": '{"path": "src"}'}]),
    ]
    events: list[dict[str, Any]] = [{"type": "message_start", "message": {"model": "m", "usage": {"input_tokens": 9}}}, {"type": "ping"}]
    for index, (block, deltas) in enumerate(blocks):
        events.append({"type": "content_block_start", "index": index, "content_block": block})
        events += [{"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas]
        events.append({"type": "content_block_stop", "index": index})
    events += [{"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {"output_tokens": 7}}, {"type": "message_stop"}]
    wire = [f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode() for event in events]
    return [HEAD, *(b"%x\r\n%s\r\n" % (len(event), event) for event in wire), b"0\r\n\r\n"]


def _anthropic(port: int) -> Provider:
    return AnthropicMessages(_played(port, "messages", _play(_anthropic_wire())), "key", HttpTransport())


def _anthropic_torn(port: int) -> Provider:
    whole = b"".join(_anthropic_wire())
    pieces = [whole[at : at + 11] for at in range(0, len(whole), 11)]
    return AnthropicMessages(_played(port, "torn-messages", _play(pieces)), "", HttpTransport())


def _recorded(port: int) -> Provider:
    return RecordingProvider(_scripted(port), Path(TAPES.name) / "tape.jsonl")


def _replayed(port: int) -> Provider:
    calls = (RequestedCall("read_file", '{"path": "a.txt"}'), RequestedCall("list_files", '{"path": "src"}'))
    reply = ModelReply("".join(WORDS), calls, "Hm.", FinishReason.CALLS, Usage(9, 7, model_calls=1), "m")
    return ReplayProvider([Recorded(REQUEST, "m", reply)])


def _scripted(port: int) -> Provider:
    calls = (ScriptedCall("read_file", {"path": "a.txt"}), ScriptedCall("list_files", {"path": "src"}))
    return ScriptedProvider([ScriptedTurn(text="".join(WORDS), reasoning="Hm.", calls=calls, chunk=4)])


def _rehearsal(port: int) -> Provider:
    return Rehearsal()


def _of_a_plugin(port: int) -> Provider:
    return GuardedProvider("words", _openai(port))


def _other(port: int) -> Provider:
    async def says(_: Any, __: Any) -> AsyncIterator[Any]:
        yield {0: DeltaThinkingPart(content="Hm.")}
        for word in WORDS:
            yield word
        yield {1: DeltaToolCall(name="read_file", json_args=ARGUMENTS[0])}
        yield {1: DeltaToolCall(json_args=ARGUMENTS[1])}
        yield {2: DeltaToolCall(name="list_files", json_args='{"path": "src"}')}

    return OtherModels("function", lambda _: FunctionModel(stream_function=says))


PROVIDERS = (_openai, _torn, _retried, _anthropic, _anthropic_torn, _scripted, _recorded, _replayed, _rehearsal, _of_a_plugin, _other)


@pytest.fixture(params=PROVIDERS, ids=lambda make: make.__name__.strip("_"))
async def provider(request: pytest.FixtureRequest, port: int) -> AsyncIterator[Provider]:
    make: Callable[[int], Provider] = request.param
    provider = make(port)
    yield provider
    await provider.close()


async def pieces_of(provider: Provider) -> list[ModelPiece]:
    return [piece async for piece in provider.stream(REQUEST)]


async def test_exactly_one_reply_comes_and_it_comes_last(provider: Provider) -> None:
    pieces = await pieces_of(provider)
    assert [isinstance(piece, ModelReply) for piece in pieces] == [False] * (len(pieces) - 1) + [True]


async def test_the_pieces_make_up_the_reply(provider: Provider) -> None:
    *pieces, reply = await pieces_of(provider)
    assert isinstance(reply, ModelReply)
    assert "".join(piece.text for piece in pieces if isinstance(piece, TextDelta)) == reply.text
    assert "".join(piece.text for piece in pieces if isinstance(piece, ReasoningDelta)) == reply.reasoning
    assert reply.text.endswith("eading a.txt and listing src.")
    for place, call in enumerate(reply.calls):
        deltas = [piece for piece in pieces if isinstance(piece, CallDelta) and piece.index == place]
        assert [delta.name for delta in deltas] == [call.name] + [""] * (len(deltas) - 1)
        assert "".join(delta.arguments for delta in deltas) == call.arguments
    asked = [(call.name, json.loads(call.arguments)) for call in reply.calls]
    assert asked == [("read_file", {"path": "a.txt"}), ("list_files", {"path": "src"})]
    assert reply.finish is FinishReason.CALLS


async def test_usage_counts_one_call_of_a_model(provider: Provider) -> None:
    reply = (await pieces_of(provider))[-1]
    assert isinstance(reply, ModelReply)
    assert reply.usage.model_calls == 1
    assert reply.usage.input_tokens > 0
    assert reply.usage.output_tokens > 0


async def test_closing_early_is_clean_and_another_request_follows(provider: Provider) -> None:
    for _ in range(3):
        stream = provider.stream(REQUEST)
        assert not isinstance(await anext(stream), ModelReply)
        await stream.aclose()
        with pytest.raises(StopAsyncIteration):
            await anext(stream)
    assert isinstance((await pieces_of(provider))[-1], ModelReply)


async def test_cancelling_a_reader_is_clean(provider: Provider) -> None:
    async def read() -> None:
        async for _ in provider.stream(REQUEST):
            await asyncio.Event().wait()

    reader = asyncio.ensure_future(read())
    await asyncio.wait([reader], timeout=0.05)
    reader.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reader
    assert isinstance((await pieces_of(provider))[-1], ModelReply)


async def test_many_at_once_do_not_mix(provider: Provider) -> None:
    replies = await asyncio.gather(*(pieces_of(provider) for _ in range(20)))
    assert len({reply[-1] for reply in replies}) == 1


async def test_the_same_request_gets_the_same_reply(provider: Provider) -> None:
    assert (await pieces_of(provider))[-1] == (await pieces_of(provider))[-1]


async def test_closing_twice_does_no_harm(provider: Provider) -> None:
    await pieces_of(provider)
    await provider.close()
    await provider.close()


ERRORS: dict[str, Callable[[int], Provider]] = {
    "a server that is gone": lambda port: OpenAIChat("http://127.0.0.1:1/v1", "", HttpTransport()),
    "a server that hangs up": lambda port: OpenAIChat(_played(port, "gone", _play([], "close")), "", HttpTransport()),
    "a server that speaks of other things": lambda port: OpenAIChat(
        _played(port, "else", _play([b"220 smtp ready\r\n\r\n"])), "", HttpTransport()
    ),
    "a cut reply": lambda port: OpenAIChat(_played(port, "cut", _play(_wire()[:4], "close")), "", HttpTransport()),
    "retries that do not help": lambda port: RetryingProvider(
        OpenAIChat(_played(port, "never", _play([], "close")), "", HttpTransport()), NoWaiting(), Random(1)
    ),
    "a server of messages that is gone": lambda port: AnthropicMessages("http://127.0.0.1:1", "", HttpTransport()),
    "a message that is cut": lambda port: AnthropicMessages(
        _played(port, "cut-message", _play(_anthropic_wire()[:6], "close")), "", HttpTransport()
    ),
    "an empty recording": lambda port: ReplayProvider(()),
    "a scripted fault": lambda port: ScriptedProvider([ScriptedTurn(fault="reply_invalid")]),
    "a script at its end": lambda port: ScriptedProvider([]),
}


@pytest.mark.parametrize("name", ERRORS)
async def test_every_failure_is_an_error_of_ours(name: str, port: int) -> None:
    provider = ERRORS[name](port)
    with pytest.raises(ProviderError) as caught:
        await pieces_of(provider)
    assert caught.value.code != ProviderError.code
    assert len(caught.value.message) > 20
    await provider.close()


async def test_a_closed_provider_says_so(port: int) -> None:
    provider = _openai(port)
    await provider.close()
    with pytest.raises(ProviderUnavailable):
        await pieces_of(provider)
    with pytest.raises(ProviderUnavailable):
        await provider.list_models()
