"""What each provider's documented answers mean, over real HTTP and in the oddest pieces."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from artelier.domain.errors import (
    ContextTooLong,
    CredentialsRefused,
    ProviderError,
    ProviderUnavailable,
    RateLimited,
    RequestRefused,
)
from artelier.domain.models import CallDelta, FinishReason, ModelPiece, ModelReply, ModelRequest, ReasoningDelta, TextDelta
from artelier.domain.usage import Usage
from artelier.providers.anthropic_messages import AnthropicMessages
from artelier.providers.anthropic_stream import MessageStream
from artelier.providers.openai_chat import OpenAIChat
from artelier.providers.openai_stream import ReplyStream

FOLDER = Path(__file__).parents[1] / "fixtures" / "wires"
STOP, CALLS = FinishReason.STOP, FinishReason.CALLS
TEXT = "Здравствуй, мир 👋 — done."
TWO_CALLS = (("read_file", {"path": "a.txt"}), ("list_files", {"path": "src"}))


class Told(NamedTuple):
    """What a stream says; tokens as (in, out, cached, reasoning, written, written for an hour)."""

    finish: FinishReason
    tokens: tuple[int, ...]
    text: str = ""
    calls: tuple[tuple[str, dict[str, Any]], ...] = ()
    reasoning: str = ""
    cost: float = 0.0
    signature: str = ""


THOUGHT_AND_CALLED = (
    'anthropic:[["thinking",17,"EqQBCgIYAhIM1gbcDa9GJwZA2b3h"],["hidden",0,"EmwKAhgBEgy3va3pzix"],["text",13,""],["call",0,""]]'
)
OPENROUTER_THOUGHT = (
    'chat:{"details":[{"type":"reasoning.text","text":"Let me think.","format":"anthropic-claude-v1","index":0,"signature":"ErUB"}]}'
)
STREAMS = {
    "openai/plain": Told(STOP, (2006, 300, 1920, 256), TEXT),
    "openai/calls": Told(CALLS, (1200, 48, 1024), calls=TWO_CALLS),
    "openrouter/plain": Told(STOP, (10339, 60, 10318, 0, 12), TEXT, cost=0.0041278),
    "openrouter/calls": Told(CALLS, (500, 40, 0, 0, 480), calls=TWO_CALLS, cost=0.00051),
    "openrouter/reasoning": Told(CALLS, (20, 12, 0, 8), "Four.", TWO_CALLS[:1], "Let me think.", 0.004, OPENROUTER_THOUGHT),
    "deepseek/plain": Told(STOP, (17, 9, 16), TEXT),
    "deepseek/calls": Told(CALLS, (340, 41, 320), calls=TWO_CALLS),
    "deepseek/reasoning": Told(STOP, (19, 31, 0, 24), "9.8 is greater.", reasoning="First, 9.11 is less."),
    "groq/plain": Told(STOP, (180, 39, 128), TEXT),
    "groq/calls": Told(CALLS, (180, 39, 128), calls=TWO_CALLS),
    "groq/reasoning": Told(STOP, (180, 39, 128, 20), "42", reasoning="We need a number."),
    "gemini/plain": Told(STOP, (1500, 20, 1024), TEXT),
    "gemini/calls": Told(
        CALLS, (1500, 20), calls=TWO_CALLS, signature='chat:{"calls":[{"google":{"thought_signature":"CiIBjz1rX2F0"}},null]}'
    ),
    "ollama/plain": Told(STOP, (26, 9), TEXT),
    "ollama/calls": Told(CALLS, (190, 44), calls=TWO_CALLS),
    "ollama/reasoning": Told(STOP, (12, 7), "Yes.", reasoning="Okay, so."),
    "vllm/plain": Told(STOP, (812, 30, 800), TEXT),
    "vllm/calls": Told(CALLS, (812, 30), calls=TWO_CALLS),
    "vllm/reasoning": Told(STOP, (812, 30, 800), "9.8", reasoning="\n9.11 or 9.8?\n"),
    "llama-cpp/plain": Told(STOP, (43, 9, 40), TEXT),
    "llama-cpp/calls": Told(CALLS, (399, 31), calls=TWO_CALLS),
    "llama-cpp/reasoning": Told(STOP, (20, 8), "Да.", reasoning="Hm, yes."),
    "anthropic/plain": Told(STOP, (2073, 15, 1800, 0, 248, 100), TEXT),
    "anthropic/calls": Told(CALLS, (472, 89), "I will look.", (*TWO_CALLS, ("now", {}))),
    "anthropic/reasoning": Told(CALLS, (40, 60, 0, 21), "Let me check.", TWO_CALLS[:1], "27 * 453\n= 12231.", signature=THOUGHT_AND_CALLED),
}
BROKEN: dict[str, tuple[type[ProviderError], str]] = {
    "openrouter/error": (ProviderUnavailable, "Provider disconnected unexpectedly"),
    "anthropic/error": (ProviderUnavailable, "Overloaded"),
}
REFUSALS: dict[str, tuple[str, type[ProviderError], str]] = {
    "openai": ("400 Bad Request", ContextTooLong, "exceeds the context window"),
    "deepseek": ("402 Payment Required", CredentialsRefused, "Insufficient Balance"),
    "groq": ("429 Too Many Requests", RateLimited, "try again in 6.375s"),
    "gemini": ("400 Bad Request", CredentialsRefused, "API key not valid"),
    "ollama": ("404 Not Found", RequestRefused, "qwen3:80b"),
    "vllm": ("400 Bad Request", ContextTooLong, "maximum context length is 40960"),
    "llama-cpp": ("503 Service Unavailable", ProviderUnavailable, "Loading model"),
    "anthropic": ("429 Too Many Requests", RateLimited, "50,000 input tokens per minute"),
}


def by_event(body: bytes) -> list[bytes]:
    return [event + b"\n\n" for event in body.split(b"\n\n") if event]


def by_byte(body: bytes) -> list[bytes]:
    return [body[at : at + 1] for at in range(len(body))]


def by_sevens(body: bytes) -> list[bytes]:
    return [body[at : at + 7] for at in range(0, len(body), 7)]


def with_returns(body: bytes) -> list[bytes]:
    return by_sevens(body.replace(b"\n", b"\r\n"))


def with_returns_alone(body: bytes) -> list[bytes]:
    return [body.replace(b"\n", b"\r")]


CUTS = (by_event, by_byte, by_sevens, with_returns, with_returns_alone)


def body_of(name: str) -> bytes:
    return (FOLDER / f"{name}.sse").read_bytes()


def kind_of(name: str) -> Any:
    return AnthropicMessages if name.startswith("anthropic") else OpenAIChat


async def listen(stream: Any, spoken: list[ModelPiece]) -> None:
    async for piece in stream:
        spoken.append(piece)  # noqa: PERF401  what was said before an error counts


def check(name: str, pieces: list[ModelPiece]) -> None:
    told = STREAMS[name]
    *deltas, reply = pieces
    assert isinstance(reply, ModelReply)
    assert (reply.text, reply.reasoning, reply.finish, reply.signature) == (told.text, told.reasoning, told.finish, told.signature)
    assert tuple((call.name, json.loads(call.arguments)) for call in reply.calls) == told.calls
    tokens = [*told.tokens, *[0] * (6 - len(told.tokens))]
    read, out, cached, reasoning, written, hour = tokens
    assert reply.usage == Usage(read, out, cached, reasoning, 1, written, hour, pytest.approx(told.cost))
    assert reply.model
    assert "".join(piece.text for piece in deltas if isinstance(piece, TextDelta)) == reply.text
    assert "".join(piece.text for piece in deltas if isinstance(piece, ReasoningDelta)) == reply.reasoning
    for place, call in enumerate(reply.calls):
        own = [piece for piece in deltas if isinstance(piece, CallDelta) and piece.index == place]
        assert "".join(piece.arguments for piece in own) == call.arguments
        assert [piece.name for piece in own] == [call.name, *[""] * (len(own) - 1)]


def test_every_shape_is_looked_at() -> None:
    streams = {str(path.relative_to(FOLDER).with_suffix("")) for path in FOLDER.rglob("*.sse")}
    assert streams == STREAMS.keys() | BROKEN.keys()
    assert {path.parent.name for path in FOLDER.rglob("*.json")} == REFUSALS.keys()


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_is_read_however_it_is_cut(name: str, cut: Any) -> None:
    reader = MessageStream("host") if name.startswith("anthropic") else ReplyStream("host")
    pieces = [piece for chunk in cut(body_of(name)) for piece in reader.feed(chunk)]
    check(name, [*pieces, *reader.finish()])


@pytest.mark.parametrize("cut", [by_event, by_sevens])
@pytest.mark.parametrize("name", STREAMS)
async def test_a_stream_is_read_over_http(name: str, cut: Any, mock: Any, provider_at: Any, request_: ModelRequest) -> None:
    provider = provider_at(mock.play(mock.chunked(*cut(body_of(name)))), kind=kind_of(name))
    check(name, [piece async for piece in provider.stream(request_)])


@pytest.mark.parametrize("name", BROKEN)
async def test_an_error_within_a_stream_is_understood(name: str, mock: Any, provider_at: Any, request_: ModelRequest) -> None:
    kind, words = BROKEN[name]
    provider = provider_at(mock.play(mock.chunked(*by_sevens(body_of(name)))), kind=kind_of(name))
    spoken: list[ModelPiece] = []
    with pytest.raises(kind, match=words) as caught:
        await listen(provider.stream(request_), spoken)
    assert type(caught.value) is kind
    assert not any(isinstance(piece, ModelReply) for piece in spoken)


@pytest.mark.parametrize("name", REFUSALS)
async def test_a_refusal_is_understood(name: str, mock: Any, provider_at: Any, request_: ModelRequest) -> None:
    status, kind, words = REFUSALS[name]
    body = (FOLDER / name / "error.json").read_bytes()
    provider = provider_at(mock.play(mock.answer(body, status, head="Retry-After: 7\r\n")), kind=kind_of(name))
    with pytest.raises(kind, match=words) as caught:
        await anext(provider.stream(request_))
    assert type(caught.value) is kind
    if kind in {RateLimited, ProviderUnavailable}:
        assert caught.value.retry_after == 7
