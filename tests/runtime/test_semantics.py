"""The cache of like questions as the settings want it, and what is said where something is missing."""

import asyncio
import subprocess
import sys

import pytest
from pydantic import ValidationError

from artelier.caches.pgvector import VectorTable
from artelier.caches.similarity import MatrixIndex
from artelier.domain.errors import SettingsError
from artelier.domain.models import ModelReply
from artelier.domain.usage import Usage
from artelier.providers.breaker import BreakingProvider
from artelier.providers.local import LocalServer
from artelier.providers.response_cache import CachingProvider
from artelier.providers.semantic_cache import SemanticProvider
from artelier.runtime.caching import open_caches
from artelier.runtime.clock import UuidSevens
from artelier.runtime.model_sources import Kept, build_models
from artelier.runtime.pricing import build_prices
from artelier.runtime.semantics import open_semantics
from artelier.settings import Settings
from hand_clock import HandClock

OPENAI = {"openai": {"base_url": "http://127.0.0.1:9/v1"}, "claude": {"kind": "anthropic"}}
OLLAMA = LocalServer("ollama", "http://127.0.0.1:11434/v1", ("tiny",))


def opened(tmp_path, semantic, found=(), providers=OPENAI, **cache):
    settings = Settings.model_validate({"cache": {"semantic": semantic, **cache}, "models": {"providers": providers}})
    caches = open_caches(settings.cache, tmp_path, HandClock(), UuidSevens())
    return settings, caches, open_semantics(settings, found, caches, build_prices(settings), HandClock())


def layers(provider):
    """Return the kinds of a provider's wrappers, from outside."""
    found = []
    while provider is not None:
        found.append(type(provider))
        provider = getattr(provider, "_provider", None)
    return found[: found.index(BreakingProvider) + 1]


async def test_every_layer_is_there_in_its_order_or_off(tmp_path):
    on = {"mode": "shadow", "embedder": "lexical"}
    for semantic, when, expected in (
        (on, "always", [CachingProvider, SemanticProvider, BreakingProvider]),
        (on, "off", [SemanticProvider, BreakingProvider]),
        ({}, "always", [CachingProvider, BreakingProvider]),
        ({}, "off", [BreakingProvider]),
    ):
        settings, caches, semantics = opened(tmp_path, semantic, replies={"when": when})
        models = build_models(settings, HandClock(), (), Kept(caches.replies, semantics))
        assert layers(models.find("openai/x")[0]) == expected
        await models.close()
        await caches.close()


@pytest.mark.parametrize(
    ("name", "found", "told"),
    [
        ("openai/small", (), "127.0.0.1:9/small"),
        ("ollama/nomic/embed", (OLLAMA,), "127.0.0.1:11434/nomic/embed"),
        ("local", (), "wordllama-l2-supercat-256"),
        ("lexical", (), "lexical"),
    ],
)
async def test_an_embedder_is_found_by_its_name(tmp_path, name, found, told):
    _, caches, semantics = opened(tmp_path, {"mode": "on", "embedder": name}, found)
    assert semantics.likes.answers
    assert semantics.likes.embedder == told
    await semantics.likes.close()
    await caches.close()


@pytest.mark.parametrize(("http", "begins"), [("1.1", b"POST"), ("2", b"PRI ")])
async def test_an_embedder_is_reached_as_its_provider_s_settings_say(tmp_path, http, begins):
    seen = []

    async def look(reader, writer):
        seen.append(await reader.readexactly(4))
        writer.close()

    async with await asyncio.start_server(look, "127.0.0.1", 0) as listener:
        source = {"base_url": f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}/v1", "http": http}
        _, caches, semantics = opened(tmp_path, {"mode": "on", "embedder": "openai/small"}, providers={"openai": source})
        assert (await semantics.likes._checked.of(("Hi",))).vectors is None
        assert set(seen) == {begins}
        await semantics.likes.close()
        await caches.close()


async def test_vectors_lie_in_memory_or_in_postgres(tmp_path):
    for url, kind in (("", MatrixIndex), ("postgresql:///none", VectorTable)):
        _, caches, semantics = opened(tmp_path, {"mode": "on", "embedder": "lexical", "index_url": url})
        assert isinstance(semantics.likes._index, kind)
        await semantics.likes.close()
        await caches.close()


@pytest.mark.parametrize("name", ["nobody/small", "claude/x", "ollama/x"])
def test_one_that_is_not_there_is_said(tmp_path, name):
    with pytest.raises(SettingsError, match=r"cache\.semantic\.embedder.* openai"):
        opened(tmp_path, {"mode": "on", "embedder": name})


@pytest.mark.parametrize(
    "semantic",
    [
        {"mode": "on"},
        {"mode": "shadow", "embedder": "small"},
        {"mode": "on", "embedder": "openai/"},
        {"error_bound": 0},
        {"error_bound": 0.5},
        {"floor": 1},
        {"floor": 0.2},
        {"entries": 20_001},
        {"eviction": "ttl"},
        {"mode": "maybe"},
        {"index_url": "mysql://host/db"},
    ],
)
def test_settings_that_make_no_sense_are_refused(semantic):
    with pytest.raises(ValidationError):
        Settings.model_validate({"cache": {"semantic": semantic}})


async def test_what_looking_cost_is_added_to_the_cost_and_taken_from_what_was_saved():
    source = {"own": {"base_url": "http://127.0.0.1:9/v1", "prices": {"*": {"input": 1.0, "output": 1.0}}}}
    models = build_models(Settings.model_validate({"models": {"providers": source}}), HandClock())
    asked = models.priced("own/m", ModelReply("", usage=Usage(1_000_000), lookup_cost=0.25))
    assert (asked.cost, asked.saved, asked.model_calls) == (1.25, -0.25, 1)
    given = models.priced("own/m", ModelReply("", saved=Usage(1_000_000), source="semantic", lookup_cost=0.25))
    assert (given.cost, given.saved, given.model_calls) == (0.25, 0.75, 0)
    await models.close()


@pytest.mark.parametrize(
    ("library", "settings", "extra"),
    [
        ("numpy", {"embedder": "lexical"}, "semantic"),
        ("wordllama", {"embedder": "local"}, "semantic-local"),
        ("asyncpg", {"embedder": "lexical", "index_url": "postgresql:///x"}, "semantic-postgres"),
    ],
)
def test_a_library_that_is_missing_is_named_with_what_installs_it(library, settings, extra):
    program = f"""
import sys
from pathlib import Path
from test_semantics import opened
for name in ("similarity", "pgvector"):
    del sys.modules[f"artelier.caches.{{name}}"]
sys.modules["{library}"] = None
try:
    opened(Path("nowhere"), {{"mode": "on", **{settings}}})
except Exception as failure:
    print(type(failure).__name__, failure)
"""
    paths = [each for each in sys.path if "tests" in each]
    begin = f"import sys; sys.path[:0] = {paths!r}\n"
    told = subprocess.run([sys.executable, "-c", begin + program], capture_output=True, text=True, check=True, timeout=60).stdout
    assert told.startswith("SettingsError")
    assert f"{library}, which is not installed" in told
    assert f"artelier[{extra}]'" in told
