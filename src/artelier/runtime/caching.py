"""The tiers of the house: memory before the disk, or before a RESP server or a bucket that instances share."""

from pathlib import Path

from msgspec import Struct

from artelier.caches.counted import CountedCache
from artelier.caches.disk import DiskCache
from artelier.caches.generations import Generations
from artelier.caches.memory import MemoryCache
from artelier.caches.resp import RespCache
from artelier.caches.tiers import Tiers
from artelier.caches.turns import SharedTurns
from artelier.domain.errors import SettingsError
from artelier.ports.cache import SharedCache
from artelier.ports.clock import Clock, Identifiers
from artelier.providers.response_cache import ReplyCache
from artelier.runtime.load import load_object_cache
from artelier.settings.caches import OBJECTS, CacheSettings

FILE = Path("cache") / "entries.sqlite3"


class Caches(Struct, frozen=True):
    """Everything that may be lost, and who does what many want."""

    near: CountedCache
    far: CountedCache
    far_kind: str
    """``disk``, ``resp`` or ``objects``."""
    tiers: Tiers
    turns: SharedTurns
    generations: Generations
    replies: ReplyCache | None
    """None where no reply is kept."""

    async def close(self) -> None:
        """Close the tiers."""
        await self.tiers.close()


def open_caches(settings: CacheSettings, state_folder: Path, clock: Clock, identifiers: Identifiers) -> Caches:
    """Return the tiers; files and connections are opened by their first use."""
    kind, behind = _far(settings, state_folder, clock)
    near, far = CountedCache(MemoryCache(settings.memory_bytes, clock, settings.eviction)), CountedCache(behind)
    tiers, turns, generations = Tiers(near, far, clock), SharedTurns(far, clock, identifiers), Generations(far)
    when = settings.replies.when
    replies = None if when == "off" else ReplyCache(tiers, turns, generations.of, float(settings.replies.ttl), when == "always")
    return Caches(near, far, kind, tiers, turns, generations, replies)


def _far(settings: CacheSettings, state_folder: Path, clock: Clock) -> tuple[str, SharedCache]:
    url = settings.url.get_secret_value()
    if url.startswith(OBJECTS):
        return "objects", _objects(url, clock)
    if url:
        return "resp", RespCache(url)
    return "disk", DiskCache(
        Path(settings.disk_path).expanduser() if settings.disk_path else state_folder / FILE, settings.disk_bytes, clock
    )


def _objects(url: str, clock: Clock) -> SharedCache:
    try:
        return load_object_cache()(url, clock)
    except ImportError as failure:
        raise SettingsError("cache.url names a bucket, whose library is not installed: pip install 'artelier[objects]'.") from failure
