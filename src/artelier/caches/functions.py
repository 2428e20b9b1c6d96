"""Keeps what a function returns: a decorator over any cache."""

import hashlib
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import wraps
from typing import Any, Generic, ParamSpec, TypeVar, get_type_hints

import msgspec

from artelier.ports.cache import Cache, Turns

_Words = ParamSpec("_Words")
_Found = TypeVar("_Found")
_ENCODER = msgspec.json.Encoder(order="sorted")


def cached(
    cache: Cache, seconds: float, *, name: str = "", turns: Turns | None = None
) -> Callable[[Callable[_Words, Awaitable[_Found]]], Callable[_Words, Awaitable[_Found]]]:
    """Return a decorator for asynchronous functions whose arguments and result msgspec can write as JSON.

    Equal arguments give the kept result for ``seconds``; ``name`` tells functions apart, and changes when one's meaning
    does. With ``turns`` calls at the same time run the function once. What cannot be read back is a miss; what the
    function raises is raised and not kept. Raises ``TypeError`` for a function without a return annotation.
    """

    def decorate(function: Callable[_Words, Awaitable[_Found]]) -> Callable[_Words, Awaitable[_Found]]:
        results, key_of = _Results[_Found](cache, seconds, turns, function), _keys(function, name)

        @wraps(function)
        async def answer(*words: _Words.args, **more: _Words.kwargs) -> _Found:
            key = key_of(*words, **more)
            for result in await results.get(key):
                return result
            async with results.turn(key) as first:
                for result in () if first else await results.get(key):
                    return result
                made = await function(*words, **more)
                await results.put(key, made)
                return made

        return answer

    return decorate


def _keys(function: Callable[_Words, Any], name: str) -> Callable[_Words, str]:
    """Return what makes a key of the arguments, however they are given."""
    signature, kind = inspect.signature(function), name or f"{function.__module__}.{function.__qualname__}"

    def key_of(*words: _Words.args, **more: _Words.kwargs) -> str:
        bound = signature.bind(*words, **more)
        bound.apply_defaults()
        return f"function:{kind}:{hashlib.blake2b(_ENCODER.encode(bound.arguments), digest_size=20).hexdigest()}"

    return key_of


class _Results(Generic[_Found]):
    """What one function returned, by key."""

    def __init__(self, cache: Cache, seconds: float, turns: Turns | None, function: Callable[..., Any]) -> None:
        hints = get_type_hints(function)
        if "return" not in hints:
            raise TypeError(f"{function.__qualname__} needs a return annotation: what is kept is read back by it.")
        self._decoder = msgspec.json.Decoder(hints["return"])
        self._cache = cache
        self._seconds = seconds
        self._turns = turns

    async def get(self, key: str) -> tuple[_Found, ...]:
        """Return what is kept, as the only value; nothing for a miss."""
        found = await self._cache.get(key)
        try:
            return () if found is None else (self._decoder.decode(found),)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return ()

    async def put(self, key: str, result: _Found) -> None:
        """Keep a result."""
        await self._cache.put(key, _ENCODER.encode(result), self._seconds)

    @asynccontextmanager
    async def turn(self, key: str) -> AsyncIterator[bool]:
        """Wait for whoever works on this already; the value says whether nobody did."""
        if self._turns is None:
            yield True
            return
        async with self._turns.turn(key, lambda: self._is_there(key)) as first:
            yield first

    async def _is_there(self, key: str) -> bool:
        return await self._cache.get(key) is not None
