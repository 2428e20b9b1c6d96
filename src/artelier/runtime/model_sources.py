"""From the operator's settings to providers, each behind its wrappers."""

from collections.abc import Mapping
from random import SystemRandom

from msgspec import Struct

from artelier.domain.errors import SettingsError
from artelier.ports.clock import Clock
from artelier.ports.provider import Provider
from artelier.providers.breaker import BreakingProvider
from artelier.providers.fallback import FallbackProvider, Link
from artelier.providers.local import LocalServer
from artelier.providers.openai_chat import OpenAIChat
from artelier.providers.prices import Prices
from artelier.providers.rehearsal import Rehearsal
from artelier.providers.response_cache import CachingProvider, ReplyCache
from artelier.providers.retry import RetryingProvider
from artelier.providers.transport import HttpTransport
from artelier.runtime.models import REHEARSAL, Models
from artelier.runtime.pricing import build_prices
from artelier.runtime.semantics import Semantics
from artelier.runtime.wire_formats import PLAYED, provider_of, server_of
from artelier.settings import ProviderSettings, Settings

LOCAL_CONTEXT_TOKENS = 32_000
"""What a model on this machine is taken to take: such servers often cut off silently what is longer."""


_PATIENCE, _SHORT_PATIENCE = 60.0, 5.0
"""Seconds that a provider may ask to wait before a run rests meanwhile, or before the chain goes on where there is one."""


class Kept(Struct, frozen=True):
    """What answers in place of a model, each None where it is off."""

    replies: ReplyCache | None = None
    semantics: Semantics | None = None


NOTHING_KEPT = Kept()


def build_models(
    settings: Settings, clock: Clock, found: tuple[LocalServer, ...] = (), kept: Kept = NOTHING_KEPT, prices: Prices | None = None
) -> Models:
    """Return all models; the default is the configured one, else one found here, else the rehearsal. Raises ``SettingsError``."""
    context_tokens = {server.name: LOCAL_CONTEXT_TOKENS for server in found}
    context_tokens |= {name: source.context_tokens for name, source in settings.models.providers.items()}
    default = settings.models.default
    plain: dict[str, Provider] = {REHEARSAL: Rehearsal()}
    for server in found:
        if server.name not in settings.models.providers:
            plain[server.name] = _resilient(OpenAIChat(server.base_url, "", HttpTransport()), settings, clock)
            default = default or f"{server.name}/{server.models[0]}"
    plain |= {name: _provider(name, source, settings, clock) for name, source in settings.models.providers.items()}
    chain = _chain(settings.models.fallback, plain)
    servers = {server.name: server.base_url for server in found}
    servers |= {name: server_of(source) for name, source in settings.models.providers.items()}
    providers = {name: _wrapped(name, provider, chain, kept, servers) for name, provider in plain.items()}
    breakers = {name: provider for name, provider in plain.items() if isinstance(provider, BreakingProvider)}
    return Models(providers, default or REHEARSAL, context_tokens, prices or build_prices(settings), breakers, settings.models.fallback)


def _provider(name: str, source: ProviderSettings, settings: Settings, clock: Clock) -> Provider:
    provider = provider_of(name, source)
    return provider if source.kind in PLAYED else _resilient(provider, settings, clock)


def _resilient(provider: Provider, settings: Settings, clock: Clock) -> Provider:
    """Return a provider that is asked again, and left alone where that does not help."""
    patience = _SHORT_PATIENCE if settings.models.fallback else _PATIENCE
    return BreakingProvider(RetryingProvider(provider, clock, SystemRandom(), attempts=settings.models.attempts, patience=patience))


def _chain(names: list[str], plain: dict[str, Provider]) -> tuple[Link, ...]:
    links = []
    for wanted in names:
        provider, _, model = wanted.partition("/")
        if provider not in plain:
            raise SettingsError(f"models.fallback names '{wanted}', and there is no provider '{provider}': {', '.join(plain)}.")
        links.append(Link(provider, plain[provider], model or provider))
    return tuple(links)


def _wrapped(name: str, provider: Provider, chain: tuple[Link, ...], kept: Kept, servers: Mapping[str, str]) -> Provider:
    """Return the provider behind the chain and, unless it only plays, the caches: of like questions, then of equal requests.

    Equal requests of one moment are joined by the latter, before like ones are looked for: an embedding is paid once.
    """
    behind: Provider = FallbackProvider(name, provider, lambda: chain) if chain else provider
    if not isinstance(provider, BreakingProvider):
        return behind
    if kept.semantics is not None:
        behind = kept.semantics.around(name, behind, servers.get(name, ""))
    return behind if kept.replies is None else CachingProvider(name, behind, kept.replies, servers)
