"""The seam to models."""

from collections.abc import AsyncIterator
from typing import Protocol

from artelier.domain.models import ModelPiece, ModelRequest


class Provider(Protocol):
    """A source of model replies: one wire format, or a wrapper of another provider."""

    def stream(self, request: ModelRequest) -> AsyncIterator[ModelPiece]:
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
