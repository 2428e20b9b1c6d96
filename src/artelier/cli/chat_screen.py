"""The chat at a terminal: what is finished scrolls away, what still moves stands above the input."""

import asyncio
import os
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any

from prompt_toolkit import PromptSession
from prompt_toolkit.application import run_in_terminal
from prompt_toolkit.filters import is_done, to_filter
from prompt_toolkit.formatted_text import ANSI
from prompt_toolkit.history import FileHistory
from prompt_toolkit.layout.containers import ConditionalContainer, HSplit, Window
from prompt_toolkit.layout.controls import FormattedTextControl
from rich.console import RenderableType
from rich.text import Text

from artelier.cli.asking import Interrupted
from artelier.cli.cards import Cards
from artelier.cli.chat_keys import Keys, Mode
from artelier.cli.chat_words import ChatWords
from artelier.cli.children import Children
from artelier.cli.connection import Connection
from artelier.cli.header import hints_line
from artelier.cli.look import glyph, output
from artelier.cli.moving import Moving
from artelier.cli.narrowing import erase_broken_lines
from artelier.cli.painting import painted, plain_width
from artelier.cli.question_cards import card, keys_row
from artelier.cli.questions import Choice, approved, as_text, changed_arguments, in_words
from artelier.cli.refusals import refusal_words
from artelier.cli.slash import is_command, meant, perform
from artelier.cli.speech import Speech
from artelier.cli.stopping import FINISHED
from artelier.cli.streaming import Streaming
from artelier.cli.talk import Talk
from artelier.cli.telling import message_lines
from artelier.cli.words import tr
from artelier.client import Approval, ClientError, StreamDelta, StreamEvent

_SHOWN_LINES = 12
_ESCAPE_SECONDS = 0.1
"""How long an Escape may still turn out to be the beginning of another key."""


async def converse(connection: Connection, folder: str, session: str, *, agent: str, model: str, history: Path) -> int:
    """Talk until the person leaves; return 0."""
    chat = ScreenChat(connection, folder, agent=agent, model=model, history=history)
    if session:
        await chat.talk.join(session)
    await chat.run()
    return FINISHED


class ScreenChat:
    """Shows a conversation and takes keys. Satisfies ``Surface``."""

    def __init__(self, connection: Connection, folder: str, *, agent: str, model: str, history: Path) -> None:
        self._console = output()
        self._streaming = Streaming(self._console)
        self._speech = Speech(self._streaming.write)
        cards, children = Cards(0, _SHOWN_LINES, connection.lasting_address, delegates=False), Children()
        self.talk = Talk(connection, folder, self, cards, children, agent=agent, model=model)
        self._moving = Moving(self._console, self.talk, Path(folder).name)
        self._keys = Keys(self.talk, self.changed, self._look)
        self._asked = ""
        self._kept = ""
        self._session: PromptSession[str] = PromptSession(
            "> ",
            history=_private_history(history),
            key_bindings=self._keys.bindings,
            completer=ChatWords(),
            complete_while_typing=False,
            multiline=True,
            reserve_space_for_menu=4,
            interrupt_exception=Interrupted,
            erase_when_done=True,
            prompt_continuation="  ",
            refresh_interval=0.5,
        )
        self._session.app.ttimeoutlen = _ESCAPE_SECONDS
        self._lay_out()
        erase_broken_lines(self._session.app)

    def _lay_out(self) -> None:
        """Put what lives above the input and the hints right below it."""
        layout = self._session.layout
        layout.current_window.dont_extend_height = to_filter(True)
        above = Window(FormattedTextControl(self._above), dont_extend_height=True)
        below = Window(FormattedTextControl(self._below), height=1, dont_extend_height=True)
        shown = ~is_done
        layout.container = HSplit(
            [
                ConditionalContainer(above, shown),
                layout.container,
                ConditionalContainer(below, shown),
                ConditionalContainer(Window(), shown),
            ]
        )

    async def run(self) -> None:
        """Take what the person types until they leave."""
        try:
            while await self._next():
                pass
        except (EOFError, Interrupted):
            pass
        finally:
            goes_on = bool(self.talk.runs)
            await self.talk.leave()
        if goes_on:
            self._console.print(tr("What is at work goes on; `artelier chat --continue` comes back to it."), style="dim")

    async def tell(self, lines: Sequence[RenderableType]) -> None:
        """Let lines scroll away above the moving part."""
        self._speech.end_line()
        await self._commit([*self._streaming.finished(ended=True), *lines])

    async def say(self, delta: StreamDelta) -> None:
        """Show a piece of a reply; whole lines of it scroll away."""
        self._speech.say(delta)
        await self._commit(self._streaming.finished())
        self.changed()

    async def settle(self, event: StreamEvent) -> None:
        """Let a whole reply scroll away."""
        self._speech.settle(event.run, event.payload)
        await self._commit(self._streaming.finished(ended=True))

    def changed(self) -> None:
        """Draw the moving part anew."""
        width = plain_width(self._console)
        self.talk.cards.width = width
        if self.talk.children is not None:
            self.talk.children.width = width
        question = self.talk.question
        if question is not None and question.id != self._asked:
            self._asked = question.id
            self._keys.question_shown()
            # What does not fit above the input scrolls by whole, so that nothing is approved that nobody could read.
            self._soon(
                self._commit([] if self._moving.fits(question) else [card(question, self._console, place=self.talk.place)], anew=True)
            )
        self._session.app.invalidate()

    def _look(self, command: str) -> None:
        """Do what a key stands for, while what is typed stays."""
        self._soon(self._perform(command))

    def _soon(self, deed: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.ensure_future(deed)
        self._keys.tasks.add(task)
        task.add_done_callback(self._keys.tasks.discard)

    async def _next(self) -> bool:
        """Take one input and do what it says; False to leave."""
        kept, self._kept = self._kept, ""
        typed = meant(self.talk, await self._session.prompt_async(default=kept, handle_sigint=False))
        decision, question = self._keys.taken(), self.talk.question
        try:
            if decision and question is not None:
                await self._decide(decision)
            elif is_command(typed):
                await self._commit([message_lines(typed, plain_width(self._console))])
                return await self._perform(typed)
            elif question is not None and question.kind == "words" and typed.strip():
                await self.talk.answer(question, in_words(question, typed))
            elif typed.strip():
                await self.talk.say(typed)
        except ClientError as failure:
            self._kept = "" if decision else typed
            await self._fail(failure)
        return True

    async def _perform(self, command: str) -> bool:
        """Do what a command says; False to leave."""
        try:
            done = await perform(self.talk, command)
        except ClientError as failure:
            await self._fail(failure)
            return True
        await self._commit(done.lines)
        self.changed()
        return not done.leave

    async def _fail(self, failure: ClientError) -> None:
        await self._commit([Text(f"{glyph('failed')} {refusal_words(failure)}", "bad")])

    async def _decide(self, decision: str) -> None:
        question = self.talk.question
        if question is None:
            return
        try:
            scope = self._keys.scope
            if decision == "approve":
                await self.talk.answer(question, approved(scope) if question.kind == "approval" else Choice("approve"))
            elif decision == "reject":
                await self.talk.answer(question, Choice("reject", reason=await self._typed(Mode.REASON)))
            else:
                await self.talk.answer(question, approved(scope, await self._changed_arguments(question)))
        except Interrupted:
            self._keys.question_shown()

    async def _changed_arguments(self, question: Approval) -> dict[str, Any]:
        """Let the person change the arguments until they are some; what was typed stays. Raises ``Interrupted``."""
        text = as_text(question)
        while True:
            text = await self._typed(Mode.EDIT, text)
            try:
                return changed_arguments(text)
            except ValueError as failure:
                await self._commit([Text(str(failure), "bad")])

    async def _typed(self, mode: Mode, text: str = "") -> str:
        """Let the person type something that is no message."""
        self._keys.mode = mode
        try:
            return await self._session.prompt_async(default=text, handle_sigint=False)
        finally:
            self._keys.mode = Mode.TALK

    async def _commit(self, lines: Sequence[RenderableType], *, anew: bool = False) -> None:
        """Let lines scroll away; with ``anew`` draw the moving part from nothing even without any."""
        if lines or anew:
            await run_in_terminal(lambda: self._print(lines))

    def _print(self, lines: Sequence[RenderableType]) -> None:
        for line in lines:
            # A link or code is left in one piece for those who copy it; everything else breaks between words.
            self._console.print(line, soft_wrap=isinstance(line, Text) and bool(line.no_wrap))

    def _above(self) -> ANSI:
        question = self.talk.question
        keys = Text()
        if self._keys.mode is Mode.REASON:
            keys = Text(tr("Why, for the agent (may stay empty); Esc goes back"), "accent")
        elif self._keys.mode is Mode.EDIT:
            keys = Text(tr("Ctrl-S sends, Esc goes back"), "accent")
        elif question is not None:
            keys = keys_row(question, self._keys.scope, self._console.width)
        return ANSI(self._moving.drawn(self._streaming.unfinished(), question, keys))

    def _below(self) -> ANSI:
        return ANSI(painted(self._console, [hints_line(self._keys.hints(), plain_width(self._console))]).removesuffix("\n"))


def _private_history(path: Path) -> FileHistory:
    """Return the history of what was typed, in a file that nobody else reads."""
    os.close(os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY | os.O_CLOEXEC, 0o600))
    return FileHistory(str(path))
