"""The vectors nearest to one, by a matrix of numpy for each partition; kept over restarts in a cache, as bytes."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable
from time import monotonic

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from artelier.caches.eviction import IndexEviction
from artelier.ports.cache import Cache
from artelier.ports.clock import Clock
from artelier.ports.embedder import Vector
from artelier.ports.similarity import Neighbour

LOOK = 5.0
"""Seconds for which what other instances put and dropped is not looked for."""
_SLACK = 1e-6
"""Cosines of 32 bits miss by so much."""
_FIRST_ROWS = 16
_READ_AT_ONCE = 16
"""Vectors asked of the cache together, when a partition comes into memory."""


class _Row(Struct, array_like=True):
    """An entry's place in the list that all instances share."""

    entry: str
    end: float
    added: float
    used: float
    uses: int = 0


class _Partition:
    """The vectors of one partition, each in a row of one matrix."""

    def __init__(self) -> None:
        self.rows: list[_Row] = []
        self.places: dict[str, int] = {}
        self.looked_at = -LOOK
        self.turn = asyncio.Lock()
        self._matrix: NDArray[np.float32] = np.empty((0, 0), np.float32)

    @property
    def width(self) -> int:
        return int(self._matrix.shape[1]) if self.rows else 0

    def nearest(self, vector: Vector, floor: float, limit: int) -> list[tuple[_Row, float]]:
        """Return rows at least as near as ``floor``, nearest first."""
        if len(vector) != self.width:
            return []
        cosines = self._matrix[: len(self.rows)] @ np.asarray(vector, np.float32)
        near = np.flatnonzero(cosines >= floor - _SLACK)
        order = near[np.argsort(-cosines[near], kind="stable")][:limit]
        return [(self.rows[place], min(1.0, float(cosines[place]))) for place in order]

    def add(self, row: _Row, vector: NDArray[np.float32]) -> bool:
        """Add or replace a row; False for a vector of another length than those that are there."""
        if self.rows and len(vector) != self.width:
            return False
        self.remove(row.entry)
        self._make_room(len(vector))
        self._matrix[len(self.rows)] = vector
        self.places[row.entry] = len(self.rows)
        self.rows.append(row)
        return True

    def remove(self, entry: str) -> None:
        """Take a row away; the last one takes its place."""
        place = self.places.pop(entry, None)
        if place is None:
            return
        last = self.rows.pop()
        if place < len(self.rows):
            self.rows[place] = last
            self.places[last.entry] = place
            self._matrix[place] = self._matrix[len(self.rows)]

    def _make_room(self, width: int) -> None:
        if not self.rows:
            self._matrix = np.empty((_FIRST_ROWS, width), np.float32)
        elif len(self.rows) == len(self._matrix):
            self._matrix = np.concatenate([self._matrix, np.empty_like(self._matrix)])


class MatrixIndex:
    """At most ``entries`` vectors a partition, and ``partitions`` of them in memory at once. Satisfies ``SimilarityIndex``.

    The list of a partition's entries and each vector lie in ``cache``, which instances share; of two that put at the very
    same moment one may lose its entry, which costs an answer given again and no more.
    """

    def __init__(
        self,
        cache: Cache,
        clock: Clock,
        *,
        entries: int = 1000,
        partitions: int = 200,
        eviction: IndexEviction = "lru",
        look: float = LOOK,
    ) -> None:
        self._cache = cache
        self._clock = clock
        self._entries = entries
        self._most = partitions
        self._eviction = eviction
        self._look = look
        self._partitions: OrderedDict[str, _Partition] = OrderedDict()
        self._closed = False

    async def nearest(self, partition: str, vector: Vector, floor: float, limit: int) -> tuple[Neighbour, ...]:
        """Return at most ``limit`` entries at least as near as ``floor``, nearest first."""
        known = self._known(partition)
        async with known.turn:
            await self._refresh(partition, known)
            now = self._now()
            found = known.nearest(vector, floor, limit)
        return tuple(Neighbour(row.entry, similarity) for row, similarity in found if row.end > now)

    async def put(self, partition: str, entry: str, vector: Vector, seconds: float) -> None:
        """Keep a vector for so many seconds; a full partition makes room first."""
        if self._closed or seconds <= 0 or self._entries <= 0:
            return
        known, now = self._known(partition), self._now()
        values = np.asarray(vector, np.float32)
        async with known.turn:
            await self._refresh(partition, known, at_once=True)
            row = _Row(entry, now + seconds, now, now)
            leaving = self._leaving(known, now) if entry not in known.places else []
            if known.rows and len(values) != known.width:
                return
            for each in leaving:
                known.remove(each.entry)
            known.add(row, values)
            await self._cache.put(_vector_key(partition, entry), values.tobytes(), seconds)
            await self._write(partition, known)
            for each in leaving:
                await self._cache.drop(_vector_key(partition, each.entry))

    async def touch(self, partition: str, entry: str) -> None:
        """Say that an entry was of use; told to the others with the next change of the partition."""
        known = self._known(partition)
        place = known.places.get(entry)
        if place is not None:
            row = known.rows[place]
            row.used, row.uses = self._now(), row.uses + 1

    async def drop(self, partition: str, entry: str) -> None:
        """Forget an entry."""
        known = self._known(partition)
        async with known.turn:
            await self._refresh(partition, known, at_once=True)
            if entry in known.places:
                known.remove(entry)
                await self._write(partition, known)
            await self._cache.drop(_vector_key(partition, entry))

    async def close(self) -> None:
        """Forget what is in memory."""
        self._closed = True
        self._partitions.clear()

    def _known(self, partition: str) -> _Partition:
        known = self._partitions.get(partition)
        if known is None:
            known = _Partition()
            if not self._closed:
                self._partitions[partition] = known
            if len(self._partitions) > self._most:
                self._partitions.popitem(last=False)
        elif not self._closed:
            self._partitions.move_to_end(partition)
        return known

    async def _refresh(self, partition: str, known: _Partition, *, at_once: bool = False) -> None:
        """Take up what others put, and let go of what they dropped. Where the list is lost, what is known here stays."""
        now = monotonic()
        if self._closed or (not at_once and now - known.looked_at < self._look):
            return
        known.looked_at = now
        listed = _decoded(await self._cache.get(_list_key(partition)))
        if listed is None:
            return
        for entry in [row.entry for row in known.rows if row.entry not in listed]:
            known.remove(entry)
        await self._load(partition, known, [row for row in listed.values() if row.entry not in known.places])

    async def _load(self, partition: str, known: _Partition, rows: Iterable[_Row]) -> None:
        now = self._now()
        wanted = [row for row in rows if row.end > now]
        for begin in range(0, len(wanted), _READ_AT_ONCE):
            some = wanted[begin : begin + _READ_AT_ONCE]
            stored = await asyncio.gather(*(self._cache.get(_vector_key(partition, row.entry)) for row in some))
            for row, value in zip(some, stored, strict=True):
                if value and len(value) % 4 == 0 and np.isfinite(values := np.frombuffer(value, np.float32)).all():
                    known.add(row, values)

    async def _write(self, partition: str, known: _Partition) -> None:
        seconds = max((row.end for row in known.rows), default=0.0) - self._now()
        if seconds > 0:
            await self._cache.put(_list_key(partition), _ENCODER.encode(known.rows), seconds)
        else:
            await self._cache.drop(_list_key(partition))

    def _leaving(self, known: _Partition, now: float) -> list[_Row]:
        """Return what goes before one more comes: what has ended, and then by the policy."""
        ended = [row for row in known.rows if row.end <= now]
        rest = sorted((row for row in known.rows if row.end > now), key=self._worth)
        return ended + rest[: max(0, len(rest) + 1 - self._entries)]

    def _worth(self, row: _Row) -> tuple[float, ...]:
        match self._eviction:
            case "lru":
                return (row.used, row.added)
            case "lfu":
                return (row.uses, row.used)
            case "fifo":
                return (row.added,)

    def _now(self) -> float:
        return self._clock.now().timestamp()


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(list[_Row])


def _decoded(value: bytes | None) -> dict[str, _Row] | None:
    try:
        return None if value is None else {row.entry: row for row in _DECODER.decode(value)}
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


def _list_key(partition: str) -> str:
    return f"similar:{partition}"


def _vector_key(partition: str, entry: str) -> str:
    return f"similar:{partition}:{entry}"
