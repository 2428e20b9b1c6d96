"""Models that speak chat completions: OpenAI and the many servers that answer like it.

https://platform.openai.com/docs/api-reference/chat. What real servers do differently is kept in
``tests/fixtures/transcripts`` and survived here.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, Mapping
from typing import Any

import msgspec
from msgspec.structs import replace
from multidict import CIMultiDict
from yarl import URL

from artelier.domain.errors import ProviderError, ReplyInvalid, RequestRefused, SettingsError, StreamBroken
from artelier.domain.models import ModelPiece, ModelRequest
from artelier.providers.openai_errors import Refusal, read_refusal, refused, refused_within
from artelier.providers.openai_request import Dialect, RequestEncoder
from artelier.providers.openai_stream import ReplyStream
from artelier.providers.transport import HttpAnswer, HttpTransport

_REFUSAL_LIMIT = 256 << 10
_REFUSAL_PATIENCE = 10.0
"""Seconds for the words of a refusal, whose status is known already."""
_MODELS_LIMIT = 8 << 20
_SUCCESS = range(200, 300)
_REPLY_TYPES = frozenset(("text/event-stream", "application/json", ""))
_CANNOT_TELL = frozenset((404, 405, 501))
_WANTS_OTHER_LIMIT = re.compile(r"max_tokens.{0,80}(?:not supported|unsupported|instead).{0,80}max_completion_tokens", re.IGNORECASE)
_SECRET_NAME = re.compile(r"auth|key|token|secret|cookie", re.IGNORECASE)
_SECRET_LENGTH = 3
"""Signs from which a value is hidden wherever it stands; shorter ones would garble every message."""


class OpenAIChat:
    """One server, asked over one transport, which it closes with itself.

    ``base_url`` ends before ``/chat/completions``, usually in ``/v1``. ``headers`` go with every request, ``extra_body``
    into every body. ``dialect`` says how this server differs; what it refuses by name is learned while it is used.
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
    ) -> None:
        base = _checked_address(base_url)
        self._host = base.authority
        self._chat_url = (base / "chat" / "completions").with_query(base.query)
        self._models_url = (base / "models").with_query(base.query)
        self._headers = _checked_headers(api_key, headers or {})
        self._secrets = _secrets(api_key, headers or {})
        self._transport = transport
        self._encoder = RequestEncoder(extra_body)
        self._dialect = dialect or Dialect()

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelPiece, None]:
        """Yield the pieces of a reply and the whole of it. Raises a ``ProviderError``."""
        answer = await self._ask(request)
        reply = ReplyStream(self._host, self._secrets)
        try:
            try:
                while not reply.ended and (chunk := await answer.read_chunk()):
                    for piece in reply.feed(chunk):
                        yield piece
                if reply.ended:
                    await answer.settle()
            except StreamBroken:
                if not reply.finished:  # a reply that said why it stopped is whole, whatever becomes of its connection
                    raise
            for piece in reply.finish():
                yield piece
        finally:
            answer.close()

    async def list_models(self) -> tuple[str, ...]:
        """Return the names the server offers, empty where it has no such list. Raises a ``ProviderError``."""
        answer = await self._transport.send("GET", self._models_url, self._headers)
        try:
            if answer.status in _CANNOT_TELL:
                return ()
            if answer.status not in _SUCCESS:
                raise await self._refusal(answer)
            return _names(await answer.read_all(_MODELS_LIMIT), self._host)
        finally:
            answer.close()

    async def close(self) -> None:
        """Close the transport; further calls fail."""
        await self._transport.close()

    async def _ask(self, request: ModelRequest) -> HttpAnswer:
        """Send the request, once more in another dialect each time the server says which one it wants."""
        while True:
            dialect = self._dialect
            try:
                return await self._send(self._encoder.encode(request, dialect))
            except RequestRefused as refusal:
                self._dialect = _learned(dialect, refusal.message)
                if self._dialect == dialect:
                    raise

    async def _send(self, body: bytes) -> HttpAnswer:
        answer = await self._transport.send("POST", self._chat_url, self._headers, body)
        try:
            await self._check(answer)
        except BaseException:
            answer.close()
            raise
        return answer

    async def _check(self, answer: HttpAnswer) -> None:
        if answer.status not in _SUCCESS:
            raise await self._refusal(answer)
        if answer.content_type not in _REPLY_TYPES and not answer.content_type.endswith("+json"):
            raise ReplyInvalid(
                f"{self._host} answered with {answer.content_type}, which is no reply. Check base_url: it usually ends in /v1."
            )

    async def _refusal(self, answer: HttpAnswer) -> ProviderError:
        try:
            async with asyncio.timeout(_REFUSAL_PATIENCE):
                refusal = read_refusal(await answer.read_all(_REFUSAL_LIMIT))
        except (ProviderError, TimeoutError):
            refusal = Refusal("its reason was cut off")
        return refused(refusal, answer.status, self._host, answer.headers, self._secrets)


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
    return dialect


class _Model(msgspec.Struct):
    id: str = ""


class _Models(msgspec.Struct):
    data: list[_Model] | None = None
    error: Any = None


def _names(body: bytes, host: str) -> tuple[str, ...]:
    try:
        told = msgspec.json.decode(body, type=_Models)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ReplyInvalid(f"{host} did not answer with a list of models. Check base_url: it usually ends in /v1.") from error
    if told.error:
        raise refused_within(Refusal(str(told.error)), host)
    return tuple(dict.fromkeys(model.id for model in told.data or () if model.id))


def _checked_address(base_url: str) -> URL:
    try:
        url = URL(base_url.strip().rstrip("/"))
    except ValueError as error:
        raise SettingsError("base_url is no URL. Write it as https://host/v1.") from error
    if url.scheme not in {"http", "https"} or not url.host:
        raise SettingsError("base_url has no http:// or https://, or no host. Write it as https://host/v1.")
    if url.user or url.password:
        raise SettingsError("base_url holds a user or a password. Give the key by api_key or by a header.")
    return url


def _secrets(api_key: str, headers: Mapping[str, str]) -> tuple[str, ...]:
    values = [api_key]
    for name, value in headers.items():
        if _SECRET_NAME.search(name):
            values += [value, *value.split()]
    return tuple(value for value in values if len(value) >= _SECRET_LENGTH and value.lower() != "bearer")


def _checked_headers(api_key: str, headers: Mapping[str, str]) -> CIMultiDict[str]:
    wire = CIMultiDict(
        {
            "Accept": "text/event-stream, application/json",
            "Accept-Encoding": "identity",  # compressed streams arrive in lumps
            "Content-Type": "application/json",
            "User-Agent": "artelier",
        }
    )
    if api_key:
        wire["Authorization"] = f"Bearer {api_key}"
    for name, value in headers.items():
        wire[name] = value
    for name, value in wire.items():
        if not (name + value).isprintable() or ":" in name:
            raise SettingsError(f"The header {name!r} of a provider holds signs that no header may hold. Correct its value or the key.")
    return wire
