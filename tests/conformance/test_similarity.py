"""Every index of vectors: what is near, what is not, what leaves, and that partitions are apart."""

import asyncio
import math
import os
import signal
from itertools import count
from pathlib import Path

import asyncpg
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artelier.caches.breaker import Breaker
from artelier.caches.memory import MemoryCache
from artelier.caches.pgvector import VectorTable
from artelier.caches.similarity import MatrixIndex
from hand_clock import HandClock
from postgres_server import postgres

_NUMBERS = count()


class Matrix:
    """The matrix of numpy over a cache that outlives it."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.cache = MemoryCache(1 << 24, self.clock)

    def open(self, **changes) -> MatrixIndex:
        return MatrixIndex(self.cache, self.clock, **{"look": 0.0, **changes})


class Table:
    """The table of a Postgres, in a database of its own."""

    def __init__(self, url: str) -> None:
        self.clock = HandClock()
        self.url = url
        self._opened: list[VectorTable] = []

    def open(self, **changes) -> VectorTable:
        self._opened.append(VectorTable(self.url, self.clock, **{"patience": 10.0, **changes}))
        return self._opened[-1]

    async def close(self) -> None:
        for each in self._opened:
            await each.close()


@pytest.fixture(scope="module")
def server():
    with postgres() as (url, _):
        yield url


@pytest.fixture(params=[Matrix, Table])
async def stage(request):
    if request.param is Matrix:
        yield Matrix()
        return
    server = request.getfixturevalue("server")
    name = f"own{next(_NUMBERS)}"
    connection = await asyncpg.connect(server)
    await connection.execute(f"CREATE DATABASE {name}")
    await connection.close()
    table = Table(server.replace("/postgres?", f"/{name}?"))
    yield table
    await table.close()


def at(degrees: float) -> tuple[float, float]:
    return math.cos(math.radians(degrees)), math.sin(math.radians(degrees))


async def test_the_nearest_come_first_and_none_below_the_floor(stage):
    index = stage.open()
    for degrees in (0, 5, 10, 20, 90, 180):
        await index.put("p", f"e{degrees}", at(degrees), 100)
    found = await index.nearest("p", at(4), 0.9, 3)
    assert [each.entry for each in found] == ["e5", "e0", "e10"]
    assert [each.similarity for each in found] == pytest.approx([math.cos(math.radians(each)) for each in (1, 4, 6)], abs=1e-6)
    assert [each.entry for each in await index.nearest("p", at(91), 0.99, 9)] == ["e90"]
    assert (await index.nearest("p", at(0), 0.99999999, 9))[0].similarity <= 1.0


async def test_partitions_and_widths_are_apart(stage):
    index = stage.open()
    await index.put("p", "e", at(0), 100)
    assert await index.nearest("q", at(0), 0.5, 9) == ()
    assert await index.nearest("p", (1.0, 0.0, 0.0), 0.5, 9) == ()
    await index.put("p", "wide", (1.0, 0.0, 0.0), 100)
    assert [each.entry for each in await index.nearest("p", at(0), 0.5, 9)] == ["e"]
    await index.drop("q", "e")
    assert await index.nearest("p", at(0), 0.5, 9)


async def test_what_has_ended_or_was_dropped_is_not_found(stage):
    index = stage.open()
    await index.put("p", "short", at(0), 10)
    await index.put("p", "long", at(1), 100)
    await index.put("p", "never", at(0), 0)
    stage.clock.move(11)
    assert [each.entry for each in await index.nearest("p", at(0), 0.5, 9)] == ["long"]
    await index.drop("p", "long")
    await index.drop("p", "long")
    assert await index.nearest("p", at(0), 0.5, 9) == ()


async def test_an_entry_put_again_stands_where_it_was_put_last(stage):
    index = stage.open()
    await index.put("p", "e", at(0), 100)
    await index.put("p", "e", at(90), 100)
    assert await index.nearest("p", at(0), 0.5, 9) == ()
    assert [each.entry for each in await index.nearest("p", at(90), 0.5, 9)] == ["e"]


@pytest.mark.parametrize(("eviction", "gone"), [("lru", "e1"), ("lfu", "e2"), ("fifo", "e0")])
async def test_a_full_partition_makes_room_by_its_policy(stage, eviction, gone):
    index = stage.open(entries=3, eviction=eviction)
    for number in range(3):
        await index.put("p", f"e{number}", at(number * 60), 1000)
        stage.clock.move(1)
    for entry in ("e1", "e1", "e2", "e0", "e0"):  # e1 longest unused, e2 least often
        await index.touch("p", entry)
        stage.clock.move(1)
    await index.put("p", "e3", at(180), 1000)
    left = {each.entry for angle in (0, 60, 120, 180) for each in await index.nearest("p", at(angle), 0.99, 9)}
    assert left == {"e0", "e1", "e2", "e3"} - {gone}


async def test_what_has_ended_makes_room_first(stage):
    index = stage.open(entries=2)
    await index.put("p", "old", at(0), 1000)
    await index.put("p", "short", at(60), 10)
    await index.touch("p", "short")
    stage.clock.move(20)
    await index.put("p", "new", at(120), 1000)
    assert await index.nearest("p", at(0), 0.99, 9)


async def test_it_outlives_a_restart_and_instances_see_each_other(stage):
    one, other = stage.open(), stage.open()
    await one.put("p", "a", at(0), 100)
    assert [each.entry for each in await other.nearest("p", at(0), 0.9, 9)] == ["a"]
    await other.put("p", "b", at(10), 100)
    assert [each.entry for each in await one.nearest("p", at(0), 0.9, 9)] == ["a", "b"]
    await other.drop("p", "a")
    assert [each.entry for each in await one.nearest("p", at(0), 0.9, 9)] == ["b"]
    await one.close()
    assert await one.nearest("p", at(0), 0.9, 9) == ()
    await one.put("p", "c", at(0), 100)
    assert [each.entry for each in await stage.open().nearest("p", at(0), 0.9, 9)] == ["b"]


steps = st.lists(
    st.tuples(st.sampled_from(("put", "drop", "look")), st.sampled_from("pq"), st.integers(0, 12), st.integers(0, 359)), max_size=40
)


@settings(deadline=None, max_examples=60)
@given(steps, st.integers(0, 3))
def test_it_finds_what_looking_at_each_would_find(steps, opened_again):
    async def live() -> None:
        stage = Matrix()
        index, expected = stage.open(), {"p": {}, "q": {}}
        for number, (what, partition, entry, degrees) in enumerate(steps):
            if what == "put":
                await index.put(partition, f"e{entry}", at(degrees), 100)
                expected[partition][f"e{entry}"] = degrees
            elif what == "drop":
                await index.drop(partition, f"e{entry}")
                expected[partition].pop(f"e{entry}", None)
            else:
                found = {each.entry for each in await index.nearest(partition, at(degrees), 0.9, 99)}
                there = {name for name, its in expected[partition].items() if math.cos(math.radians(its - degrees)) >= 0.9}
                assert found == there
            if opened_again and number % 7 == opened_again:
                index = stage.open()

    asyncio.run(live())


async def test_of_a_matrix_only_the_partitions_used_last_are_in_memory():
    stage = Matrix()
    index = stage.open(partitions=2)
    for name in "abc":
        await index.put(name, "e", at(0), 100)
    assert list(index._partitions) == ["b", "c"]
    assert await index.nearest("a", at(0), 0.9, 9)


@pytest.mark.parametrize("damage", [b"", b"abc", b"\x00" * 7, np.array([math.nan, 1], np.float32).tobytes(), None])
async def test_of_a_matrix_a_damaged_vector_or_list_is_gone(damage):
    stage = Matrix()
    for entry in ("e", "f"):
        await stage.open().put("p", entry, at(0), 100)
    if damage is None:
        await stage.cache.drop("similar:p:e")
    else:
        await stage.cache.put("similar:p:e", damage, 100)
    assert [each.entry for each in await stage.open().nearest("p", at(0), 0.9, 9)] == ["f"]
    await stage.cache.put("similar:p", b"\xc1 no list", 100)
    assert await stage.open().nearest("p", at(0), 0.9, 9) == ()


async def test_a_table_whose_server_is_not_there_is_a_miss_and_is_left_alone():
    clock, breaker = HandClock(), Breaker(pause=60.0)
    index = VectorTable("postgresql://postgres@127.0.0.1:9/none", clock, breaker=breaker)
    await index.put("p", "e", at(0), 100)
    assert await index.nearest("p", at(0), 0.5, 9) == ()
    await index.touch("p", "e")
    await index.drop("p", "e")
    assert breaker.failures == 1
    await index.close()


async def test_a_table_whose_server_freezes_costs_one_wait():
    with postgres() as (url, process):
        index = VectorTable(url, HandClock(), patience=10.0, breaker=(breaker := Breaker(pause=60.0)))
        await index.put("p", "e", at(0), 100)
        index._patience = 0.1
        assert await index.nearest("p", at(0), 0.5, 9)
        process.send_signal(signal.SIGSTOP)
        for pid in children(process.pid):
            os.kill(pid, signal.SIGSTOP)
        assert await index.nearest("p", at(0), 0.5, 9) == ()
        assert await index.nearest("p", at(0), 0.5, 9) == ()
        assert breaker.failures == 1
        await index.close()
        for pid in children(process.pid):
            os.kill(pid, signal.SIGCONT)


def children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
