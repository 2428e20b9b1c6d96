"""A session written out for people and programs: as Markdown, or its journal a line an event; secrets are masked in both."""

import re
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any

import msgspec

from artelier.domain.calls import ToolCall
from artelier.domain.events import (
    AgentChosen,
    ApprovalAnswered,
    ApprovalAsked,
    Event,
    MessageReceived,
    ModelReplied,
    RunCancelled,
    RunFailed,
    RunFinished,
    SessionOpened,
    ToolFinished,
)
from artelier.domain.forking import SessionForked
from artelier.domain.questions import Question
from artelier.ports.journal import Journal
from artelier.providers.masking import masked, masked_text
from artelier.settings import Settings

PAGE = 500
"""Events read at once."""
LONGEST = 4000
"""Characters of one result in Markdown; the journal has all of them."""


class Exporting:
    """Reads a session from the journal and writes it out."""

    def __init__(self, journal: Journal, settings: Settings) -> None:
        self._journal = journal
        self._secrets = tuple(_secrets_of(settings))

    async def lines(self, session: str) -> AsyncIterator[bytes]:
        """Yield each event as a line of JSON. Raises ``NotFound``, ``StoreError``."""
        async for event in self._events(session):
            yield msgspec.json.encode(masked(msgspec.to_builtins(event), self._secrets)) + b"\n"

    async def markdown(self, session: str, title: str) -> AsyncIterator[bytes]:
        """Yield the conversation as Markdown, part by part. Raises ``NotFound``, ``StoreError``."""
        yield f"# {masked_text(title, self._secrets) or session}\n".encode()
        asked: dict[str, Question] = {}
        async for event in self._events(session):
            if isinstance(event.payload, ApprovalAsked):
                asked[event.payload.question.id] = event.payload.question
            part = "\n\n".join(_parts(event, asked))
            if part:
                yield f"\n{masked_text(part, self._secrets)}\n".encode()

    async def _events(self, session: str) -> AsyncIterator[Event]:
        after = 0
        while events := await self._journal.read(session, after, PAGE):
            for event in events:
                yield event
            after = events[-1].seq


def _secrets_of(settings: Settings) -> Iterator[str]:
    for provider in settings.models.providers.values():
        yield provider.api_key.get_secret_value()
        yield from provider.headers.values()
    for server in settings.tools.mcp:
        yield from (value.get_secret_value() for value in server.headers.values())


def _parts(event: Event, asked: dict[str, Question]) -> Iterable[str]:  # noqa: C901, PLR0911  a flat match over a sum type
    match event.payload:
        case SessionOpened():
            return (f"{event.at:%Y-%m-%d %H:%M} UTC",)
        case SessionForked(session=origin):
            return (f"*up to here a copy of session {origin}*",)
        case MessageReceived(text=text):
            return ("## You", text)
        case AgentChosen(agent=agent, source=source):
            return (f"## {agent}", f"*{source}*")
        case ModelReplied(text=text, calls=calls):
            return (*((text,) if text else ()), *map(_call, calls))
        case ToolFinished(name=name, result=result):
            return (f"**{name}**: {result.status.value}", _fenced(result.text))
        case ApprovalAnswered(question=question, answer=answer):
            about = asked.get(question)
            what = (about.effect or about.text) if about is not None else question
            said = f" — {_one_line(answer.text)}" if answer.text else ""
            return (f"> {_one_line(what)}: {answer.decision.value} by {answer.by}{said}",)
        case RunFinished(steps=steps, calls=calls):
            return (f"*finished: {steps} steps, {calls} calls*",)
        case RunFailed(code=code, message=message):
            return (f"*failed: {message} `{code}`*",)
        case RunCancelled(reason=reason):
            return (f"*cancelled{': ' if reason else ''}{_one_line(reason)}*",)
        case _:
            return ()


def _call(call: ToolCall) -> str:
    arguments: Any = call.arguments if call.arguments is not None else {}
    return f"- `{call.name}`\n\n{_fenced(msgspec.json.format(msgspec.json.encode(arguments)).decode(), 'json')}"


def _fenced(text: str, language: str = "") -> str:
    """Return a text as a block of code, fenced by more backticks than stand in it."""
    shown = text if len(text) <= LONGEST else f"{text[:LONGEST]}\n… {len(text) - LONGEST} characters more"
    ticks = "`" * max(3, 1 + max(map(len, re.findall(r"`+", shown)), default=0))
    return f"{ticks}{language}\n{shown}\n{ticks}"


def _one_line(text: str) -> str:
    return " ".join(text.split())
