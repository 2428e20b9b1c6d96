"""Anthropic's messages over real HTTP: headers, addresses, what is learned from refusals, failures."""

import json
from typing import Any

import pytest

from artelier.domain.calls import ToolCall
from artelier.domain.errors import (
    ContextTooLong,
    CredentialsRefused,
    ProviderUnavailable,
    ReplyInvalid,
    RequestRefused,
    SettingsError,
    StreamBroken,
)
from artelier.domain.messages import AgentMessage, ToolMessage, UserMessage
from artelier.domain.models import FinishReason, ModelReply, ModelRequest, RequestedCall
from artelier.providers.anthropic_messages import AnthropicMessages
from artelier.providers.anthropic_request import MessagesDialect
from artelier.providers.transport import HttpTransport

WORDS: list[dict[str, Any]] = [
    {"type": "message_start", "message": {"model": "claude-x", "usage": {"input_tokens": 9, "output_tokens": 1}}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Yes."}},
    {"type": "content_block_stop", "index": 0},
    {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 3}},
    {"type": "message_stop"},
]


def told(*events: dict[str, Any]) -> tuple[str, ...]:
    return tuple(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events)


def whole(mock: Any) -> Any:
    return mock.stream(*told(*WORDS), done=False)


def refusal(mock: Any, words: str, status: str = "400 Bad Request", kind: str = "invalid_request_error") -> Any:
    return mock.answer({"type": "error", "error": {"type": kind, "message": words}}, status)


@pytest.fixture
def claude(provider_at: Any) -> Any:
    def make(base_url: str, **settings: Any) -> Any:
        return provider_at(base_url, kind=AnthropicMessages, **settings)

    return make


async def test_the_key_and_the_version_go_as_headers(mock: Any, claude: Any, ask: Any) -> None:
    base = mock.play(whole(mock))
    _, reply = await ask(claude(base.removesuffix("/v1"), headers={"anthropic-beta": "some-2026"}))
    assert (reply.text, reply.finish, reply.usage.total_tokens) == ("Yes.", FinishReason.STOP, 12)
    (seen,) = mock.seen(base)
    assert seen["target"].endswith("/v1/messages")
    assert {name: seen["headers"].get(name) for name in ("x-api-key", "anthropic-version", "anthropic-beta", "authorization")} == {
        "x-api-key": "test-key",
        "anthropic-version": "2023-06-01",
        "anthropic-beta": "some-2026",
        "authorization": None,
    }


async def test_an_address_that_ends_in_v1_is_taken_as_well(mock: Any, claude: Any, ask: Any) -> None:
    base = mock.play(whole(mock))
    await ask(claude(base))
    assert mock.seen(base)[0]["target"].endswith("/v1/messages")
    assert "/v1/v1/" not in mock.seen(base)[0]["target"]


async def test_models_are_listed(mock: Any, claude: Any) -> None:
    base = mock.play(mock.answer({"data": [{"type": "model", "id": "claude-a"}, {"id": "claude-b"}], "has_more": False}))
    assert await claude(base).list_models() == ("claude-a", "claude-b")
    assert mock.seen(base)[0]["target"].endswith("/v1/models?limit=1000")


@pytest.mark.parametrize(
    ("reason", "finish"),
    [
        ("end_turn", FinishReason.STOP),
        ("stop_sequence", FinishReason.STOP),
        ("max_tokens", FinishReason.LENGTH),
        ("model_context_window_exceeded", FinishReason.LENGTH),
        ("refusal", FinishReason.FILTERED),
        ("pause_turn", FinishReason.UNKNOWN),
    ],
)
async def test_why_it_stopped(reason: str, finish: FinishReason, mock: Any, claude: Any, ask: Any) -> None:
    events = [*WORDS[:-2], {"type": "message_delta", "delta": {"stop_reason": reason}}, WORDS[-1]]
    _, reply = await ask(claude(mock.play(mock.stream(*told(*events), done=False))))
    assert reply.finish is finish


async def test_a_message_that_came_at_once_is_taken(mock: Any, claude: Any, ask: Any) -> None:
    content = [{"type": "text", "text": "Well."}, {"type": "tool_use", "id": "x", "name": "now", "input": {"zone": "UTC"}}]
    usage = {"input_tokens": 5, "cache_read_input_tokens": 7, "output_tokens": 2}
    document = {"type": "message", "model": "claude-x", "content": content, "stop_reason": "tool_use", "usage": usage}
    _, reply = await ask(claude(mock.play(mock.answer(document))))
    assert (reply.text, reply.calls) == ("Well.", (RequestedCall("now", '{"zone":"UTC"}'),))
    assert (reply.usage.input_tokens, reply.usage.cached_tokens) == (12, 7)


async def test_what_a_model_refuses_by_name_is_learned_for_it_alone(mock: Any, claude: Any, ask: Any) -> None:
    adaptive = '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort".'
    warm = "`temperature` is deprecated for this model."
    base = mock.play(refusal(mock, adaptive), whole(mock), whole(mock), whole(mock))
    provider = claude(base, dialect=MessagesDialect(thinking_tokens=1024))
    request = ModelRequest("claude-new", "", (UserMessage("Hi"),))
    await ask(provider, request)
    await ask(provider, request)
    await ask(provider, ModelRequest("claude-old", "", (UserMessage("Hi"),)))
    thinking = [json.loads(seen["body"])["thinking"]["type"] for seen in mock.seen(base)]
    assert thinking == ["enabled", "adaptive", "adaptive", "enabled"]
    base = mock.play(refusal(mock, warm), whole(mock))
    await ask(claude(base), ModelRequest("claude-new", "", (UserMessage("Hi"),), temperature=0.0))
    assert ["temperature" in json.loads(seen["body"]) for seen in mock.seen(base)] == [True, False]


@pytest.mark.parametrize("words", ["adaptive thinking is not supported on this model", "cache_control: ttl 1h is not enabled", "No."])
async def test_nothing_is_asked_for_ever(words: str, mock: Any, claude: Any) -> None:
    base = mock.play(refusal(mock, words))
    request = ModelRequest("m", "S", (UserMessage("Hi"),), temperature=0.0)
    with pytest.raises(RequestRefused, match=words.split(":", maxsplit=1)[0]):
        await anext(claude(base, dialect=MessagesDialect(thinking_tokens=1024)).stream(request))
    assert len(mock.seen(base)) <= 3


@pytest.mark.parametrize(
    ("status", "kind", "words", "error"),
    [
        ("401 Unauthorized", "authentication_error", "invalid x-api-key", CredentialsRefused),
        ("403 Forbidden", "permission_error", "Your API key does not have permission", CredentialsRefused),
        ("400 Bad Request", "invalid_request_error", "Your credit balance is too low to access the Anthropic API.", CredentialsRefused),
        ("404 Not Found", "not_found_error", "model: claude-none", RequestRefused),
        ("400 Bad Request", "invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum", ContextTooLong),
        (
            "400 Bad Request",
            "invalid_request_error",
            "input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000",
            ContextTooLong,
        ),
        ("413 Payload Too Large", "request_too_large", "Request exceeds the maximum size", ContextTooLong),
        ("529 Overloaded", "overloaded_error", "Overloaded", ProviderUnavailable),
        ("500 Internal Server Error", "api_error", "Internal server error", ProviderUnavailable),
    ],
)
async def test_refusals(status: str, kind: str, words: str, error: Any, mock: Any, claude: Any, request_: Any) -> None:
    with pytest.raises(error) as caught:
        await anext(claude(mock.play(refusal(mock, words, status, kind))).stream(request_))
    assert type(caught.value) is error
    assert "test-key" not in caught.value.message


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (lambda mock: mock.stream(*told(*WORDS[:3]), done=False), StreamBroken),
        (lambda mock: mock.stream(*told(*WORDS[:3]), done=False, end="close"), StreamBroken),
        (lambda mock: mock.answer({"choices": []}), ReplyInvalid),
        (lambda mock: mock.answer({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}), ProviderUnavailable),
        (lambda mock: mock.stream("data: {oops\n\n", done=False), ReplyInvalid),
        (lambda mock: mock.answer("<html>Hello</html>", type_="text/html"), ReplyInvalid),
        (lambda mock: mock.stream("hello\nworld\n\n", done=False), ReplyInvalid),
    ],
)
async def test_what_is_no_whole_reply(answer: Any, error: Any, mock: Any, claude: Any, request_: Any) -> None:
    with pytest.raises(error):
        [piece async for piece in claude(mock.play(answer(mock))).stream(request_)]


async def test_a_reply_that_said_why_it_stopped_is_whole(mock: Any, claude: Any, ask: Any) -> None:
    _, reply = await ask(claude(mock.play(mock.stream(*told(*WORDS[:-1]), done=False, end="close"))))
    assert reply.text == "Yes."


async def test_thoughts_make_the_round(mock: Any, claude: Any, ask: Any) -> None:
    events = [
        WORDS[0],
        {"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": "", "signature": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "Hm."}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "signature_delta", "signature": "SIG"}},
        {"type": "content_block_stop", "index": 0},
        {"type": "content_block_start", "index": 1, "content_block": {"type": "tool_use", "id": "x", "name": "now", "input": {}}},
        {"type": "content_block_stop", "index": 1},
        {"type": "message_delta", "delta": {"stop_reason": "tool_use"}},
        WORDS[-1],
    ]
    base = mock.play(mock.stream(*told(*events), done=False), whole(mock))
    provider = claude(base, dialect=MessagesDialect(thinking_tokens=1024))
    _, first = await ask(provider)
    assert isinstance(first, ModelReply)
    said = AgentMessage(first.text, (ToolCall("r/1/0", "now", {}),), first.reasoning, first.signature)
    await ask(provider, ModelRequest("m", "", (UserMessage("Hi"), said, ToolMessage("r/1/0", "now", "12:00"))))
    sent = json.loads(mock.seen(base)[1]["body"])
    assert sent["messages"][1]["content"][0] == {"type": "thinking", "thinking": "Hm.", "signature": "SIG"}
    assert sent["thinking"]["type"] == "enabled"


def test_an_address_that_is_none() -> None:
    with pytest.raises(SettingsError):
        AnthropicMessages("api.anthropic.com", "", HttpTransport())
