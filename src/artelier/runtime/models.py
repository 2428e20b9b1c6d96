"""The models the operator has configured, by name."""

from collections.abc import Mapping

from msgspec import Struct

from artelier.domain.errors import ProviderError, SettingsError
from artelier.ports.provider import Provider

REHEARSAL = "rehearsal"


class ModelOffer(Struct, frozen=True):
    """One model as it is listed: ``name`` is what a request says."""

    name: str
    provider: str
    default: bool


class Models:
    """Finds the provider for a model's name: ``provider/model``, or a provider that has one model only."""

    def __init__(self, providers: Mapping[str, Provider], default: str, context_tokens: Mapping[str, int] | None = None) -> None:
        self._providers = providers
        self._context_tokens = context_tokens or {}
        self.default = default
        """The name used when a request names none; empty when nothing is configured."""

    @property
    def names(self) -> tuple[str, ...]:
        """The providers' names."""
        return tuple(self._providers)

    def joined(self, providers: Mapping[str, Provider]) -> "Models":
        """Return these and some more; whoever gave those closes them."""
        return Models({**providers, **self._providers}, self.default, self._context_tokens)

    def find(self, name: str) -> tuple[Provider, str]:
        """Return the provider and the model's own name. Raises ``SettingsError``."""
        wanted = name or self.default
        if not wanted:
            raise SettingsError("No model is configured. Run `artelier init`, set OPENAI_API_KEY, or say --model rehearsal.")
        provider, _, model = wanted.partition("/")
        found = self._providers.get(provider)
        if found is None:
            raise SettingsError(
                f"There is no provider '{provider}' for the model '{wanted}'. These are configured: {', '.join(self.names)}."
            )
        return found, model or provider

    def context_tokens(self, name: str) -> int:
        """Return how many tokens the models of that name's provider take; 0 where nothing is known."""
        return self._context_tokens.get((name or self.default).partition("/")[0], 0)

    async def list_models(self) -> tuple[ModelOffer, ...]:
        """Return what all providers offer; one that does not answer is listed by its default model alone."""
        offers = []
        for provider, adapter in self._providers.items():
            try:
                names = await adapter.list_models()
            except ProviderError:
                names = ()
            full = [provider if name == provider else f"{provider}/{name}" for name in names]
            if self.default.partition("/")[0] == provider and self.default not in full:
                full.insert(0, self.default)
            offers += [ModelOffer(name, provider, name == self.default) for name in full]
        return tuple(offers)

    async def close(self) -> None:
        """Close every provider."""
        for provider in self._providers.values():
            await provider.close()
