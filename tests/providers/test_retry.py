from collections.abc import AsyncIterator
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest

from artelier.domain.errors import CredentialsRefused, ProviderError, ProviderUnavailable, RateLimited, StreamBroken
from artelier.domain.models import ModelPiece, ModelReply, ModelRequest, TextDelta
from artelier.providers.retry import RetryingProvider


class Sleeps:
    """A clock that notes how long it was asked to sleep."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


class Failing:
    """Raises the errors one attempt after another, each after so many pieces, then answers."""

    def __init__(self, *errors: ProviderError, pieces: int = 0) -> None:
        self.errors = list(errors)
        self.pieces = pieces
        self.asked = 0
        self.ended = 0

    async def stream(self, request: ModelRequest) -> AsyncIterator[ModelPiece]:
        self.asked += 1
        try:
            if self.errors:
                for _ in range(self.pieces):
                    yield TextDelta("a")
                raise self.errors.pop(0)
            yield TextDelta("b")
            yield ModelReply("b")
        finally:
            self.ended += 1

    async def list_models(self) -> tuple[str, ...]:
        return ("m",)

    async def close(self) -> None:
        self.asked = -1


async def pieces_of(provider: RetryingProvider, request: ModelRequest) -> list[ModelPiece]:
    return [piece async for piece in provider.stream(request)]


async def test_it_asks_again_and_forgets_the_failures(request_: Any) -> None:
    clock, inner = Sleeps(), Failing(ProviderUnavailable("a"), StreamBroken("b"))
    pieces = await pieces_of(RetryingProvider(inner, clock, Random(1)), request_)
    assert pieces == [TextDelta("b"), ModelReply("b")]
    assert (inner.asked, inner.ended) == (3, 3)
    assert len(clock.slept) == 2


async def test_it_gives_up_with_the_last_error(request_: Any) -> None:
    clock, inner = Sleeps(), Failing(*(ProviderUnavailable(str(number)) for number in range(9)))
    with pytest.raises(ProviderUnavailable, match="3"):
        await pieces_of(RetryingProvider(inner, clock, Random(1), attempts=4), request_)
    assert inner.asked == 4


async def test_waits_are_jittered_within_doubling_bounds(request_: Any) -> None:
    waits: list[list[float]] = []
    for seed in range(50):
        clock = Sleeps()
        inner = Failing(*(ProviderUnavailable("a") for _ in range(5)))
        await pieces_of(RetryingProvider(inner, clock, Random(seed), attempts=6, base=1.0, cap=4.0), request_)
        waits.append(clock.slept)
    for place, most in enumerate([1.0, 2.0, 4.0, 4.0, 4.0]):
        seen = [each[place] for each in waits]
        assert 0 <= min(seen) < most / 4
        assert most * 3 / 4 < max(seen) <= most


async def test_what_the_provider_asks_to_wait_comes_first(request_: Any) -> None:
    clock = Sleeps()
    await pieces_of(RetryingProvider(Failing(RateLimited("a", retry_after=7.0)), clock, Random(1), base=0.5), request_)
    assert 7.0 <= clock.slept[0] <= 7.5


async def test_a_long_wait_is_left_to_others(request_: Any) -> None:
    clock, inner = Sleeps(), Failing(RateLimited("a", retry_after=61.0))
    with pytest.raises(RateLimited) as caught:
        await pieces_of(RetryingProvider(inner, clock, Random(1), patience=60.0), request_)
    assert (caught.value.retry_after, clock.slept, inner.asked) == (61.0, [], 1)


async def test_what_a_retry_cannot_help_is_told_at_once(request_: Any) -> None:
    clock, inner = Sleeps(), Failing(CredentialsRefused("a"))
    with pytest.raises(CredentialsRefused):
        await pieces_of(RetryingProvider(inner, clock, Random(1)), request_)
    assert (inner.asked, clock.slept) == (1, [])


async def test_nothing_is_asked_again_once_a_piece_was_given_out(request_: Any) -> None:
    inner = Failing(StreamBroken("a"), pieces=1)
    with pytest.raises(StreamBroken):
        await pieces_of(RetryingProvider(inner, Sleeps(), Random(1)), request_)
    assert inner.asked == 1


async def test_leaving_early_ends_the_inner_stream(request_: Any) -> None:
    inner = Failing()
    stream = RetryingProvider(inner, Sleeps(), Random(1)).stream(request_)
    await anext(stream)
    assert inner.ended == 0
    await stream.aclose()
    assert inner.ended == 1


async def test_the_rest_of_the_port_is_the_wrapped_one(request_: Any) -> None:
    inner = Failing()
    provider = RetryingProvider(inner, Sleeps(), Random(1))
    assert await provider.list_models() == ("m",)
    await provider.close()
    assert inner.asked == -1
