"""One of several processes that all want the same reply: prints how many pieces it got. Words: cache, upstream file, requests."""

import asyncio
import sys
from contextlib import aclosing
from pathlib import Path

from artelier.caches.disk import DiskCache
from artelier.caches.generations import Generations
from artelier.caches.memory import MemoryCache
from artelier.caches.resp import RespCache
from artelier.caches.tiers import Tiers
from artelier.caches.turns import SharedTurns
from artelier.domain.messages import UserMessage
from artelier.domain.models import ModelReply, ModelRequest, TextDelta
from artelier.providers.response_cache import CachingProvider, ReplyCache
from artelier.runtime.clock import SystemClock, UuidSevens

REQUEST = ModelRequest("m", "You help.", (UserMessage("the same for all"),), temperature=0.0, tenant="person:owner", agent="coder")
ANSWER_SECONDS = 0.5


class Upstream:
    """A model that writes down each call and takes a while."""

    def __init__(self, file: Path) -> None:
        self._file = file

    async def stream(self, request: ModelRequest):  # type: ignore[no-untyped-def]
        """Yield one answer."""
        with self._file.open("a") as calls:
            calls.write("call\n")
        await asyncio.sleep(ANSWER_SECONDS)
        yield TextDelta("answer")
        yield ModelReply("answer")

    async def list_models(self) -> tuple[str, ...]:
        """Return nothing."""
        return ()

    async def close(self) -> None:
        """Do nothing."""


async def main(where: str, upstream: Path, requests: int) -> None:
    """Ask so many times at once."""
    clock, ids = SystemClock(), UuidSevens()
    far = RespCache(where, patience=2.0) if where.startswith("redis") else DiskCache(Path(where), 1 << 24, clock)
    tiers = Tiers(MemoryCache(1 << 24, clock), far, clock)
    kept = ReplyCache(tiers, SharedTurns(far, clock, ids), Generations(far).of)
    provider = CachingProvider("own", Upstream(upstream), kept)

    async def ask() -> str:
        async with aclosing(provider.stream(REQUEST)) as pieces:
            return [piece async for piece in pieces][-1].text  # type: ignore[union-attr]

    found = await asyncio.gather(*(ask() for _ in range(requests)))
    sys.stdout.write(f"{found.count('answer')}\n")
    await tiers.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
