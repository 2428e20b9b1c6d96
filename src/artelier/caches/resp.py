"""A tier that instances share: any server of the RESP protocol, such as Valkey, Redis or Pogocache.

Only what all of them do alike is used: GET, SET with PX and NX, DEL, database 0, RESP2. No scripts, transactions,
subscriptions or HELLO.
"""

import logging
from collections.abc import Awaitable
from typing import TypeVar

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from artelier.caches.breaker import Breaker

_log = logging.getLogger(__name__)
PATIENCE = 0.25
"""Seconds for one answer; a tenth of it left a busy server behind and asked models twice."""
_CONNECTIONS = 32
_Found = TypeVar("_Found")


class RespCache:
    """Keeps values under ``prefix`` on the server of ``url``: ``redis://HOST:PORT/0``, ``rediss://`` for TLS."""

    def __init__(self, url: str, prefix: str = "artelier:", patience: float = PATIENCE, breaker: Breaker | None = None) -> None:
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=_CONNECTIONS,
            timeout=patience,
            protocol=2,
            socket_timeout=patience,
            socket_connect_timeout=patience,
            retry=Retry(NoBackoff(), 0),
            driver_info=None,  # it would be told by CLIENT SETINFO, which not all of them know
        )
        self._server: Redis = Redis(connection_pool=pool)
        self._prefix = prefix
        self._breaker = breaker or Breaker()
        self._closed = False

    @property
    def failures(self) -> int:
        """How often the server did not answer."""
        return self._breaker.failures

    @property
    def failing(self) -> bool:
        """Whether the server did not answer when it was last asked."""
        return self._breaker.is_open

    async def get(self, key: str) -> bytes | None:
        """Return what is kept under ``key``, None for a miss or a server that does not answer."""
        found = await self._ask(self._server.get(self._prefix + key)) if self._may_ask() else None
        return found if isinstance(found, bytes) else None

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        """Keep ``value`` for so many seconds."""
        milliseconds = int(seconds * 1000)
        if milliseconds <= 0:
            await self.drop(key)
        elif self._may_ask():
            await self._ask(self._server.set(self._prefix + key, value, px=milliseconds))

    async def add(self, key: str, value: bytes, seconds: float) -> bool | None:
        """Keep ``value`` unless something is kept under ``key``; None when the server does not answer."""
        if not self._may_ask():
            return None
        said = await self._ask(self._told(self._server.set(self._prefix + key, value, px=max(1, int(seconds * 1000)), nx=True)))
        return None if said is None else said != b""

    async def drop(self, key: str) -> None:
        """Forget what is kept under ``key``."""
        if self._may_ask():
            await self._ask(self._server.delete(self._prefix + key))

    async def close(self) -> None:
        """Close the connections."""
        self._closed = True
        await self._server.aclose()
        await self._server.connection_pool.disconnect()

    def _may_ask(self) -> bool:
        return not self._closed and self._breaker.lets_through()

    async def _told(self, answer: Awaitable[object]) -> bytes:
        """Tell a refusal, which this protocol says with nothing, from no answer at all."""
        return b"kept" if await answer else b""

    async def _ask(self, answer: Awaitable[_Found]) -> _Found | None:
        try:
            found = await answer
        except (RedisError, OSError, TimeoutError) as failure:
            if not self._breaker.failures:
                _log.warning("cache server does not answer; everything there is a miss until it does", extra={"failure": str(failure)})
            self._breaker.failed()
            return None
        self._breaker.succeeded()
        return found
