"""Group commit: what shares a transaction stands alone, and nobody is told too early."""

import asyncio
import resource
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text, insert, select
from sqlalchemy.schema import CreateTable

from artelier.domain.errors import Conflict, StoreError, StoreUnavailable
from artelier.stores.operation import Step, Steps
from artelier.stores.sqlite_connection import connect
from artelier.stores.sqlite_writer import Writer

NOTES = Table("notes", MetaData(), Column("id", Integer, primary_key=True), Column("text", Text, nullable=False))
LATEST = 10.0


class StillClock:
    def now(self) -> datetime:
        return datetime(2026, 11, 20, tzinfo=UTC)

    async def sleep(self, seconds: float) -> None:
        raise NotImplementedError


class Bench:
    """A writer over one table, with a second connection that sees only what is committed."""

    def __init__(self, path: Path) -> None:
        connection = connect(path, 0.05)
        connection.execute(str(CreateTable(NOTES)))
        self.statements: list[str] = []
        connection.set_trace_callback(self.statements.append)
        self.connection = connection
        self.writer = Writer(connection, StillClock(), lambda _: None)
        self.beside = sqlite3.connect(path, isolation_level=None)

    def kept(self) -> list[int]:
        return [row[0] for row in self.beside.execute("SELECT id FROM notes ORDER BY id")]

    @property
    def commits(self) -> int:
        return self.statements.count("COMMIT")

    async def together(self, *operations: Callable[..., Steps[Any]]) -> list[Any]:
        """Perform operations in one batch: the writer is held back until all are queued."""
        begun, held = threading.Event(), threading.Event()
        holding = asyncio.ensure_future(self.writer.perform(wait_for(begun, held)))
        await asyncio.to_thread(begun.wait, LATEST)
        waiting = [asyncio.ensure_future(self.writer.perform(operation)) for operation in operations]
        await asyncio.sleep(0)
        held.set()
        await holding
        return await asyncio.wait_for(asyncio.gather(*waiting, return_exceptions=True), LATEST)


def wait_for(begun: threading.Event, held: threading.Event) -> Callable[[int], Steps[None]]:
    def work(_: int) -> Steps[None]:
        begun.set()
        held.wait(LATEST)
        yield from ()

    return work


def write(note: int, text: str = "", failure: Exception | None = None) -> Callable[[int], Steps[int]]:
    """Write a note, and fail afterwards if a failure is given."""

    def work(_: int) -> Steps[int]:
        yield Step(insert(NOTES), {"id": note, "text": text})
        if failure is not None:
            raise failure
        return note

    return work


def refuse(note: int) -> Callable[[int], Steps[int]]:
    """Look first, and refuse without writing."""

    def work(_: int) -> Steps[int]:
        found = yield Step(select(NOTES.c.id).where(NOTES.c.id == note), {})
        raise Conflict(f"{note} {'is' if found else 'is not'} there")

    return work


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    made = Bench(tmp_path / "notes.sqlite3")
    yield made
    await made.writer.close()
    made.beside.close()


@contextmanager
def files_no_longer_than(size: int) -> Iterator[None]:
    """Let every write beyond a size fail, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_what_is_queued_meanwhile_shares_one_commit(bench: Bench) -> None:
    assert await bench.together(*map(write, range(20))) == list(range(20))
    assert bench.commits == 2
    assert bench.kept() == list(range(20))


async def test_an_idle_writer_commits_each_at_once(bench: Bench) -> None:
    for note in range(3):
        assert await bench.writer.perform(write(note)) == note
    assert bench.commits == 3


async def test_whoever_is_told_finds_it_committed(bench: Bench) -> None:
    async def told(note: int) -> bool:
        await bench.writer.perform(write(note))
        return note in bench.kept()

    assert all(await asyncio.gather(*map(told, range(50))))


async def test_one_that_refuses_leaves_its_neighbours_in_their_batch(bench: Bench) -> None:
    first, refused, last = await bench.together(write(1), refuse(1), write(2))
    assert (first, last) == (1, 2)
    assert isinstance(refused, Conflict)
    assert str(refused) == "1 is there"
    assert bench.commits == 2
    assert "ROLLBACK" not in bench.statements


@pytest.mark.parametrize(
    ("spoiling", "expected"),
    [
        (write(3, failure=Conflict("too late")), Conflict),
        (write(3, failure=ZeroDivisionError("a defect")), ZeroDivisionError),
        (write(1), StoreError),
        (write(3, text=None), StoreError),  # type: ignore[arg-type]
        (lambda _: iter([1, 2]), AttributeError),
    ],
    ids=["refuses after writing", "breaks", "writes twice", "writes what may not be", "is no operation"],
)
async def test_one_that_spoils_the_batch_fails_alone(bench: Bench, spoiling: Callable[..., Any], expected: type[Exception]) -> None:
    first, spoiled, last = await bench.together(write(1), spoiling, write(2))
    assert (first, last) == (1, 2)
    assert isinstance(spoiled, expected)
    assert bench.kept() == [1, 2]
    assert await bench.writer.perform(write(9)) == 9


async def test_a_commit_that_fails_is_told_to_all_of_the_batch_and_the_writer_goes_on(bench: Bench, tmp_path: Path) -> None:
    await bench.writer.perform(write(0))
    with files_no_longer_than((tmp_path / "notes.sqlite3-wal").stat().st_size):
        outcomes = await bench.together(write(1), refuse(1), write(2))
    assert [type(outcome) for outcome in outcomes] == [StoreUnavailable] * 3
    assert "did not accept the write" in str(outcomes[0])
    assert bench.kept() == [0]
    assert await bench.together(write(1), write(2)) == [1, 2]
    assert bench.kept() == [0, 1, 2]


async def test_a_full_database_fails_what_does_not_fit_alone(bench: Bench) -> None:
    bench.connection.execute("PRAGMA max_page_count = 20")
    small, large, other = await bench.together(write(1), write(2, "x" * 500_000), write(3))
    assert (small, other) == (1, 3)
    assert isinstance(large, StoreUnavailable)
    assert "full" in str(large)
    assert bench.kept() == [1, 3]


async def test_a_lock_of_another_program_is_a_passing_failure(bench: Bench) -> None:
    bench.beside.execute("BEGIN IMMEDIATE")
    outcomes = await asyncio.gather(bench.writer.perform(write(1)), bench.writer.perform(write(2)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [StoreUnavailable] * 2
    bench.beside.execute("COMMIT")
    assert await bench.writer.perform(write(1)) == 1


async def test_closing_finishes_what_was_accepted_and_takes_nothing_more(bench: Bench) -> None:
    accepted = [asyncio.ensure_future(bench.writer.perform(write(note))) for note in range(1500)]
    await asyncio.sleep(0)
    await asyncio.wait_for(bench.writer.close(), LATEST)
    assert await asyncio.gather(*accepted) == list(range(1500))
    assert bench.kept() == list(range(1500))
    with pytest.raises(StoreUnavailable, match="closed"):
        await bench.writer.perform(write(9999))
    await bench.writer.close()


async def test_a_caller_who_left_changes_nothing_for_the_others(bench: Bench) -> None:
    begun, held = threading.Event(), threading.Event()
    holding = asyncio.ensure_future(bench.writer.perform(wait_for(begun, held)))
    leaving, staying = (asyncio.ensure_future(bench.writer.perform(write(note))) for note in (1, 2))
    await asyncio.sleep(0)
    leaving.cancel()
    held.set()
    await holding
    assert await staying == 2
    assert leaving.cancelled()
    assert bench.kept() == [1, 2]
