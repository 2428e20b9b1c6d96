"""The schema: written twice, by the tables and by the migrations, and the same both times."""

import asyncio
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import OperationalError

from artelier.domain.calls import ResultStatus, ToolResult
from artelier.domain.errors import StoreError
from artelier.domain.events import ToolFinished
from artelier.domain.questions import QuestionStatus
from artelier.domain.runs import RunStatus
from artelier.ports.runs import Page, Worker
from artelier.ports.usage import Span, UsageBy
from artelier.stores import migrate, schema
from artelier.stores.sqlite import SqliteStore
from artelier.stores.sqlite_connection import connect
from artelier.stores.tables import METADATA

REVISION_0001 = Path(__file__).with_name("revision_0001.sql")
OPEN_AND_TELL = """
import asyncio, sys
from pathlib import Path
from artelier.stores.sqlite import SqliteStore
async def main():
    store = SqliteStore(Path(sys.argv[1]), None)
    for _ in range(2):
        await store.open()
        await store.close()
asyncio.run(main())
print("alembic" in sys.modules)
"""


class StillClock:
    def now(self) -> datetime:
        return datetime(2026, 11, 21, 12, 35, tzinfo=UTC)

    async def sleep(self, seconds: float) -> None:
        raise NotImplementedError


def definitions(path: Path) -> dict[str, list[str]]:
    """Return the lines of every definition, sorted: the order of constraints and quotes do not matter."""
    connection = sqlite3.connect(path)
    try:
        found = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    finally:
        connection.close()
    return {name: sorted(line.strip(" ,\t") for line in sql.replace('"', "").splitlines()) for name, sql in found}


def prepared(path: Path) -> Path:
    connection = connect(path, 1.0)
    try:
        schema.prepare(connection, path)
    finally:
        connection.close()
    return path


def with_tables(path: Path, script: str) -> Path:
    connection = sqlite3.connect(path)
    try:
        connection.executescript(script)
    finally:
        connection.close()
    return path


def test_migrations_make_the_tables_that_the_code_describes(tmp_path: Path) -> None:
    migrate.migrate_file(tmp_path / "migrated.sqlite3")
    with migrate.sqlite_engine(tmp_path / "migrated.sqlite3").begin() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_a_new_file_is_the_same_as_a_migrated_one(tmp_path: Path) -> None:
    assert migrate.migrate_file(tmp_path / "migrated.sqlite3") == schema.REVISIONS[-1]
    assert definitions(prepared(tmp_path / "new.sqlite3")) == definitions(tmp_path / "migrated.sqlite3")


def test_the_code_knows_every_revision_in_order() -> None:
    scripts = ScriptDirectory(str(Path(migrate.__file__).parent / "migrations")).walk_revisions()
    assert tuple(script.revision for script in scripts)[::-1] == schema.REVISIONS


def test_neither_a_new_nor_an_up_to_date_file_costs_the_import_of_alembic(tmp_path: Path) -> None:
    told = subprocess.run([sys.executable, "-c", OPEN_AND_TELL, str(tmp_path / "a.sqlite3")], capture_output=True, text=True, check=True)
    assert told.stdout == "False\n"


def test_an_older_file_is_migrated_and_migrations_that_stop_too_early_are_noticed(tmp_path: Path) -> None:
    path = prepared(tmp_path / "a.sqlite3")
    connection = connect(path, 1.0)
    try:
        with pytest.raises(StoreError, match="stop before schema 9999"):
            schema.prepare(connection, path, (*schema.REVISIONS, "9999"))
    finally:
        connection.close()


def test_a_migration_that_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = with_tables(tmp_path / "a.sqlite3", "CREATE TABLE sessions (id TEXT)")
    with pytest.raises(OperationalError, match="sessions already exists"):
        migrate.migrate_file(path)
    assert definitions(path) == {"sessions": ["CREATE TABLE sessions (id TEXT)"]}


def test_a_migration_that_fails_elsewhere_says_why(tmp_path: Path) -> None:
    path = with_tables(tmp_path / "a.sqlite3", "CREATE TABLE sessions (id TEXT)")
    with pytest.raises(StoreError, match="could not be brought up to date"):
        schema.upgrade(path)


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (
            "CREATE TABLE alembic_version (version_num TEXT); INSERT INTO alembic_version VALUES ('9999')",
            "newer version .* update Artelier",
        ),
        ("CREATE TABLE recipes (id TEXT)", "another program"),
    ],
    ids=["newer", "foreign"],
)
async def test_a_file_that_is_not_ours_to_change_is_refused_unchanged(tmp_path: Path, script: str, words: str) -> None:
    path = with_tables(tmp_path / "a.sqlite3", script)
    before = definitions(path)
    with pytest.raises(StoreError, match=words):
        await SqliteStore(path, StillClock()).open()
    assert definitions(path) == before


async def test_a_database_of_the_first_revision_opens_and_goes_on(tmp_path: Path) -> None:
    script = await asyncio.to_thread(REVISION_0001.read_text, encoding="utf-8")
    store = SqliteStore(with_tables(tmp_path / "a.sqlite3", script), StillClock())
    await store.open()
    try:
        await look_around(store)
        assert await store.take_over("local") == 0
        assert await store.claim(Worker("new", frozenset({"local"}))) is None
    finally:
        await store.close()


async def look_around(store: SqliteStore) -> None:
    session = "01900000-0000-7000-8000-0000000000aa"
    events = await store.read(session)
    assert [event.seq for event in events] == list(range(1, 18))
    assert events[13].payload == ToolFinished(
        "01900000-0000-7000-8000-000000000002/1/0", "read_file", ToolResult(ResultStatus.DONE, "x" * 33_000)
    )
    record = await store.get_session(session)
    assert (record.title, record.status, record.agent, record.head) == ("Fix the build", "waiting", "coder", 17)
    runs = await store.list_runs(Page(), session)
    assert [run.status for run in runs] == [RunStatus.QUEUED, RunStatus.WAITING]
    assert runs[1].usage.input_tokens == 1200
    questions = await store.list_questions("mira", Page())
    assert [question.status for question in questions] == [QuestionStatus.OPEN, QuestionStatus.APPROVED]
    assert [workspace.root for workspace in await store.list_workspaces()] == ["/srv/project"]


async def test_the_ledger_of_an_older_database_is_filled_from_its_journals(tmp_path: Path) -> None:
    script = await asyncio.to_thread(REVISION_0001.read_text, encoding="utf-8")
    store = SqliteStore(with_tables(tmp_path / "a.sqlite3", script), StillClock())
    await store.open()
    try:
        ever = Span("mira", datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))
        (summed,) = await store.sum_usage(UsageBy.AGENT, ever, 10)
        replies = [event for event in await store.read("01900000-0000-7000-8000-0000000000aa") if event.type == "model_replied"]
        assert replies
        assert summed.usage.model_calls == len(replies)
        assert summed.usage.input_tokens == sum(event.payload.usage.input_tokens for event in replies)
        assert summed.key == replies[0].actor.removeprefix("agent:")
    finally:
        await store.close()
