"""What is recorded of a provider, and what a replay says again."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from artelier.domain.calls import ToolCall, ToolSpec
from artelier.domain.errors import ProviderError, RateLimited, RequestRefused, SettingsError
from artelier.domain.messages import AgentMessage, Message, ToolMessage, UserMessage
from artelier.domain.models import ModelReply, ModelRequest
from artelier.domain.usage import Usage
from artelier.providers.recording import RecordingProvider
from artelier.providers.replay import ReplayProvider, load_recording
from artelier.providers.scripted import ScriptedCall, ScriptedProvider, ScriptedTurn

KEY = "sk-ant-api03-AbCdEfGhIjKlMnOpQrStUv"
READ = ToolSpec("read_file", "Read.", {"type": "object"}, repeatable=True)
TURNS = (
    ScriptedTurn(text="Let me look.", reasoning="Hm, " * 20, calls=(ScriptedCall("read_file", {"path": ".env", "password": "p"}),)),
    ScriptedTurn(text=f"The key is {KEY}.", usage=Usage(7, 5, 3, model_calls=1)),
)


def request_(*messages: Message, run: str = "one", **fields: Any) -> ModelRequest:
    renamed = [_of_run(message, run) for message in (UserMessage("Read .env"), *messages)]
    return ModelRequest(fields.pop("model", "m"), fields.pop("system", "S"), tuple(renamed), fields.pop("tools", (READ,)), **fields)


def _of_run(message: Message, run: str) -> Message:
    if isinstance(message, ToolMessage):
        return ToolMessage(f"{run}/1/0", message.name, message.text)
    if isinstance(message, AgentMessage):
        return AgentMessage(message.text, tuple(ToolCall(f"{run}/1/0", call.name, call.arguments) for call in message.calls), "Hm", "SIG")
    return message


SAID = AgentMessage("Let me look.", (ToolCall("", "read_file", {"path": ".env", "password": "p"}),))
RESULT = ToolMessage("", "read_file", f"KEY={KEY}\nTOKEN=abcdef123456")


async def said(provider: Any, request: ModelRequest) -> ModelReply:
    *pieces, reply = [piece async for piece in provider.stream(request)]
    assert isinstance(reply, ModelReply)
    assert "".join(piece.text for piece in pieces if type(piece).__name__ == "TextDelta") == reply.text
    return reply


async def recorded(path: Path, secrets: tuple[str, ...] = ()) -> None:
    provider = RecordingProvider(ScriptedProvider(TURNS), path, secrets)
    await said(provider, request_())
    await said(provider, request_(SAID, RESULT))


def touched(path: Path) -> None:
    path.touch(0o644)


def read(path: Path) -> tuple[str, int]:
    return path.read_text("utf-8"), stat.S_IMODE(path.stat().st_mode)


def write(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")


def list_of(folder: Path) -> list[Path]:
    return list(folder.iterdir())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tape.jsonl"


async def test_what_is_played_again_costs_nothing_again(path: Path) -> None:
    used = Usage(7, 5, 3, model_calls=1, cost=0.5)
    provider = RecordingProvider(ScriptedProvider((ScriptedTurn(text="Done.", usage=used),)), path)
    assert (await said(provider, request_())).usage.cost == 0.5
    played = (await said(ReplayProvider(load_recording(path)), request_())).usage
    assert (played.input_tokens, played.cost) == (7, 0.0)


async def test_a_recording_says_the_same_again_for_another_run_and_model(path: Path) -> None:
    await recorded(path)
    replay = ReplayProvider(load_recording(path))
    first = await said(replay, request_(run="another", model="other"))
    assert (first.text, first.reasoning) == ("Let me look.", "Hm, " * 20)
    assert [(call.name, json.loads(call.arguments)) for call in first.calls] == [("read_file", {"path": ".env", "password": "[secret]"})]
    masked = AgentMessage(SAID.text, (ToolCall("", "read_file", {"path": ".env", "password": "[secret]"}),))
    second = await said(replay, request_(masked, RESULT, run="another"))
    assert second.text == "The key is [secret]."
    assert second.usage == Usage(7, 5, 3, model_calls=1)
    assert await replay.list_models() == ("m",)


async def test_no_secret_is_written_and_only_the_owner_reads(path: Path) -> None:
    touched(path)
    await recorded(path, secrets=("Let me",))
    text, mode = read(path)
    for secret in (KEY, "abcdef123456", "Let me", '"p"', "SIG"):
        assert secret not in text
    assert mode == 0o600
    assert len(text.splitlines()) == 2


async def test_answers_to_the_same_come_in_their_order_and_the_last_stays(path: Path) -> None:
    turns = [ScriptedTurn(text="Never", fault="rate_limited", retry_after=3.0)]
    provider = RecordingProvider(ScriptedProvider(turns), path)
    with pytest.raises(RateLimited):
        await said(provider, request_())
    await said(provider, request_())
    replay = ReplayProvider(load_recording(path))
    with pytest.raises(RateLimited) as caught:
        await said(replay, request_())
    assert caught.value.retry_after == 3.0
    assert [(await said(replay, request_())).text for _ in range(3)] == ["Never"] * 3


async def test_a_reply_that_nobody_heard_to_its_end_is_not_written(path: Path) -> None:
    stream = RecordingProvider(ScriptedProvider(TURNS), path).stream(request_())
    await anext(stream)
    await stream.aclose()
    assert not list_of(path.parent)


@pytest.mark.parametrize(
    ("request_now", "words"),
    [
        (request_(SAID, ToolMessage("", "read_file", "KEY=none")), r"line 2, differs: message 3 says 'tool: KEY=none"),
        (request_(UserMessage("And?")), "line 1, differs: it has 1 messages, the request has 2"),
        (request_(system="T"), "line 1, differs: the system prompt says 'T', said 'S'"),
        (request_(tools=()), "line 1, differs: the tools differ: -read_file"),
        (request_(tools=(READ, ToolSpec("now", "", {}, repeatable=True))), r"the tools differ: \+now"),
        (request_(tools=(ToolSpec("read_file", "Other.", {}, repeatable=True),)), "the tools differ: read_file"),
        (request_(temperature=0.5, max_tokens=9), "max_tokens is 9, was 2048; temperature is 0.5, was None"),
        (request_(SAID), "it has 3 messages, the request has 2"),
    ],
)
async def test_what_was_never_asked_is_refused_by_its_difference(request_now: ModelRequest, words: str, path: Path) -> None:
    await recorded(path)
    with pytest.raises(RequestRefused, match=words):
        await said(ReplayProvider(load_recording(path)), request_now)


async def test_an_empty_recording_says_so() -> None:
    with pytest.raises(RequestRefused, match="it is empty"):
        await said(ReplayProvider(()), request_())
    assert await ReplayProvider(()).list_models() == ("replay",)


async def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(RequestRefused, match="could not be recorded"):
        await said(RecordingProvider(ScriptedProvider(TURNS), tmp_path), request_())
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RequestRefused, match="could not be recorded"):
        await said(RecordingProvider(ScriptedProvider(TURNS), link), request_())


def test_a_file_that_is_no_recording_is_told_by_its_line(path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load_recording(path)
    path.write_text('\n{"request": {}}\n')
    with pytest.raises(SettingsError, match="line 2"):
        load_recording(path)


async def test_the_wrapped_provider_is_asked_and_closed(path: Path) -> None:
    provider = RecordingProvider(ScriptedProvider(TURNS), path)
    assert await provider.list_models() == ("scripted",)
    await provider.close()


async def test_an_error_of_no_known_code_stays_an_error_of_a_provider(path: Path) -> None:
    await recorded(path)
    line = json.loads(read(path)[0].splitlines()[0]) | {"reply": None, "code": "NEW", "message": "Gone. Try again."}
    write(path, json.dumps(line))
    with pytest.raises(ProviderError, match="Gone"):
        await said(ReplayProvider(load_recording(path)), request_())
