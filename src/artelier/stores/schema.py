"""Brings a database file to the schema of this code, without paying for Alembic at each start.

One query tells whether the file is up to date; an empty file gets the tables as they are now. Only a file of an older
revision needs Alembic, which then runs in a process of its own: importing it takes most of a second.
"""

import sqlite3
import subprocess
import sys
from pathlib import Path

from sqlalchemy.schema import CreateIndex, CreateTable, DDLElement

from artelier.domain.errors import StoreError
from artelier.stores.sqlite_connection import DIALECT, translate
from artelier.stores.tables import METADATA, VERSION

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008")
"""Every revision of the schema, oldest first; the last one is that of ``tables.py``."""


def revision(connection: sqlite3.Connection) -> str | None:
    """Return the revision of the schema, None when the file is empty. Raises ``StoreError`` for somebody else's database."""
    try:
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not tables:
            return None
        if VERSION.name not in tables:
            raise StoreError("The database file belongs to another program: name another file.")
        found = connection.execute(f"SELECT version_num FROM {VERSION.name}").fetchone()  # noqa: S608  a name of our own
    except sqlite3.Error as failure:
        raise translate(failure) from failure
    return None if found is None else str(found[0])


def prepare(connection: sqlite3.Connection, path: Path, revisions: tuple[str, ...] = REVISIONS) -> None:
    """Create the tables in an empty file, bring an older one up to date. Raises ``StoreError``, ``StoreUnavailable``."""
    present = revision(connection)
    if present is None:
        _create(connection)
    elif present not in revisions:
        raise StoreError(f"The database {path} was written by a newer version of Artelier (schema {present}): update Artelier.")
    elif present != revisions[-1]:
        upgrade(path)
        if revision(connection) != revisions[-1]:
            raise StoreError(f"The migrations of Artelier stop before schema {revisions[-1]}: install it again.")


def upgrade(path: Path) -> None:
    """Run the migrations on a database file. Raises ``StoreError``; the file is then as it was."""
    command = [sys.executable, "-m", "artelier.stores.migrate", str(path)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  our own module
    if ended.returncode != 0:
        reason = ended.stderr.strip().splitlines()[-1:] or [f"it ended with {ended.returncode}"]
        raise StoreError(f"The database {path} could not be brought up to date: {reason[0]}. It is unchanged.")


def _create(connection: sqlite3.Connection) -> None:
    tables = [*METADATA.sorted_tables, VERSION]
    indexes = [index for table in tables for index in sorted(table.indexes, key=lambda index: str(index.name))]
    try:
        connection.execute("BEGIN IMMEDIATE")
        if revision(connection) is None:  # nobody else was faster
            definitions: tuple[DDLElement, ...] = (*map(CreateTable, tables), *map(CreateIndex, indexes))
            for definition in definitions:
                connection.execute(str(definition.compile(dialect=DIALECT)))
            connection.execute(f"INSERT INTO {VERSION.name} VALUES (?)", (REVISIONS[-1],))  # noqa: S608  a name of our own
        connection.execute("COMMIT")
    except sqlite3.Error as failure:
        raise translate(failure) from failure
