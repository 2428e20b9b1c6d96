"""What the caches keep and how often that helped; and how kept replies are forgotten."""

from msgspec import Struct

from artelier.caches.counted import CountedCache
from artelier.providers.kept_replies import EVERYBODYS, generations
from artelier.runtime.house import House


class TierReport(Struct, frozen=True):
    """One tier since this process began; ``bytes`` is None where it does not know what it keeps, ``failures`` were misses too."""

    tier: str
    hits: int
    misses: int
    puts: int
    put_bytes: int
    bytes: float | None
    failures: int


class RepliesReport(Struct, frozen=True):
    """Replies of models: given again, given to equal requests of one moment, asked for, and kept."""

    hits: int
    joined: int
    misses: int
    stored: int


class ToolsReport(Struct, frozen=True):
    """Results of tools about files; ``stale`` were dropped because a file had changed."""

    hits: int
    misses: int
    stale: int
    saved_seconds: float


class CacheReport(Struct, frozen=True):
    """All of it; ``replies`` is None where none is kept."""

    tiers: tuple[TierReport, ...]
    replies: RepliesReport | None
    tools: ToolsReport


def report_of(house: House) -> CacheReport:
    """Return what the caches of this process did so far."""
    caches, tools = house.caches, house.workspaces.counts()
    kept = caches.replies.counts if caches.replies is not None else None
    return CacheReport(
        (_tier("memory", caches.near), _tier(caches.far_kind, caches.far)),
        None if kept is None else RepliesReport(kept.hits, kept.joined, kept.misses, kept.stored),
        ToolsReport(tools.hits, tools.misses, tools.stale, tools.saved_seconds),
    )


async def forget_replies(house: House, person: str, agent: str = "") -> None:
    """Forget the kept replies to a person, those of one agent where it is named; here at once, elsewhere within moments."""
    _, everything, of_agent = generations(person, agent)
    await house.caches.generations.renew(of_agent if agent else everything)


async def forget_everybodys(house: House) -> None:
    """Forget the kept replies to everybody."""
    await house.caches.generations.renew(EVERYBODYS)


def _tier(name: str, cache: CountedCache) -> TierReport:
    counts = cache.counts
    return TierReport(name, counts.hits, counts.misses, counts.puts, counts.bytes_put, cache.bytes_used, cache.failures)
