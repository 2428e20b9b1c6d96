"""Messages as pydantic-ai's models take them, and what a vendor wants back with a reply: signed thoughts, details of parts."""

from collections.abc import Sequence
from datetime import UTC, datetime

from pydantic import ValidationError
from pydantic_ai.messages import (
    ModelMessage,
    ModelMessagesTypeAdapter,
    ModelRequestPart,
    ModelResponse,
    ModelResponsePart,
    SystemPromptPart,
    TextPart,
    ThinkingPart,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)
from pydantic_ai.messages import ModelRequest as VendorRequest

from artelier.domain.calls import ToolCall
from artelier.domain.messages import AgentMessage, Message, NoteMessage, ToolMessage, UserMessage
from artelier.domain.models import ModelRequest
from artelier.providers.wire_values import NOTE_MARK, wire_arguments, wire_id

_MARK = "pydantic-ai:"
_ANY_TIME = datetime(2026, 1, 1, tzinfo=UTC)


def vendor_messages(request: ModelRequest) -> list[ModelMessage]:
    """Return the conversation, the system prompt at its beginning; what comes between two replies is one message."""
    found: list[ModelMessage] = []
    parts: list[ModelRequestPart] = [SystemPromptPart(request.system)] if request.system else []
    for message in request.messages:
        if isinstance(message, AgentMessage):
            found += [VendorRequest(parts)] if parts else []
            found.append(ModelResponse(_response_parts(message)))
            parts = []
        else:
            parts.append(_part(message))
    return [*found, VendorRequest(parts)] if parts else found


def signature_of(response: ModelResponse) -> str:
    """Return a reply's parts where the vendor wants something of them back that text and arguments do not hold."""
    if not any(_is_signed(part) for part in response.parts):
        return ""
    return _MARK + ModelMessagesTypeAdapter.dump_json([ModelResponse(response.parts, timestamp=_ANY_TIME)]).decode()


def _is_signed(part: ModelResponsePart) -> bool:
    return bool(getattr(part, "signature", None) or getattr(part, "provider_details", None))


def _part(message: Message) -> ModelRequestPart:
    match message:
        case ToolMessage():
            return ToolReturnPart(message.name, message.text or message.status.value, wire_id(message.call_id))
        case NoteMessage(text=text):
            return UserPromptPart(NOTE_MARK + text)
        case UserMessage(text=text) | AgentMessage(text=text):
            return UserPromptPart(text)


def _response_parts(message: AgentMessage) -> list[ModelResponsePart]:
    kept = _kept_parts(message)
    if kept:
        return kept
    words: list[ModelResponsePart] = [TextPart(message.text)] if message.text or not message.calls else []
    return [*words, *map(_call, message.calls)]


def _kept_parts(message: AgentMessage) -> list[ModelResponsePart]:
    """Return the parts as the vendor gave them, under our names of calls; nothing where the reply is no longer as it was."""
    if not message.signature.startswith(_MARK):
        return []
    try:
        (response,) = ModelMessagesTypeAdapter.validate_json(message.signature.removeprefix(_MARK))
    except (ValidationError, ValueError):
        return []
    parts = response.parts if isinstance(response, ModelResponse) else ()
    calls = iter(message.calls)
    asked = [part for part in parts if isinstance(part, ToolCallPart)]
    if _words(parts) != (message.text, message.reasoning) or [part.tool_name for part in asked] != [call.name for call in message.calls]:
        return []
    for part in asked:
        part.tool_call_id = wire_id(next(calls).id)
    return [part for part in parts if isinstance(part, TextPart | ThinkingPart | ToolCallPart)]


def _words(parts: Sequence[object]) -> tuple[str, str]:
    said = "".join(part.content for part in parts if isinstance(part, TextPart))
    return said, "".join(part.content for part in parts if isinstance(part, ThinkingPart))


def _call(call: ToolCall) -> ToolCallPart:
    return ToolCallPart(call.name, wire_arguments(call), wire_id(call.id))
