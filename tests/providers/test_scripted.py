import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from artelier.domain.errors import (
    ContextTooLong,
    ProviderError,
    ProviderUnavailable,
    RateLimited,
    ReplyInvalid,
    RequestRefused,
    SettingsError,
    StreamBroken,
)
from artelier.domain.messages import AgentMessage, NoteMessage, ToolMessage, UserMessage
from artelier.domain.models import CallDelta, FinishReason, ModelRequest, Purpose, ReasoningDelta, RequestedCall, TextDelta
from artelier.domain.usage import Usage
from artelier.providers.script_file import load_script
from artelier.providers.scripted import FAULTS, ScriptedCall, ScriptedProvider, ScriptedTurn


def request_of(*messages: Any) -> ModelRequest:
    return ModelRequest("scripted", "", messages or (UserMessage("Hi"),))


async def test_turns_follow_the_agents_replies_in_the_request(ask: Any) -> None:
    provider = ScriptedProvider([ScriptedTurn(text="one"), ScriptedTurn(text="two")])
    later = request_of(UserMessage("Hi"), AgentMessage("one"), ToolMessage("1", "a", "x"), NoteMessage("n"))
    for request, text in ((request_of(), "one"), (later, "two"), (request_of(), "one")):
        assert (await ask(provider, request))[1].text == text


async def test_replies_that_fell_out_of_the_request_count(ask: Any) -> None:
    turns = [ScriptedTurn(text=str(number)) for number in range(40)]
    cut = replace(request_of(UserMessage("Hi"), NoteMessage("30 are left out"), AgentMessage("30")), left_out=30, left_out_of_run=12)
    assert (await ask(ScriptedProvider(turns), cut))[1].text == "31"
    of_one_message = [replace(turn, when_text_contains="Hi") for turn in turns]
    assert (await ask(ScriptedProvider(of_one_message), cut))[1].text == "13"


async def test_a_summary_has_turns_of_its_own(ask: Any) -> None:
    request = replace(request_of(UserMessage("AGENT: hello")), purpose=Purpose.SUMMARY)
    turns = [
        ScriptedTurn(text="hi"),
        ScriptedTurn(text="cats", summary=True, when_text_contains="cat"),
        ScriptedTurn(text="all", summary=True),
    ]
    assert (await ask(ScriptedProvider(turns), request))[1].text == "all"
    assert (await ask(ScriptedProvider(turns), request_of()))[1].text == "hi"
    with pytest.raises(RequestRefused, match="summary"):
        await ask(ScriptedProvider(turns[:1]), request)


async def test_more_turns_than_the_script_has(ask: Any) -> None:
    with pytest.raises(RequestRefused, match="has 1 turns for this conversation, turn 2 was asked"):
        await ask(ScriptedProvider([ScriptedTurn(text="one")]), request_of(UserMessage("a"), AgentMessage("b")))


async def test_a_turn_says_all_it_is_told(ask: Any) -> None:
    calls = (ScriptedCall("read_file", {"path": "a"}), ScriptedCall("broken", "{"), ScriptedCall("bare"))
    turn = ScriptedTurn(text="abc", reasoning="hm", calls=calls, usage=Usage(1, 2), chunk=2)
    pieces, reply = await ask(ScriptedProvider([turn]), request_of())
    assert pieces[:3] == [ReasoningDelta("hm"), TextDelta("ab"), TextDelta("c")]
    assert [piece.name for piece in pieces if isinstance(piece, CallDelta) and piece.index == 0] == ["read_file", *[""] * 5]
    assert reply.calls == (RequestedCall("read_file", '{"path":"a"}'), RequestedCall("broken", "{"), RequestedCall("bare", "{}"))
    assert (reply.finish, reply.usage) == (FinishReason.CALLS, Usage(1, 2))


@pytest.mark.parametrize("finish", [FinishReason.LENGTH, FinishReason.FILTERED, None])
async def test_why_a_turn_ends(finish: FinishReason | None, ask: Any) -> None:
    _, reply = await ask(ScriptedProvider([ScriptedTurn(text="a", finish=finish)]), request_of())
    assert reply.finish is (finish or FinishReason.STOP)


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_fault_comes_once_then_the_turn(fault: str, ask: Any) -> None:
    provider = ScriptedProvider([ScriptedTurn(text="a", fault=fault, retry_after=3)])
    with pytest.raises(ProviderError) as caught:
        await ask(provider, request_of())
    assert (type(caught.value), caught.value.retry_after) == (FAULTS[fault], 3)
    assert (await ask(provider, request_of()))[1].text == "a"


async def test_a_fault_as_often_as_it_is_told(ask: Any) -> None:
    provider = ScriptedProvider([ScriptedTurn(text="a", fault="unavailable", times=2)])
    for _ in range(2):
        with pytest.raises(ProviderUnavailable):
            await ask(provider, request_of())
    assert (await ask(provider, request_of()))[1].text == "a"


@pytest.mark.parametrize(("chunk", "parts"), [(0, ["he"]), (1, ["h", "e"]), (5, ["he"])])
async def test_a_reply_that_breaks_after_some_signs(chunk: int, parts: list[str]) -> None:
    provider = ScriptedProvider([ScriptedTurn(text="hello", fault="stream_broken", after=2, chunk=chunk)])
    stream = provider.stream(request_of())
    assert [(await anext(stream)).text for _ in parts] == parts
    with pytest.raises(StreamBroken):
        await anext(stream)


async def test_a_call_that_breaks_in_its_arguments() -> None:
    stream = ScriptedProvider([ScriptedTurn(calls=(ScriptedCall("a", {"x": 1}),), fault="stream_broken", after=3)]).stream(request_of())
    assert await anext(stream) == CallDelta(0, "a", '{"x')
    with pytest.raises(StreamBroken):
        await anext(stream)


async def test_a_turn_that_hangs_says_nothing_until_it_is_left(ask: Any) -> None:
    provider = ScriptedProvider([ScriptedTurn(text="a", fault="hang")])
    waiting = asyncio.ensure_future(ask(provider, request_of()))
    done, _ = await asyncio.wait([waiting], timeout=0.05)
    assert not done
    waiting.cancel()
    await asyncio.wait([waiting])
    assert (await ask(provider, request_of()))[1].text == "a"


async def test_delays_come_before_each_piece(ask: Any) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    await ask(ScriptedProvider([ScriptedTurn(text="abcd", chunk=2, delay=0.5)], sleep=sleep), request_of())
    assert slept == [0.5, 0.5]


async def test_turns_with_a_condition_are_a_script_of_their_own(ask: Any) -> None:
    weather = [ScriptedTurn(text=text, when_text_contains="weather") for text in ("sun", "rain")]
    provider = ScriptedProvider([ScriptedTurn(text="one"), weather[0], ScriptedTurn(text="two"), weather[1]])
    asked = (UserMessage("Hi"), AgentMessage("one"), UserMessage("the weather?"))
    for messages, text in (
        ((UserMessage("Hi"),), "one"),
        ((UserMessage("Hi"), AgentMessage("one"), UserMessage("more")), "two"),
        (asked, "sun"),
        ((*asked, AgentMessage("sun"), ToolMessage("1", "a", "x")), "rain"),
    ):
        assert (await ask(provider, request_of(*messages)))[1].text == text


async def test_usage_is_estimated_where_it_is_not_told(ask: Any) -> None:
    _, reply = await ask(ScriptedProvider([ScriptedTurn(text="four" * 3)]), replace(request_of(UserMessage("x" * 8)), system="s" * 5))
    assert reply.usage == Usage(4, 3, model_calls=1)


TURNS = [{"text": "a", "calls": [{"name": "read_file", "arguments": {"path": "x"}}]}, {"fault": "rate_limited", "retry_after": 2}]
READ = (ScriptedTurn(text="a", calls=(ScriptedCall("read_file", {"path": "x"}),)), ScriptedTurn(fault="rate_limited", retry_after=2))
YAML = """
turns:
  - text: a
    calls:
      - {name: read_file, arguments: {path: x}}
  - fault: rate_limited
    retry_after: 2
"""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", json.dumps(TURNS)),
        ("a.json", json.dumps({"turns": TURNS})),
        ("a.jsonl", "\n".join(json.dumps(turn) for turn in TURNS) + "\n\n"),
        ("a.yaml", YAML),
        ("a.yml", YAML),
        ("script", json.dumps(TURNS)),
    ],
)
def test_a_script_is_read_from_every_kind_of_file(name: str, text: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    assert load_script(tmp_path / name) == READ


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[{"text": 1}]', r"turn 1, field text: Expected `str`, got `int`"),
        ('[{}, {"txt": "a"}]', r"turn 2: Object contains unknown field `txt`"),
        ('[{"calls": [{"name": "a"}, {"nme": "b"}]}]', r"turn 1, field calls\[1\]: Object"),
        ('[{"calls": [{}]}]', r"turn 1, field calls\[0\]: Object missing required field `name`"),
        ('[{"finish": "soon"}]', r"turn 1, field finish: Invalid enum value 'soon'"),
        ('[{"fault": "boom"}]', r"turn 1, field fault: 'boom' is none of rate_limited, .*hang"),
        ("[7]", r"turn 1: Expected `object`, got `int`"),
        ("7", r"no list of turns"),
        ('{"turn": []}', r"no list of turns"),
        ("[", r"cannot be parsed"),
        ("[" * 100_000, r"cannot be parsed"),
    ],
)
def test_a_bad_script_is_named_with_turn_and_field(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    path.write_text(text)
    with pytest.raises(SettingsError, match=words) as caught:
        load_script(path)
    assert str(path) in caught.value.message


@pytest.mark.parametrize(
    ("name", "content"), [("a.yaml", b"a: [\n"), ("a.yaml", b"!!python/object:os.system {}"), ("a.jsonl", b"{}\n{"), ("a.json", b"\xff")]
)
def test_a_file_that_cannot_be_read(name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SettingsError, match="cannot be"):
        load_script(tmp_path / name)
    with pytest.raises(SettingsError, match="cannot be read"):
        load_script(tmp_path / "missing.json")


async def test_what_else_a_provider_does() -> None:
    provider = ScriptedProvider([])
    assert await provider.list_models() == ("scripted",)
    await provider.close()


def test_all_faults_are_errors_of_providers() -> None:
    assert {RateLimited, ProviderUnavailable, StreamBroken, ContextTooLong, ReplyInvalid} <= set(FAULTS.values())
