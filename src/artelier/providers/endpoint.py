"""One server of models: its address, what every request carries, and what its refusals mean, whatever the wire format."""

import asyncio
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from time import monotonic
from typing import Any, Protocol

import msgspec
from multidict import CIMultiDict
from yarl import URL

from artelier.domain.errors import ProviderError, ProviderUnavailable, ReplyInvalid, SettingsError, StreamBroken
from artelier.domain.models import ModelPiece
from artelier.providers.openai_errors import Refusal, read_refusal, refused, refused_within
from artelier.providers.transport import HttpAnswer, HttpTransport

PATIENCE = 600.0
"""Seconds between two pieces of a reply; what comes meanwhile, such as comments and single bytes, only says that somebody is there."""
_REFUSAL_LIMIT = 256 << 10
_REFUSAL_PATIENCE = 10.0
"""Seconds for the words of a refusal, whose status is known already."""
_MODELS_LIMIT = 8 << 20
_MODELS_PATIENCE = 30.0
_SUCCESS = range(200, 300)
_REPLY_TYPES = frozenset(("text/event-stream", "application/json", ""))
_CANNOT_TELL = frozenset((404, 405, 501))
_SECRET_NAME = re.compile(r"auth|key|token|secret|cookie", re.IGNORECASE)
_SECRET_LENGTH = 3
"""Signs from which a value is hidden wherever it stands; shorter ones would garble every message."""


class ReplyReader(Protocol):
    """Takes the body of an answer and gives out the pieces of the reply."""

    @property
    def ended(self) -> bool:
        """Whether the server said that nothing more comes."""
        ...

    @property
    def finished(self) -> bool:
        """Whether the model said why it stopped."""
        ...

    def feed(self, chunk: bytes) -> list[ModelPiece]:
        """Take bytes, return what they say. Raises a ``ProviderError``."""
        ...

    def finish(self) -> list[ModelPiece]:
        """Return the last pieces and the reply. Raises a ``ProviderError`` where it is not whole."""
        ...


class Endpoint:
    """A server's address and the headers that go with every request, over a transport that is closed with it.

    ``own`` are the wire format's headers, the key's among them; ``headers`` the operator's, which win. ``usual`` says how
    the address of such a server usually ends. Raises ``SettingsError`` for an address, key or header that cannot be sent.
    """

    def __init__(
        self, base_url: str, transport: HttpTransport, own: Mapping[str, str], headers: Mapping[str, str], usual: str = "/v1"
    ) -> None:
        self._base = _checked_address(base_url)
        self._headers = _checked_headers({**own, **headers})
        self._transport = transport
        self._usual = f"it usually ends in {usual}"
        self.host = self._base.authority
        self.secrets = secret_values({**own, **headers})
        """What no message may show."""

    def at(self, *path: str) -> URL:
        """Return an address beneath the server's."""
        url = self._base
        for part in path:
            url /= part
        return url.with_query(self._base.query)

    @property
    def name(self) -> str:
        """The last part of the address's path, such as ``v1``."""
        return self._base.name

    async def post(self, url: URL, body: bytes) -> HttpAnswer:
        """Send a request and return the answer that is a reply. Raises a ``ProviderError``."""
        answer = await self._transport.send("POST", url, self._headers, body)
        try:
            await self._check(answer)
        except BaseException:
            answer.close()
            raise
        return answer

    async def list_names(self, url: URL) -> tuple[str, ...]:
        """Return the names of models at an address, empty where the server has no such list. Raises a ``ProviderError``."""
        answer = await self._transport.send("GET", url, self._headers)
        try:
            if answer.status in _CANNOT_TELL:
                return ()
            if answer.status not in _SUCCESS:
                raise await self._refusal(answer)
            async with asyncio.timeout(_MODELS_PATIENCE):
                return self._names(await answer.read_all(_MODELS_LIMIT))
        except TimeoutError as error:
            raise ProviderUnavailable(f"{self.host} did not list its models within {_MODELS_PATIENCE:g} s. Try again later.") from error
        finally:
            answer.close()

    async def close(self) -> None:
        """Close the transport; further calls fail."""
        await self._transport.close()

    async def _check(self, answer: HttpAnswer) -> None:
        if answer.status not in _SUCCESS:
            raise await self._refusal(answer)
        if answer.content_type not in _REPLY_TYPES and not answer.content_type.endswith("+json"):
            raise ReplyInvalid(f"{self.host} answered with {answer.content_type}, which is no reply. Check base_url: {self._usual}.")

    async def _refusal(self, answer: HttpAnswer) -> ProviderError:
        try:
            async with asyncio.timeout(_REFUSAL_PATIENCE):
                refusal = read_refusal(await answer.read_all(_REFUSAL_LIMIT))
        except (ProviderError, TimeoutError):
            refusal = Refusal("its reason was cut off")
        return refused(refusal, answer.status, self.host, answer.headers, self.secrets)

    def _names(self, body: bytes) -> tuple[str, ...]:
        try:
            told = msgspec.json.decode(body, type=_Models)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise ReplyInvalid(f"{self.host} did not answer with a list of models. Check base_url: {self._usual}.") from error
        if told.error:
            raise refused_within(Refusal(str(told.error)), self.host)
        return tuple(dict.fromkeys(model.id for model in told.data or () if model.id))


async def read_reply(
    ask: Callable[[], Awaitable[HttpAnswer]], reply: ReplyReader, patience: float = PATIENCE
) -> AsyncGenerator[ModelPiece, None]:
    """Yield the pieces of a reply and the whole of it. Raises a ``ProviderError``, also ``patience`` seconds after the last piece."""
    answer = await ask()
    try:
        try:
            since, spoken = monotonic(), False
            while not reply.ended and (chunk := await answer.read_chunk()):
                pieces = reply.feed(chunk)
                for piece in pieces:
                    yield piece
                if pieces:
                    since, spoken = monotonic(), True
                elif monotonic() - since > patience:
                    raise _dripping(patience, spoken=spoken)
            if reply.ended:
                await answer.settle()
        except StreamBroken:
            if not reply.finished:  # a reply that said why it stopped is whole, whatever becomes of its connection
                raise
        for piece in reply.finish():
            yield piece
    finally:
        answer.close()


def _dripping(patience: float, *, spoken: bool) -> ProviderError:
    kind = StreamBroken if spoken else ProviderUnavailable
    return kind(f"The model said nothing for {patience:g} s, though its server kept sending. Try again later or use another model.")


def secret_values(headers: Mapping[str, str]) -> tuple[str, ...]:
    """Return the values of headers that are secrets by their names, and their words."""
    values = []
    for name, value in headers.items():
        if _SECRET_NAME.search(name):
            values += [value, *value.split()]
    return tuple(value for value in values if len(value) >= _SECRET_LENGTH and value.lower() != "bearer")


class _Model(msgspec.Struct):
    id: str = ""


class _Models(msgspec.Struct):
    data: list[_Model] | None = None
    error: Any = None


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


def _checked_headers(headers: Mapping[str, str]) -> CIMultiDict[str]:
    wire = CIMultiDict(
        {
            "Accept": "text/event-stream, application/json",
            "Accept-Encoding": "identity",  # compressed streams arrive in lumps
            "Content-Type": "application/json",
            "User-Agent": "artelier",
        }
    )
    for name, value in headers.items():
        wire[name] = value
    for name, value in wire.items():
        if not (name + value).isprintable() or ":" in name:
            raise SettingsError(f"The header {name!r} of a provider holds signs that no header may hold. Correct its value or the key.")
    return wire
