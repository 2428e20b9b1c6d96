"""A wrapper that writes down what a provider was asked and what it said, for ``replay`` to say again.

A line of JSON for each request, in the order in which replies ended, in a file that only its owner reads. Headers are never
written; texts that look like secrets are masked (``masking``), and call ids, which differ from run to run, are numbered.
"""

import asyncio
import os
from collections.abc import AsyncGenerator, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from artelier.domain.calls import ToolCall
from artelier.domain.errors import ProviderError, RequestRefused
from artelier.domain.messages import AgentMessage, Message, ToolMessage
from artelier.domain.models import ModelPiece, ModelReply, ModelRequest, RequestedCall
from artelier.ports.provider import Provider
from artelier.providers.masking import masked, masked_text

_encode = msgspec.json.Encoder(order="deterministic").encode


class Recorded(Struct, frozen=True, omit_defaults=True):
    """One line: a request, and the reply or the error that answered it."""

    request: ModelRequest
    model: str = ""
    reply: ModelReply | None = None
    code: str = ""
    message: str = ""
    retry_after: float | None = None


class RecordingProvider:
    """Another provider, whose requests and replies are appended to a file; ``secrets`` are masked wherever they stand.

    A reply that nobody heard to its end is not written. Raises ``RequestRefused`` where the file cannot be written: a recording
    with holes would be of no use.
    """

    def __init__(self, provider: Provider, path: Path, secrets: Sequence[str] = ()) -> None:
        self._provider = provider
        self._path = path
        self._secrets = tuple(secrets)
        self._turn = asyncio.Lock()

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelPiece, None]:
        """Yield the wrapped provider's pieces. Raises its ``ProviderError``, written down as well."""
        pieces = self._provider.stream(request)
        try:
            while True:
                try:
                    piece = await anext(pieces)
                except StopAsyncIteration:
                    return
                except ProviderError as failure:
                    await self._write(_failed(request, failure, self._secrets))
                    raise
                if isinstance(piece, ModelReply):
                    await self._write(_replied(request, piece, self._secrets))
                yield piece
        finally:
            await pieces.aclose()

    async def list_models(self) -> tuple[str, ...]:
        """Return the names the wrapped provider offers."""
        return await self._provider.list_models()

    async def close(self) -> None:
        """Close the wrapped provider."""
        await self._provider.close()

    async def _write(self, line: Recorded) -> None:
        try:
            async with self._turn:
                await asyncio.to_thread(_append, self._path, _encode(line) + b"\n")
        except OSError as error:
            raise RequestRefused(
                f"The reply could not be recorded in {self._path}: {error.strerror or error}. Make room, or take record from the settings."
            ) from error


def canonical(request: ModelRequest, secrets: Sequence[str] = ()) -> ModelRequest:
    """Return a request without what differs from run to run: the model's name, ids of calls, signatures, secrets."""
    numbers: dict[str, str] = {}
    messages = tuple(_numbered(message, numbers) for message in request.messages)
    plain = ModelRequest(  # field by field: whatever else a request carries is not sent, and tells nothing of what is asked
        "", request.system, messages, request.tools, request.max_tokens, request.temperature, request.purpose
    )
    without: ModelRequest = msgspec.convert(masked(msgspec.to_builtins(plain), secrets), ModelRequest)
    return without


def digest_of(request: ModelRequest) -> bytes:
    """Return what tells a canonical request from every other."""
    return blake2b(_encode(request), digest_size=16).digest()


def _numbered(message: Message, numbers: dict[str, str]) -> Message:
    if isinstance(message, ToolMessage):
        return replace(message, call_id=_number(message.call_id, numbers))
    if isinstance(message, AgentMessage):
        calls = tuple(ToolCall(_number(call.id, numbers), call.name, call.arguments, call.raw) for call in message.calls)
        return AgentMessage(message.text, calls)
    return message


def _number(call_id: str, numbers: dict[str, str]) -> str:
    return numbers.setdefault(call_id, f"call/{len(numbers)}")


def _replied(request: ModelRequest, reply: ModelReply, secrets: Sequence[str]) -> Recorded:
    calls = tuple(RequestedCall(call.name, _masked_arguments(call.arguments, secrets)) for call in reply.calls)
    said = replace(reply, text=masked_text(reply.text, secrets), reasoning=masked_text(reply.reasoning, secrets), calls=calls, signature="")
    return Recorded(canonical(request, secrets), request.model, said)


def _failed(request: ModelRequest, failure: ProviderError, secrets: Sequence[str]) -> Recorded:
    words = masked_text(failure.message, secrets)
    return Recorded(canonical(request, secrets), request.model, None, failure.code, words, failure.retry_after)


def _masked_arguments(arguments: str, secrets: Sequence[str]) -> str:
    """Mask arguments as the next request shows them: parsed, where they can be."""
    try:
        parsed: Any = msgspec.json.decode(arguments)
    except (msgspec.MsgspecError, UnicodeError):
        return masked_text(arguments, secrets)
    without = masked(parsed, secrets)
    return arguments if without == parsed else msgspec.json.encode(without).decode()


def _append(path: Path, line: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "ab") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(line)
