"""What caches that others share do when those others fail, and what is built on them."""

import asyncio
import pickle
import sqlite3
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from artelier.caches.breaker import Breaker
from artelier.caches.counted import CountedCache
from artelier.caches.disk import SWEEP_SECONDS, DiskCache
from artelier.caches.entry import pack, unpack
from artelier.caches.functions import cached
from artelier.caches.generations import Generations
from artelier.caches.memory import MemoryCache
from artelier.caches.resp import RespCache
from artelier.caches.turns import SharedTurns
from artelier.domain.errors import CacheUnavailable
from artelier.runtime.clock import SystemClock, UuidSevens


@asynccontextmanager
async def server(*answers: bytes | None) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server that says these things, one a request; None for silence."""
    heard: list[bytes] = []
    left = list(answers)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await reader.read(65536):
                heard.append(request)
                answer = left.pop(0) if left else None
                if answer is not None:
                    writer.write(answer)
                    await writer.drain()
        except ConnectionError:
            return
        finally:
            writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    try:
        yield f"redis://127.0.0.1:{port}/0", heard
    finally:
        listening.close()


async def test_a_server_that_freezes_costs_one_wait_and_not_many() -> None:
    async with server() as (url, heard):
        cache = RespCache(url, patience=0.05)
        assert await cache.get("a") is None
        assert (cache.failures, cache.failing) == (1, True)
        for _ in range(100):
            assert await cache.get("a") is None
            await cache.put("a", b"x", 60)
            assert await cache.add("a", b"x", 60) is None
        assert len(heard) == 1
        await cache.close()


async def test_a_refused_connection_is_a_miss() -> None:
    cache = RespCache("redis://127.0.0.1:9/0", patience=0.5)
    assert await cache.get("a") is None
    await cache.close()


@pytest.mark.parametrize("nonsense", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"-ERR no\r\n", b"\xff\xff\xff\r\n", b":7\r\n", b"$-5\r\n"])
async def test_nonsense_is_a_miss(nonsense: bytes) -> None:
    async with server(nonsense) as (url, _):
        cache = RespCache(url, patience=0.5)
        assert await cache.get("a") is None
        await cache.close()


async def test_it_speaks_only_what_every_server_understands() -> None:
    async with server(b"$-1\r\n", b"+OK\r\n", b"+OK\r\n", b":1\r\n") as (url, heard):
        cache = RespCache(url, patience=5.0)
        await cache.get("a")
        await cache.put("a", b"x", 1.5)
        await cache.add("a", b"x", 1)
        await cache.drop("a")
        await cache.close()
    assert [request.split(b"\r\n")[2].upper() for request in heard] == [b"GET", b"SET", b"SET", b"DEL"]
    assert b"PX" in heard[1]
    assert b"1500" in heard[1]
    assert b"NX" in heard[2]


async def test_after_the_pause_one_tries_and_the_server_is_back() -> None:
    breaker = Breaker(pause=0.0)
    breaker.failed()
    assert breaker.lets_through()
    breaker.succeeded()
    breaker = Breaker(pause=60.0)
    breaker.failed()
    assert not breaker.lets_through()


async def test_a_broken_file_is_begun_anew(tmp_path) -> None:
    file = tmp_path / "cache" / "entries.sqlite3"
    file.parent.mkdir()
    file.write_bytes(b"this is no database, however long it may be" * 100)
    cache = DiskCache(file, 10_000, SystemClock())
    await cache.put("a", b"one", 60)
    assert await cache.add("b", b"two", 60) is True
    await cache.close()
    again = DiskCache(file, 10_000, SystemClock())
    assert await again.get("a") == b"one"
    await again.close()


async def test_what_was_planted_in_the_file_is_bytes_and_is_never_run(tmp_path) -> None:
    file = tmp_path / "cache" / "entries.sqlite3"
    cache = DiskCache(file, 10_000, SystemClock())
    assert await cache.add("a", b"one", 60) is True
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE entries SET value = ?", (pickle.dumps(ValueError("boom")),))
    assert await cache.get("a") == pickle.dumps(ValueError("boom"))
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE entries SET value = 'text, where bytes belong'")
    assert await cache.get("a") is None
    await cache.close()


async def test_the_file_is_the_owners_alone(tmp_path) -> None:
    file = tmp_path / "cache" / "entries.sqlite3"
    cache = DiskCache(file, 10_000, SystemClock())
    await cache.add("a", b"one", 60)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    await cache.close()


async def test_what_fails_is_counted_where_it_is_seen(tmp_path, clock) -> None:
    (tmp_path / "file").write_text("")
    broken, memory = CountedCache(DiskCache(tmp_path / "file" / "entries.sqlite3", 100_000, clock)), CountedCache(MemoryCache(1000, clock))
    assert (broken.failures, broken.failing, memory.failures, memory.failing) == (0, False, 0, False)
    assert await broken.get("a") is None
    assert (broken.failures, broken.failing) == (1, True)
    (tmp_path / "file").unlink()
    assert await broken.get("a") is None
    assert (broken.failures, broken.failing) == (1, False)
    await broken.close()


async def test_a_folder_that_cannot_be_is_a_miss(tmp_path) -> None:
    (tmp_path / "file").write_text("")
    cache = DiskCache(tmp_path / "file" / "entries.sqlite3", 10_000, SystemClock())
    await cache.put("a", b"one", 60)
    assert await cache.add("b", b"two", 60) is None
    assert await cache.get("b") is None
    assert cache.failures >= 1
    await cache.close()


async def test_it_stays_within_its_limit(tmp_path) -> None:
    file = tmp_path / "entries.sqlite3"
    cache = DiskCache(file, 100_000, SystemClock())
    for number in range(300):
        await cache.put(f"key {number}", b"x" * 1000, 60)
    await cache.add("last", b"", 60)
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT sum(size) FROM entries").fetchone()[0] <= 110_000
    assert await cache.get("key 299") == b"x" * 1000
    assert await cache.get("key 0") is None
    await cache.close()


async def test_what_has_ended_leaves_the_file_however_much_room_there_is(tmp_path, clock) -> None:
    file = tmp_path / "entries.sqlite3"
    cache = DiskCache(file, 1 << 30, clock)
    await cache.put("old", b"what was said in confidence", 60)
    await cache.add("kept", b"x", 6000)
    clock.move(SWEEP_SECONDS)
    await cache.add("new", b"x", 60)
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT key FROM entries ORDER BY key").fetchall() == [("kept",), ("new",)]
    await cache.close()
    assert b"in confidence" not in file.read_bytes()


def test_an_entry_of_no_version_of_ours_is_none() -> None:
    assert unpack(pack(b"one", 12.5)) == (b"one", 12.5)
    assert unpack(b"\x02" + pack(b"one", 1.0)[1:]) is None
    assert unpack(b"") is None


async def test_a_renewed_generation_is_seen_by_all_instances() -> None:
    cache = MemoryCache(10_000, SystemClock())
    here, there = Generations(cache, look=0.0), Generations(cache, look=0.0)
    first = await here.of("replies")
    assert await there.of("replies") == first
    await here.renew("replies")
    assert await there.of("replies") == await here.of("replies") != first
    await cache.drop("generation:replies")
    assert await here.of("replies") != first


async def test_a_renewal_that_nobody_keeps_is_told() -> None:
    async with server(b"$5\r\ntoken\r\n") as (url, _):
        cache = RespCache(url, patience=0.05)
        tokens = Generations(cache, look=0.0)
        assert await tokens.of("replies") == "token"
        with pytest.raises(CacheUnavailable, match="Nothing is forgotten"):
            await tokens.renew("replies")
        assert await tokens.of("replies") == "token"
        await cache.close()


async def test_a_token_that_came_in_between_is_renewed_too() -> None:
    async with server(b":1\r\n", b"$-1\r\n", b":1\r\n", b"+OK\r\n") as (url, heard):
        cache = RespCache(url)
        await Generations(cache).renew("replies")
        assert len(heard) == 4
        await cache.close()


async def test_where_nobody_agrees_each_has_its_own_generation() -> None:
    cache = MemoryCache(10_000, SystemClock())
    await cache.close()
    alone = Generations(cache, look=0.0)
    assert await alone.of("replies") == await alone.of("replies")


async def test_a_function_is_asked_once() -> None:
    cache, clock, asked = CountedCache(MemoryCache(10_000, SystemClock())), SystemClock(), []

    @cached(cache, 60, turns=SharedTurns(cache, clock, UuidSevens()))
    async def double(number: int, *, times: int = 2) -> list[int]:
        asked.append(number)
        await asyncio.sleep(0)
        return [number] * times

    assert await asyncio.gather(*(double(2) for _ in range(50))) == [[2, 2]] * 50
    assert await double(2, times=2) == [2, 2]
    assert await double(2, times=3) == [2, 2, 2]
    assert asked == [2, 2]
    assert cache.counts.hits > 0
    assert cache.counts.puts >= 2


async def test_what_a_function_raises_is_not_kept() -> None:
    tries = []

    @cached(MemoryCache(10_000, SystemClock()), 60)
    async def often() -> int:
        tries.append(1)
        if len(tries) == 1:
            raise ValueError
        return len(tries)

    with pytest.raises(ValueError):
        await often()
    assert await often() == 2
    assert await often() == 2


async def test_what_cannot_be_read_back_is_a_miss() -> None:
    cache = MemoryCache(10_000, SystemClock())

    @cached(cache, 60, name="one")
    async def words() -> str:
        return "a"

    @cached(cache, 60, name="one")
    async def numbers() -> int:
        return 1

    assert await words() == "a"
    assert await numbers() == 1


def test_a_function_says_what_it_returns() -> None:
    with pytest.raises(TypeError, match="return annotation"):

        @cached(MemoryCache(1, SystemClock()), 60)
        async def careless():
            return 1


async def test_whoever_leads_and_fails_hands_the_work_on() -> None:
    cache = MemoryCache(10_000, SystemClock())
    turns, tried = SharedTurns(cache, SystemClock(), UuidSevens()), []

    async def work(number: int) -> str:
        async with turns.turn("a", lambda: _there(cache)) as first:
            if first:
                tried.append(number)
                if len(tried) == 1:
                    raise ValueError
                await cache.put("done", b"", 60)
            return "led" if first else "followed"

    found = await asyncio.gather(*(work(number) for number in range(5)), return_exceptions=True)
    assert [type(each) for each in found].count(ValueError) == 1
    assert sorted(each for each in found if isinstance(each, str)) == ["followed", "followed", "followed", "led"]


async def test_the_work_of_a_dead_process_is_taken_up() -> None:
    cache = MemoryCache(10_000, SystemClock())
    await cache.add("lease:a", b"of a process that is gone", 0.2)
    async with SharedTurns(cache, SystemClock(), UuidSevens()).turn("a", lambda: _there(cache)) as first:
        assert first


async def _there(cache: MemoryCache) -> bool:
    return await cache.get("done") is not None
