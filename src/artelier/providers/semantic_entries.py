"""What is kept of a question that was answered: the words of both, and how often the answer was right for others."""

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from artelier.domain.errors import CacheUnavailable
from artelier.domain.models import ModelReply
from artelier.ports.cache import SharedCache
from artelier.ports.clock import Clock
from artelier.providers.semantic_decision import Tally, counted


class Entry(Struct, frozen=True, omit_defaults=True):
    """One answered question; ``end`` is in seconds since 1970."""

    tenant: str
    question: str
    reply: ModelReply
    end: float
    tally: Tally = ()


class Entries:
    """Entries by partition and name, in a cache that instances share; what cannot be read is not there."""

    def __init__(self, cache: SharedCache, clock: Clock) -> None:
        self._cache = cache
        self._clock = clock

    async def get(self, partition: str, entry: str) -> Entry | None:
        """Return an entry, None for one that is gone."""
        kept = await self._cache.get(_key(partition, entry))
        try:
            return None if kept is None else _DECODER.decode(kept)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return None

    async def add(self, partition: str, entry: str, tenant: str, question: str, reply: ModelReply, seconds: float) -> None:
        """Keep an answered question for so many seconds."""
        kept = Entry(tenant, question, reply, self._now() + seconds)
        await self._cache.put(_key(partition, entry), _ENCODER.encode(kept), seconds)

    async def count(self, partition: str, entry: str, similarity: float, *, right: bool) -> None:
        """Count a comparison of an entry's answer. Of two instances that count at the very same moment one may be lost."""
        kept = await self.get(partition, entry)
        if kept is not None and kept.end > self._now():
            kept = replace(kept, tally=counted(kept.tally, similarity, right=right))
            await self._cache.put(_key(partition, entry), _ENCODER.encode(kept), kept.end - self._now())

    async def drop(self, partition: str, entry: str) -> None:
        """Forget an entry."""
        await self._cache.drop(_key(partition, entry))

    async def check(self) -> None:
        """Raise ``CacheUnavailable`` unless the cache answers: otherwise nothing it was told before is sure to be done."""
        if await self._cache.add("semantic:check", b"", 1.0) is None:
            raise CacheUnavailable("The cache does not answer, and the answer may still be there. Report it again once it does.")

    def _now(self) -> float:
        return self._clock.now().timestamp()


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Entry)


def _key(partition: str, entry: str) -> str:
    return f"semantic:{partition}:{entry}"
