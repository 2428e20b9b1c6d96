"""Everything a real llama-server was seen to say, played through real HTTP, against what a person read in each file."""

import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from artelier.domain.errors import ContextTooLong, CredentialsRefused, ProviderUnavailable, ReplyInvalid, RequestRefused, StreamBroken
from artelier.domain.models import CallDelta, FinishReason, ReasoningDelta, RequestedCall, TextDelta

FOLDER = Path(__file__).parents[1] / "fixtures" / "transcripts" / "llama-server"
STOP, CALLS, LENGTH = FinishReason.STOP, FinishReason.CALLS, FinishReason.LENGTH


class Told(NamedTuple):
    """What a file's reply holds: the text's length, how it begins and ends, tokens as (in, out, cached)."""

    finish: FinishReason
    length: int
    begins: str = ""
    ends: str = ""
    tokens: tuple[int, int, int] = (0, 0, 0)
    reasoning: int = 0
    calls: tuple[tuple[str, str], ...] = ()


WEATHER_AND_SUMS = (
    ("get_weather", '{"city":"otemsimittheke notice =","unit":"c"}'),
    ("add", '{"a": 1799410005500,\n"b":2004131000020088}'),
    ("add", '{"a"\n: 140003,"b":4764984454960000\n}'),
)
ONE_WEATHER = (("get_weather", '{"city":" software #oryicen5loc r","unit":"f"}'),)
TEN_CALLS = (
    ("add", '{"a":-2166000000800901,"b": 100530000523}'),
    ("get_weather", '{"city":"","unit":"f"}'),
    ("get_weather", '{"city":",NU<ib distributument th","unit": "c"}'),
    ("get_weather", '{"city":"asse Con<tool_call>rror","unit"\n       :"f"}'),
    ("add", '{"a": 2400949958138899,"b":5009998029450013}'),
    ("get_weather", '{"city":"$ Y<tool_call> fromNoneV","unit":"c"\n           }'),
    ("get_weather", '{"city":"nce distribut<tool_call>","unit":"f"}'),
    ("get_weather", '{"city"\n  :"ig % self<tool_call>ptue","unit":"f"}'),
    ("add", '{"a":-8014020000407006,"b":9625399}'),
    ("get_weather", '{ "city":"<tool_call><tool_call>of","unit":"f"}'),
)
FOUR_WEATHERS = (
    ("get_weather", '{"city":",), Hif toache abisowic","unit":"f"}'),
    ("get_weather", '{"city":" stction other aible__((","unit": "f"}'),
    ("get_weather", '{"city":"thermecon seated start(\'","unit":"f"}'),
    ("get_weather", '{ "city":"gramthe Low. perm","unit":"f"}'),
)
CUT_CALLS = (
    ("add", '{"a":9984023,"b":1081000098255600}'),
    ("get_weather", '{"city"\n:"","unit":"f"\n}'),
    ("get_weather", '{"city":" contain provide be'),
)

REPLIES = {
    "02_chat": Told(LENGTH, 81, "rangenew nrangeone 0serd", 'ignyear"odif', (43, 24, 0)),
    "02b_chat_stop": Told(STOP, 250, "rangenew nrangeone 0serd", "/think>sasse", (43, 69, 42)),
    "03_stream": Told(LENGTH, 38, "rangenew nrangeone 0serd", "gverseckabte"),
    "04_stream_usage": Told(LENGTH, 20, "rangenew nrangeone 0", "", (43, 6, 42)),
    "05_tool_forced": Told(CALLS, 95, "rangenew nrange._red are", "t first this", (399, 220, 0), calls=WEATHER_AND_SUMS),
    "06_tool_forced_stream": Told(CALLS, 95, "rangenew nrange._red are", "t first this", (399, 220, 398), calls=WEATHER_AND_SUMS),
    "06b_tool_one_required_stream": Told(CALLS, 26, "</think> ValueErrorG can", " *", (282, 67, 95), calls=ONE_WEATHER),
    "06c_tool_one_required": Told(CALLS, 26, "</think> ValueErrorG can", " *", (282, 67, 281), calls=ONE_WEATHER),
    "07_tool_required": Told(LENGTH, 532, " isIS frameprqu ttextst ", "ValueErrorER", (399, 300, 398), calls=CUT_CALLS),
    "07b_tool_required_parallel_stream": Told(CALLS, 104, "</think> ValueErrorFtrib", "rnameereerms", calls=FOUR_WEATHERS),
    "08_tool_auto_stream": Told(LENGTH, 2, "sl", calls=TEN_CALLS),
    "08b_tool_truncated": Told(LENGTH, 0, calls=(("get_weather", "{"),)),
    "08c_tool_roundtrip": Told(LENGTH, 51, "rangenew nrange returnco", "ocumentqu If", (445, 12, 6)),
    "08d_tool_name_unknown": Told(LENGTH, 95, "rangenew nrange._red are", "t first this", (399, 30, 398)),
    "09_json_schema": Told(STOP, 12, '{\n\n"n":2005}', "", (43, 11, 42)),
    "09b_json_object": Told(STOP, 669, "{\")ul(' else partISRE us", "07}\n       }", (43, 187, 42)),
    "10_think_stream": Told(STOP, 0, reasoning=82),
    "10b_think": Told(STOP, 0, tokens=(41, 22, 40), reasoning=82),
    "10c_reasoning_on": Told(STOP, 0, reasoning=152),
    "10d_reasoning_on": Told(STOP, 0, tokens=(15, 39, 14), reasoning=152),
    "11_logprobs": Told(LENGTH, 8, "rangenew", "", (43, 2, 40)),
    "11b_n2": Told(LENGTH, 15, "rangenew nrange", "", (43, 4, 42)),
    "11c_n2_stream": Told(LENGTH, 10, "rangenew n"),
    "12_stop_string": Told(STOP, 4, "rang", "", (43, 1, 42)),
    "12b_max_completion_tokens": Told(LENGTH, 10, "rangenew n", "", (43, 3, 42)),
    "12c_content_parts": Told(LENGTH, 10, "rangenew n", "", (17, 3, 0)),
    "12e_immediate_eos_stream": Told(STOP, 0),
    "12f_immediate_eos": Told(STOP, 0, tokens=(43, 1, 42)),
    "13_grammar_utf8_stream": Told(STOP, 10, "héllo 😀\n{}"),
    "20_err_model": Told(LENGTH, 18, " le<tool_call>init", "", (43, 3, 42)),
    "23_err_badrole": Told(STOP, 0, tokens=(9, 1, 1)),
    "43_ctx_end": Told(LENGTH, 5, " prov", "", (17, 4079, 4)),
}
FAILURES = {
    "01_models": (ReplyInvalid, "JSON that is not a reply"),
    "01b_health": (ReplyInvalid, "JSON that is not a reply"),
    "12d_image": (ProviderUnavailable, "image input is not supported"),
    "21_err_badjson": (ProviderUnavailable, "parse error at line 1, column 44"),
    "21b_err_badjson_stream": (ProviderUnavailable, "parse error at line 1, column 28"),
    "22_err_nomessages": (RequestRefused, "'messages' is required"),
    "24_err_path": (RequestRefused, "File Not Found"),
    "25_err_method": (RequestRefused, "File Not Found"),
    "26_err_context": (ContextTooLong, "exceeds the available context size"),
    "27_err_auth": (CredentialsRefused, "Invalid API Key"),
    "28_err_badtype": (RequestRefused, "type must be number, but is string"),
    "29_models_one": (RequestRefused, "File Not Found"),
    "44_server_killed": (StreamBroken, "before its reply was whole"),
    "45_loading": (ProviderUnavailable, "Loading model"),
    "46_server_term": (StreamBroken, "before its reply was whole"),
}
SPOKEN_BEFORE_THE_END = {"44_server_killed": 146, "46_server_term": 183}
NO_ANSWER = {"30_keepalive", "40_cancel", "41_cancel_nonstream", "42_queue", "50_openai_client"}
"""Notes on times and on curl's own doings; 40 is played in the test of silence below."""


def play_of(mock: Any, name: str) -> dict[str, Any]:
    """The file's answer as it went over the wire, chunk by event; what curl and the notes around it say is left out."""
    lines = [line for line in (FOLDER / f"{name}.txt").read_bytes().decode().split("\n") if not line.startswith(("###", "curl:"))]
    text = "\n".join(lines)
    head, body = re.split(r"\r\n\r\n", text[text.index("HTTP/1.1") :], maxsplit=1) if "HTTP/1.1" in text else ("", text.lstrip("\n"))
    if "Content-Length" in head:
        return mock.raw(f"{head}\r\n\r\n{body.rstrip(chr(10))}".encode())
    if body.startswith("{"):
        return mock.answer(body.rstrip("\n"))
    events = [event + "\n\n" for event in body.strip("\n").split("\n\n")]
    head = head or "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked"
    whole = "data: [DONE]" in body
    pieces = [(head + "\r\n\r\n").encode(), *(b"%x\r\n%s\r\n" % (len(event.encode()), event.encode()) for event in events)]
    return mock.raw(*pieces, *([b"0\r\n\r\n"] if whole else []), end="keep" if whole else "close")


async def listen(stream: Any, spoken: list[str]) -> None:
    async for piece in stream:
        spoken.append(piece.text)  # noqa: PERF401  what was said before an error counts


def test_every_transcript_is_looked_at() -> None:
    names = {path.stem for path in FOLDER.iterdir()}
    assert names == REPLIES.keys() | FAILURES.keys() | NO_ANSWER


@pytest.mark.parametrize("name", REPLIES)
async def test_a_reply_is_read(name: str, mock: Any, provider_at: Any, ask: Any) -> None:
    told = REPLIES[name]
    pieces, reply = await ask(provider_at(mock.play(play_of(mock, name))))
    assert len(reply.text) == told.length
    assert reply.text.startswith(told.begins)
    assert reply.text.endswith(told.ends)
    assert reply.calls == tuple(RequestedCall(*call) for call in told.calls)
    assert reply.finish is told.finish
    assert len(reply.reasoning) == told.reasoning
    usage = reply.usage
    assert (usage.input_tokens, usage.output_tokens, usage.cached_tokens, usage.model_calls) == (*told.tokens, 1)
    assert reply.model == "random-tiny"
    assert "".join(piece.text for piece in pieces if isinstance(piece, TextDelta)) == reply.text
    assert "".join(piece.text for piece in pieces if isinstance(piece, ReasoningDelta)) == reply.reasoning
    for place, call in enumerate(reply.calls):
        deltas = [piece for piece in pieces if isinstance(piece, CallDelta) and piece.index == place]
        assert [delta.name for delta in deltas] == [call.name, *[""] * (len(deltas) - 1)]
        assert "".join(delta.arguments for delta in deltas) == call.arguments


@pytest.mark.parametrize("name", FAILURES)
async def test_a_failure_is_understood(name: str, mock: Any, provider_at: Any, request_: Any) -> None:
    kind, words = FAILURES[name]
    spoken: list[str] = []
    with pytest.raises(kind, match=words) as caught:
        await listen(provider_at(mock.play(play_of(mock, name))).stream(request_), spoken)
    assert type(caught.value) is kind
    assert len("".join(spoken)) == SPOKEN_BEFORE_THE_END.get(name, 0)


async def test_a_server_that_falls_silent_is_given_up(mock: Any, provider_at: Any, request_: Any) -> None:
    play = play_of(mock, "40_cancel") | {"end": "hang"}
    spoken: list[str] = []
    with pytest.raises(StreamBroken, match="fell silent"):
        await listen(provider_at(mock.play(play), transport_idle_timeout=0.05).stream(request_), spoken)
    assert "".join(spoken) == "S f sh"


async def test_the_models_are_listed(mock: Any, provider_at: Any) -> None:
    assert await provider_at(mock.play(play_of(mock, "01_models"))).list_models() == ("random-tiny",)
