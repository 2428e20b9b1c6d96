"""A tier on this machine's disk, shared by its processes: SQLite in WAL, bytes and nothing else.

Reads are so short (some 10 us) that they are done at once; writes go through a thread that gathers them. Nothing here
is ever unpickled, whatever lies in the file: see CVE-2025-69872.
"""

import asyncio
import logging
import sqlite3
import threading
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple

from artelier.ports.clock import Clock

_log = logging.getLogger(__name__)
_OPENING = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",
    "PRAGMA secure_delete=ON",
    "CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, value BLOB NOT NULL, ends REAL NOT NULL, size INTEGER NOT NULL)",
    "CREATE INDEX IF NOT EXISTS ix_entries_ends ON entries (ends)",
)
_GET = "SELECT value, ends FROM entries WHERE key = ?"
_PUT = "INSERT OR REPLACE INTO entries (key, value, ends, size) VALUES (?, ?, ?, ?)"
_ADD = (
    "INSERT INTO entries (key, value, ends, size) VALUES (?, ?, ?, ?) ON CONFLICT (key) DO UPDATE"
    " SET value = excluded.value, ends = excluded.ends, size = excluded.size WHERE entries.ends <= ?"
)
_DROP = "DELETE FROM entries WHERE key = ?"
_SIZE = "SELECT coalesce(sum(size), 0) FROM entries"
_SWEEP = "DELETE FROM entries WHERE ends <= ?"
_OLDEST = (
    "DELETE FROM entries WHERE rowid IN (SELECT rowid FROM"
    " (SELECT rowid, sum(size) OVER (ORDER BY rowid) - size AS before FROM entries) WHERE before < ?)"
)
SWEEP_SECONDS = 600.0
"""What has ended is taken out of the file with the first write after so long."""
_OVERHEAD = 100
"""Bytes that an entry costs beside its key and value, about."""
_BATCH = 256
_LEFT_FREE = 0.9
"""A full file is emptied down to this share of its limit, the oldest first."""
_SHARE_UNMEASURED = 0.02
"""After writes of this share of the limit it is measured how full the file is."""


class _Write(NamedTuple):
    statement: str
    values: tuple[object, ...]
    size: int = 0
    done: "Future[int] | None" = None


class DiskCache:
    """Keeps at most about ``limit`` bytes in ``file``, whose folder is made for the owner alone. Satisfies ``SharedCache``."""

    def __init__(self, file: Path, limit: int, clock: Clock) -> None:
        self._file = file
        self._limit = limit
        self._clock = clock
        self._writes: SimpleQueue[_Write | None] = SimpleQueue()
        self._fresh: dict[str, tuple[bytes, float] | None] = {}
        self._reader: sqlite3.Connection | None = None
        self._writer: threading.Thread | None = None
        self._closed = False
        self._unmeasured = 0
        self._swept_at = 0.0
        self._settling = threading.Lock()
        self.failures = 0
        """How often the file could not be read or written."""
        self.failing = False
        """Whether it could not when it was last asked."""

    async def get(self, key: str) -> bytes | None:
        """Return what is kept under ``key``, None for a miss."""
        found = self._fresh[key] if key in self._fresh else self._read(key)
        return found[0] if found is not None and found[1] > self._now() else None

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        """Keep ``value`` for so many seconds; it is read at once and written soon."""
        if len(value) > self._limit or seconds <= 0:
            await self.drop(key)
            return
        ends = self._now() + seconds
        with self._settling:
            self._fresh[key] = (value, ends)
        size = len(key) + len(value) + _OVERHEAD
        self._write(_Write(_PUT, (key, value, ends, size), size))

    async def add(self, key: str, value: bytes, seconds: float) -> bool | None:
        """Keep ``value`` unless something is kept under ``key``, here or by another process; None when the file fails."""
        now, done, size = self._now(), Future[int](), len(key) + len(value) + _OVERHEAD
        self._write(_Write(_ADD, (key, value, now + seconds, size, now), size, done))
        try:
            changed = await asyncio.wrap_future(done)
        except sqlite3.Error:
            return None
        return changed > 0

    async def drop(self, key: str) -> None:
        """Forget what is kept under ``key``."""
        with self._settling:
            self._fresh[key] = None
        self._write(_Write(_DROP, (key,)))

    async def close(self) -> None:
        """Write what is left and close the file."""
        if self._closed:
            return
        self._closed = True
        self._writes.put(None)
        if self._writer is not None:
            await asyncio.to_thread(self._writer.join)
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    @property
    def bytes_used(self) -> float:
        """The size of the files, which free pages are part of."""
        found = 0
        for file in (self._file, Path(f"{self._file}-wal")):
            with suppress(OSError):  # before the first use there is none
                found += file.stat().st_size
        return float(found)

    def _read(self, key: str) -> tuple[bytes, float] | None:
        if self._closed:
            return None
        try:
            if self._reader is None:
                self._reader = self._open()
            row = self._reader.execute(_GET, (key,)).fetchone()
        except (sqlite3.Error, OSError) as failure:
            self._failed(failure)
            self._reader = None
            return None
        self.failing = False
        return (row[0], row[1]) if row is not None and isinstance(row[0], bytes) else None

    def _write(self, write: _Write) -> None:
        if self._closed:
            self._fresh.clear()
            if write.done is not None:
                write.done.set_exception(sqlite3.ProgrammingError("the cache is closed"))
            return
        if self._writer is None:
            self._writer = threading.Thread(target=self._work, name="disk-cache", daemon=True)
            self._writer.start()
        self._writes.put(write)

    def _work(self) -> None:
        connection: sqlite3.Connection | None = None
        going_on = True
        while going_on:
            batch, going_on = self._gather()
            try:
                connection = connection or self._open()
                changed = self._commit(connection, batch)
            except (sqlite3.Error, OSError) as failure:
                self._failed(failure)
                if connection is not None:
                    connection.close()
                connection, changed = None, None
            self._settle(batch)
            _tell(batch, changed)
        if connection is not None:
            connection.close()

    def _gather(self) -> tuple[list[_Write], bool]:
        batch = [self._writes.get()]
        while len(batch) < _BATCH and not self._writes.empty():
            batch.append(self._writes.get())
        return [write for write in batch if write is not None], None not in batch

    def _commit(self, connection: sqlite3.Connection, batch: list[_Write]) -> list[int]:
        connection.execute("BEGIN IMMEDIATE")
        changed = [connection.execute(write.statement, write.values).rowcount for write in batch]
        self._sweep(connection)
        self._make_room(connection, batch)
        connection.execute("COMMIT")
        self.failing = False
        return changed

    def _sweep(self, connection: sqlite3.Connection) -> None:
        """Take out what has ended, once in a while: nobody is given it any more, and nobody should find it in the file."""
        if self._now() - self._swept_at >= SWEEP_SECONDS:
            self._swept_at = self._now()
            connection.execute(_SWEEP, (self._swept_at,))

    def _make_room(self, connection: sqlite3.Connection, batch: list[_Write]) -> None:
        """Take out what has ended, then the oldest, where there is too much; measured once in a while, for it reads every row."""
        self._unmeasured += sum(write.size for write in batch)
        if self._unmeasured < self._limit * _SHARE_UNMEASURED:
            return
        self._unmeasured = 0
        if connection.execute(_SIZE).fetchone()[0] > self._limit:
            connection.execute(_SWEEP, (self._now(),))
            connection.execute(_OLDEST, (connection.execute(_SIZE).fetchone()[0] - self._limit * _LEFT_FREE,))

    def _settle(self, batch: list[_Write]) -> None:
        """Let the file speak for keys whose newest value it has now."""
        with self._settling:
            for write in batch:
                key = str(write.values[0])
                newest = (write.values[1], write.values[2]) if write.statement is _PUT else None
                if write.statement is not _ADD and self._fresh.get(key, ...) == newest:
                    del self._fresh[key]

    def _open(self) -> sqlite3.Connection:
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            return self._prepared()
        except sqlite3.DatabaseError as failure:
            if isinstance(failure, sqlite3.OperationalError):
                raise
            _log.warning("disk cache is broken and is begun anew", extra={"file": str(self._file), "failure": str(failure)})
            for suffix in ("", "-wal", "-shm"):
                self._file.with_name(self._file.name + suffix).unlink(missing_ok=True)
            return self._prepared()

    def _prepared(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._file, isolation_level=None, check_same_thread=False, timeout=5.0)
        try:
            for statement in _OPENING:
                connection.execute(statement)
            self._file.chmod(0o600)
        except BaseException:
            connection.close()
            raise
        return connection

    def _failed(self, failure: Exception) -> None:
        if not self.failures:
            _log.warning("disk cache fails; what it cannot give is a miss", extra={"file": str(self._file), "failure": str(failure)})
        self.failures += 1
        self.failing = True

    def _now(self) -> float:
        return self._clock.now().timestamp()


def _tell(batch: list[_Write], changed: list[int] | None) -> None:
    """Tell those who wait how many rows they changed; nothing was written where that is None."""
    for place, write in enumerate(batch):
        if write.done is not None and changed is None:
            write.done.set_exception(sqlite3.OperationalError("the file could not be written"))
        elif write.done is not None and changed is not None:
            write.done.set_result(changed[place])
