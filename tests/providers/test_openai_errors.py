"""What refusals mean, in the words and shapes that providers are known to use."""

import json
from typing import Any

import pytest

from artelier.domain.errors import (
    ContextTooLong,
    CredentialsRefused,
    ProviderError,
    ProviderUnavailable,
    RateLimited,
    RequestRefused,
    SettingsError,
)
from artelier.providers.openai_chat import OpenAIChat
from artelier.providers.openai_errors import read_refusal, refused, retry_after
from artelier.providers.transport import HttpTransport

TOO_LONG = {
    "OpenAI": '{"error":{"message":"This model\'s maximum context length is 128000 tokens.","code":"context_length_exceeded"}}',
    "llama.cpp": '{"error":{"code":400,"message":"request (9 tokens) exceeds the available context size"}}',
    "llama.cpp by type": '{"error":{"code":400,"message":"no","type":"exceed_context_size_error"}}',
    "llama-cpp-python": '{"error":{"message":"Requested tokens (5000) exceed context window of 2048"}}',
    "vLLM": '{"object":"error","message":"This model\'s maximum context length is 4096 tokens. However, you requested 5000","code":400}',
    "Anthropic": '{"error":{"type":"invalid_request_error","message":"prompt is too long: 213000 tokens > 200000 maximum"}}',
    "Gemini": '[{"error":{"code":400,"message":"The input token count (12) exceeds the maximum number of tokens allowed (10)."}}]',
    "Groq": '{"error":{"message":"Please reduce the length of the messages.","code":"context_length_exceeded"}}',
    "Mistral": '{"message":"Prompt contains 40000 tokens, too large for model with 32768 maximum context length"}',
    "xAI": '{"error":"This model\'s maximum prompt length is 131072 but the request contains 140000 tokens."}',
    "MiniMax": '{"error":{"message":"invalid params, context window exceeds limit (2013)"}}',
    "Moonshot": '{"error":{"message":"Invalid request: Your request exceeded model token limit: 131072"}}',
    "Bedrock": '{"detail":"Input is too long for requested model."}',
    "TGI": '{"error":"Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000"}',
    "LM Studio": '{"error":"the number of tokens to keep from the initial prompt is greater than the context length"}',
    "YandexGPT": '{"error":{"message":"number of input tokens must be no more than 9, got 10"}}',
    "OpenRouter": '{"error":{"code":400,"message":"Provider error","metadata":{"raw":"{\\"message\\":\\"prompt is too long\\"}"}}}',
    "plain": "context length exceeded",
}
NOT_TOO_LONG = (
    '{"error":{"message":"max_tokens must be <= 8192"}}',
    '{"error":{"message":"max_tokens is too large: 100000. This model supports at most 16384 completion tokens"}}',
    '{"error":{"message":"The model `gpt-9` does not exist","code":"model_not_found"}}',
    "",
)


def told(status: int, body: str = "", **headers: str) -> ProviderError:
    return refused(read_refusal(body.encode()), status, "host", headers)


@pytest.mark.parametrize("who", TOO_LONG)
def test_a_request_that_is_too_long_is_known(who: str) -> None:
    assert type(told(400, TOO_LONG[who])) is ContextTooLong


@pytest.mark.parametrize("body", NOT_TOO_LONG)
def test_other_refusals_are_not_taken_for_it(body: str) -> None:
    assert type(told(400, body)) is RequestRefused


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, "", CredentialsRefused),
        (403, "", CredentialsRefused),
        (402, "", CredentialsRefused),
        (429, "", RateLimited),
        (429, '{"error":{"code":"insufficient_quota","message":"You exceeded your current quota"}}', CredentialsRefused),
        (429, '{"error":{"message":"Too many tokens, please wait"}}', RateLimited),
        (413, "", ContextTooLong),
        (404, "", RequestRefused),
        (422, "", RequestRefused),
        (301, "", RequestRefused),
        (408, "", ProviderUnavailable),
        (500, "", ProviderUnavailable),
        (503, "", ProviderUnavailable),
        (529, "", ProviderUnavailable),
        (500, '{"error":{"message":"prompt is too long"}}', ContextTooLong),
    ],
)
def test_a_status_is_understood(status: int, body: str, kind: type[ProviderError]) -> None:
    assert type(told(status, body)) is kind


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('{"error":{"message":"a","code":500}}', "a"),
        ('{"error":"a"}', "a"),
        ('{"detail":"a"}', "a"),
        ('{"detail":[{"loc":["body","x"],"msg":"a"},{"msg":"b"}]}', "body.x: a; b"),
        ('{"message":"a"}', "a"),
        ('{"errors":["a","b"]}', "a; b"),
        ('[{"error":{"message":"a"}}]', "a"),
        ('"a"', "a"),
        ("a\r\n b\x00", "a b"),
        ("<html><head><title>502 Bad\nGateway</title></head><body>x</body></html>", "502 Bad Gateway"),
        ("<p>a</p><script>b</script>", "a"),
        ("null", ""),
        ('{"error":{"message":["a"]}}', "a"),
        ("x" * 2000, "x" * 500 + "…"),
        (b"\xff\xfe".decode("latin-1"), "ÿþ"),
    ],
)
def test_words_are_found_in_every_shape(body: str, words: str) -> None:
    assert read_refusal(body.encode()).words == words


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "0.5"}, 0.5),
        ({"Retry-After": "-3"}, 0.0),
        ({"retry-after-ms": "250", "Retry-After": "9"}, 0.25),
        ({"Retry-After": "Sat, 21 Nov 2026 10:00:30 GMT", "Date": "Sat, 21 Nov 2026 10:00:00 GMT"}, 30.0),
        ({"Retry-After": "Sat, 21 Nov 2026 09:00:00 GMT", "Date": "Sat, 21 Nov 2026 10:00:00 GMT"}, 0.0),
        ({"Retry-After": "Sat, 21 Nov 2026 10:00:30 -0000", "Date": "Sat, 21 Nov 2026 10:00:00 GMT"}, 30.0),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "inf"}, None),
        ({}, None),
    ],
)
def test_the_wait_that_is_asked_for(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds


def test_a_date_without_the_servers_clock_counts_from_now() -> None:
    assert retry_after({"Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"}) > 1e9


@pytest.mark.parametrize(("status", "body"), [(429, ""), (503, '{"error":{"message":"Loading model"}}')])
async def test_the_wait_comes_with_the_error(status: int, body: str, mock: Any, provider_at: Any, ask: Any) -> None:
    play = mock.answer(body, status=f"{status} No", head="Retry-After: 12\r\n")
    with pytest.raises(ProviderError) as caught:
        await ask(provider_at(mock.play(play)))
    assert caught.value.retry_after == 12


@pytest.mark.parametrize(
    "words",
    [
        "Incorrect API key provided: very-secret. See https://x",
        "Incorrect API key provided: sk-proj-abc***xyz",
        "header Bearer abcdefghijklmnop was refused",
        "token other-secret is wrong",
    ],
)
async def test_a_secret_never_stands_in_a_message(words: str, mock: Any, provider_at: Any, ask: Any) -> None:
    base_url = mock.play(mock.answer({"error": {"message": words}}, status="401 Unauthorized"))
    with pytest.raises(CredentialsRefused) as caught:
        await ask(provider_at(base_url, "very-secret", headers={"X-Api-Token": "other-secret", "X-Title": "wrong"}))
    message = caught.value.message
    assert not any(secret in message for secret in ("very-secret", "sk-proj", "abcdefghijklmnop", "other-secret"))
    assert "[secret]" in message
    headers = mock.seen(base_url)[0]["headers"]
    assert (headers["authorization"], headers["x-api-token"], headers["x-title"]) == ("Bearer very-secret", "other-secret", "wrong")


async def test_a_moved_server_is_not_followed(mock: Any, provider_at: Any, ask: Any) -> None:
    play = mock.answer("", status="308 Permanent Redirect", head="Location: https://elsewhere.example/v1\r\n")
    with pytest.raises(RequestRefused, match=r"moved \(308\) to https://elsewhere.example/v1"):
        await ask(provider_at(mock.play(play)))


async def test_a_refusal_whose_words_are_cut(mock: Any, provider_at: Any, ask: Any) -> None:
    play = mock.raw(b"HTTP/1.1 503 No\r\nContent-Length: 1000\r\n\r\n{", end="close")
    with pytest.raises(ProviderUnavailable, match="cut off"):
        await ask(provider_at(mock.play(play)))


@pytest.mark.parametrize("base_url", ["", "localhost:8080/v1", "ftp://x/v1", "http://", "http://user:pass@host/v1", "http://[bad/v1"])
def test_an_address_that_cannot_be_asked_is_refused_at_once(base_url: str) -> None:
    with pytest.raises(SettingsError, match="base_url"):
        OpenAIChat(base_url, "", HttpTransport())


@pytest.mark.parametrize(("key", "headers"), [("line\nbreak", {}), ("", {"X-A": "b\r\nX-B: c"}), ("", {"X:A": "b"})])
def test_a_header_that_cannot_be_sent_is_refused_at_once(key: str, headers: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="header") as caught:
        OpenAIChat("http://host/v1", key, HttpTransport(), headers=headers)
    assert "break" not in json.dumps(caught.value.message)


async def test_an_address_keeps_its_query(mock: Any, provider_at: Any, ask: Any) -> None:
    base_url = mock.play(mock.answer({"choices": [{"message": {"content": "a"}}]}))
    await ask(provider_at(f"{base_url}/?api-version=7"))
    assert mock.seen(base_url)[0]["target"].endswith("/v1/chat/completions?api-version=7")
