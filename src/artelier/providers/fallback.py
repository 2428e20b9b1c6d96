"""Asks the next model of a chain where one does not answer: the port wrapped."""

import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing

import msgspec
from msgspec import Struct

from artelier.domain.errors import CredentialsRefused, ProviderError, ProviderUnavailable, RateLimited, ReplyInvalid, StreamBroken
from artelier.domain.models import ModelPiece, ModelReply, ModelRequest
from artelier.ports.provider import ModelStream, Provider
from artelier.providers.beginning import Beginning, Begun, begin

_log = logging.getLogger(__name__)
ELSEWHERE = (ProviderUnavailable, RateLimited, StreamBroken, ReplyInvalid, CredentialsRefused)
"""Failures that another provider may not share; what is wrong with the request itself is wrong everywhere."""


class Link(Struct, frozen=True):
    """One model of the chain."""

    name: str
    """Our name of the provider."""
    provider: Provider
    model: str


class FallbackProvider:
    """The provider ``first``, and the models of ``others`` for requests that it does not begin to answer."""

    def __init__(self, name: str, first: Provider, others: Callable[[], Sequence[Link]]) -> None:
        self._name = name
        self._first = first
        self._others = others

    def stream(self, request: ModelRequest) -> ModelStream:
        """Yield the pieces of whoever answers first in the chain's order.

        Raises the first one's ``ProviderError`` where nobody does, with the shortest pause that any of them asked for.
        """
        return Beginning(lambda: self._begun(request))

    async def list_models(self) -> tuple[str, ...]:
        """Return the names the first provider offers."""
        return await self._first.list_models()

    async def close(self) -> None:
        """Close the first provider; those of the chain are closed by whoever made them."""
        await self._first.close()

    async def _begun(self, request: ModelRequest) -> Begun:
        try:
            return await begin(self._first.stream(request))
        except ELSEWHERE as failure:
            links = [link for link in self._others() if (link.name, link.model) != (self._name, request.model)]
            if not links:
                raise
            return await self._next(request, links, failure)

    async def _next(self, request: ModelRequest, links: Sequence[Link], first: ProviderError) -> Begun:
        failures = [first]
        for link in links:
            _log.warning(
                "model fails, another is asked", extra={"failed": request.model, "code": first.code, "asked": f"{link.name}/{link.model}"}
            )
            try:
                return await begin(_stamped(link, msgspec.structs.replace(request, model=link.model)))
            except ELSEWHERE as failure:
                failures.append(failure)
        pauses = [failure.retry_after for failure in failures if failure.retry_after is not None]
        if pauses:
            first.retry_after = min(pauses)
        raise first


async def _stamped(link: Link, request: ModelRequest) -> AsyncGenerator[ModelPiece, None]:
    """Yield a link's pieces, the reply with the name of who gave it."""
    async with aclosing(link.provider.stream(request)) as pieces:
        async for piece in pieces:
            yield msgspec.structs.replace(piece, provider=link.name) if isinstance(piece, ModelReply) else piece
