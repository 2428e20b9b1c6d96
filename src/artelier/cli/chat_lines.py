"""The chat line by line: for pipes, screen readers and plain terminals. Each line is a message, a command, or an answer."""

import asyncio
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import RenderableType
from rich.text import Text

from artelier.cli.cards import Cards
from artelier.cli.connection import Connection
from artelier.cli.input_lines import InputLines
from artelier.cli.look import glyph, output
from artelier.cli.question_cards import card, countdown, keys_row
from artelier.cli.questions import KEYS, Choice, approved, changed_arguments, in_words, keys_of, may_remember, scope_named
from artelier.cli.refusals import refusal_words
from artelier.cli.rows import room
from artelier.cli.slash import is_command, meant, perform
from artelier.cli.speech import Speech
from artelier.cli.stopping import CANCELLED, FINISHED, WAITS
from artelier.cli.talk import Talk
from artelier.cli.words import tr
from artelier.client import Approval, ClientError, StreamDelta, StreamEvent

_SHOWN_LINES = 12
_NEXT = frozenset({"next", "tab", "дальше", "следующий"})


async def converse(connection: Connection, folder: str, session: str, *, agent: str, model: str, history: Path) -> int:
    """Talk until the input ends; return 0, 3 when a question is left, or 130 after Ctrl-C."""
    del history  # lines are not remembered
    chat = LineChat(connection, folder, agent=agent, model=model)
    if session:
        await chat.talk.join(session)
    return await chat.run()


class LineChat:
    """Reads lines and prints lines. Satisfies ``Surface``."""

    def __init__(self, connection: Connection, folder: str, *, agent: str, model: str) -> None:
        self._console = output()
        self._live = sys.stdout.isatty()
        self._speech = Speech(_write)
        self._lines = InputLines()
        cards = Cards(room(self._console), _SHOWN_LINES, connection.lasting_address)
        self.talk = Talk(connection, folder, self, cards, agent=agent, model=model)
        self._reading: asyncio.Task[str | None] | None = None

    async def run(self) -> int:
        """Take lines until they end or the person leaves."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGINT, self._interrupted)
        try:
            while await self._next():
                pass
            left = bool(self.talk.questions)
        finally:
            loop.remove_signal_handler(signal.SIGINT)
            await self.talk.leave()
        return CANCELLED if self.talk.leaving else WAITS if left else FINISHED

    async def tell(self, lines: Sequence[RenderableType]) -> None:
        """Print lines."""
        self._speech.end_line()
        for line in lines:
            self._console.print(line)

    async def say(self, delta: StreamDelta) -> None:
        """Print a piece of a reply, where somebody watches."""
        if self._live:
            self._speech.say(delta)

    async def settle(self, event: StreamEvent) -> None:
        """Print the rest of a reply."""
        self._speech.settle(event.run, event.payload)

    def changed(self) -> None:
        """Do nothing: lines do not move."""

    async def _next(self) -> bool:
        """Wait until nothing is at work, take a line and do what it says; False to leave."""
        await self.talk.rested()
        line = None if self.talk.leaving else await self._line()
        return line is not None and await self._taken(line)

    async def _line(self) -> str | None:
        question = self.talk.question
        if question is not None:
            approves = question.id in self.talk.approving
            clock = countdown(question, datetime.now(UTC), self._console.width, approves=approves)
            self._console.print(card(question, self._console, clock=clock, place=self.talk.place))
            for line in _hints(question, len(self.talk.questions)):
                self._console.print(line, style="dim")
        return await self._read("> ")

    async def _read(self, prompt: str) -> str | None:
        """Return the next line, None at the end of the input or where the person leaves; a terminal shows the prompt."""
        if sys.stdin.isatty():
            _write(prompt)
        self._reading = asyncio.ensure_future(self._lines.next())
        try:
            return await self._reading
        except asyncio.CancelledError:
            if not self.talk.leaving:
                raise
            return None

    async def _taken(self, line: str) -> bool:
        """Do what a line says; False to leave."""
        line = meant(self.talk, line)
        question = self.talk.question
        try:
            if is_command(line):
                done = await perform(self.talk, line)
                await self.tell(done.lines)
                return not done.leave
            if question is not None:
                await self._answer(question, line)
            elif line.strip():
                await self.talk.say(line)
        except ClientError as failure:
            await self.tell([Text(f"{glyph('failed')} {refusal_words(failure)}", "bad")])
        return True

    async def _answer(self, question: Approval, line: str) -> None:
        """Answer a question by a line: a key, with words or changed arguments behind it."""
        said = line.strip()
        if question.kind == "words":
            if said:
                await self.talk.answer(question, in_words(question, said))
            return
        key, _, rest = said.partition(" ")
        decision = KEYS.get(key.lower()) if key.lower() in keys_of(question) else None
        if decision == "approve":
            await self._approve(question, rest)
        elif decision == "reject":
            await self._reject(question, rest)
        elif decision == "edit":
            await self._edit(question, rest)
        elif said.lower() in _NEXT and self.talk.turn():
            return
        else:
            await self.tell([Text(tr("Answer the question first: a, r with a reason, or e with the arguments as JSON."), "warn")])

    async def _approve(self, question: Approval, rest: str) -> None:
        scope = scope_named(rest)
        if scope is None:
            await self.tell([Text(tr("Say a alone, or a run, a session, a workspace: for so long."), "warn")])
        elif scope != "once" and not may_remember(question):
            await self.tell([Text(tr("This is asked every time: say a alone."), "warn")])
        else:
            await self.talk.answer(question, approved(scope))

    async def _reject(self, question: Approval, reason: str) -> None:
        """Say no, with the reason behind the key, or on the next line where there is none."""
        if not reason.strip():
            reason = await self._read(tr("Why, for the agent (may stay empty): ")) or ""
        if not self.talk.leaving:
            await self.talk.answer(question, Choice("reject", reason=reason.strip()))

    async def _edit(self, question: Approval, rest: str) -> None:
        try:
            await self.talk.answer(question, approved("once", changed_arguments(rest)))
        except ValueError as failure:
            await self.tell([Text(str(failure), "bad")])

    def _interrupted(self) -> None:
        """Stop the run; with none at work, or the second time, leave."""
        if self.talk.stop_soon():
            return
        self.talk.leave_soon()
        if self._reading is not None:
            self._reading.cancel()


def _hints(question: Approval, waiting: int) -> list[Text]:
    """Return how a question is answered by a line."""
    lines = [keys_row(question)]
    if question.kind == "approval":
        lines = [Text(tr("a approve · r WORDS reject · e JSON approve with these arguments"))]
        if may_remember(question):
            lines.append(Text(tr("a run · a session · a workspace approve for so long")))
    if waiting > 1:
        lines.append(Text(tr("next shows the next of {count} questions", count=waiting)))
    return lines


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
