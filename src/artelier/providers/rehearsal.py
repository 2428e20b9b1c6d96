"""The rehearsal model: it works offline, does what plain sentences ask by rules, and says that it is no language model.

It keeps nothing: each reply follows from the request's messages alone, so a run resumed anywhere goes on as it would have.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

import msgspec
import orjson
from msgspec import Struct

from artelier.domain.calls import ToolCall
from artelier.domain.errors import RequestRefused
from artelier.domain.messages import AgentMessage, Message, ToolMessage, UserMessage
from artelier.domain.models import CallDelta, FinishReason, ModelPiece, ModelReply, ModelRequest, Purpose, RequestedCall, TextDelta
from artelier.domain.usage import Usage
from artelier.providers.rehearsal_english import English
from artelier.providers.rehearsal_findings import Finding, Outcome, find
from artelier.providers.rehearsal_phrases import Phrases
from artelier.providers.rehearsal_requests import Talk, Understood, understand
from artelier.providers.rehearsal_russian import Russian
from artelier.providers.rehearsal_setting import settled
from artelier.providers.rehearsal_steps import READING, Step, StepKind, waves_of, with_readings
from artelier.providers.rehearsal_text import is_russian

MODEL = "rehearsal"
_WORDS = re.compile(r"\S+\s*|\s+")
_SIGNS_A_TOKEN = 4


class Rehearsal:
    """A provider without a model; ``pause`` seconds go by before each word, so that streaming can be watched."""

    def __init__(self, *, pause: float = 0.0, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._pause = pause
        self._sleep = sleep

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelPiece, None]:
        """Yield the reply word by word, then its calls, then the whole of it."""
        if request.purpose is Purpose.SUMMARY:
            raise RequestRefused("The rehearsal is a program with rules and writes no summaries. Choose a language model for that.")
        text, steps = _answer(request)
        for word in _WORDS.findall(text):
            if self._pause:
                await self._sleep(self._pause)
            yield TextDelta(word)
        calls = tuple(RequestedCall(step.kind.value, orjson.dumps(step.arguments).decode()) for step in steps)
        for place, call in enumerate(calls):
            yield CallDelta(place, call.name, call.arguments)
        finish = FinishReason.CALLS if calls else FinishReason.STOP
        yield ModelReply(text, calls, finish=finish, usage=_estimate(request, text, calls), model=MODEL)

    async def list_models(self) -> tuple[str, ...]:
        """Return its one name."""
        return (MODEL,)

    async def close(self) -> None:
        """Do nothing: it holds nothing open."""


class _Plan(Struct, frozen=True):
    """What a message asks for, sorted by what this agent has tools for."""

    asked: Understood
    waves: tuple[tuple[Step, ...], ...]
    without_tools: tuple[Step, ...]
    untried: tuple[Step, ...]
    """Steps that may build on one without a tool."""
    kinds: tuple[StepKind, ...]


def _answer(request: ModelRequest) -> tuple[str, tuple[Step, ...]]:
    """Return the next reply: words, and the steps to call for."""
    messages = request.messages
    last = max((place for place, message in enumerate(messages) if isinstance(message, UserMessage)), default=-1)
    phrases = _language(messages)
    plan = _planned(request, messages[last].text if last >= 0 else "")
    done = _done(messages[last + 1 :])
    opening = "" if any(isinstance(message, AgentMessage) for message in messages) else phrases.notice
    turns = sum(isinstance(message, AgentMessage) and bool(message.calls) for message in messages[last + 1 :])
    left = plan.waves[turns:]
    missing: Step | None = None
    if left and all(finding.outcome is Outcome.DONE for _, finding in done):
        ready = [settled(step, messages[last + 1 :]) for step in left[0]]
        missing = next((step for step, found in zip(left[0], ready, strict=True) if found is None), None)
        if missing is None:
            return _spoken(opening, phrases.doing(left[0]), between=" "), tuple(step for step in ready if step)
    undone = [step for wave in left for step in wave]
    reported = _report(plan, done, [*undone, *plan.untried], phrases, opening, missing)
    return reported, ()


def _language(messages: Sequence[Message]) -> Phrases:
    """Return the words of the language the person wrote in last."""
    for message in reversed(messages):
        russian = is_russian(message.text) if isinstance(message, UserMessage) else None
        if russian is not None:
            return Russian() if russian else English()
    return English()


def _planned(request: ModelRequest, text: str) -> _Plan:
    names = {spec.name for spec in request.tools}
    kinds = tuple(kind for kind in StepKind if kind.value in names)
    asked = understand(text)
    asked = msgspec.structs.replace(asked, steps=with_readings(asked.steps))
    lacking = [place for place, step in enumerate(asked.steps) if step.kind not in kinds]
    end = next((place for place in lacking if asked.steps[place].kind not in READING), len(asked.steps))
    return _Plan(
        asked,
        waves=waves_of([step for step in asked.steps[:end] if step.kind in kinds]),
        without_tools=tuple(asked.steps[place] for place in lacking),
        untried=tuple(step for step in asked.steps[end:] if step.kind in kinds),
        kinds=kinds,
    )


def _done(messages: Sequence[Message]) -> list[tuple[ToolCall, Finding]]:
    """Return the calls made since the person spoke, with what came of them."""
    results = {message.call_id: message for message in messages if isinstance(message, ToolMessage)}
    calls = [call for message in messages if isinstance(message, AgentMessage) for call in message.calls if call.id in results]
    return [(call, find(_kind(call), results[call.id])) for call in calls]


def _kind(call: ToolCall) -> StepKind | None:
    return next((kind for kind in StepKind if kind.value == call.name), None)


def _report(
    plan: _Plan, done: list[tuple[ToolCall, Finding]], left: list[Step], phrases: Phrases, opening: str, missing: Step | None
) -> str:
    if not done and not left and not plan.without_tools and not plan.asked.missed:
        return _talk(plan, phrases, opening)
    parts = [_reported(call, finding, phrases) for call, finding in done]
    if plan.without_tools:
        parts.append(phrases.without_tools(plan.without_tools))
    if missing is not None and missing.setting is not None:
        parts.append(phrases.not_set(missing.path, missing.setting.key))
    if left:
        parts.append(phrases.left_undone(left))
    if plan.asked.missed:
        parts.append(phrases.missed(plan.asked.missed, plan.kinds, nothing_done=not done))
    return _spoken(opening, *parts, between="\n\n")


def _reported(call: ToolCall, finding: Finding, phrases: Phrases) -> str:
    kind = _kind(call)
    if kind is None:
        return phrases.other_tool(call.name, worked=finding.outcome is Outcome.DONE)
    return phrases.report(Step(kind, call.arguments or {}), finding)


def _talk(plan: _Plan, phrases: Phrases, opening: str) -> str:
    if plan.asked.talk is Talk.THANKS:
        return _spoken(opening, phrases.welcome, between=" ")
    hello = phrases.greeting if plan.asked.talk is Talk.GREETING else ""
    return _spoken(hello, phrases.notice, phrases.abilities(plan.kinds), between=" ")


def _spoken(*parts: str, between: str) -> str:
    return between.join(part for part in parts if part)


def _estimate(request: ModelRequest, text: str, calls: tuple[RequestedCall, ...]) -> Usage:
    asked = len(request.system) + sum(len(message.text) for message in request.messages)
    said = len(text) + sum(len(call.name) + len(call.arguments) for call in calls)
    return Usage(input_tokens=-(-asked // _SIGNS_A_TOKEN), output_tokens=-(-said // _SIGNS_A_TOKEN), model_calls=1)
