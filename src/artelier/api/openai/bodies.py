"""Requests as programs made for OpenAI write them, and which of their parameters are honoured here.

Source: https://platform.openai.com/docs/api-reference/chat/create
"""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from artelier.api.bodies import CacheBody
from artelier.api.openai_errors import ParameterRefused
from artelier.domain.errors import InvalidRequest
from artelier.domain.messages import AgentMessage, Earlier, NoteMessage, UserMessage

Words = Annotated[str, StringConstraints(max_length=262_144)]
_NEUTRAL: dict[str, tuple[Any, ...]] = {
    "n": (1,),
    "temperature": (1,),
    "top_p": (1,),
    "presence_penalty": (0,),
    "frequency_penalty": (0,),
    "logprobs": (False,),
    "tools": ([],),
    "functions": ([],),
    "tool_choice": ("auto", "none"),
    "parallel_tool_calls": (True,),
    "response_format": ({"type": "text"},),
    "text": ({"format": {"type": "text"}},),
    "modalities": (["text"],),
    "service_tier": ("auto", "default"),
    "truncation": ("disabled",),
    "background": (False,),
    "include": ([],),
    "store": (True,),
    "stop": ([],),
    "logit_bias": ({},),
}
_UNHEARD = frozenset({"user", "metadata", "safety_identifier", "prompt_cache_key"})
"""Parameters that are notes of the caller and change no answer."""
_WHY: Mapping[str, str] = {
    "tools": "Agents here use their own tools, which run on the server; a tool of the client would never be called.",
    "functions": "Agents here use their own tools, which run on the server; a function of the client would never be called.",
    "response_format": "Agents answer in words. Ask for JSON in the message.",
    "n": "One answer is given.",
    "background": "A request ends when its run rests. To leave a run alone, POST it to /api/v1/sessions/{id}/messages and look later.",
    "store": "Every run is stored in its session; DELETE /api/v1/sessions/{id} removes it.",
}


class OpenAIBody(BaseModel):
    """A request's body: fields that are not named here are looked at one by one by ``refuse_unhonoured``."""

    model_config = ConfigDict(extra="allow")
    neutral: ClassVar[Mapping[str, tuple[Any, ...]]] = _NEUTRAL
    """By parameter, the values that ask for nothing else than what happens anyway."""

    model: Annotated[str, StringConstraints(max_length=200)]
    stream: bool | None = None
    cache: CacheBody | None = Field(default=None, description="What is wanted of the cache of replies, as LiteLLM writes it.")

    def refuse_unhonoured(self) -> None:
        """Raise ``ParameterRefused`` for a parameter that would be passed over."""
        for name, value in (self.model_extra or {}).items():
            if value is None or name in _UNHEARD or any(value == each for each in self.neutral.get(name, ())):
                continue
            why = _WHY.get(name, "Agents here set it themselves, by their settings.")
            raise ParameterRefused(name, f"'{name}' is not honoured by this server. {why} Leave it out.")


class ContentPart(BaseModel):
    """A piece of a message; words are taken, anything else is refused by name."""

    model_config = ConfigDict(extra="allow")

    type: str
    text: Words = ""


class ChatMessage(BaseModel):
    """One message of the conversation so far."""

    model_config = ConfigDict(extra="allow")

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Words | list[ContentPart] | None = None


class StreamOptions(BaseModel):
    """How a stream ends."""

    model_config = ConfigDict(extra="allow")

    include_usage: bool = False


class ChatCompletionBody(OpenAIBody):
    """``POST /v1/chat/completions``."""

    neutral = _NEUTRAL | {"store": (False, True)}
    """With ``store`` false too: it asks for no stored completion, and there is none to get here."""

    messages: list[ChatMessage] = Field(min_length=1, max_length=2000)
    stream_options: StreamOptions | None = None


def heard(messages: list[ChatMessage]) -> tuple[str, tuple[Earlier, ...]]:
    """Return the newest words of the person, and what was said before them.

    Raises ``ParameterRefused`` for what cannot be taken, and ``InvalidRequest`` where the person does not speak last.
    """
    if messages[-1].role != "user":
        raise InvalidRequest("The last message must be the user's: it is what an agent answers.")
    earlier = tuple(_earlier(message, place) for place, message in enumerate(messages[:-1]))
    return words_of(messages[-1].content, f"messages[{len(messages) - 1}]"), earlier


def _earlier(message: ChatMessage, place: int) -> Earlier:
    where = f"messages[{place}]"
    if message.role in {"tool", "function"} or (message.model_extra or {}).get("tool_calls"):
        raise ParameterRefused(where, f"{where} holds a call of a client's tool, which agents here do not have. Send words alone.")
    text = words_of(message.content, where)
    if message.role == "user":
        return UserMessage(text)
    return AgentMessage(text) if message.role == "assistant" else NoteMessage(text)


def words_of(content: str | list[ContentPart] | None, where: str) -> str:
    """Return a message's words. Raises ``ParameterRefused`` for a part that is no text."""
    if content is None or isinstance(content, str):
        return content or ""
    for place, part in enumerate(content):
        if part.type not in {"text", "input_text", "output_text"}:
            name = f"{where}.content[{place}].type"
            raise ParameterRefused(name, f"{name} is '{part.type}'; this server takes text alone.")
    return "\n".join(part.text for part in content)
