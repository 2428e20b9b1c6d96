"""The cache of like questions, as the settings want it."""

from collections.abc import Mapping
from random import SystemRandom

from msgspec import Struct

from artelier.domain.errors import SettingsError
from artelier.domain.models import ModelReply
from artelier.domain.usage import Usage
from artelier.ports.clock import Clock
from artelier.ports.embedder import Embedder
from artelier.ports.provider import Provider
from artelier.ports.similarity import SimilarityIndex
from artelier.providers.checked_vectors import CheckedVectors
from artelier.providers.kept_replies import Tokens
from artelier.providers.lexical_embedder import LexicalEmbedder
from artelier.providers.like_questions import LikeQuestions, SemanticLimits
from artelier.providers.local import LocalServer
from artelier.providers.openai_embeddings import OpenAIEmbeddings
from artelier.providers.prices import Prices
from artelier.providers.semantic_cache import SemanticProvider
from artelier.providers.semantic_entries import Entries
from artelier.runtime.caching import Caches
from artelier.runtime.load import load_index, load_local_embedder, load_vector_table
from artelier.runtime.wire_formats import transport_of
from artelier.settings import ProviderSettings, Settings
from artelier.settings.caches import SemanticCacheSettings

_INSTALL = "Install it: pip install 'artelier[{}]', or set cache.semantic.mode = \"off\"."


class Semantics(Struct, frozen=True):
    """What wraps providers, so that like questions are answered."""

    likes: LikeQuestions
    tokens: Tokens

    def around(self, name: str, provider: Provider, server: str) -> Provider:
        """Return the provider with it; ``server`` says what its name stands for."""
        return SemanticProvider(name, provider, self.likes, self.tokens, server)


def open_semantics(settings: Settings, found: tuple[LocalServer, ...], caches: Caches, prices: Prices, clock: Clock) -> Semantics | None:
    """Return it, None where it is off. Raises ``SettingsError`` for what is missing."""
    wanted = settings.cache.semantic
    if wanted.mode == "off":
        return None
    limits = SemanticLimits(wanted.floor, wanted.error_bound, wanted.answers_alike, float(wanted.ttl), wanted.mode == "on")
    likes = LikeQuestions(
        CheckedVectors(_embedder(settings, found, prices)),
        _index(wanted, caches, clock),
        Entries(caches.far, clock),
        limits,
        chance=SystemRandom().random,
        worth=lambda provider, reply: _worth(prices, provider, reply),
        price=lambda tokens: _price(prices, wanted.embedder, tokens),
    )
    return Semantics(likes, caches.generations.of)


def _index(wanted: SemanticCacheSettings, caches: Caches, clock: Clock) -> SimilarityIndex:
    """Return what holds the vectors: Postgres where it is named, otherwise memory before the far tier."""
    if url := wanted.index_url.get_secret_value():
        try:
            table = load_vector_table()
        except ImportError as missing:
            raise SettingsError(
                f"cache.semantic.index_url needs asyncpg, which is not installed. {_INSTALL.format('semantic-postgres')}"
            ) from missing
        return table(url, clock, entries=wanted.entries, eviction=wanted.eviction)
    try:
        matrix = load_index()
    except ImportError as missing:
        raise SettingsError(f"cache.semantic needs numpy, which is not installed. {_INSTALL.format('semantic')}") from missing
    # Not the tiers: what one instance drops must not live on in another's memory, and vectors are in memory anyway.
    return matrix(caches.far, clock, entries=wanted.entries, partitions=wanted.partitions, eviction=wanted.eviction)


def _embedder(settings: Settings, found: tuple[LocalServer, ...], prices: Prices) -> Embedder:
    name = settings.cache.semantic.embedder
    if name == "lexical":
        return LexicalEmbedder()
    if name == "local":
        try:
            return load_local_embedder()
        except ImportError as missing:
            raise SettingsError(
                f'cache.semantic.embedder = "local" needs wordllama, which is not installed. {_INSTALL.format("semantic-local")}'
            ) from missing
    provider, _, model = name.partition("/")
    servers: Mapping[str, ProviderSettings] = {
        **{server.name: ProviderSettings(base_url=server.base_url) for server in found},
        **settings.models.providers,
    }
    source = servers.get(provider)
    if source is None or source.kind != "openai" or not source.base_url:
        known = ", ".join(name for name, each in servers.items() if each.kind == "openai") or "none"
        raise SettingsError(
            f"cache.semantic.embedder names '{name}', and '{provider}' is no provider of kind openai with a base_url: {known}."
        )
    prices.warm(provider)
    return OpenAIEmbeddings(source.base_url, source.api_key.get_secret_value(), model, transport_of(source), headers=source.headers)


def _worth(prices: Prices, provider: str, reply: ModelReply) -> float:
    return prices.priced(provider, reply.model, Usage(), reply.usage).saved


def _price(prices: Prices, embedder: str, tokens: int) -> float:
    provider, _, model = embedder.partition("/")
    return prices.priced(provider, model, Usage(input_tokens=tokens, model_calls=1), Usage()).cost
