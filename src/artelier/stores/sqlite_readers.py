"""A few threads that read, each with a connection of its own, so that no query ever holds up the loop."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec

from artelier.domain.errors import StoreUnavailable
from artelier.stores.operation import Result, Steps
from artelier.stores.sqlite_connection import Connect, perform, translate

Arguments = ParamSpec("Arguments")


class Readers:
    """Performs operations that only read, each on one snapshot of the database."""

    def __init__(self, connect: Connect, threads: int) -> None:
        self._connect = connect
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="artelier-sqlite-reader")
        self._mine = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._closed = False

    async def perform(self, operation: Callable[Arguments, Steps[Result]], *given: Arguments.args, **named: Arguments.kwargs) -> Result:
        """Return the operation's result. Raises what it raises, and ``StoreError``, ``StoreUnavailable``."""
        if self._closed:
            raise StoreUnavailable("The store is closed.")
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._read, partial(operation, *given, **named))

    async def close(self) -> None:
        """Finish what is being read and disconnect."""
        self._closed = True
        await asyncio.to_thread(self._pool.shutdown)
        while self._connections:
            self._connections.pop().close()

    def _read(self, operation: Callable[[], Steps[Result]]) -> Result:
        try:
            connection = self._connection()
            connection.execute("BEGIN")
            try:
                return perform(connection, operation(), [])
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
        except sqlite3.Error as failure:
            raise translate(failure) from failure

    def _connection(self) -> sqlite3.Connection:
        mine: sqlite3.Connection | None = getattr(self._mine, "connection", None)
        if mine is None:
            mine = self._connect()
            self._connections.append(mine)
            mine.execute("PRAGMA query_only = ON")
            self._mine.connection = mine
        return mine
