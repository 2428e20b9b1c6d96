"""From the operator's settings to providers, each behind its wrappers."""

from random import SystemRandom

from artelier.ports.clock import Clock
from artelier.ports.provider import Provider
from artelier.providers.local import LocalServer
from artelier.providers.openai_chat import OpenAIChat
from artelier.providers.rehearsal import Rehearsal
from artelier.providers.retry import RetryingProvider
from artelier.providers.transport import HttpTransport
from artelier.runtime.models import REHEARSAL, Models
from artelier.runtime.wire_formats import PLAYED, provider_of
from artelier.settings import ProviderSettings, Settings

LOCAL_CONTEXT_TOKENS = 32_000
"""What a model on this machine is taken to take: such servers often cut off silently what is longer."""


def build_models(settings: Settings, clock: Clock, found: tuple[LocalServer, ...] = ()) -> Models:
    """Return all models; the default is the configured one, else one found here, else the rehearsal. Raises ``SettingsError``."""
    providers: dict[str, Provider] = {REHEARSAL: Rehearsal()}
    context_tokens = {server.name: LOCAL_CONTEXT_TOKENS for server in found}
    context_tokens |= {name: source.context_tokens for name, source in settings.models.providers.items()}
    default = settings.models.default
    for server in found:
        if server.name not in settings.models.providers:
            providers[server.name] = _wrapped(OpenAIChat(server.base_url, "", HttpTransport()), settings, clock)
            default = default or f"{server.name}/{server.models[0]}"
    for name, source in settings.models.providers.items():
        providers[name] = _provider(name, source, settings, clock)
    return Models(providers, default or REHEARSAL, context_tokens)


def _provider(name: str, source: ProviderSettings, settings: Settings, clock: Clock) -> Provider:
    provider = provider_of(name, source)
    return provider if source.kind in PLAYED else _wrapped(provider, settings, clock)


def _wrapped(provider: Provider, settings: Settings, clock: Clock) -> Provider:
    return RetryingProvider(provider, clock, SystemRandom(), attempts=settings.models.attempts)
