"""Shapes of servers that are not the specification's, over real HTTP; see also ``test_transcripts.py``."""

import asyncio
import json
from typing import Any

import pytest
from msgspec.structs import replace

from artelier.domain.calls import ToolCall, ToolSpec
from artelier.domain.errors import (
    ContextTooLong,
    CredentialsRefused,
    ProviderUnavailable,
    RateLimited,
    ReplyInvalid,
    RequestRefused,
    StreamBroken,
)
from artelier.domain.messages import AgentMessage, NoteMessage, ToolMessage
from artelier.domain.models import CallDelta, FinishReason, RequestedCall, TextDelta
from artelier.domain.usage import Usage
from artelier.providers.openai_request import Dialect

STOP = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
CALLS = {"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]}


def says(**delta: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]}


def calls(*pieces: dict[str, Any]) -> dict[str, Any]:
    return says(tool_calls=list(pieces))


def piece(index: int | None, name: str | None = None, arguments: str | None = None, **more: Any) -> dict[str, Any]:
    return {"index": index, "function": {"name": name, "arguments": arguments}, **more}


def old(name: str | None, arguments: str | None) -> dict[str, Any]:
    return {"name": name, "arguments": arguments}


REPLIES = {
    # S3 of the notes: usage in the finish chunk, finish_reason absent until then, never a [DONE]
    "usage beside the finish, no done": (
        [
            {"choices": [{"delta": {"role": "assistant"}}], "model": "path@main"},
            {"choices": [{"delta": {"content": "Hi"}}]},
            {"choices": [{"delta": {}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 5, "completion_tokens": 1}},
        ],
        {"text": "Hi", "usage": Usage(5, 1, model_calls=1)},
    ),
    # S2: every delta repeats id, type and name, and says all again in function_call
    "names repeated, everything doubled": (
        [
            says(role="assistant", content=None, function_call=None, tool_calls=None),
            *[
                says(
                    role=None,
                    content=None,
                    function_call=old("get_weather", part),
                    tool_calls=[{"index": 0, "id": "call__0", "type": "function", "function": old("get_weather", part)}],
                )
                for part in ("", '{"ci', 'ty": "Paris"}')
            ],
            CALLS,
        ],
        {"calls": [("get_weather", '{"city": "Paris"}')]},
    ),
    "function_call alone": (
        [
            says(function_call=old("add", '{"a":')),
            says(function_call=old(None, "1}")),
            {"choices": [{"delta": {}, "finish_reason": "function_call"}]},
        ],
        {"calls": [("add", '{"a":1}')]},
    ),
    "all calls under index 0 with ids of their own": (
        [calls(piece(0, "a", "{}", id="x")), calls(piece(0, "a", '{"b":1}', id="y")), CALLS],
        {"calls": [("a", "{}"), ("a", '{"b":1}')]},
    ),
    "a fresh id with every piece of one call": (
        [calls(piece(0, "a", '{"b"', id="x")), calls(piece(0, "a", ":1}", id="y")), calls(piece(0, "a", "", id="z")), CALLS],
        {"calls": [("a", '{"b":1}')]},
    ),
    "calls without an index": (
        [calls(piece(None, "a", '{"x":', id="1")), calls(piece(None, None, "1}")), calls(piece(None, "b", "{}", id="2")), CALLS],
        {"calls": [("a", '{"x":1}'), ("b", "{}")]},
    ),
    "indexes that interleave": (
        [calls(piece(1, "b", "{"), piece(0, "a", "{")), calls(piece(0, None, "}"), piece(1, None, "}")), CALLS],
        {"calls": [("b", "{}"), ("a", "{}")]},
    ),
    "the name after the arguments": ([calls(piece(0, None, "{")), calls(piece(0, "late", "}")), CALLS], {"calls": [("late", "{}")]}),
    "a call without a name": ([calls(piece(0, None, "{}")), CALLS], {"calls": [("", "{}")]}),
    "broken arguments go on as they are": ([calls(piece(0, "a", "{oops")), CALLS], {"calls": [("a", "{oops")]}),
    "arguments as an object": (
        [says(tool_calls=[{"index": 0, "function": {"name": "a", "arguments": {"x": "é"}}}]), CALLS],
        {"calls": [("a", '{"x": "é"}')]},
    ),
    "calls though it says stop": ([calls(piece(0, "a", "{}")), STOP], {"calls": [("a", "{}")]}),
    "no call though it says tool_calls": ([says(content="no"), CALLS], {"text": "no"}),
    "cut inside arguments": (
        [calls(piece(0, "a", '{"x')), {"choices": [{"index": 0, "delta": {}, "finish_reason": "length"}]}],
        {"calls": [("a", '{"x')], "finish": FinishReason.LENGTH},
    ),
    "filtered": (
        [says(content="a"), {"choices": [{"delta": {}, "finish_reason": "content_filter"}]}],
        {"text": "a", "finish": FinishReason.FILTERED},
    ),
    "a reason nobody knows": (
        [says(content="a"), {"choices": [{"delta": {}, "finish_reason": "moon"}]}],
        {"text": "a", "finish": FinishReason.UNKNOWN},
    ),
    "content, a done, no reason": ([says(content="a"), "data: [DONE]\n\n"], {"text": "a", "finish": FinishReason.UNKNOWN}),
    "reasoning in its two names at once": (
        [says(reasoning="hm", reasoning_content="hm"), says(content="a"), STOP],
        {"text": "a", "reasoning": "hm"},
    ),
    "reasoning in the newer name": ([says(reasoning="hm"), says(content="a"), STOP], {"text": "a", "reasoning": "hm"}),
    "content in parts": (
        [
            says(content=[{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}]),
            says(content=[{"type": "text", "text": "a"}]),
            STOP,
        ],
        {"text": "a", "reasoning": "hm"},
    ),
    "a refusal": ([says(content=None, refusal="I cannot."), STOP], {"text": "I cannot."}),
    "half a character": (['data: {"choices":[{"delta":{"content":"\\ud83d"}}]}\n\n', STOP], {"text": "\ufffd"}),
    "numbers as text, text as numbers": (
        [{"choices": [{"index": "0", "delta": {"content": "a"}}], "model": 7, "usage": "none"}, STOP],
        {"text": "a", "usage": Usage(model_calls=1)},
    ),
    "comments, other fields, no space": (
        [": PROCESSING\n\n", "event: message\nid: 3\ndata:" + json.dumps(says(content="a")) + "\r\n\r\n", STOP],
        {"text": "a"},
    ),
    "a last event without its blank line, no done": ([says(content="a"), "data: " + json.dumps(STOP)], {"text": "a"}),
    "empty data and empty objects": (["data:\n\n", "data: {}\n\n", says(content="a"), STOP], {"text": "a"}),
    "usage in every chunk, null details": (
        [
            {**says(content="a"), "usage": {"prompt_tokens": 5, "completion_tokens": 1}},
            {
                **STOP,
                "usage": {"prompt_tokens": 5, "completion_tokens": 2, "prompt_tokens_details": None, "completion_tokens_details": None},
            },
        ],
        {"text": "a", "usage": Usage(5, 2, model_calls=1)},
    ),
    "all that is counted": (
        [
            STOP,
            {
                "choices": [],
                "usage": {
                    "prompt_tokens": 50,
                    "completion_tokens": 20,
                    "total_tokens": 70,
                    "prompt_tokens_details": {"cached_tokens": 40},
                    "completion_tokens_details": {"reasoning_tokens": 8},
                },
            },
        ],
        {"usage": Usage(50, 20, 40, 8, 1)},
    ),
    "reasoning counted beside the output": (
        [
            STOP,
            {
                "usage": {
                    "prompt_tokens": 50,
                    "completion_tokens": 20,
                    "total_tokens": 78,
                    "completion_tokens_details": {"reasoning_tokens": 8},
                }
            },
        ],
        {"usage": Usage(50, 28, 0, 8, 1)},
    ),
    "cached tokens as DeepSeek counts them": (
        [STOP, {"usage": {"prompt_tokens": 50, "prompt_cache_hit_tokens": 30}}],
        {"usage": Usage(50, 0, 30, 0, 1)},
    ),
    "counts that are no counts": (
        [STOP, {"usage": {"prompt_tokens": -1, "completion_tokens": 1e300, "total_tokens": True}}],
        {"usage": Usage(model_calls=1)},
    ),
}


@pytest.mark.parametrize("name", REPLIES)
async def test_a_reply_of_another_shape(name: str, mock: Any, provider_at: Any, ask: Any) -> None:
    events, told = REPLIES[name]
    pieces, reply = await ask(provider_at(mock.play(mock.stream(*events, done="no done" not in name))))
    asked = tuple(RequestedCall(*call) for call in told.get("calls", ()))
    assert (reply.text, reply.calls, reply.reasoning) == (told.get("text", ""), asked, told.get("reasoning", ""))
    assert reply.finish is told.get("finish", FinishReason.CALLS if asked else FinishReason.STOP)
    assert reply.usage == told.get("usage", Usage(model_calls=1))
    for place, call in enumerate(asked):
        deltas = [piece for piece in pieces if isinstance(piece, CallDelta) and piece.index == place]
        assert ("".join(delta.name for delta in deltas), "".join(delta.arguments for delta in deltas)) == (call.name, call.arguments)


BROKEN = {
    "an empty body": ([], {"done": False}, StreamBroken),
    "nothing but comments": ([": PROCESSING\n\n"], {"done": False}, StreamBroken),
    "a clean end in the middle": ([says(content="a")], {"done": False}, StreamBroken),
    "a done and nothing else": ([], {}, StreamBroken),
    "a done after the role, then a cut": ([says(role="assistant")], {"end": "close"}, StreamBroken),
    "a done after words, then a cut": ([says(content="a")], {"end": "close"}, StreamBroken),
    "a cut in the middle": ([says(content="a")], {"done": False, "end": "close"}, StreamBroken),
    "a reset in the middle": ([says(content="a")], {"done": False, "end": "reset"}, StreamBroken),
    "a server that aborts": ([{"choices": [{"delta": {}, "finish_reason": "abort"}]}], {}, StreamBroken),
    "an error with a number": ([says(content="a"), {"error": {"code": 429, "message": "slow"}}], {}, RateLimited),
    "an error with words": ([{"error": {"type": "overloaded_error", "message": "busy"}}], {}, ProviderUnavailable),
    "an error of credentials": ([{"error": {"type": "authentication_error", "message": "no"}}], {}, CredentialsRefused),
    "an error of the request": ([{"error": {"type": "invalid_request_error", "message": "no"}}], {}, RequestRefused),
    "an error of length": ([{"error": {"code": "context_length_exceeded", "message": "no"}}], {}, ContextTooLong),
    "an error that is a text": ([{"error": "boom"}], {}, ProviderUnavailable),
    "an error event": (['event: error\ndata: {"message": "boom", "code": 503}\n\n'], {}, ProviderUnavailable),
    "an error event of plain words": (["event: error\ndata: boom\n\n"], {}, ProviderUnavailable),
    "words that are no events": (["Internal Server Error\n"], {"done": False}, ReplyInvalid),
    "data that is no JSON": (["data: hello\n\n"], {}, ReplyInvalid),
    "data that is no object": (["data: [1]\n\n"], {}, ReplyInvalid),
    "bytes that are no text": (["data: \x00\x01\n\n"], {}, ReplyInvalid),
    "depth without end": (["data: " + '{"choices":' + "[" * 100_000 + "]" * 100_000 + "}\n\n"], {}, ReplyInvalid),
    "too many calls": ([calls(*(piece(place, "a", "{}") for place in range(600)))], {}, ReplyInvalid),
    "more text than anybody asked for": ([says(content="x" * (1 << 20)) for _ in range(5)], {}, ReplyInvalid),
    "an event without end": (["data: " + "x" * (9 << 20)], {"done": False}, ReplyInvalid),
}


@pytest.mark.parametrize("name", BROKEN)
async def test_what_is_no_reply(name: str, mock: Any, provider_at: Any, ask: Any) -> None:
    events, way, kind = BROKEN[name]
    with pytest.raises(kind) as caught:
        await ask(provider_at(mock.play(mock.stream(*events, **way))))
    assert type(caught.value) is kind


async def test_bytes_that_are_not_utf8(mock: Any, provider_at: Any, ask: Any) -> None:
    with pytest.raises(ReplyInvalid):
        await ask(provider_at(mock.play(mock.chunked(b'data: {"choices":[{"delta":{"content":"\xff\xfe"}}]}\n\n'))))


@pytest.mark.parametrize("end", ["close", "reset"])
async def test_a_cut_after_the_reason_loses_nothing(end: str, mock: Any, provider_at: Any, ask: Any) -> None:
    _, reply = await ask(provider_at(mock.play(mock.stream(says(content="whole"), STOP, done=False, end=end) | {"pause": 0.02})))
    assert (reply.text, reply.finish) == ("whole", FinishReason.STOP)


async def test_a_server_that_keeps_the_body_open_after_its_end(mock: Any, provider_at: Any, ask: Any) -> None:
    async with asyncio.timeout(5):
        _, reply = await ask(provider_at(mock.play(mock.stream(says(content="a"), STOP, end="hang"))))
    assert reply.text == "a"


WHOLE = {
    "model": "m",
    "choices": [
        {"message": {"content": "Hi", "tool_calls": [piece(None, "a", "{"), piece(None, "b", "{}")]}, "finish_reason": "tool_calls"}
    ],
}


@pytest.mark.parametrize(
    "type_", ["application/json", "application/json; charset=utf-8", "application/vnd.api+json", "text/event-stream", ""]
)
async def test_a_whole_reply_instead_of_a_stream(type_: str, mock: Any, provider_at: Any, ask: Any) -> None:
    pieces, reply = await ask(provider_at(mock.play(mock.answer("\n  " + json.dumps(WHOLE), type_=type_))))
    assert pieces == [TextDelta("Hi"), CallDelta(0, "a", "{"), CallDelta(1, "b", "{}")]
    assert reply.calls == (RequestedCall("a", "{"), RequestedCall("b", "{}"))


@pytest.mark.parametrize("type_", ["application/json", ""])
async def test_a_stream_under_a_wrong_name(type_: str, mock: Any, provider_at: Any, ask: Any) -> None:
    _, reply = await ask(
        provider_at(mock.play(mock.answer(f"data: {json.dumps(says(content='a'))}\n\ndata: {json.dumps(STOP)}\n\n", type_=type_)))
    )
    assert reply.text == "a"


@pytest.mark.parametrize(
    ("body", "type_"),
    [
        ("<html><title>Login</title></html>", "text/html"),
        ("OK", "text/plain"),
        ('{"object": "list"}', "application/json"),
        ("{", "application/json"),
        ("[]", "application/json"),
        ('{"choices": []}', "application/json"),
        ("null", "application/json"),
        ("Internal Server Error", ""),
        ("{" + " " * (9 << 20) + "}", "application/json"),
    ],
)
async def test_an_answer_that_is_no_reply(body: str, type_: str, mock: Any, provider_at: Any, ask: Any) -> None:
    with pytest.raises(ReplyInvalid):
        await ask(provider_at(mock.play(mock.answer(body, type_=type_))))


@pytest.mark.parametrize("type_", ["application/json", "text/event-stream"])
async def test_an_empty_answer(type_: str, mock: Any, provider_at: Any, ask: Any) -> None:
    with pytest.raises(StreamBroken):
        await ask(provider_at(mock.play(mock.answer("", type_=type_))))


async def test_an_error_in_a_whole_answer_of_200(mock: Any, provider_at: Any, ask: Any) -> None:
    with pytest.raises(RateLimited, match="slow down"):
        await ask(provider_at(mock.play(mock.answer({"error": {"message": "slow down", "code": 429}}))))


async def test_words_of_one_read_come_as_one_piece(mock: Any, provider_at: Any, ask: Any) -> None:
    events = "".join(f"data: {json.dumps(says(content=f' {number}'))}\n\n" for number in range(5))
    pieces, _ = await ask(provider_at(mock.play(mock.stream(events, STOP))))
    assert pieces == [TextDelta(" 0 1 2 3 4")]


async def test_leaving_in_the_middle_ends_the_request(mock: Any, provider_at: Any, request_: Any) -> None:
    base_url = mock.play(mock.stream(says(content="a"), done=False, end="hang"))
    stream = provider_at(base_url).stream(request_)
    assert await anext(stream) == TextDelta("a")
    await stream.aclose()
    assert await asyncio.to_thread(mock.wait_left, base_url)


async def test_one_connection_serves_reply_after_reply(mock: Any, provider_at: Any, ask: Any) -> None:
    base_url = mock.play(mock.stream(says(content="a"), STOP))
    provider = provider_at(base_url)
    for _ in range(3):
        await ask(provider)
    assert len({request["peer"] for request in mock.seen(base_url)}) == 1


LESSONS = {
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.": (
        "max_completion_tokens",
        "max_tokens",
    ),
    "body.stream_options: Extra inputs are not permitted": ("", "stream_options"),
    "Unsupported parameter: 'parallel_tool_calls'": ("", "parallel_tool_calls"),
}


async def test_a_server_is_spoken_to_in_its_dialect(mock: Any, provider_at: Any, ask: Any, request_: Any) -> None:
    plays = [mock.answer({"error": {"message": words}}, status="400 Bad Request") for words in LESSONS]
    base_url = mock.play(*plays, mock.stream(says(content="a"), STOP))
    provider = provider_at(base_url)
    request = replace(request_, tools=(ToolSpec("a", "", {}, repeatable=True),))
    for _ in range(2):
        await ask(provider, request)
    bodies = [json.loads(request["body"]) for request in mock.seen(base_url)]
    assert len(bodies) == len(LESSONS) + 2
    for number, (wanted, unwanted) in enumerate(LESSONS.values(), 1):
        assert all(unwanted in body for body in bodies[:number])
        assert not any(unwanted in body for body in bodies[number:])
        assert all(not wanted or wanted in body for body in bodies[number:])


@pytest.mark.parametrize(
    "words",
    ["messages.0.content.0.cache_control: Extra inputs are not permitted", "messages[0].content: Input should be a valid string"],
)
async def test_a_server_that_takes_no_marks_gets_none(words: str, mock: Any, provider_at: Any, ask: Any, request_: Any) -> None:
    refusal = mock.answer({"error": {"message": words}}, status="400 Bad Request")
    base_url = mock.play(refusal, mock.stream(says(content="a"), STOP))
    await ask(provider_at(base_url), replace(request_, model="claude-x"))
    assert ["cache_control" in request["body"] for request in mock.seen(base_url)] == [True, False]


async def test_a_server_that_takes_no_name_for_the_cache_gets_none(mock: Any, provider_at: Any, ask: Any) -> None:
    refusal = mock.answer({"error": {"message": "Unknown parameter: 'prompt_cache_key'."}}, status="400 Bad Request")
    base_url = mock.play(refusal, mock.stream(says(content="a"), STOP))
    await ask(provider_at(base_url, dialect=Dialect(cache_key=True)))
    assert ["prompt_cache_key" in request["body"] for request in mock.seen(base_url)] == [True, False]


async def test_reasoning_is_given_back_where_it_is_asked_for(mock: Any, provider_at: Any, ask: Any, request_: Any) -> None:
    words = "The reasoning_content in the thinking mode must be passed back to the API."
    base_url = mock.play(mock.answer({"error": {"message": words}}, status="400 Bad Request"), mock.stream(says(content="a"), STOP))
    said = (AgentMessage("", (ToolCall("1", "a", {}),), "Hm."), ToolMessage("1", "a", "done"))
    await ask(provider_at(base_url), replace(request_, messages=(*request_.messages, *said)))
    assert ["reasoning_content" in request["body"] for request in mock.seen(base_url)] == [False, True]


async def test_an_agents_word_stands_between_tool_and_person_where_it_must(mock: Any, provider_at: Any, ask: Any, request_: Any) -> None:
    refusal = mock.answer({"message": "Unexpected role 'user' after role 'tool'"}, status="400 Bad Request")
    base_url = mock.play(refusal, mock.stream(says(content="a"), STOP))
    messages = (*request_.messages, AgentMessage("", (ToolCall("1", "a", {}),)), ToolMessage("1", "a", "done"), NoteMessage("Go on."))
    await ask(provider_at(base_url), replace(request_, messages=messages))
    first, second = (json.loads(request["body"])["messages"] for request in mock.seen(base_url))
    assert [message["role"] for message in first[-2:]] == ["tool", "user"]
    assert [message["role"] for message in second[-3:]] == ["tool", "assistant", "user"]


async def test_a_refusal_that_teaches_nothing_new_is_told(mock: Any, provider_at: Any, ask: Any) -> None:
    words = "'max_tokens' is not supported, use 'max_completion_tokens' instead"
    base_url = mock.play(mock.answer({"error": words}, status="400 Bad Request"))
    with pytest.raises(RequestRefused):
        await ask(provider_at(base_url))
    assert len(mock.seen(base_url)) == 2


@pytest.mark.parametrize(
    ("answer", "names"),
    [
        ({"data": [{"id": "b"}, {"id": "a"}, {"id": "b"}, {"object": "model"}]}, ("b", "a")),
        ({"object": "list", "data": []}, ()),
        ({"data": None}, ()),
    ],
)
async def test_models_are_listed(answer: dict[str, Any], names: tuple[str, ...], mock: Any, provider_at: Any) -> None:
    assert await provider_at(mock.play(mock.answer(answer))).list_models() == names


async def test_a_server_without_a_list_of_models(mock: Any, provider_at: Any) -> None:
    assert await provider_at(mock.play(mock.answer("no", status="404 Not Found"))).list_models() == ()


@pytest.mark.parametrize("answer", ["<html></html>", '{"data": "none"}', "[]"])
async def test_a_list_of_models_that_is_none(answer: str, mock: Any, provider_at: Any) -> None:
    with pytest.raises(ReplyInvalid):
        await provider_at(mock.play(mock.answer(answer))).list_models()
