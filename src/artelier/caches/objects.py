"""A tier that instances share in a bucket of an object store that speaks S3: AWS, MinIO, Ceph, R2, Google's interoperable API.

It is slow beside a RESP server (tens of milliseconds) and costs money by the request, so it stands behind the memory and is
for what is dear to make again. Ends are kept with the entries; a rule of the bucket should take away what is old. Loaded by
``runtime/load.py`` alone, since its library is an extra.
"""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable
from contextlib import AsyncExitStack
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.exceptions import BotoCoreError, ClientError

from artelier.caches.breaker import Breaker
from artelier.caches.entry import pack, unpack
from artelier.ports.clock import Clock

_log = logging.getLogger(__name__)
PATIENCE = 2.0
"""Seconds for one answer of the store."""
_MISSING = frozenset({"NoSuchKey", "404", "NotFound"})
_TAKEN = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "412", "409"})
_Found = TypeVar("_Found")


class ObjectCache:
    """Keeps values in the bucket of ``url``: ``s3://BUCKET/PREFIX?endpoint=https://HOST&region=NAME``.

    Keys of the store come from where its own tools look for them (``AWS_ACCESS_KEY_ID``, profiles, roles), never from here.
    """

    def __init__(self, url: str, clock: Clock, patience: float = PATIENCE, breaker: Breaker | None = None) -> None:
        parts, wishes = urlsplit(url), parse_qs(urlsplit(url).query)
        self._bucket = parts.netloc
        self._prefix = parts.path.strip("/")
        self._endpoint = wishes.get("endpoint", [""])[0]
        self._region = wishes.get("region", [""])[0]
        self._clock = clock
        self._patience = patience
        self._breaker = breaker or Breaker()
        self._held = AsyncExitStack()
        self._opening = asyncio.Lock()
        self._opened: Any = None
        self._closed = False

    @property
    def failures(self) -> int:
        """How often the store did not answer."""
        return self._breaker.failures

    @property
    def failing(self) -> bool:
        """Whether the store did not answer when it was last asked."""
        return self._breaker.is_open

    async def get(self, key: str) -> bytes | None:
        """Return what is kept under ``key``, None for a miss or a store that does not answer."""
        if not self._may_ask():
            return None
        entry = await self._ask(self._read(key))
        found = unpack(entry) if entry else None
        if found is None or found[1] <= self._clock.now().timestamp():
            return None
        return found[0]

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        """Keep ``value`` for so many seconds."""
        if seconds <= 0:
            await self.drop(key)
        elif self._may_ask():
            await self._ask(self._write(key, self._packed(value, seconds)))

    async def add(self, key: str, value: bytes, seconds: float) -> bool | None:
        """Keep ``value`` unless something is kept under ``key``; None when the store does not answer."""
        if not self._may_ask():
            return None
        entry = self._packed(value, seconds)
        is_first = await self._ask(self._write(key, entry, IfNoneMatch="*"))
        if is_first is not False or await self.get(key) is not None:
            return is_first
        # What stands there has ended. Two who find that at once may both be told that they are first, which costs a call.
        return await self._ask(self._write(key, entry))

    async def drop(self, key: str) -> None:
        """Forget what is kept under ``key``."""
        if self._may_ask():
            await self._ask(self._delete(key))

    async def close(self) -> None:
        """Close the connections."""
        self._closed = True
        await self._held.aclose()

    async def _read(self, key: str) -> bytes:
        try:
            answer = await (await self._client()).get_object(Bucket=self._bucket, Key=self._name(key))
        except ClientError as failure:
            if failure.response["Error"]["Code"] in _MISSING:
                return b""
            raise
        async with answer["Body"] as body:
            return bytes(await body.read())

    async def _write(self, key: str, entry: bytes, **more: str) -> bool:
        try:
            await (await self._client()).put_object(Bucket=self._bucket, Key=self._name(key), Body=entry, **more)
        except ClientError as failure:
            if more and failure.response["Error"]["Code"] in _TAKEN:
                return False
            raise
        return True

    async def _delete(self, key: str) -> bool:
        await (await self._client()).delete_object(Bucket=self._bucket, Key=self._name(key))
        return True

    async def _client(self) -> Any:
        async with self._opening:
            if self._opened is None:
                limits = AioConfig(
                    connect_timeout=self._patience,
                    read_timeout=self._patience,
                    retries={"max_attempts": 0},
                    s3={"addressing_style": "path"} if self._endpoint else {},
                    request_checksum_calculation="when_required",  # stores that are not AWS's refuse checksums they do not know
                    response_checksum_validation="when_required",
                )
                making = get_session().create_client(
                    "s3", endpoint_url=self._endpoint or None, region_name=self._region or None, config=limits
                )
                self._opened = await self._held.enter_async_context(making)
        return self._opened

    def _name(self, key: str) -> str:
        digest = hashlib.blake2b(key.encode(), digest_size=20).hexdigest()
        return "/".join(part for part in (self._prefix, digest[:2], digest) if part)

    def _packed(self, value: bytes, seconds: float) -> bytes:
        return pack(value, self._clock.now().timestamp() + seconds)

    def _may_ask(self) -> bool:
        return not self._closed and self._breaker.lets_through()

    async def _ask(self, answer: Awaitable[_Found]) -> _Found | None:
        try:
            found = await answer
        except (BotoCoreError, ClientError, OSError, TimeoutError) as failure:
            if not self._breaker.failures:
                _log.warning("object store does not answer; everything there is a miss until it does", extra={"failure": str(failure)})
            self._breaker.failed()
            return None
        self._breaker.succeeded()
        return found
