"""Keeps what a function returns: a decorator over any cache."""

import hashlib
import inspect
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import ParamSpec, TypeVar, get_type_hints

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
        hints = get_type_hints(function)
        if "return" not in hints:
            raise TypeError(f"{function.__qualname__} needs a return annotation: what is kept is read back by it.")
        decoder = msgspec.json.Decoder(hints["return"])
        signature, kind = inspect.signature(function), name or f"{function.__module__}.{function.__qualname__}"

        async def kept(key: str) -> tuple[_Found, ...]:
            found = await cache.get(key)
            try:
                return () if found is None else (decoder.decode(found),)
            except (msgspec.MsgspecError, UnicodeDecodeError):
                return ()

        async def work(key: str, *words: _Words.args, **more: _Words.kwargs) -> _Found:
            result = await function(*words, **more)
            await cache.put(key, _ENCODER.encode(result), seconds)
            return result

        @wraps(function)
        async def answer(*words: _Words.args, **more: _Words.kwargs) -> _Found:
            bound = signature.bind(*words, **more)
            bound.apply_defaults()
            digest = hashlib.blake2b(_ENCODER.encode(bound.arguments), digest_size=20).hexdigest()
            key = f"function:{kind}:{digest}"
            for result in await kept(key):
                return result
            if turns is None:
                return await work(key, *words, **more)
            async with turns.turn(key, lambda: _is_there(cache, key)) as first:
                for result in () if first else await kept(key):
                    return result
                return await work(key, *words, **more)

        return answer

    return decorate


async def _is_there(cache: Cache, key: str) -> bool:
    return await cache.get(key) is not None
