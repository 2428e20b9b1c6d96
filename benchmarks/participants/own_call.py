"""One call by our provider, behind all that stands before it in a house but the cache of replies: ``own_call HTTP ...``.

The garbage collector is set as the server sets it.
"""

import asyncio
import sys
from contextlib import aclosing
from functools import cache

import uvloop

from artelier import __version__
from artelier.api.serving import calm_collector
from artelier.domain.messages import UserMessage
from artelier.domain.models import ModelReply, ModelRequest
from artelier.ports.provider import Provider
from artelier.runtime.clock import SystemClock
from artelier.runtime.model_sources import build_models
from artelier.settings import Settings
from benchmarks.participants.measured import measure_cases

HTTP = sys.argv.pop(1)
REQUEST = ModelRequest("mock", "You help.", (UserMessage("go"),))


@cache
def provider_at(base_url: str) -> Provider:
    """Return the provider of a server."""
    source = {"base_url": base_url, "max_in_flight": 1000, "http": HTTP}
    values = {"default": "mock/mock", "providers": {"mock": source}, "attempts": 3}
    return build_models(Settings.model_validate({"models": values}), SystemClock()).find("mock/mock")[0]


async def call(base_url: str) -> None:
    """Take one reply to its end."""
    async with aclosing(provider_at(base_url).stream(REQUEST)) as pieces:
        async for piece in pieces:
            if isinstance(piece, ModelReply):
                assert len(piece.calls) == 3


if __name__ == "__main__":
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    with calm_collector():
        asyncio.run(measure_cases(call, versions={"artelier": __version__}))
