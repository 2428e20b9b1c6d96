"""The wrappers of a provider: replies kept and joined, breakers, the chain."""

import asyncio
from contextlib import aclosing

import msgspec
import pytest

from artelier.caches.generations import Generations
from artelier.caches.memory import MemoryCache
from artelier.caches.turns import SharedTurns
from artelier.domain.calls import ResultStatus, ToolCall
from artelier.domain.errors import ContextTooLong, ProviderError, ProviderUnavailable, RateLimited, RequestRefused
from artelier.domain.messages import AgentMessage, ToolMessage, UserMessage
from artelier.domain.models import (
    CacheWishes,
    CallDelta,
    FinishReason,
    ModelReply,
    ModelRequest,
    ReasoningDelta,
    RequestedCall,
    TextDelta,
)
from artelier.domain.usage import Usage
from artelier.providers.breaker import BreakerLimits, BreakingProvider
from artelier.providers.canonical import digest_of
from artelier.providers.fallback import FallbackProvider, Link
from artelier.providers.response_cache import CachingProvider, ReplyCache
from artelier.runtime.clock import SystemClock, UuidSevens

USED = Usage(100, 20)
REPLY = ModelReply("All is well.", (RequestedCall("look", '{"at": 1}'),), "Hm.", FinishReason.CALLS, USED, "big")
ASKED = ModelRequest("big", "You help.", (UserMessage("how is it?"),), temperature=0.0, tenant="person:owner", agent="coder")


class Model:
    """A model that answers what it is told to, or fails; it can be held back."""

    def __init__(self, *answers: ModelReply | ProviderError) -> None:
        self._answers = list(answers)
        self.asked: list[ModelRequest] = []
        self.begun = asyncio.Event()
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def stream(self, request):
        self.asked.append(request)
        self.begun.set()
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, ProviderError):
            raise answer
        yield TextDelta(answer.text[:4])
        await self.go_on.wait()
        yield TextDelta(answer.text[4:])
        yield answer

    async def list_models(self) -> tuple[str, ...]:
        return ("big",)

    async def close(self) -> None:
        return None


def kept(cache=None, **changes) -> ReplyCache:
    cache = cache or MemoryCache(1 << 20, SystemClock())
    return ReplyCache(cache, SharedTurns(cache, SystemClock(), UuidSevens()), Generations(cache, look=0.0).of, **changes)


async def said(provider, request: ModelRequest = ASKED) -> ModelReply:
    async with aclosing(provider.stream(request)) as pieces:
        found = [piece async for piece in pieces]
    assert "".join(piece.text for piece in found if isinstance(piece, TextDelta)) == found[-1].text
    return found[-1]


async def test_a_reply_is_given_again_as_a_stream_with_all_its_parts():
    model = Model(REPLY)
    caching = CachingProvider("own", model, kept())
    first = await said(caching)
    assert (first.usage, first.source) == (USED, "")
    pieces = [piece async for piece in caching.stream(ASKED)]
    assert pieces[:3] == [ReasoningDelta("Hm."), TextDelta("All is well."), CallDelta(0, "look", '{"at": 1}')]
    assert msgspec.structs.replace(pieces[3], usage=USED, saved=Usage(), source="") == REPLY
    assert (pieces[3].usage, pieces[3].saved, pieces[3].source) == (Usage(), USED, "cache")
    assert len(model.asked) == 1


OTHER = {
    "another's": {"tenant": "person:other"},
    "another agent's": {"agent": "ask"},
    "another model": {"model": "small"},
    "another prompt": {"system": "You hinder."},
    "other words": {"messages": (UserMessage("how are you?"),)},
    "a longer answer": {"max_tokens": 4096},
}


@pytest.mark.parametrize("change", OTHER.values(), ids=OTHER)
async def test_whatever_differs_is_asked(change):
    model = Model(REPLY)
    caching = CachingProvider("own", model, kept())
    await said(caching)
    await said(caching, msgspec.structs.replace(ASKED, **change))
    assert len(model.asked) == 2


async def test_what_another_server_of_that_name_said_is_asked_anew():
    cache, model = MemoryCache(1 << 20, SystemClock()), Model(REPLY)
    for servers in ({"own": "a"}, {"own": "a", "spare": "x"}, {"own": "b"}):
        await said(CachingProvider("own", model, kept(cache), servers))
    assert len(model.asked) == 2


async def test_requests_of_nobody_in_particular_or_with_chance_in_them_are_asked_each_time():
    model = Model(REPLY)
    caching = CachingProvider("own", model, kept())
    for change in ({"tenant": ""}, {"temperature": None}, {"temperature": 0.7}):
        for _ in range(2):
            await said(caching, msgspec.structs.replace(ASKED, **change))
    assert len(model.asked) == 6
    always = CachingProvider("own", model, kept(always=True))
    for _ in range(2):
        await said(always, msgspec.structs.replace(ASKED, temperature=0.7))
    assert len(model.asked) == 7


async def test_a_message_says_what_it_wants_of_the_cache():
    model = Model(REPLY)
    caching = CachingProvider("own", model, kept())

    async def asked(**wishes) -> str:
        return (await said(caching, msgspec.structs.replace(ASKED, wishes=CacheWishes(**wishes)))).source

    assert await asked(no_store=True) == ""
    assert await asked() == ""
    assert await asked() == "cache"
    assert await asked(no_store=True) == "cache"
    assert await asked(no_cache=True) == ""
    assert len(model.asked) == 3
    warm = msgspec.structs.replace(ASKED, temperature=0.7, wishes=CacheWishes(ttl=60))
    await said(caching, warm)
    assert (await said(caching, warm)).source == "cache"


async def test_many_equal_requests_make_one_and_one_of_them_pays():
    model = Model(REPLY)
    model.go_on.clear()
    caching = CachingProvider("own", model, kept())
    waiting = [asyncio.create_task(said(caching)) for _ in range(50)]
    await model.begun.wait()
    model.go_on.set()
    replies = await asyncio.gather(*waiting)
    assert len(model.asked) == 1
    assert [reply.usage for reply in replies].count(USED) == 1
    assert {reply.saved for reply in replies if reply.source == "joined"} == {USED}


async def test_whoever_began_may_leave():
    model = Model(REPLY)
    model.go_on.clear()
    caching = CachingProvider("own", model, kept())
    first, second = asyncio.create_task(said(caching)), asyncio.create_task(said(caching))
    await model.begun.wait()
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    model.go_on.set()
    assert (await second).usage == USED
    assert len(model.asked) == 1


async def test_when_all_have_left_the_request_ends():
    model = Model(REPLY)
    model.go_on.clear()
    caching = CachingProvider("own", model, kept())
    waiting = [asyncio.create_task(said(caching)) for _ in range(3)]
    await model.begun.wait()
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert caching._flights == {}
    model.go_on.set()
    assert (await said(caching)).usage == USED
    assert len(model.asked) == 2


async def test_a_failure_reaches_all_and_is_not_kept():
    model = Model(ProviderUnavailable("gone"), REPLY)
    caching = CachingProvider("own", model, kept())
    found = await asyncio.gather(*(said(caching) for _ in range(5)), return_exceptions=True)
    assert all(isinstance(each, ProviderUnavailable) for each in found)
    assert len(model.asked) == 1
    assert (await said(caching)).text == "All is well."


@pytest.mark.parametrize("finish", [FinishReason.LENGTH, FinishReason.FILTERED, FinishReason.UNKNOWN])
async def test_what_was_cut_is_not_kept(finish):
    model = Model(msgspec.structs.replace(REPLY, finish=finish))
    caching = CachingProvider("own", model, kept())
    await said(caching)
    await said(caching)
    assert len(model.asked) == 2


async def test_two_instances_share_what_they_keep_and_ask_once():
    cache, model = MemoryCache(1 << 20, SystemClock()), Model(REPLY)
    one, two = CachingProvider("own", model, kept(cache)), CachingProvider("own", model, kept(cache))
    replies = await asyncio.gather(*(said(each) for each in (one, two) * 10))
    assert len(model.asked) == 1
    assert [reply.usage for reply in replies].count(USED) == 1


async def test_an_entry_with_broken_characters_is_a_miss():
    cache = MemoryCache(1 << 20, SystemClock())
    model = Model(REPLY, REPLY)
    provider = CachingProvider("own", model, kept(cache))
    await said(provider)
    (key,) = (key for key in cache._kept if key.startswith("reply:"))
    await cache.put(key, b'{"text": "\xff"}', 60)
    assert (await said(provider)).source == ""


async def test_a_spoilt_entry_and_a_cache_that_is_gone_are_misses():
    cache, model = MemoryCache(1 << 20, SystemClock()), Model(REPLY)
    caching = CachingProvider("own", model, kept(cache))
    await said(caching)
    for key in list(cache._kept):
        if key.startswith("reply:"):
            await cache.put(key, b"\xff{", 60)
    assert (await said(caching)).source == ""
    await cache.close()
    assert (await said(caching)).source == ""


async def test_a_renewed_generation_forgets_one_tenants_replies():
    cache, model = MemoryCache(1 << 20, SystemClock()), Model(REPLY)
    caching = CachingProvider("own", model, kept(cache))
    other = msgspec.structs.replace(ASKED, tenant="person:other")
    await said(caching)
    await said(caching, other)
    await Generations(cache, look=0.0).renew("replies:person:owner")
    assert (await said(caching)).source == ""
    assert (await said(caching, other)).source == "cache"


async def test_what_a_fallback_answered_is_kept_under_its_own_name():
    cache = MemoryCache(1 << 20, SystemClock())
    broken, small = Model(ProviderUnavailable("gone")), Model(msgspec.structs.replace(REPLY, model="small"))
    chain = FallbackProvider("own", broken, lambda: (Link("spare", small, "small"),))
    caching = CachingProvider("own", chain, kept(cache))
    assert (await said(caching)).provider == "spare"
    direct = CachingProvider("spare", Model(RequestRefused("nobody asks me")), kept(cache))
    assert (await said(direct, msgspec.structs.replace(ASKED, model="small"))).source == "cache"


def test_calls_are_the_same_whatever_they_are_called():
    def past(run: str) -> ModelRequest:
        calls = (ToolCall(f"{run}/0/0", "look", {"at": 1}), ToolCall(f"{run}/0/1", "look", {"at": 2}))
        results = (ToolMessage(f"{run}/0/1", "look", "two"), ToolMessage(f"{run}/0/0", "look", "one"))
        return msgspec.structs.replace(ASKED, messages=(UserMessage("go"), AgentMessage("", calls), *results))

    assert digest_of("own", "", past("r1")) == digest_of("own", "", past("r2"))
    swapped = past("r1")
    messages = (*swapped.messages[:2], *reversed(swapped.messages[2:]))
    assert digest_of("own", "", swapped) != digest_of("own", "", msgspec.structs.replace(swapped, messages=messages))
    failed = ToolMessage("r1/0/1", "look", "two", ResultStatus.FAILED)
    swapped_and_failed = msgspec.structs.replace(swapped, messages=(*messages[:2], failed, messages[3]))
    assert digest_of("own", "", swapped) != digest_of("own", "", swapped_and_failed)
    assert digest_of("own", "", ASKED) != digest_of("other", "", ASKED)


class Hands:
    """A clock that is moved."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


async def failing(provider, request: ModelRequest = ASKED) -> ProviderError:
    with pytest.raises(ProviderError) as failed:
        await said(provider, request)
    return failed.value


async def test_a_breaker_spares_the_wait_and_lets_a_few_try():
    model, clock = Model(*[ProviderUnavailable("gone")] * 6, REPLY), Hands()
    breaking = BreakingProvider(model, BreakerLimits(failures=5, seconds=60, probes=3), clock)
    for _ in range(5):
        await failing(breaking)
    clock.now = 10
    refused = await failing(breaking)
    assert (len(model.asked), refused.retry_after, breaking.open_models) == (5, 50, ("big",))
    clock.now = 61
    assert (await failing(breaking)).message == "gone"
    clock.now = 100
    assert (await failing(breaking)).retry_after == 21
    clock.now = 122
    for _ in range(3):
        await said(breaking)
    assert breaking.open_models == ()


async def test_no_more_than_its_probes_try_at_once():
    model, clock = Model(*[ProviderUnavailable("gone")] * 5, REPLY), Hands()
    breaking = BreakingProvider(model, BreakerLimits(), clock)
    for _ in range(5):
        await failing(breaking)
    clock.now = 61
    model.go_on.clear()
    streams = [breaking.stream(ASKED) for _ in range(3)]
    assert [type(await anext(stream)) for stream in streams] == [TextDelta] * 3
    assert breaking.open_models == ()
    for stream in streams:
        await stream.aclose()


async def test_one_model_broken_leaves_the_others():
    model = Model(*[ProviderUnavailable("gone")] * 5, REPLY)
    breaking = BreakingProvider(model)
    for _ in range(5):
        await failing(breaking)
    assert (await said(breaking, msgspec.structs.replace(ASKED, model="small"))).text == "All is well."


async def test_a_refusal_tells_that_the_server_works():
    model = Model(*[ProviderUnavailable("gone")] * 4, RequestRefused("no"), *[ProviderUnavailable("gone")] * 4, REPLY)
    breaking = BreakingProvider(model)
    for _ in range(9):
        await failing(breaking)
    assert (await said(breaking)).text == "All is well."


async def test_the_chain_is_asked_in_its_order():
    first, second, third = Model(ProviderUnavailable("a")), Model(RateLimited("b", retry_after=9)), Model(REPLY)
    chain = FallbackProvider("one", first, lambda: (Link("one", first, "big"), Link("two", second, "m2"), Link("three", third, "m3")))
    reply = await said(chain)
    assert (reply.provider, third.asked[0].model, len(first.asked)) == ("three", "m3", 1)


async def test_where_nobody_answers_the_first_one_says_why_and_the_soonest_when():
    first, second = Model(ProviderUnavailable("a", retry_after=30)), Model(RateLimited("b", retry_after=9))
    failed = await failing(FallbackProvider("one", first, lambda: (Link("two", second, "m2"),)))
    assert (failed.message, failed.retry_after) == ("a", 9)


@pytest.mark.parametrize("failure", [ContextTooLong("long"), RequestRefused("no")])
async def test_what_is_wrong_with_the_request_is_wrong_everywhere(failure):
    second = Model(REPLY)
    assert await failing(FallbackProvider("one", Model(failure), lambda: (Link("two", second, "m2"),))) is failure
    assert second.asked == []


async def test_after_the_first_piece_nobody_else_is_asked():
    class Torn(Model):
        async def stream(self, request):
            yield TextDelta("All ")
            raise ProviderUnavailable("torn")

    second = Model(REPLY)
    await failing(FallbackProvider("one", Torn(REPLY), lambda: (Link("two", second, "m2"),)))
    assert second.asked == []
