"""The standard library's sqlite3, driven with statements of SQLAlchemy: compiled once, then plain text and parameters."""

import os
import sqlite3
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from msgspec import Struct
from sqlalchemy import Executable
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.expression import ClauseElement

from artelier.domain.errors import StoreError, StoreUnavailable
from artelier.domain.events import Event
from artelier.stores.operation import Appended, Parameters, Result, Rows, Step, Steps

Connect = Callable[[], sqlite3.Connection]

DIALECT = sqlite.dialect(paramstyle="named")
_STATEMENTS_KEPT = 512
_LOG_LIMIT = 64 * 2**20
"""Bytes to which the write-ahead log is cut back after a burst."""


class Compiled(Struct, frozen=True):
    """The text of a statement, and the parameters whose values belong to the statement itself."""

    text: str
    constants: Parameters


@lru_cache(maxsize=_STATEMENTS_KEPT)
def compiled(statement: Executable) -> Compiled:
    """Return a statement as SQLite reads it."""
    if not isinstance(statement, ClauseElement):
        raise TypeError(f"{statement!r} is no statement of SQLAlchemy Core.")
    written = statement.compile(dialect=DIALECT, compile_kwargs={"render_postcompile": True})
    return Compiled(str(written), {name: value for name, value in written.params.items() if value is not None})


def connect(path: Path, busy_seconds: float) -> sqlite3.Connection:
    """Open the database file for its owner alone, in autocommit: transactions are begun by name.

    Raises ``StoreUnavailable`` when it cannot be opened, ``StoreError`` when it is no database.
    """
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        path.chmod(0o600)
        connection = sqlite3.connect(
            path, timeout=busy_seconds, isolation_level=None, check_same_thread=False, cached_statements=_STATEMENTS_KEPT
        )
    except (OSError, sqlite3.Error) as failure:
        raise StoreUnavailable(f"The database {path} cannot be opened: {failure}. See to the folder and its permissions.") from failure
    try:
        _arrange(connection)
    except StoreError:
        connection.close()
        raise
    return connection


def _arrange(connection: sqlite3.Connection) -> None:
    connection.row_factory = sqlite3.Row
    try:
        mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA journal_size_limit = {_LOG_LIMIT}")
    except sqlite3.Error as failure:
        raise translate(failure) from failure
    if mode != "wal":
        raise StoreError(f"SQLite cannot keep a write-ahead log here (it offers '{mode}'): put the state folder on a local disk.")


def perform(connection: sqlite3.Connection, steps: Steps[Result], appended: list[Event]) -> Result:
    """Drive an operation to its end on this connection, gathering what it appends.

    Raises ``sqlite3.Error`` and what the operation raises.
    """
    try:
        step = next(steps)
        while True:
            if isinstance(step, Appended):
                appended += step.events
                step = steps.send(())
            else:
                step = steps.send(_rows(connection, step))
    except StopIteration as end:
        result: Result = end.value
        return result


def translate(failure: sqlite3.Error) -> StoreError:
    """Return the failure of a database as one of ours."""
    if isinstance(failure, sqlite3.IntegrityError):
        return StoreError(f"The change contradicts what is stored, and was not made: {failure}.")
    if isinstance(failure, sqlite3.OperationalError) and failure.sqlite_errorcode != sqlite3.SQLITE_ERROR:
        return StoreUnavailable(
            f"The database cannot be used now: {failure}. Nothing was changed; see to disk space and permissions, then try again."
        )
    return StoreError(f"The database file cannot be read or written: {failure}. If it is damaged, restore it from a backup.")


def _rows(connection: sqlite3.Connection, step: Step) -> Rows:
    statement = compiled(step.statement)
    if isinstance(step.parameters, list):
        connection.executemany(statement.text, [statement.constants | each for each in step.parameters])
        return ()
    parameters = statement.constants | step.parameters if statement.constants else step.parameters
    return connection.execute(statement.text, parameters).fetchall()
