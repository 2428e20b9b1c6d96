"""The seam to models."""

from collections.abc import AsyncIterator, Awaitable
from typing import Protocol

from artelier.domain.models import ModelPiece, ModelReply, ModelRequest
from artelier.domain.usage import Usage


class ModelStream(Protocol):
    """A reply on its way, piece by piece; what an asynchronous generator is to its reader."""

    def __aiter__(self) -> AsyncIterator[ModelPiece]:
        """Return itself."""
        ...

    def __anext__(self) -> Awaitable[ModelPiece]:
        """Return the next piece. Raises ``StopAsyncIteration`` after the last."""
        ...

    async def aclose(self) -> None:
        """End the request at once."""
        ...


class Provider(Protocol):
    """A source of model replies: one wire format, or a wrapper of another provider."""

    def stream(self, request: ModelRequest) -> ModelStream:
        """Yield the reply's pieces as they come and, last and exactly once, the whole ``ModelReply``.

        Closing the iterator ends the request at once. Raises a ``ProviderError``; never anything of a vendor's.
        """
        ...

    async def list_models(self) -> tuple[str, ...]:
        """Return the names this provider offers, empty where it cannot tell. Raises a ``ProviderError``."""
        ...

    async def close(self) -> None:
        """Release connections; further calls fail."""
        ...


class Providers(Protocol):
    """All models the operator has configured, by name."""

    def find(self, name: str) -> tuple[Provider, str]:
        """Return the provider and the model's own name for ``provider/model``; empty takes the default.

        Raises ``SettingsError`` when there is no such provider, saying which there are.
        """
        ...

    def priced(self, name: str, reply: ModelReply) -> Usage:
        """Return what a reply to a request for that name consumed, with its cost and what caches saved."""
        ...

    def estimate(self, name: str, input_tokens: int, output_tokens: int) -> float:
        """Return the US dollars that a request for that name would cost at most, whoever answers it; 0 where no price is known."""
        ...

    def context_tokens(self, name: str) -> int:
        """Return how many tokens, request and reply together, the model of that name takes; 0 where nothing is known of it."""
        ...
