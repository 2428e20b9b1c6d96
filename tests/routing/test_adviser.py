"""The routing step by a model: what is sent, what is understood, what is remembered."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artelier.caches.memory import MemoryCache
from artelier.domain.errors import ProviderUnavailable
from artelier.domain.models import ModelReply, ModelRequest, RequestedCall
from artelier.domain.usage import Usage
from artelier.ports.router import Earlier
from artelier.providers.scripted import ScriptedCall, ScriptedProvider, ScriptedTurn
from artelier.routing.adviser import KEPT_SECONDS, TOOL, ModelAdviser, _said
from artelier.runtime.clock import SystemClock
from artelier.runtime.models import Models

AGENTS = {"coder": "changes code", "ask": "answers questions"}


class Recording:
    """A provider that keeps what it was asked; satisfies the port by another one."""

    def __init__(self, *turns: ScriptedTurn) -> None:
        self._inner = ScriptedProvider(turns)
        self.requests: list[ModelRequest] = []

    def stream(self, request: ModelRequest):
        self.requests.append(request)
        return self._inner.stream(request)

    async def list_models(self) -> tuple[str, ...]:
        return ()

    async def close(self) -> None:
        return None


@pytest.fixture
def cache() -> MemoryCache:
    return MemoryCache(1 << 16, SystemClock())


def adviser_of(cache: MemoryCache, *turns: ScriptedTurn) -> tuple[ModelAdviser, Recording]:
    provider = Recording(*turns)
    return ModelAdviser(Models({"small": provider}, "small"), "", cache), provider


def choice(agent: str, confidence: object = 0.8) -> ScriptedTurn:
    return ScriptedTurn(calls=(ScriptedCall(TOOL, {"agent": agent, "confidence": confidence}),))


async def test_the_model_chooses_by_a_call(cache: MemoryCache) -> None:
    adviser, provider = adviser_of(cache, choice("ask"))
    advice = await adviser.advise("what is this?", AGENTS, Earlier("coder", True, 2))
    assert (advice.agent, advice.confidence, advice.remembered) == ("ask", 0.8, False)
    assert advice.usage.model_calls == 1
    (request,) = provider.requests
    assert [tool.name for tool in request.tools] == [TOOL]
    assert request.temperature == 0.0
    assert "changes code" in request.system
    assert "previous agent: coder; its work failed; files it changed: 2" in request.messages[0].text


async def test_a_like_request_is_not_asked_again(cache: MemoryCache) -> None:
    adviser, provider = adviser_of(cache, choice("ask"))
    await adviser.advise("What is   this?", AGENTS, Earlier())
    again = await adviser.advise("what is this?", AGENTS, Earlier())
    assert (again.agent, again.remembered, again.usage) == ("ask", True, Usage())
    assert len(provider.requests) == 1
    assert KEPT_SECONDS == 60 * 60


@pytest.mark.parametrize(
    ("text", "agents", "earlier"),
    [
        ("what is that?", AGENTS, Earlier()),
        ("what is this?", {**AGENTS, "debug": "finds causes"}, Earlier()),
        ("what is this?", AGENTS, Earlier("coder")),
        ("what is this?", AGENTS, Earlier("ask", failed=True)),
    ],
)
async def test_anything_that_may_matter_is_asked_anew(cache: MemoryCache, text: str, agents: dict[str, str], earlier: Earlier) -> None:
    adviser, provider = adviser_of(cache, choice("ask"), choice("ask"))
    await adviser.advise("what is this?", AGENTS, Earlier())
    await adviser.advise(text, agents, earlier)
    assert len(provider.requests) == 2


async def test_nonsense_is_no_advice_and_is_not_remembered(cache: MemoryCache) -> None:
    adviser, provider = adviser_of(cache, ScriptedTurn(text="I would rather not."), choice("nobody"))
    assert (await adviser.advise("x", AGENTS, Earlier())).agent == ""
    assert (await adviser.advise("x", AGENTS, Earlier())).agent == ""
    assert len(provider.requests) == 2


async def test_a_failing_model_is_told(cache: MemoryCache) -> None:
    adviser, _ = adviser_of(cache, ScriptedTurn(fault="unavailable"))
    with pytest.raises(ProviderUnavailable):
        await adviser.advise("x", AGENTS, Earlier())


@pytest.mark.parametrize("spoilt", [b"\xff", b'{"agent": "\xff", "confidence": 1}'])
async def test_a_spoilt_entry_is_a_miss(cache: MemoryCache, spoilt: bytes) -> None:
    adviser, provider = adviser_of(cache, choice("ask"), choice("ask"))
    await adviser.advise("x", AGENTS, Earlier())
    for key in list(cache._kept):
        await cache.put(key, spoilt, 60)
    assert (await adviser.advise("x", AGENTS, Earlier())).agent == "ask"
    assert len(provider.requests) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"agent": "ask", "confidence": 0.4}', ("ask", 0.4)),
        ('Sure:\n```json\n{"agent": "coder"}\n```', ("coder", 0.5)),
        ('{"agent": "coder", "confidence": "high"}', ("coder", 0.5)),
        ('{"agent": "coder", "confidence": true}', ("coder", 0.5)),
        ('{"agent": "coder", "confidence": 7}', ("coder", 1.0)),
        ('{"agent": "coder", "confidence": NaN}', ("coder", 0.5)),
        ("**coder**", ("coder", 0.5)),
        ("either coder or ask", ("", 0.0)),
        ("[1, 2]", ("", 0.0)),
    ],
)
def test_models_that_do_not_call_are_understood_all_the_same(text: str, said: tuple[str, float]) -> None:
    assert _said(ModelReply(text), AGENTS) == said


@given(st.text(), st.lists(st.tuples(st.sampled_from([TOOL, "other"]), st.text()), max_size=3))
def test_no_answer_breaks_it(text: str, calls: Sequence[tuple[str, str]]) -> None:
    reply = ModelReply(text, tuple(RequestedCall(name, arguments) for name, arguments in calls))
    agent, confidence = _said(reply, AGENTS)
    assert agent in {"", *AGENTS}
    assert 0 <= confidence <= 1


async def test_a_message_that_names_a_model_is_shown_to_it_alone(cache: MemoryCache) -> None:
    default, named = Recording(choice("ask")), Recording(choice("coder"))
    models = Models({"paid": default, "local": named}, "paid")
    adviser = ModelAdviser(models, "", cache, {"rehearsal"})
    assert (await adviser.advise("x", AGENTS, Earlier(), model="local/m")).agent == "coder"
    assert (await adviser.advise("x", AGENTS, Earlier())).agent == "ask"
    assert (len(default.requests), len(named.requests)) == (1, 1)
    assert [adviser.speaks(model) for model in ("", "local/m", "rehearsal")] == [True, True, False]
    assert ModelAdviser(models, "paid", cache, {"rehearsal"}).speaks("rehearsal")
