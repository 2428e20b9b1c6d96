"""Results of work in a workspace that are kept with their evidence, and given again as long as it holds."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from functools import cache
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Struct

from artelier.ports.cache import Cache
from artelier.ports.workspace import CommandOutcome, FileView, Listing, SearchResult
from artelier.workspaces.evidence import Evidence, Named, NoEvidenceError, gather, still_holds
from artelier.workspaces.root import Root

CACHED, AHEAD = "cached", "read_ahead"
_SECONDS = 86_400.0
_KEYS_LIMIT = 1_000
_Result = TypeVar("_Result", FileView, Listing, SearchResult, CommandOutcome)


class Worth(Struct, frozen=True):
    """When keeping a result pays.

    Work that took less than ``least`` seconds is not kept, nor is work whose evidence takes longer to gather than ``share`` of it.
    """

    least: float = 0.002
    share: float = 0.5


class Counts(Struct):
    """What became of the questions since the start."""

    hits: int = 0
    misses: int = 0
    stale: int = 0
    """Misses where something was kept, and what it was made from has changed."""
    kept: int = 0
    ahead: int = 0
    """Results that were made before anybody asked."""
    ahead_used: int = 0
    saved_seconds: float = 0.0


class _Kept(Struct, Generic[_Result], frozen=True):
    result: _Result
    evidence: Evidence
    seconds: float
    ahead: bool = False


class Work(Struct, Generic[_Result], frozen=True):
    """A piece of work: how to do it, what it looks at, and whether what it gave is the whole answer."""

    key: tuple[object, ...]
    kind: type[_Result]
    do: Callable[[], Awaitable[_Result]]
    names: Callable[[float], Iterable[Named]]
    """Called with the monotonic time by which it must have ended."""
    is_steady: Callable[[_Result], bool]
    ahead: bool = False
    """Nobody has asked for it yet."""


class Recollection:
    """What is remembered of one workspace; ``name`` tells it from others in the same cache."""

    def __init__(self, root: Root, cache: Cache, name: str, worth: Worth | None = None) -> None:
        self._root = root
        self._cache = cache
        self._name = name
        self._worth = worth or Worth()
        self._paths: OrderedDict[str, frozenset[str]] = OrderedDict()
        self.counts = Counts()

    async def result_of(self, work: Work[_Result]) -> _Result:
        """Return what is remembered if it still holds; else do the work, and remember it where that pays."""
        key = f"{self._name}:{work.kind.__name__}:{msgspec.json.encode(work.key).decode()}"
        kept = await self._recall(key, work.kind)
        if kept is not None:
            return await self._used(key, kept, work)
        self.counts.misses += 1
        begun, before = time.time_ns(), time.monotonic()
        result = await work.do()
        took = time.monotonic() - before
        if took >= self._worth.least and work.is_steady(result):
            await self._keep(key, work, result, begun, took)
        return result

    async def forget(self, *paths: str) -> None:
        """Drop what was made from these files, or from the folders they are in."""
        touched = {*paths, *(path.rpartition("/")[0] or "." for path in paths)}
        for key in [key for key, names in self._paths.items() if not touched.isdisjoint(names)]:
            await self._drop(key)

    async def forget_all(self) -> None:
        """Drop everything."""
        for key in list(self._paths):
            await self._drop(key)

    async def _recall(self, key: str, kind: type[_Result]) -> _Kept[_Result] | None:
        content = await self._cache.get(key)
        if content is None:
            return None
        kept: _Kept[_Result] = _decoder_of(kind).decode(content)
        if await asyncio.to_thread(still_holds, self._root, kept.evidence):
            return kept
        self.counts.stale += 1
        await self._drop(key)
        return None

    async def _used(self, key: str, kept: _Kept[_Result], work: Work[_Result]) -> _Result:
        if work.ahead:
            return kept.result
        self.counts.hits += 1
        self.counts.saved_seconds += kept.seconds
        if not kept.ahead:
            return msgspec.structs.replace(kept.result, source=CACHED)
        self.counts.ahead_used += 1
        await self._cache.put(key, msgspec.msgpack.encode(msgspec.structs.replace(kept, ahead=False)), _SECONDS)
        return msgspec.structs.replace(kept.result, source=AHEAD)

    async def _keep(self, key: str, work: Work[_Result], result: _Result, begun: int, took: float) -> None:
        until = time.monotonic() + took * self._worth.share
        try:
            evidence = await asyncio.to_thread(lambda: gather(self._root, work.names(until), begun, until))
        except NoEvidenceError:
            return
        self._paths[key] = frozenset(
            seen.path.decode("utf-8", "surrogateescape") for seen in evidence.seen if seen.changed or not seen.inode
        )
        self._paths.move_to_end(key)
        if len(self._paths) > _KEYS_LIMIT:
            await self._drop(next(iter(self._paths)))
        self.counts.kept += 1
        self.counts.ahead += work.ahead
        await self._cache.put(key, msgspec.msgpack.encode(_Kept(result, evidence, took, work.ahead)), _SECONDS)

    async def _drop(self, key: str) -> None:
        self._paths.pop(key, None)
        await self._cache.drop(key)


@cache
def _decoder_of(kind: type[Struct]) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(_Kept[kind])  # type: ignore[valid-type]
