"""What is true of the file alone: its mode, its settings, its threads, its plans."""

import asyncio
import re
import sqlite3
import stat
import threading
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Executable

from artelier.domain.calls import ResultStatus, ToolResult
from artelier.domain.errors import StoreError, StoreUnavailable
from artelier.domain.events import FORMAT, Draft, MessageReceived, RunFinished, SessionOpened, ToolFinished
from artelier.domain.runs import RunStatus
from artelier.ports.journal import OwnedBy
from artelier.ports.runs import Submission, Worker
from artelier.stores import queries, statements
from artelier.stores.sqlite import SqliteStore
from artelier.stores.sqlite_connection import compiled, connect

HERE = frozenset({"here"})
WORKER = Worker("worker", HERE)


class WallClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "journal.sqlite3", WallClock(), readers=3, busy_seconds=0.05)
    await opened.open()
    await opened.register_workspace("project", "Project", "/srv/project", "here")
    yield opened
    await opened.close()


async def store_twice(store: SqliteStore, session: str, text: str) -> None:
    """Append the same large payload twice in a finished run."""
    message = Submission(session, f"run-{session}", MessageReceived("Go"), "person:mira", opening=SessionOpened("mira", "project"))
    await store.submit(message, WORKER)
    large = ToolFinished("call", "read_file", ToolResult(ResultStatus.DONE, text))
    drafts = tuple(Draft(payload, "system", message.run) for payload in (large, large, RunFinished("Done.")))
    await store.append(session, drafts, OwnedBy(message.run, 1, 3))


def modes(folder: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}


def rows(folder: Path, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(folder / "journal.sqlite3")
    try:
        found = connection.execute(query).fetchall()
        connection.commit()
        return found
    finally:
        connection.close()


async def test_nobody_else_may_read_the_files(store: SqliteStore, tmp_path: Path) -> None:
    await store_twice(store, "s", "x")
    assert modes(tmp_path) == {"journal.sqlite3": 0o600, "journal.sqlite3-wal": 0o600, "journal.sqlite3-shm": 0o600}


async def test_a_file_that_was_open_to_others_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    path.touch(0o644)
    opened = SqliteStore(path, WallClock())
    await opened.open()
    await opened.close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_connections_are_durable_and_checked(tmp_path: Path) -> None:
    connection = connect(tmp_path / "a.sqlite3", 1.5)
    pragmas = {
        name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    }
    connection.close()
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 1500}


async def test_large_payloads_lie_once_in_blobs_until_their_last_session_goes(store: SqliteStore, tmp_path: Path) -> None:
    await store_twice(store, "one", "x" * 40_000)
    await store_twice(store, "two", "x" * 40_000)
    await store_twice(store, "three", "y" * 20_000)
    assert rows(tmp_path, "SELECT count(*) FROM blobs") == [(1,)]
    assert rows(tmp_path, "SELECT session, count(*) FROM events WHERE payload IS NULL GROUP BY session") == [("one", 2), ("two", 2)]
    await store.delete_session("one")
    assert rows(tmp_path, "SELECT count(*) FROM blobs") == [(1,)]
    await store.delete_session("two")
    assert rows(tmp_path, "SELECT count(*) FROM blobs") == [(0,)]


async def test_reading_happens_in_few_threads_and_never_in_the_loop(store: SqliteStore) -> None:
    await store_twice(store, "s", "x")
    await asyncio.gather(*(store.read("s") for _ in range(100)))
    names = [thread.name for thread in threading.enumerate() if thread.name.startswith("artelier-sqlite")]
    assert names.count("artelier-sqlite-writer") == 1
    assert 1 <= len(names) - 1 <= 3


async def test_closing_leaves_no_thread_and_one_file(tmp_path: Path) -> None:
    before = {thread.name for thread in threading.enumerate()}
    opened = SqliteStore(tmp_path / "journal.sqlite3", WallClock())
    await opened.open()
    await opened.list_workspaces()
    await opened.close()
    await opened.close()
    assert list(modes(tmp_path)) == ["journal.sqlite3"]
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("artelier-sqlite-reader")]
    ours = [thread.name for thread in threading.enumerate() if thread.name.startswith("artelier-") and thread.name not in before]
    assert len(ours) <= 1, "the writer's last breath"


async def test_a_ping_really_writes(store: SqliteStore, tmp_path: Path) -> None:
    await store.ping()
    other = sqlite3.connect(tmp_path / "journal.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(StoreUnavailable):
            await store.ping()
        assert await store.list_workspaces()
    finally:
        other.close()
    await store.ping()


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    path.write_bytes(b"This is a letter and no database, however long it may be." * 100)
    with pytest.raises(StoreError, match="cannot be read") as refused:
        await SqliteStore(path, WallClock()).open()
    assert not isinstance(refused.value, StoreUnavailable)


async def test_a_folder_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="cannot be opened"):
        await SqliteStore(tmp_path / "missing" / "journal.sqlite3", WallClock()).open()


async def test_a_session_that_a_newer_worker_wrote_to_stays_with_such_workers(store: SqliteStore, tmp_path: Path) -> None:
    newer = Worker("newer", HERE, format=FORMAT + 1)
    await store.open_session("s", "mira", "project")
    rows(tmp_path, f"UPDATE sessions SET format = {newer.format}")
    message = Submission("s", "run", MessageReceived("Go"), "person:mira")
    assert (await store.submit(message, WORKER)).claim is None
    assert await store.claim(WORKER) is None
    assert await store.claim(newer) is not None


LOOKUPS: dict[str, Executable] = {
    "claim": statements.claim(HERE),
    "claim_if_next": statements.CLAIM_IF_NEXT,
    "next_wake": statements.next_wake(HERE),
    "extend": statements.extend(4),
    "session_and_run": statements.SESSION_AND_RUN,
    "unended_run": statements.UNENDED_RUN,
    "run_of_key": statements.RUN_OF_KEY,
    "close_questions": statements.CLOSE_QUESTIONS,
    "unused_blob": statements.DELETE_UNUSED_BLOB,
    "events": queries.EVENTS,
    "sessions": queries.list_sessions(before=True),
    "open_questions": queries.list_questions(status=True, session=False, before=False),
    "runs_of_session": queries.list_runs(session=True, statuses=frozenset({RunStatus.RUNNING}), before=False),
}


@pytest.mark.parametrize("name", LOOKUPS)
async def test_frequent_statements_walk_no_whole_table(store: SqliteStore, tmp_path: Path, name: str) -> None:
    statement = compiled(LOOKUPS[name])
    connection = sqlite3.connect(tmp_path / "journal.sqlite3")
    try:
        given = dict.fromkeys(re.findall(r":(\w+)", statement.text))
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement.text}", given | statement.constants)]
    finally:
        connection.close()
    walks = [line for line in plan if line.startswith("SCAN") and "anon" not in line]
    assert all("ix_runs_queued" in walk for walk in walks), plan
