"""What every cache does, whatever keeps it."""

import pytest

from artelier.caches.memory import MemoryCache

LIMIT = 4_000


@pytest.fixture
def cache(clock):
    return MemoryCache(LIMIT, clock)


async def test_it_gives_back_what_was_put(cache):
    assert await cache.get("a") is None
    await cache.put("a", b"\0one\xff", 60)
    await cache.put("b", b"", 60)
    assert await cache.get("a") == b"\0one\xff"
    assert await cache.get("b") == b""


async def test_the_last_one_stands(cache):
    await cache.put("a", b"one", 60)
    await cache.put("a", b"two", 60)
    assert await cache.get("a") == b"two"


async def test_what_is_dropped_is_gone_and_may_be_dropped_again(cache):
    await cache.put("a", b"one", 60)
    await cache.drop("a")
    await cache.drop("a")
    assert await cache.get("a") is None


async def test_time_ends_it(cache, clock):
    await cache.put("a", b"one", 60)
    await cache.put("b", b"two", 120)
    clock.move(61)
    assert await cache.get("a") is None
    assert await cache.get("b") == b"two"


async def test_what_was_used_longest_ago_goes_first(cache):
    await cache.put("old", b"x" * 1500, 60)
    await cache.put("used", b"x" * 1500, 60)
    assert await cache.get("old")
    await cache.put("new", b"x" * 1500, 60)
    assert await cache.get("used") is None
    assert await cache.get("old")


async def test_what_is_too_large_is_not_kept_and_takes_the_older_value_along(cache):
    await cache.put("other", b"x", 60)
    await cache.put("a", b"one", 60)
    await cache.put("a", b"x" * (LIMIT + 1), 60)
    assert await cache.get("a") is None
    assert await cache.get("other") == b"x"
