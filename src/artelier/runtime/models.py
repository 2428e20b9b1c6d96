"""The models the operator has configured, by name."""

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from artelier.domain.errors import ProviderError, SettingsError
from artelier.domain.models import ModelReply
from artelier.domain.usage import Usage
from artelier.ports.provider import Provider
from artelier.providers.breaker import BreakingProvider
from artelier.providers.prices import Prices

REHEARSAL = "rehearsal"


class ModelOffer(Struct, frozen=True):
    """One model as it is listed: ``name`` is what a request says."""

    name: str
    provider: str
    default: bool
    left_alone: bool = False
    """Whether it failed so often that nobody asks it for a while."""


class Models:
    """Finds the provider for a model's name: ``provider/model``, or a provider that has one model only."""

    def __init__(
        self,
        providers: Mapping[str, Provider],
        default: str,
        context_tokens: Mapping[str, int] | None = None,
        prices: Prices | None = None,
        breakers: Mapping[str, BreakingProvider] | None = None,
        fallback: Sequence[str] = (),
        joined_to: "Models | None" = None,
    ) -> None:
        self._providers = providers
        self._prices = prices
        self._context_tokens = context_tokens or {}
        self._breakers = breakers or {}
        self._fallback = tuple(fallback)
        self._joined_to = joined_to  # whoever has these has those, which are not closed meanwhile
        self.default = default
        """The name used when a request names none; empty when nothing is configured."""

    @property
    def providers(self) -> Mapping[str, Provider]:
        """The providers by name."""
        return self._providers

    @property
    def names(self) -> tuple[str, ...]:
        """The providers' names."""
        return tuple(self._providers)

    def joined(self, providers: Mapping[str, Provider]) -> "Models":
        """Return these and some more; whoever gave those closes them."""
        every = {**providers, **self._providers}
        return Models(every, self.default, self._context_tokens, self._prices, self._breakers, self._fallback, self)

    @property
    def left_alone(self) -> tuple[str, ...]:
        """Models that failed so often that nobody asks them for a while, by their full names."""
        return tuple(f"{name}/{model}" for name, breaker in self._breakers.items() for model in breaker.open_models)

    def find(self, name: str) -> tuple[Provider, str]:
        """Return the provider and the model's own name. Raises ``SettingsError``."""
        wanted = name or self.default
        if not wanted:
            raise SettingsError("No model is configured. Run `artelier init`, set OPENAI_API_KEY, or say --model rehearsal.")
        provider, _, model = wanted.partition("/")
        found = self._providers.get(provider)
        if found is None:
            raise SettingsError(self.missing(wanted))
        if self._prices is not None:
            self._prices.warm(provider)
        return found, model or provider

    def missing(self, name: str) -> str:
        """Return why nobody could answer for a model of that name; empty where its provider is there, or none is named."""
        provider = name.partition("/")[0]
        if not provider or provider in self._providers:
            return ""
        return f"There is no provider '{provider}' for the model '{name}'. These are configured: {', '.join(self.names)}."

    def priced(self, name: str, reply: ModelReply) -> Usage:
        """Return what a reply to a request for that name consumed, with its cost and what caches saved."""
        provider, _, model = (name or self.default).partition("/")
        usage = reply.usage if reply.source else replace(reply.usage, model_calls=1)
        if self._prices is not None:
            answered = reply.provider or provider
            usage = self._prices.priced(answered, reply.model if reply.provider else model or reply.model, usage, reply.saved)
        looked = reply.lookup_cost
        return replace(usage, cost=usage.cost + looked, saved=usage.saved - looked) if looked else usage

    def estimate(self, name: str, input_tokens: int, output_tokens: int) -> float:
        """Return the US dollars that a request for that name would cost at most, whoever answers it; 0 where no price is known."""
        if self._prices is None:
            return 0.0
        asked = (each.partition("/") for each in (name or self.default, *self._fallback))
        return max(self._prices.estimate(provider, model, input_tokens, output_tokens) for provider, _, model in asked)

    def context_tokens(self, name: str) -> int:
        """Return how many tokens the models of that name's provider take; 0 where nothing is known."""
        return self._context_tokens.get((name or self.default).partition("/")[0], 0)

    async def list_models(self) -> tuple[ModelOffer, ...]:
        """Return what all providers offer; one that does not answer is listed by its default model alone."""
        offers, left_alone = [], self.left_alone
        for provider, adapter in self._providers.items():
            try:
                names = await adapter.list_models()
            except ProviderError:
                names = ()
            full = [provider if name == provider else f"{provider}/{name}" for name in names]
            if self.default.partition("/")[0] == provider and self.default not in full:
                full.insert(0, self.default)
            full += [name for name in left_alone if name.partition("/")[0] == provider and name not in full]
            offers += [ModelOffer(name, provider, name == self.default, name in left_alone) for name in full]
        return tuple(offers)

    async def close(self) -> None:
        """Close every provider."""
        await close_all(self._providers)


async def close_all(providers: Mapping[str, Provider]) -> None:
    """Close these providers."""
    for provider in providers.values():
        await provider.close()
