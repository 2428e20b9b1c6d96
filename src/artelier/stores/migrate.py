"""Alembic's part: ``artelier migrate``, and ``python -m artelier.stores.migrate FILE`` for an embedded database."""

import sqlite3
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool

from artelier.stores.schema import REVISIONS


def migrate(connection: Connection, target: str = "head") -> str:
    """Bring a database to a revision, the newest by default, in one transaction, and return the revision."""
    command.upgrade(_config(connection), target)
    return MigrationContext.configure(connection).get_current_revision() or ""


def sqlite_engine(path: Path) -> Engine:
    """Return an engine over a database file whose transactions also hold CREATE and ALTER."""
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    event.listen(engine, "connect", _leave_transactions_to_us)
    event.listen(engine, "begin", _begin)
    return engine


def migrate_file(path: Path, target: str = "head") -> str:
    """Bring a database file to a revision and return it."""
    with sqlite_engine(path).begin() as connection:
        return migrate(connection, target)


def revise(message: str) -> None:
    """Write the next revision, what ``tables.py`` has and the migrations lack; for developers, who then name it in ``schema.py``."""
    with TemporaryDirectory() as folder, sqlite_engine(Path(folder) / "scratch.sqlite3").begin() as connection:
        migrate(connection)
        command.revision(_config(connection), message, autogenerate=True, rev_id=f"{len(REVISIONS) + 1:04}")


def _config(connection: Connection) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("file_template", "revision_%%(rev)s")
    return config


def _leave_transactions_to_us(connection: sqlite3.Connection, _: object) -> None:
    # sqlite3 would otherwise begin none before a CREATE, and a failed migration would leave half of itself.
    connection.isolation_level = None


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


if __name__ == "__main__":
    migrate_file(Path(sys.argv[1]))
