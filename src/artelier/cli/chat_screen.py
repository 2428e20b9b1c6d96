"""The chat at a terminal: what is finished scrolls away, what still moves stands above the input."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.application import run_in_terminal
from prompt_toolkit.formatted_text import ANSI
from prompt_toolkit.history import FileHistory
from rich.console import RenderableType
from rich.text import Text

from artelier.cli.asking import Interrupted
from artelier.cli.cards import Cards
from artelier.cli.chat_keys import Keys, Mode
from artelier.cli.chat_words import ChatWords
from artelier.cli.connection import Connection
from artelier.cli.look import glyph, output, visible
from artelier.cli.painting import painted, plain_width
from artelier.cli.questions import Choice, as_text, card, changed_arguments, hint, in_words
from artelier.cli.slash import is_command, meant, perform
from artelier.cli.speech import Speech
from artelier.cli.stopping import FINISHED
from artelier.cli.streaming import Streaming
from artelier.cli.talk import Talk, message_lines
from artelier.cli.words import tr
from artelier.client import ClientError, StreamDelta, StreamEvent

_SHOWN_LINES = 12
_MOVING_LINES = 10


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
        self.talk = Talk(connection, folder, self, Cards(0, _SHOWN_LINES, connection.lasting_address), agent=agent, model=model)
        self._keys = Keys(self.talk)
        self._asked = ""
        self._session: PromptSession[str] = PromptSession(
            self._moving,
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
        await self._commit([*self._streaming.finished(), *lines])

    async def say(self, delta: StreamDelta) -> None:
        """Show a piece of a reply; whole lines of it scroll away."""
        self._speech.say(delta)
        await self._commit(self._streaming.finished())
        self.changed()

    async def settle(self, event: StreamEvent) -> None:
        """Let a whole reply scroll away."""
        self._speech.settle(event.run, event.payload)
        await self._commit(self._streaming.finished())

    def changed(self) -> None:
        """Draw the moving part anew."""
        self.talk.cards.width = plain_width(self._console)
        question = self.talk.question
        if question is not None and question.id != self._asked:
            self._asked = question.id
            self._keys.question_shown()
            self._keys.tasks.add(asyncio.ensure_future(self._commit([card(question)])))
        self._session.app.invalidate()

    async def _next(self) -> bool:
        """Take one input and do what it says; False to leave."""
        typed = meant(self.talk, await self._session.prompt_async(handle_sigint=False))
        decision, question = self._keys.taken(), self.talk.question
        try:
            if decision and question is not None:
                await self._decide(decision)
            elif is_command(typed):
                await self._commit([message_lines(typed)])
                done = await perform(self.talk, typed)
                await self._commit(done.lines)
                return not done.leave
            elif question is not None and question.kind == "words" and typed.strip():
                await self.talk.answer(question, in_words(question, typed))
            elif typed.strip():
                await self.talk.say(typed)
        except ClientError as failure:
            await self._commit([Text(f"{glyph('failed')} {visible(str(failure))}", "bad")])
        return True

    async def _decide(self, decision: str) -> None:
        question = self.talk.question
        if question is None:
            return
        try:
            if decision in {"approve", "remember"}:
                await self.talk.answer(question, Choice("approve", remember="session" if decision == "remember" else None))
            elif decision == "reject":
                await self.talk.answer(question, Choice("reject", reason=await self._typed(Mode.REASON)))
            else:
                arguments = changed_arguments(await self._typed(Mode.EDIT, as_text(question)))
                await self.talk.answer(question, Choice("approve", arguments=arguments))
        except Interrupted:
            self._keys.question_shown()
        except ValueError as failure:
            await self._commit([Text(str(failure), "bad")])

    async def _typed(self, mode: Mode, text: str = "") -> str:
        """Let the person type something that is no message."""
        self._keys.mode = mode
        try:
            return await self._session.prompt_async(default=text, handle_sigint=False)
        finally:
            self._keys.mode = Mode.TALK

    async def _commit(self, lines: Sequence[RenderableType]) -> None:
        if lines:
            await run_in_terminal(lambda: self._print(lines))

    def _print(self, lines: Sequence[RenderableType]) -> None:
        for line in lines:
            self._console.print(line)

    def _moving(self) -> ANSI:
        """Return what stands above the input: the line being said, calls at work, the question's keys, then the prompt."""
        moving = [*self._streaming.unfinished(), *self.talk.cards.working()]
        lines: list[RenderableType] = list(moving[-_MOVING_LINES:])
        question = self.talk.question
        if self._keys.mode is Mode.REASON:
            lines.append(Text(tr("Why, for the agent (may stay empty); Ctrl-C goes back"), "accent"))
        elif self._keys.mode is Mode.EDIT:
            lines.append(Text(tr("Ctrl-S sends, Ctrl-C goes back"), "accent"))
        elif question is not None:
            lines.append(Text(f"{glyph('waiting')} {hint(question)}", "accent"))
        elif self.talk.working and not lines:
            lines.append(Text(f"{glyph('running')} {tr('working')}", "dim"))
        lines.append(Text(self._keys.hints(self._console.width), "dim"))
        return ANSI(painted(self._console, lines) + "> ")


def _private_history(path: Path) -> FileHistory:
    """Return the history of what was typed, in a file that nobody else reads."""
    os.close(os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY | os.O_CLOEXEC, 0o600))
    return FileHistory(str(path))
