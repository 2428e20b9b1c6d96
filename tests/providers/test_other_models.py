"""Models by pydantic-ai's layer: its own models for tests, and what its vendors' kits raise."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic_ai.exceptions import (
    ContentFilterError,
    ModelConnectionError,
    ModelHTTPError,
    UnexpectedModelBehavior,
    UserError,
)
from pydantic_ai.messages import (
    ModelResponse,
    SystemPromptPart,
    TextPart,
    ThinkingPart,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)
from pydantic_ai.models.function import FunctionModel
from pydantic_ai.models.test import TestModel

from artelier.domain.calls import ResultStatus, ToolCall, ToolSpec
from artelier.domain.errors import (
    ContextTooLong,
    CredentialsRefused,
    ProviderError,
    ProviderUnavailable,
    RateLimited,
    ReplyInvalid,
    RequestRefused,
    SettingsError,
    StreamBroken,
)
from artelier.domain.messages import AgentMessage, NoteMessage, ToolMessage, UserMessage
from artelier.domain.models import FinishReason, ModelReply, ModelRequest, RequestedCall
from artelier.providers.other_messages import signature_of, vendor_messages
from artelier.providers.other_models import OtherModels
from artelier.runtime.load import LazyProvider
from artelier.runtime.wire_formats import provider_of
from artelier.settings import ProviderSettings

TestModel.__test__ = False  # pytest takes its name for a test's
LOOK = ToolSpec("look", "Looks.", {"properties": {"at": {"type": "string"}}, "required": ["at"]}, repeatable=True)
ASKED = ModelRequest("m", "Be brief.", (UserMessage("How is it?"),), (LOOK,), max_tokens=77, temperature=0.0)


async def reply_of(provider: Any, request: ModelRequest = ASKED) -> ModelReply:
    pieces = [piece async for piece in provider.stream(request)]
    assert isinstance(pieces[-1], ModelReply)
    return pieces[-1]


async def test_a_model_of_its_own_calls_a_tool_and_says_what_came_of_it() -> None:
    provider = OtherModels("test", lambda _: TestModel())
    called = await reply_of(provider)
    assert (called.calls, called.finish) == ((RequestedCall("look", '{"at":"a"}'),), FinishReason.CALLS)
    assert called.usage.model_calls == 1
    call = ToolCall("r1/0/0", "look", {"at": "a"})
    messages = (*ASKED.messages, AgentMessage("", (call,)), ToolMessage(call.id, "look", "all is well"))
    said = await reply_of(provider, ModelRequest("m", "Be brief.", messages, (LOOK,)))
    assert (said.text, said.finish) == ('{"look":"all is well"}', FinishReason.STOP)


async def test_the_request_is_as_it_was_asked() -> None:
    seen: list[Any] = []

    async def says(messages: Any, info: Any) -> Any:
        seen.append((messages, info))
        yield "Fine."

    call = ToolCall("r1/0/0", "look", {"at": "x"})
    messages = (
        UserMessage("one"),
        AgentMessage("Looking.", (call,)),
        ToolMessage(call.id, "look", "", ResultStatus.FAILED),
        NoteMessage("a note"),
    )
    await reply_of(
        OtherModels("function", lambda _: FunctionModel(stream_function=says)),
        ModelRequest("m", "Be brief.", messages, (LOOK,), max_tokens=77, temperature=0.5),
    )
    ((sent, info),) = seen
    assert [type(part) for message in sent for part in message.parts] == [
        *(SystemPromptPart, UserPromptPart),
        *(TextPart, ToolCallPart),
        *(ToolReturnPart, UserPromptPart),
    ]
    assert sent[1].parts[1].tool_call_id == sent[2].parts[0].tool_call_id
    assert (sent[2].parts[0].content, sent[2].parts[1].content) == ("failed", "[runtime] a note")
    assert (info.model_settings["max_tokens"], info.model_settings["temperature"]) == (77, 0.5)
    assert [tool.name for tool in info.function_tools] == ["look"]


def test_what_a_vendor_signed_goes_back_under_our_names_unless_the_reply_was_changed() -> None:
    parts = [ThinkingPart("Hm.", signature="abc", provider_name="google"), TextPart("Look."), ToolCallPart("look", '{"at":"x"}', "theirs")]
    signature = signature_of(ModelResponse(parts))
    call = ToolCall("r1/0/0", "look", {"at": "x"})

    def sent(message: AgentMessage) -> list[Any]:
        return list(vendor_messages(ModelRequest("m", "", (UserMessage("one"), message)))[1].parts)

    thought, said, asked = sent(AgentMessage("Look.", (call,), "Hm.", signature))
    assert (thought.signature, said.content, asked.tool_name) == ("abc", "Look.", "look")
    assert asked.tool_call_id != "theirs"
    assert [type(part) for part in sent(AgentMessage("Lo", (call,), "Hm.", signature))] == [TextPart, ToolCallPart]
    assert [type(part) for part in sent(AgentMessage("Look.", (call,), "Hm.", "pydantic-ai:{"))] == [TextPart, ToolCallPart]
    assert signature_of(ModelResponse(parts[1:])) == ""


FAILURES: list[tuple[Exception, type[ProviderError]]] = [
    (ModelHTTPError(429, "m", {"message": "slow down"}, headers={"retry-after": "7"}), RateLimited),
    (ModelHTTPError(503, "m"), ProviderUnavailable),
    (ModelHTTPError(401, "m"), CredentialsRefused),
    (ModelHTTPError(404, "m"), RequestRefused),
    (ModelHTTPError(400, "m", {"message": "prompt is too long: 9 tokens"}), ContextTooLong),
    (ModelConnectionError("m", "no route"), ProviderUnavailable),
    (OSError("no route"), ProviderUnavailable),
    (UnexpectedModelBehavior("nonsense"), ReplyInvalid),
    (ContentFilterError("no"), RequestRefused),
    (UserError("Set the key."), CredentialsRefused),
    (ImportError("Please install `boto3`"), RequestRefused),
    (KeyError("candidates"), ProviderError),
]


@pytest.mark.parametrize(("raised", "kind"), FAILURES, ids=lambda each: type(each).__name__ if isinstance(each, Exception) else "")
async def test_nothing_of_theirs_passes(raised: Exception, kind: type[ProviderError]) -> None:
    def find(_: str) -> Any:
        raise raised

    with pytest.raises(ProviderError) as caught:
        await reply_of(OtherModels("vendor", find))
    assert type(caught.value) is kind
    assert caught.value.retry_after == (7.0 if kind is RateLimited else None)


async def test_a_stream_that_breaks_after_its_first_piece_is_broken() -> None:
    async def says(_: Any, __: Any) -> Any:
        yield "Half"
        raise ModelConnectionError("m", "reset")

    with pytest.raises(StreamBroken):
        await reply_of(OtherModels("vendor", lambda _: FunctionModel(stream_function=says)))


async def test_it_is_loaded_by_its_first_request() -> None:
    provider = provider_of("own", ProviderSettings(kind="pydantic-ai", system="google", api_key="key"))
    assert isinstance(provider, LazyProvider)
    assert await provider.list_models() == ()
    await provider.close()
    with pytest.raises(RequestRefused, match="pydantic-ai-slim\\[google\\]"):  # its kit is no dependency of ours
        await reply_of(provider)
    await provider.close()


async def test_a_vendor_that_is_not_there_says_so() -> None:
    with pytest.raises(RequestRefused, match="nowhere is no vendor"):
        await reply_of(LazyProvider("nowhere", "", ""))


@pytest.mark.parametrize("make", [lambda: ProviderSettings(kind="pydantic-ai")])
def test_a_system_is_needed(make: Callable[[], ProviderSettings], tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="names no system"):
        provider_of("own", make())
