"""One conversation followed from a terminal: what is at work, what is asked, and what the person does about it."""

import asyncio
import math
from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol

from rich.console import RenderableType
from rich.text import Text

from artelier.cli.below import Below
from artelier.cli.cards import Cards
from artelier.cli.children import Children
from artelier.cli.connection import Connection
from artelier.cli.look import glyph
from artelier.cli.opening import addressee, open_session
from artelier.cli.questions import Choice
from artelier.cli.refusals import refusal_words
from artelier.cli.standing import Standing
from artelier.cli.telling import answered_lines, closing_lines, message_lines
from artelier.cli.words import tr
from artelier.client import Approval, Client, ClientError, StreamDelegate, StreamDelta, StreamEvent

_ENDS = frozenset({"run_finished", "run_failed", "run_cancelled"})
_AT_WORK = frozenset({"queued", "running"})
_QUESTIONS = 200
_ASKS = frozenset({"approval_asked", "budget_reached", "clarification_asked"})


class Surface(Protocol):
    """Where a conversation is shown."""

    async def tell(self, lines: Sequence[RenderableType]) -> None:
        """Show finished lines."""

    async def say(self, delta: StreamDelta) -> None:
        """Show the next piece of a reply."""

    async def settle(self, event: StreamEvent) -> None:
        """Show what is missing of a reply that is stored now."""

    def changed(self) -> None:
        """Show the moving part anew: what is at work, what is asked."""


class Talk:
    """A session, or the place of one that is opened by the first message."""

    def __init__(
        self,
        connection: Connection,
        folder: str,
        surface: Surface,
        cards: Cards,
        children: Children | None = None,
        *,
        agent: str,
        model: str,
    ) -> None:
        self.client: Client = connection.client
        self.session = ""
        self.agent = agent
        self.model = model
        self.runs: dict[str, str] = {}
        """What is not over yet, by run: queued, running, delegated or waiting."""
        self.questions: dict[str, Approval] = {}
        """What waits for the person, oldest first."""
        self.approving: set[str] = set()
        """Questions that are approved by themselves when nobody answers."""
        self.standing = Standing()
        self.cards = cards
        self.children = children
        """Where delegated work is drawn; None to tell it line by line."""
        self.lost = False
        """Whether the server cannot be reached at the moment."""
        self._below = Below(cards.width)
        self._connection = connection
        self._folder = folder
        self._surface = surface
        self._begun: dict[str, str] = {}
        self._following: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()
        self._stopping: asyncio.Task[None] | None = None
        self._asked_to_stop: set[str] = set()
        self.leaving = self._changed_files = False

    @property
    def undo_offered(self) -> bool:
        """Whether files were changed last, and nothing is at work or asked: then one key undoes it."""
        return self._changed_files and not self.runs and not self.questions

    @property
    def working(self) -> bool:
        """Whether something happens without the person: a run is queued or at work."""
        return any(status != "waiting" for status in self.runs.values())

    @property
    def question(self) -> Approval | None:
        """The question to answer first."""
        return next(iter(self.questions.values()), None)

    @property
    def place(self) -> tuple[int, int]:
        """Which of how many questions is the first, by when they were asked."""
        known = sorted(self.questions, key=lambda each: (self.questions[each].asked_at, each))
        return (known.index(next(iter(self.questions))) + 1 if known else 0), len(known)

    def turn(self) -> bool:
        """Put the next question first; False when there is no other."""
        if len(self.questions) < 2:  # noqa: PLR2004  one is there already
            return False
        first = next(iter(self.questions))
        self.questions[first] = self.questions.pop(first)
        return True

    async def rested(self) -> None:
        """Return once nothing is at work: all is over, or waits for the person; or once the person wants to leave."""
        while not self.leaving and self.runs and (not self.questions or any(status in _AT_WORK for status in self.runs.values())):
            self._changed.clear()
            await self._changed.wait()

    async def join(self, session: str) -> None:
        """Go on with a session, from its last message or the oldest that is still worked on. Raises ``ClientError``."""
        events = await self.client.events(session)
        title = (await self.client.session(session)).title
        await self.leave()
        self.session = session
        self.standing.title = title
        over = {event.run for event in events if event.type in _ENDS}
        messages = [event for event in events if event.type == "message_received"]
        begun = next((event for event in messages if event.run not in over), messages[-1] if messages else None)
        for event in events[: events.index(begun)] if begun else events:
            self.standing.learn(event)
        for event in events[events.index(begun) :] if begun else ():
            self._count(event)  # what is at work is known before the stream tells it again
        for asked in reversed((await self.client.approvals("open", session, _QUESTIONS)).items):
            if asked.session_id != session:  # the stream tells those of this session, and nothing of long ago from below it
                self.questions[asked.id] = asked
        self._follow(begun.seq - 1 if begun else events[-1].seq if events else 0)

    async def leave(self) -> None:
        """Stop following; what is at work goes on."""
        if self._following is not None:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)
        self.session, self._following, self._changed_files = "", None, False
        self.standing = Standing()
        self.runs.clear()
        self.questions.clear()

    async def say(self, text: str) -> None:
        """Send a message; it queues behind a run at work. Raises ``ClientError``."""
        if not self.session:
            self.session = await open_session(self._connection, self._folder)
            self._follow(0)
        queued = self.working
        accepted = await self.client.send(self.session, text, agent=await addressee(self.client, text, self.agent), model=self.model)
        self.runs.setdefault(accepted.run_id, "queued")
        if queued:
            await self._surface.tell([Text(f"{glyph('note')} {tr('Queued: it is taken up once this run rests.')}", "dim")])

    async def answer(self, approval: Approval, choice: Choice) -> None:
        """Answer a question. Raises ``ClientError``."""
        await self.client.answer(
            approval.id, choice.decision, text=choice.text, reason=choice.reason, arguments=choice.arguments, remember=choice.remember
        )
        self.questions.pop(approval.id, None)
        if approval.run_id in self.runs:
            self.runs[approval.run_id] = "queued"

    def stop_soon(self) -> bool:
        """Ask the server to stop everything that is not over; False when there is nothing, or it was asked already."""
        if not self.runs or (self._stopping is not None and not self._stopping.done()) or self._asked_to_stop >= set(self.runs):
            return False
        self._asked_to_stop |= set(self.runs)
        self._stopping = asyncio.ensure_future(self._stop(tuple(self.runs)))
        return True

    def leave_soon(self) -> None:
        """Let whoever waits for rest know that the person leaves."""
        self.leaving = True
        self._changed.set()

    async def _stop(self, runs: tuple[str, ...]) -> None:
        try:
            for run in runs:
                await self.client.cancel(run)
        except ClientError as failure:
            await self._surface.tell([Text(f"{glyph('failed')} {refusal_words(failure)}", "bad")])

    def _follow(self, after: int) -> None:
        self._following = asyncio.ensure_future(self._read(after))

    async def _read(self, after: int) -> None:
        try:
            async for item in self.client.follow(self.session, after, patience=math.inf, connected=self._connected):
                if isinstance(item, StreamDelegate):
                    await self._take_below(item.item)
                elif isinstance(item, StreamDelta):
                    await self._surface.say(item)
                else:
                    await self._take(item)
                    self._changed.set()
                    self._surface.changed()
        except ClientError as failure:
            await self._surface.tell([Text(f"{glyph('failed')} {refusal_words(failure)}", "bad")])
        self.runs.clear()
        self._changed.set()

    def _connected(self, connected: bool) -> None:
        """Say it when the server is lost, and when it is back."""
        if connected is not self.lost:
            return
        self.lost = not connected
        said = tr("Connected again.") if connected else tr("The server does not answer. Connecting again; what you type is kept.")
        line = Text(f"{glyph('done' if connected else 'warning')} {said}", "dim" if connected else "warn")
        self._telling = asyncio.ensure_future(self._surface.tell([line]))
        self._surface.changed()

    async def _take_below(self, item: StreamEvent | StreamDelta) -> None:
        """Show what another agent does for a run, and ask what it asks."""
        if isinstance(item, StreamDelta):
            return
        if self.children is not None:
            self.children.below(item)
        else:
            lines = self._below.lines(item)
            if lines:
                await self._surface.tell(lines)
        if item.type in _ASKS:
            await self._asked(item)
        elif item.type == "approval_answered":
            await self._answered(item)
        self._changed.set()
        self._surface.changed()

    async def _take(self, event: StreamEvent) -> None:
        self._count(event)
        self.standing.learn(event)
        if event.type == "run_started" and not self.standing.title:
            await self._learn_title()
        if event.type == "message_received":
            await self._surface.tell([message_lines(event.payload["text"], self.cards.width), Text("")])
        elif event.type == "model_replied":
            self.cards.lines(event)
            if self.children is not None:
                self.children.above(event)
            await self._surface.settle(event)
            return
        elif event.type in _ASKS:
            await self._asked(event)
            return
        elif event.type == "approval_answered":
            await self._answered(event)
        folded = self.children.above(event) if self.children is not None else []
        lines = [*self.cards.lines(event), *folded, *closing_lines(event, self._begun)]
        if lines:
            await self._surface.tell(lines)

    async def _learn_title(self) -> None:
        with suppress(ClientError):  # a conversation without a title is shown without one
            self.standing.title = (await self.client.session(self.session)).title

    def _count(self, event: StreamEvent) -> None:
        run = event.run
        match event.type:
            case "message_received":
                self._begun[run] = event.at
                self.runs.setdefault(run, "queued")
            case "run_queued":
                self.runs[run] = "queued"
            case "run_started":
                self.runs[run] = "running"
            case "run_waiting":
                self.runs[run] = {"model": "running", "delegate": "delegated"}.get(event.payload["reason"], "waiting")
            case "tool_finished" if event.payload["result"].get("files"):
                self._changed_files = True
            case "files_restored":
                self._changed_files = event.payload["action"] == "redo"
        if event.type in _ENDS:
            self.runs.pop(run, None)
            for question in [each for each in self.questions.values() if each.run_id == run]:
                del self.questions[question.id]

    async def _asked(self, event: StreamEvent) -> None:
        self.cards.lines(event)
        with suppress(ClientError):  # a question that is gone meanwhile needs no showing
            approval = await self.client.approval(event.payload["question"]["id"])
            if approval.status == "open":
                await self._surface.tell(self.cards.settled())
                self.questions[approval.id] = approval
                if event.payload["question"].get("on_timeout") == "approve":
                    self.approving.add(approval.id)

    async def _answered(self, event: StreamEvent) -> None:
        question = self.questions.pop(event.payload["question"], None)
        lines = answered_lines(event.payload, question, self.cards.width)
        if lines:
            await self._surface.tell(lines)
