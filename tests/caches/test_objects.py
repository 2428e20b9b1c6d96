"""What is peculiar to a bucket: it may be away, refuse, or hold what another has written."""

import time

import pytest

from artelier.caches.objects import ObjectCache
from artelier.runtime.caching import open_caches
from artelier.runtime.clock import SystemClock, UuidSevens
from artelier.settings.caches import CacheSettings
from object_store import object_store_serving


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")


def bucket(address: str, **more: float) -> ObjectCache:
    return ObjectCache(f"s3://things/deep/down?endpoint={address}&region=here", SystemClock(), **more)


async def test_keys_are_hidden_in_names_below_the_prefix() -> None:
    kept: dict[str, bytes] = {}
    async with object_store_serving(kept) as address:
        cache = bucket(address)
        await cache.put("person:owner/secret words", b"value", 60)
        await cache.close()
    (name,) = kept
    assert name.startswith("/things/deep/down/")
    assert "secret" not in name


async def test_what_another_program_wrote_is_a_miss() -> None:
    kept: dict[str, bytes] = {}
    async with object_store_serving(kept) as address:
        cache = bucket(address)
        await cache.put("a", b"value", 60)
        for garbage in (b"", b"x", b"\xff" * 40):
            kept[next(iter(kept))] = garbage
            assert await cache.get("a") is None
        await cache.close()


async def test_a_store_that_is_away_costs_one_wait() -> None:
    cache = bucket("http://127.0.0.1:9", patience=0.5)
    assert await cache.get("a") is None
    assert (cache.failures, cache.failing) == (1, True)
    began = time.process_time()
    for _ in range(50):
        assert await cache.get("a") is None
        await cache.put("a", b"x", 60)
        assert await cache.add("a", b"x", 60) is None
    assert cache.failures == 1
    assert time.process_time() - began < 5
    await cache.close()


async def test_an_ended_entry_can_be_added_anew(clock) -> None:
    async with object_store_serving() as address:
        cache = ObjectCache(f"s3://things?endpoint={address}&region=here", clock, patience=5.0)
        assert await cache.add("turn", b"one", 5) is True
        assert await cache.add("turn", b"two", 5) is False
        clock.move(6)
        assert await cache.add("turn", b"three", 5) is True
        assert await cache.get("turn") == b"three"
        await cache.close()


async def test_the_setting_makes_it_the_far_tier(tmp_path) -> None:
    async with object_store_serving() as address:
        settings = CacheSettings.model_validate({"url": f"s3://things?endpoint={address}&region=here"})
        caches = open_caches(settings, tmp_path, SystemClock(), UuidSevens())
        assert caches.far_kind == "objects"
        await caches.tiers.put("a", b"x", 60)
        assert await caches.far.get("a") is not None
        await caches.close()


@pytest.mark.parametrize("url", ["s3://", "s3:///", "gs://bucket", "bucket"])
def test_an_address_that_names_no_bucket_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="url"):
        CacheSettings.model_validate({"url": url})
