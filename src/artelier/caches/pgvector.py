"""The vectors nearest to one, by Postgres with the extension pgvector: one index for all instances, larger than a memory.

https://github.com/pgvector/pgvector. A partition is scanned whole, exactly, which is right for its few thousand vectors.
"""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import asyncpg

from artelier.caches.breaker import Breaker
from artelier.caches.eviction import IndexEviction
from artelier.ports.clock import Clock
from artelier.ports.embedder import Vector
from artelier.ports.similarity import Neighbour

_log = logging.getLogger(__name__)
PATIENCE = 2.0
"""Seconds for one answer."""
_CONNECTIONS = 8
_MAKE = """
CREATE EXTENSION IF NOT EXISTS vector;
CREATE TABLE IF NOT EXISTS artelier_like_questions (
    partition text NOT NULL, entry text NOT NULL, width integer NOT NULL, vector vector NOT NULL, ends double precision NOT NULL,
    added double precision NOT NULL, used double precision NOT NULL, uses bigint NOT NULL DEFAULT 0, PRIMARY KEY (partition, entry)
);
"""
_MAKING = "SELECT pg_advisory_xact_lock(7241653198)"
"""Two that make the same table at once fail otherwise."""
# Distances are asked for within CASE alone: between vectors of two widths there is none, and conditions have no order.
_NEAREST = """
SELECT entry, similarity FROM (
    SELECT entry, CASE WHEN width = $3 THEN 1 - (vector <=> $2::vector) END AS similarity
    FROM artelier_like_questions WHERE partition = $1 AND ends > $4
) AS found WHERE similarity >= $5 ORDER BY similarity DESC, entry LIMIT $6
"""
_FITS = "SELECT width = $2 FROM artelier_like_questions WHERE partition = $1 AND ends > $3 LIMIT 1"
_ENDED = "DELETE FROM artelier_like_questions WHERE partition = $1 AND ends <= $2"
_ROOM = """
DELETE FROM artelier_like_questions WHERE partition = $1 AND entry IN (
    SELECT entry FROM artelier_like_questions WHERE partition = $1 AND entry <> $2 ORDER BY {} OFFSET $3
)
"""
_PUT = """
INSERT INTO artelier_like_questions (partition, entry, width, vector, ends, added, used)
VALUES ($1, $2, $3, $4::vector, $5, $6, $6)
ON CONFLICT (partition, entry) DO UPDATE SET
    width = excluded.width, vector = excluded.vector, ends = excluded.ends, added = excluded.added, used = excluded.used, uses = 0
"""
_TOUCH = "UPDATE artelier_like_questions SET used = $3, uses = uses + 1 WHERE partition = $1 AND entry = $2"
_DROP = "DELETE FROM artelier_like_questions WHERE partition = $1 AND entry = $2"
_ORDER: dict[IndexEviction, str] = {"lru": "used DESC, added DESC", "lfu": "uses DESC, used DESC", "fifo": "added DESC"}
"""Who stays longest comes first."""
_SLACK = 1e-6
_FAILURES = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)
_Found = TypeVar("_Found")
Connection = Any
"""One of asyncpg, which is untyped."""


class VectorTable:
    """At most ``entries`` vectors a partition, in a table of the database at ``url``, made by the first use. Satisfies ``SimilarityIndex``.

    A server that fails is a miss, and is left alone for a moment.
    """

    def __init__(
        self,
        url: str,
        clock: Clock,
        *,
        entries: int = 1000,
        eviction: IndexEviction = "lru",
        patience: float = PATIENCE,
        breaker: Breaker | None = None,
    ) -> None:
        self._url = url
        self._clock = clock
        self._entries = entries
        self._room = _ROOM.format(_ORDER[eviction])
        self._patience = patience
        self._breaker = breaker or Breaker()
        self._pool: asyncpg.Pool | None = None
        self._opening = asyncio.Lock()
        self._closed = False

    async def nearest(self, partition: str, vector: Vector, floor: float, limit: int) -> tuple[Neighbour, ...]:
        """Return at most ``limit`` entries at least as near as ``floor``, nearest first."""
        words = (partition, _written(vector), len(vector), self._now(), floor - _SLACK, limit)
        found = await self._ask(lambda connection: connection.fetch(_NEAREST, *words))
        return tuple(Neighbour(row["entry"], min(1.0, row["similarity"])) for row in found or ())

    async def put(self, partition: str, entry: str, vector: Vector, seconds: float) -> None:
        """Keep a vector for so many seconds; a full partition makes room first."""
        if seconds > 0 and all(map(math.isfinite, vector)):
            await self._ask(lambda connection: self._put(connection, partition, entry, vector, seconds))

    async def touch(self, partition: str, entry: str) -> None:
        """Say that an entry was of use."""
        await self._ask(lambda connection: connection.execute(_TOUCH, partition, entry, self._now()))

    async def drop(self, partition: str, entry: str) -> None:
        """Forget an entry."""
        await self._ask(lambda connection: connection.execute(_DROP, partition, entry))

    async def close(self) -> None:
        """Close the connections; the table stays."""
        self._closed = True
        if self._pool is not None:
            self._pool.terminate()

    async def _put(self, connection: Connection, partition: str, entry: str, vector: Vector, seconds: float) -> None:
        now = self._now()
        async with connection.transaction():
            await connection.execute(_ENDED, partition, now)
            if await connection.fetchval(_FITS, partition, len(vector), now) is False:
                return
            await connection.execute(self._room, partition, entry, self._entries - 1)
            await connection.execute(_PUT, partition, entry, len(vector), _written(vector), now + seconds, now)

    async def _ask(self, work: Callable[[Connection], Awaitable[_Found]]) -> _Found | None:
        if self._closed or not self._breaker.lets_through():
            return None
        try:
            async with asyncio.timeout(self._patience):
                found = await _worked(await self._opened(), work)
        except _FAILURES as failure:
            if not self._breaker.failures:
                _log.warning("index of like questions does not answer; nothing is found until it does", extra={"failure": repr(failure)})
            self._breaker.failed()
            return None
        self._breaker.succeeded()
        return found

    async def _opened(self) -> asyncpg.Pool:
        async with self._opening:
            if self._pool is None:
                pool = await asyncpg.create_pool(self._url, min_size=0, max_size=_CONNECTIONS, command_timeout=self._patience)
                async with pool.acquire() as connection, connection.transaction():
                    await connection.execute(_MAKING)
                    await connection.execute(_MAKE)
                self._pool = pool
            return self._pool

    def _now(self) -> float:
        return self._clock.now().timestamp()


async def _worked(pool: asyncpg.Pool, work: Callable[[Connection], Awaitable[_Found]]) -> _Found:
    connection = await pool.acquire()
    try:
        return await work(connection)
    except BaseException:
        connection.terminate()  # setting it right again would wait for the server once more
        raise
    finally:
        await pool.release(connection)


def _written(vector: Vector) -> str:
    return f"[{','.join(map(repr, vector))}]"
