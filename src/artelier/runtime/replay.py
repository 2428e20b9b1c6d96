"""Plays a recorded session's model calls again, with prompts, agents or a model that have changed since. No tool runs."""

from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from time import monotonic
from typing import Any

import msgspec
from msgspec import Struct

from artelier.domain.errors import InvalidRequest, ProviderError
from artelier.domain.events import ModelReplied
from artelier.domain.models import ModelReply, ModelRequest, RequestedCall
from artelier.domain.usage import Usage
from artelier.engine.asked import Asked, asked_in
from artelier.engine.outside import Outside
from artelier.ports.journal import Journal
from artelier.ports.provider import Providers
from artelier.runtime.standing import Standing

MOST_STEPS = 200
"""Steps of one replay at most: each is a call of a model that may cost money."""


class Said(Struct, frozen=True, omit_defaults=True):
    """A reply, as it is compared: calls with their arguments, which are text where they were no object."""

    text: str = ""
    calls: tuple[tuple[str, Any], ...] = ()
    usage: Usage = Usage()
    model: str = ""


class Replayed(Struct, frozen=True, omit_defaults=True):
    """One step: what the model said then and now, given the same past."""

    run: str
    step: int
    agent: str
    then: Said
    now: Said = Said()
    same_calls: bool = False
    same_text: bool = False
    seconds: float = 0.0
    code: str = ""
    """Why the model said nothing now, as a stable code; empty when it did."""
    message: str = ""


class Replay:
    """Asks the models again what they were asked in a session."""

    def __init__(self, journal: Journal, standing: Standing, providers: Providers) -> None:
        self._journal = journal
        self._standing = standing
        self._providers = providers

    async def asked(self, session: str, workspace: str, run: str = "") -> tuple[Asked, ...]:
        """Return what models were asked in a session, with what is in force now. Raises ``NotFound``."""
        return tuple(asked_in(await self._journal.read(session), self._standing.outside_in(workspace), run))

    async def play(
        self,
        session: str,
        workspace: str,
        run: str = "",
        *,
        model: str = "",
        prompts: Mapping[str, str] | None = None,
        steps: int = MOST_STEPS,
    ) -> AsyncIterator[Replayed]:
        """Yield each step as it is answered; ``prompts`` stand in for agents' own, by their names.

        Every step is asked with the recorded past, so that one difference does not hide the next. Raises ``NotFound``,
        ``InvalidRequest`` for an agent that there is not, ``SettingsError`` for such a model.
        """
        outside = self._with(prompts or {}, self._standing.outside_in(workspace))
        self._providers.find(model)
        left = steps
        for asked in asked_in(await self._journal.read(session), outside, run):
            if not isinstance(asked.outcome, ModelReplied):
                continue
            if left <= 0:
                return
            left -= 1
            yield await self._again(asked, asked.outcome, model or asked.wanted_model)

    def _with(self, prompts: Mapping[str, str], outside: Outside) -> Outside:
        unknown = sorted(set(prompts) - set(outside.policy.agents))
        if unknown:
            known = ", ".join(sorted(outside.policy.agents))
            raise InvalidRequest(f"There is no agent '{unknown[0]}' to give a prompt. These are known: {known}.")
        changed = {
            name: msgspec.structs.replace(agent, prompt=prompts.get(name, agent.prompt)) for name, agent in outside.policy.agents.items()
        }
        return msgspec.structs.replace(outside, policy=msgspec.structs.replace(outside.policy, agents=changed))

    async def _again(self, asked: Asked, recorded: ModelReplied, model: str) -> Replayed:
        then = Said(
            recorded.text, tuple((call.name, call.arguments or call.raw or {}) for call in recorded.calls), recorded.usage, recorded.model
        )
        provider, name = self._providers.find(model)
        begun = monotonic()
        try:
            reply = await _whole(provider.stream(msgspec.structs.replace(asked.request, model=name)))
        except ProviderError as failure:
            return Replayed(asked.run, recorded.step, asked.agent, then, code=failure.code, message=failure.message)
        now = Said(reply.text, tuple(map(_call, reply.calls)), reply.usage, reply.model or name)
        return Replayed(
            asked.run,
            recorded.step,
            asked.agent,
            then,
            now,
            same_calls=then.calls == now.calls,
            same_text=then.text.strip() == now.text.strip(),
            seconds=round(monotonic() - begun, 3),
        )


async def _whole(stream: Any) -> ModelReply:
    async with aclosing(stream) as pieces:
        async for piece in pieces:
            if isinstance(piece, ModelReply):
                return piece
    return ModelReply("")


def _call(call: RequestedCall) -> tuple[str, Any]:
    try:
        arguments = msgspec.json.decode(call.arguments or b"{}")
    except msgspec.DecodeError:
        arguments = call.arguments
    return call.name, arguments


def size_of(request: ModelRequest) -> int:
    """Return how many characters a request has, about: its prompt, messages and tools."""
    return len(request.system) + len(msgspec.json.encode(request.messages)) + len(msgspec.json.encode(request.tools))
