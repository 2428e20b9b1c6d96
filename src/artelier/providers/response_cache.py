"""Answers equal requests from what was answered before, and those that come together by one call: the port wrapped."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing

import msgspec
from msgspec import Struct

from artelier.domain.errors import ProviderError, StreamBroken
from artelier.domain.models import ModelPiece, ModelReply, ModelRequest
from artelier.ports.cache import Cache, Turns
from artelier.ports.provider import ModelStream, Provider
from artelier.providers.canonical import digest_of
from artelier.providers.kept_replies import NO_SERVERS, Tokens, free, generation_of, is_whole, played

_DECODER = msgspec.json.Decoder(ModelReply)
_ENCODER = msgspec.json.Encoder()
CACHE, JOINED = "cache", "joined"


class ReplyCounts(Struct):
    """What came of requests that could be answered from the cache."""

    hits: int = 0
    joined: int = 0
    misses: int = 0
    stored: int = 0


class ReplyCache(Struct, frozen=True):
    """Where replies are kept, and which: ``always``, or those of temperature 0 alone."""

    cache: Cache
    turns: Turns
    generation: Tokens
    """Gives the token of a name; the keys of replies hold those of ``generations``, and a new one forgets them."""
    seconds: float = 24 * 3600.0
    always: bool = False
    counts: ReplyCounts = msgspec.field(default_factory=ReplyCounts)


class CachingProvider:
    """Another provider, called ``name`` here, with its replies kept; ``servers`` are those that providers' names stand for."""

    def __init__(self, name: str, provider: Provider, kept: ReplyCache, servers: Mapping[str, str] = NO_SERVERS) -> None:
        self._name = name
        self._provider = provider
        self._kept = kept
        self._servers = servers
        self._flights: dict[str, _Flight] = {}

    def stream(self, request: ModelRequest) -> ModelStream:
        """Yield what was answered before as a stream, or ask. Raises a ``ProviderError``."""
        wishes = request.wishes
        wanted = self._kept.always or request.temperature == 0 or wishes.ttl is not None
        if not wanted or not request.tenant or (wishes.no_cache and wishes.no_store):
            return self._provider.stream(request)
        return self._answered(request)

    async def list_models(self) -> tuple[str, ...]:
        """Return the names the wrapped provider offers."""
        return await self._provider.list_models()

    async def close(self) -> None:
        """End what is under way, and close the wrapped provider."""
        for flight in tuple(self._flights.values()):
            await flight.end()
        await self._provider.close()

    async def _answered(self, request: ModelRequest) -> AsyncGenerator[ModelPiece, None]:
        key = await self._key(request, self._name)
        found = None if request.wishes.no_cache else await self._found(key)
        if found is not None:
            self._kept.counts.hits += 1
            pieces: AsyncIterator[ModelPiece] = played(free(found, CACHE))
        elif request.wishes.no_store:
            pieces = self._provider.stream(request)
        elif request.wishes.no_cache:
            pieces = self._storing(key, request)
        else:
            pieces = self._flown(key, request)
        async with aclosing(pieces):  # type: ignore[type-var]  # every one of them can be closed
            async for piece in pieces:
                yield piece

    async def _flown(self, key: str, request: ModelRequest) -> AsyncGenerator[ModelPiece, None]:
        """Yield the pieces of one request made for all that want the same at this moment, here or elsewhere."""
        flight = self._flights.get(key)
        if flight is None:
            flight = self._flights[key] = _Flight(self._led(key, request), lambda ended: self._forget(key, ended))
            self._kept.counts.misses += 1
        else:
            self._kept.counts.joined += 1
        async with aclosing(flight.follow()) as follower:
            async for piece in follower:
                yield piece

    def _forget(self, key: str, flight: "_Flight") -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]

    async def _led(self, key: str, request: ModelRequest) -> AsyncGenerator[ModelPiece, None]:
        async with self._kept.turns.turn(key, lambda: self._there(key)) as first:
            found = None if first else await self._found(key)
            pieces = self._storing(key, request) if found is None else played(free(found, JOINED))
            async with aclosing(pieces):
                async for piece in pieces:
                    yield piece

    async def _storing(self, key: str, request: ModelRequest) -> AsyncGenerator[ModelPiece, None]:
        async with aclosing(self._provider.stream(request)) as pieces:
            async for piece in pieces:
                if isinstance(piece, ModelReply):
                    await self._store(key, request, piece)
                yield piece

    async def _store(self, key: str, request: ModelRequest, reply: ModelReply) -> None:
        if not is_whole(reply):
            return
        if reply.provider:  # a fallback answered: that is what is kept, under its own name
            key = await self._key(msgspec.structs.replace(request, model=reply.model), reply.provider)
        seconds = self._kept.seconds if request.wishes.ttl is None else request.wishes.ttl
        self._kept.counts.stored += 1
        await self._kept.cache.put(key, _ENCODER.encode(reply), seconds)

    async def _found(self, key: str) -> ModelReply | None:
        entry = await self._kept.cache.get(key)
        try:
            return None if entry is None else _DECODER.decode(entry)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return None

    async def _there(self, key: str) -> bool:
        return await self._kept.cache.get(key) is not None

    async def _key(self, request: ModelRequest, provider: str) -> str:
        generation = await generation_of(request, self._kept.generation)
        return f"reply:{request.tenant}:{request.agent}:{generation}:{digest_of(provider, self._servers.get(provider, ''), request)}"


class _Flight:
    """One request that several follow. It goes on while anybody does, whoever began it."""

    def __init__(self, pieces: AsyncGenerator[ModelPiece, None], over: Callable[["_Flight"], None]) -> None:
        self._come: list[ModelPiece] = []
        self._news = asyncio.Event()
        self._failure: ProviderError | None = None
        self._done = False
        self._followers = 0
        self._paid = False
        self._over = over
        self._task = asyncio.create_task(self._fly(pieces))

    async def follow(self) -> AsyncGenerator[ModelPiece, None]:
        """Yield all pieces from the beginning; one follower gets the reply with what it consumed, the others for nothing.

        Raises a ``ProviderError``.
        """
        self._followers += 1
        seen = 0
        try:
            while True:
                while seen < len(self._come):
                    piece = self._come[seen]
                    seen += 1
                    yield self._charged(piece) if isinstance(piece, ModelReply) else piece
                if self._failure is not None:
                    raise self._failure
                if self._done:
                    return
                await self._news.wait()
        finally:
            self._followers -= 1
            if not self._followers:
                await self.end()

    async def end(self) -> None:
        """Stop it, unless it is over."""
        self._over(self)
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _fly(self, pieces: AsyncGenerator[ModelPiece, None]) -> None:
        try:
            async with aclosing(pieces):
                async for piece in pieces:
                    self._come.append(piece)
                    self._tell()
        except ProviderError as failure:
            self._failure = failure
        except asyncio.CancelledError:
            self._failure = StreamBroken("The request was given up.")
            raise
        finally:
            self._done = True
            self._over(self)
            self._tell()

    def _charged(self, reply: ModelReply) -> ModelReply:
        paid, self._paid = self._paid, True
        return free(reply, JOINED) if paid else reply

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()
