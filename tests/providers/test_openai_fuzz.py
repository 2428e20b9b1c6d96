"""Whatever a server sends: a reply, or an error of ours, and soon."""

import asyncio
import json
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from artelier.domain.errors import ProviderError
from artelier.domain.models import CallDelta, ModelReply, ReasoningDelta, TextDelta
from artelier.providers.openai_errors import read_refusal, refused, refused_within
from artelier.providers.openai_stream import ReplyStream

SHARED = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def loosely(shape: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Mostly what should stand there, sometimes anything."""
    return st.one_of(shape, shape, shape, st.none(), JSON)


FUNCTION = st.fixed_dictionaries(
    {}, optional={"name": loosely(st.sampled_from(["a", "b", ""])), "arguments": loosely(st.sampled_from(["{", "}", "{}", ""]))}
)
CALL = st.fixed_dictionaries(
    {},
    optional={
        "index": loosely(st.integers(0, 2)),
        "id": loosely(st.sampled_from(["1", "2"])),
        "function": loosely(FUNCTION),
        "extra_content": JSON,
    },
)
DELTA = st.fixed_dictionaries(
    {},
    optional={
        "content": loosely(st.text(max_size=4)),
        "reasoning": loosely(st.text(max_size=4)),
        "reasoning_details": loosely(st.lists(JSON, max_size=2)),
        "tool_calls": loosely(st.lists(loosely(CALL), max_size=3)),
        "function_call": loosely(FUNCTION),
    },
)
CHOICE = st.fixed_dictionaries(
    {},
    optional={
        "index": loosely(st.integers(0, 1)),
        "delta": loosely(DELTA),
        "finish_reason": loosely(st.sampled_from(["stop", "length", "tool_calls"])),
    },
)
CHUNK = st.fixed_dictionaries(
    {}, optional={"choices": loosely(st.lists(loosely(CHOICE), max_size=2)), "usage": JSON, "error": st.none() | JSON, "model": JSON}
)
BODY = st.lists(
    st.one_of(
        CHUNK.map(lambda chunk: b"data: " + json.dumps(chunk).encode() + b"\n\n"),
        CHUNK.map(lambda chunk: b"data: " + json.dumps(chunk).encode() + b"\n\n"),
        st.sampled_from([b"data: [DONE]\n\n", b": ping\n\n", b"event: error\n", b"\r\n", b"{", b"data: "]),
        st.binary(max_size=30),
    ),
    max_size=8,
).map(b"".join)


def replies_of(body: bytes, cuts: list[int], reader: Any = ReplyStream) -> Any:
    """Return the reply, or the class of the error, after checking the pieces against the reply."""
    stream = reader("host")
    places = [0, *sorted(min(cut, len(body)) for cut in cuts), len(body)]
    pieces = []
    try:
        for start, end in pairwise(places):
            if start < end:
                pieces += stream.feed(body[start:end])
        pieces += stream.finish()
    except ProviderError as error:
        return type(error)
    reply = pieces.pop()
    assert isinstance(reply, ModelReply)
    assert "".join(piece.text for piece in pieces if isinstance(piece, TextDelta)) == reply.text
    assert "".join(piece.text for piece in pieces if isinstance(piece, ReasoningDelta)) == reply.reasoning
    for place, call in enumerate(reply.calls):
        deltas = [piece for piece in pieces if isinstance(piece, CallDelta) and piece.index == place]
        assert deltas[0].name == call.name
        assert "".join(delta.arguments for delta in deltas) == call.arguments
    return reply


@given(body=BODY, cuts=st.lists(st.integers(0, 600), max_size=5))
@settings(SHARED, max_examples=250)
def test_any_body_is_a_reply_or_our_error_however_it_is_cut(body: bytes, cuts: list[int]) -> None:
    assert replies_of(body, cuts) == replies_of(body, [])


@given(told=JSON, status=st.integers(100, 999))
@SHARED
def test_any_refusal_is_our_error(told: Any, status: int) -> None:
    for body in (json.dumps(told), json.dumps({"error": told}), json.dumps({"detail": [told]})):
        refusal = read_refusal(body.encode())
        assert isinstance(refused(refusal, status, "host"), ProviderError)
        assert isinstance(refused_within(refusal, "host"), ProviderError)


@given(body=st.one_of(BODY, st.binary(max_size=200)), cut=st.integers(0, 200), end=st.sampled_from(["keep", "close", "reset"]))
@SHARED
async def test_any_body_over_http_ends_soon(body: bytes, cut: int, end: str, mock: Any, provider_at: Any, ask: Any) -> None:
    play = mock.chunked(body[:cut], body[cut:], end=end)
    await ends_soon(ask, provider_at(mock.play(play), transport_first_byte_timeout=0.2, transport_idle_timeout=0.2))


@given(answer=st.binary(max_size=200), status=st.booleans())
@SHARED
async def test_anything_but_http_ends_soon(answer: bytes, status: bool, mock: Any, provider_at: Any, ask: Any) -> None:
    play = mock.raw((b"HTTP/1.1 200 OK\r\n" if status else b"") + answer, end="close")
    await ends_soon(ask, provider_at(mock.play(play), transport_first_byte_timeout=0.2, transport_idle_timeout=0.2))


async def ends_soon(ask: Any, provider: Any) -> None:
    async with asyncio.timeout(5):
        try:
            await ask(provider)
        except ProviderError:
            pass
        finally:
            await provider.close()
