"""One streamed call by our provider, behind all that stands before it in a house but the cache of replies."""

import asyncio
from contextlib import aclosing

import uvloop

from artelier import __version__
from artelier.domain.messages import UserMessage
from artelier.domain.models import ModelRequest
from artelier.ports.provider import Provider
from artelier.runtime.clock import SystemClock
from artelier.runtime.model_sources import build_models
from artelier.settings import Settings
from benchmarks.participants.measured import measure

PROVIDERS: list[Provider] = []


async def call(base_url: str) -> None:
    """Take one reply to its end."""
    if not PROVIDERS:
        values = {"default": "mock/mock", "providers": {"mock": {"base_url": base_url, "max_in_flight": 1000}}, "attempts": 3}
        PROVIDERS.append(build_models(Settings.model_validate({"models": values}), SystemClock()).find("mock/mock")[0])
    request = ModelRequest("mock", "You help.", (UserMessage("go"),))
    async with aclosing(PROVIDERS[0].stream(request)) as pieces:
        async for _ in pieces:
            pass


if __name__ == "__main__":
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    asyncio.run(measure(call, versions={"artelier": __version__}))
