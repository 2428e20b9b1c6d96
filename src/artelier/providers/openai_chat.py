"""Models that speak chat completions: OpenAI and the many servers that answer like it.

https://platform.openai.com/docs/api-reference/chat. What real servers do differently is kept in
``tests/fixtures/transcripts`` and survived here.
"""

import re
from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from artelier.domain.errors import RequestRefused
from artelier.domain.models import ModelRequest
from artelier.ports.provider import ModelStream
from artelier.providers.endpoint import PATIENCE, Endpoint, read_reply
from artelier.providers.openai_request import Dialect, RequestEncoder
from artelier.providers.openai_stream import ReplyStream
from artelier.providers.transport import HttpAnswer, HttpTransport

_WANTS_OTHER_LIMIT = re.compile(r"max_tokens.{0,80}(?:not supported|unsupported|instead).{0,80}max_completion_tokens", re.IGNORECASE)

_WANTS_PLAIN = re.compile(r"content.{0,80}(?:must be|should be|expected|valid) (?:a |an )?(?:valid )?str(?:ing)?\b", re.IGNORECASE)
"""How servers say that a content in parts, where marks stand, is not for them."""


class OpenAIChat:
    """One server, asked over one transport, which it closes with itself.

    ``base_url`` ends before ``/chat/completions``, usually in ``/v1``. ``headers`` go with every request, ``extra_body``
    into every body. ``dialect`` says how this server differs; what it refuses by name is learned while it is used.
    ``patience`` is how many seconds may pass between two pieces.
    Raises ``SettingsError`` for an address, key or header that cannot be sent.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str,
        transport: HttpTransport,
        *,
        headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
        dialect: Dialect | None = None,
        patience: float = PATIENCE,
    ) -> None:
        own = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._endpoint = Endpoint(base_url, transport, own, headers or {})
        self._chat_url = self._endpoint.at("chat", "completions")
        self._models_url = self._endpoint.at("models")
        self._encoder = RequestEncoder(extra_body)
        self._dialect = dialect or Dialect()
        self._patience = patience

    def stream(self, request: ModelRequest) -> ModelStream:
        """Yield the pieces of a reply and the whole of it. Raises a ``ProviderError``."""
        return read_reply(lambda: self._ask(request), ReplyStream(self._endpoint.host, self._endpoint.secrets), self._patience)

    async def list_models(self) -> tuple[str, ...]:
        """Return the names the server offers, empty where it has no such list. Raises a ``ProviderError``."""
        return await self._endpoint.list_names(self._models_url)

    async def close(self) -> None:
        """Close the transport; further calls fail."""
        await self._endpoint.close()

    async def _ask(self, request: ModelRequest) -> HttpAnswer:
        """Send the request, once more in another dialect each time the server says which one it wants."""
        while True:
            dialect = self._dialect
            try:
                return await self._endpoint.post(self._chat_url, self._encoder.encode(request, dialect))
            except RequestRefused as refusal:
                self._dialect = _learned(dialect, refusal.message)
                if self._dialect == dialect:
                    raise


def _learned(dialect: Dialect, words: str) -> Dialect:
    """Return the dialect that a refusal asks for, the same where it asks for none."""
    if _WANTS_OTHER_LIMIT.search(words):
        return replace(dialect, limit_field="max_completion_tokens")
    if "stream_options" in words:
        return replace(dialect, include_usage=False)
    if "parallel_tool_calls" in words:
        return replace(dialect, parallel_calls=False)
    if "after role 'tool'" in words:
        return replace(dialect, answer_after_tools=True)
    if "reasoning_content" in words:
        return replace(dialect, echo_reasoning=True)
    if "prompt_cache_key" in words:
        return replace(dialect, cache_key=False)
    if "cache_control" in words or _WANTS_PLAIN.search(words):
        return replace(dialect, cache_marks=False)
    return dialect
