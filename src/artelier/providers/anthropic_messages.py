"""Anthropic's models, and servers that speak its messages: https://platform.claude.com/docs/en/api/messages."""

import re
from collections.abc import Mapping

from msgspec.structs import replace

from artelier.domain.errors import RequestRefused
from artelier.domain.models import ModelRequest
from artelier.ports.provider import ModelStream
from artelier.providers.anthropic_request import MessagesDialect, MessagesEncoder
from artelier.providers.anthropic_stream import MessageStream
from artelier.providers.cache_marks import Keeping
from artelier.providers.endpoint import PATIENCE, Endpoint, read_reply
from artelier.providers.transport import HttpAnswer, HttpTransport

ADDRESS = "https://api.anthropic.com"
_VERSION = "2023-06-01"
_MOST_MODELS = "1000"
_WANTS_ADAPTIVE = re.compile(r"thinking\.type\.(?:adaptive|enabled)|budget_tokens.{0,60}(?:not supported|deprecated)", re.IGNORECASE)
_WANTS_NO_THINKING = re.compile(r"thinking.{0,60}not (?:supported|available)|not support.{0,30}thinking", re.IGNORECASE)
_WANTS_NO_TEMPERATURE = re.compile(r"temperature.{0,80}(?:not supported|unsupported|deprecated|not permitted)", re.IGNORECASE)


class AnthropicMessages:
    """One server, asked over one transport, which it closes with itself.

    ``base_url`` ends before ``/v1/messages``. ``headers`` go with every request. ``dialect`` says what all its models take;
    what one of them refuses by name is learned for that one. ``patience`` is how many seconds may pass between two pieces.
    Raises ``SettingsError`` for an address, key or header that cannot be sent.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str,
        transport: HttpTransport,
        *,
        headers: Mapping[str, str] | None = None,
        dialect: MessagesDialect | None = None,
        patience: float = PATIENCE,
    ) -> None:
        key = {"x-api-key": api_key} if api_key else {}
        self._endpoint = Endpoint(
            base_url, transport, {**key, "anthropic-version": _VERSION}, headers or {}, usual="anthropic.com or in /v1"
        )
        version = () if self._endpoint.name == "v1" else ("v1",)
        self._messages_url = self._endpoint.at(*version, "messages")
        self._models_url = self._endpoint.at(*version, "models").update_query(limit=_MOST_MODELS)
        self._encoder = MessagesEncoder()
        self._usual = dialect or MessagesDialect()
        self._dialects: dict[str, MessagesDialect] = {}
        self._patience = patience

    def stream(self, request: ModelRequest) -> ModelStream:
        """Yield the pieces of a reply and the whole of it. Raises a ``ProviderError``."""
        return read_reply(lambda: self._ask(request), MessageStream(self._endpoint.host, self._endpoint.secrets), self._patience)

    async def list_models(self) -> tuple[str, ...]:
        """Return the names the server offers, empty where it has no such list. Raises a ``ProviderError``."""
        return await self._endpoint.list_names(self._models_url)

    async def close(self) -> None:
        """Close the transport; further calls fail."""
        await self._endpoint.close()

    async def _ask(self, request: ModelRequest) -> HttpAnswer:
        """Send the request, once more in another dialect each time the model refuses a part of it by name."""
        while True:
            dialect = self._dialects.get(request.model, self._usual)
            try:
                return await self._endpoint.post(self._messages_url, self._encoder.encode(request, dialect))
            except RequestRefused as refusal:
                learned = _learned(dialect, refusal.message)
                if learned == dialect:
                    raise
                self._dialects[request.model] = learned


def _learned(dialect: MessagesDialect, words: str) -> MessagesDialect:
    """Return the dialect that a refusal asks for, the same where it asks for none; nothing is ever taken up again."""
    if dialect.thinking_tokens and not dialect.adaptive and _WANTS_ADAPTIVE.search(words):
        return replace(dialect, adaptive=True)
    if dialect.thinking_tokens and _WANTS_NO_THINKING.search(words):
        return replace(dialect, thinking_tokens=0)
    if dialect.temperature and _WANTS_NO_TEMPERATURE.search(words):
        return replace(dialect, temperature=False)
    if dialect.keeping is not Keeping.OFF and "cache_control" in words:
        return replace(dialect, keeping=Keeping.OFF)
    return dialect
