"""One run followed from outside: what is printed, what is asked, and the code it ends with."""

import asyncio
import sys
from functools import partial
from typing import Any

import msgspec
from msgspec import Struct
from rich.text import Text

from artelier.cli.answers import Answers
from artelier.cli.asked_words import asked_words
from artelier.cli.below import Below
from artelier.cli.cards import Cards
from artelier.cli.debugging import debug_lines
from artelier.cli.look import glyph, output
from artelier.cli.rows import room
from artelier.cli.speech import Speech
from artelier.cli.stopping import CANCELLED, FAILED, FINISHED, LIMIT, NO_MODEL, WAITS
from artelier.cli.words import tr
from artelier.client import Approval, Client, StreamDelegate, StreamDelta, StreamEvent, StreamItem

_ASKS = frozenset({"approval_asked", "budget_reached", "clarification_asked"})
_NO_MODEL_CODES = frozenset({"LLM_UNAVAILABLE", "CREDENTIALS_REFUSED", "CONFIG_INVALID"})


class Style(Struct, frozen=True):
    """How a run is told, and who answers."""

    as_json: bool = False
    stream_json: bool = False
    yes: bool = False
    interactive: bool = False
    debug: bool = False
    """Tell at the end what models were asked, and why what happened."""
    own: bool = False
    """The server ends with this command."""
    server: str = ""
    """The address that links begin with."""
    patience: float = 60.0
    """Seconds that a run may wait for a model that is away before it is left to itself."""


class OneRun:
    """Follows one run until it rests."""

    def __init__(self, client: Client, session: str, run: str, style: Style) -> None:
        self._client = client
        self._session = session
        self._run = run
        self._style = style
        self._aside = output(stderr=True)
        self._cards = Cards(room(self._aside), server=style.server)
        self._below = Below(room(self._aside), style.server)
        self._delegating = False
        self._begun = False
        self._behind: list[Approval] = []
        self._events: list[StreamEvent] = []
        self._live = sys.stdout.isatty() and not (style.as_json or style.stream_json)
        self._speech = Speech(_write)
        self._answers = Answers(client, self._aside, yes=style.yes, interactive=style.interactive, interrupted=self.cancel_soon)
        self._cancelling: asyncio.Task[Any] | None = None
        self._patience = asyncio.timeout(None)

    def cancel_soon(self) -> bool:
        """Ask the server to stop the run; False when that was asked already."""
        if self._cancelling is not None:
            return False
        self._cancelling = asyncio.ensure_future(self._client.cancel(self._run))
        return True

    async def follow(self, after: int) -> int:
        """Print what happens, ask what is asked, and return the code to end with."""
        try:
            async with asyncio.timeout(None) as patience:
                self._patience = patience
                code = await self._until_rest(after)
        except TimeoutError:
            code = self._left_waiting()
        finally:
            await self._answers.close()
        await self._finish()
        return code

    async def _until_rest(self, after: int) -> int:
        if await self._waits_behind():
            return WAITS
        async for item in self._client.follow(self._session, after):
            code = None
            if not self._begun and _asks_of_another(item, self._run):
                code = WAITS if await self._waits_behind() else None
            elif isinstance(item, StreamDelegate):
                self._count_waiting(item.item)
                code = await self._take_below(item.item)
            elif item.run == self._run:
                self._count_waiting(item)
                code = await self._take(item)
            if code is not None:
                return code
        return FAILED

    async def _take(self, item: StreamEvent | StreamDelta) -> int | None:
        """Print an event of this run, and react to it."""
        if isinstance(item, StreamDelta):
            if self._live:
                self._speech.say(item)
            return None
        self._events.append(item)
        await self._answers.show(partial(self._tell, item))
        return await self._react(item)

    def _count_waiting(self, item: StreamEvent | StreamDelta) -> None:
        """Begin to lose patience when the model is away, until it speaks again."""
        if isinstance(item, StreamDelta) or item.type == "model_replied":
            self._patience.reschedule(None)
        elif item.type == "run_waiting" and item.payload["reason"] == "model" and self._patience.when() is None:
            self._patience.reschedule(asyncio.get_running_loop().time() + self._style.patience)

    def _left_waiting(self) -> int:
        """Say that the run waits for its model without us, and return the code for that."""
        how = tr("The model does not answer. The run waits for it on the server and goes on by itself.")
        if self._style.own:
            how = tr("The model does not answer. Start the server with `artelier serve`; the run goes on by itself.")
        if not (self._style.as_json or self._style.stream_json):
            self._aside.print(f"{glyph('waiting')} {how}")
        return NO_MODEL

    async def _take_below(self, item: StreamEvent | StreamDelta) -> int | None:
        """Show what another agent does for the run, and ask what it asks."""
        if isinstance(item, StreamDelta):
            return None
        if not (self._style.as_json or self._style.stream_json):
            await self._answers.show(partial(self._print, self._below.lines(item)))
        if item.type in _ASKS:
            await self._answers.asked(item.payload["question"]["id"])
            return await self._waits("delegate") if self._delegating else None
        if item.type == "approval_answered":
            await self._answers.answered(item.payload["question"])
        return None

    def _print(self, lines: list[Text]) -> None:
        if lines:
            self._speech.end_line()
        for line in lines:
            self._aside.print(line)

    def _tell(self, event: StreamEvent) -> None:
        if self._style.stream_json:
            _write(msgspec.json.encode(event).decode() + "\n")
            return
        if event.type == "model_replied" and self._live:
            self._speech.settle(event.run, event.payload)
        self._print([] if self._style.as_json else self._cards.lines(event))

    async def _react(self, event: StreamEvent) -> int | None:
        payload = event.payload
        match event.type:
            case kind if kind in _ASKS:
                await self._answers.asked(payload["question"]["id"])
            case "approval_answered":
                await self._answers.answered(payload["question"])
            case "run_started":
                self._begun, self._delegating = True, False
            case "run_waiting" if payload["reason"] == "delegate":
                self._delegating = True
                return await self._waits("delegate")
            case "run_waiting" if payload["reason"] != "model":
                return await self._waits(payload["reason"])
            case "run_finished":
                return FINISHED
            case "run_cancelled":
                return CANCELLED
            case "run_failed":
                return LIMIT if payload["code"] == "LIMIT_REACHED" else NO_MODEL if payload["code"] in _NO_MODEL_CODES else FAILED
        return None

    async def _waits(self, reason: str) -> int | None:
        """Return the code for a run that nobody here answers; None when the answer is on its way."""
        left = () if self._answers.busy else await self._open_questions()
        if not left:
            return None
        if not (self._style.as_json or self._style.stream_json):
            for approval in left:
                self._aside.print(f"{glyph('waiting')} " + tr("Waits for you: {effect}", effect=asked_words(approval)))
            how = tr("Answer with `artelier approvals`; the run goes on by itself.")
            if self._style.own:
                how = tr("Start the server with `artelier serve`, then answer with `artelier approvals`; the run goes on by itself.")
            self._aside.print(how, style="dim")
        return LIMIT if reason == "budget" else WAITS

    async def _waits_behind(self) -> bool:
        """Return whether the run is queued behind a question of another one, and say so: nobody here answers that."""
        found = (await self._client.approvals("open", self._session, 200)).items
        if not found or (await self._client.run(self._run)).status != "queued":
            return False
        self._behind = [each for each in found if each.run_id != self._run]
        if not (self._style.as_json or self._style.stream_json):
            for approval in self._behind:
                self._aside.print(f"{glyph('waiting')} " + tr("Queued behind a question: {effect}", effect=asked_words(approval)))
            how = tr("Answer with `artelier approvals`; your message is kept and taken up after that.")
            if self._style.own:
                how = tr("Run `artelier serve`, then answer with `artelier approvals`; your message is kept and taken up after that.")
            self._aside.print(how, style="dim")
        return bool(self._behind)

    async def _open_questions(self) -> list[Approval]:
        """Return what the run, or an agent at work for it, asks."""
        found = (await self._client.approvals("open", self._session, 200)).items
        return [each for each in found if each.run_id == self._run or each.session_id != self._session]

    async def _finish(self) -> None:
        if self._cancelling is not None:
            await asyncio.gather(self._cancelling, return_exceptions=True)
        record = await self._client.run(self._run)
        if self._style.as_json:
            body = {
                "session_id": self._session,
                "run_id": self._run,
                "status": record.status,
                "agent": record.agent,
                "reply": record.reply,
                "usage": record.usage,
                "files": _files(self._events),
                "approvals": self._behind or await self._open_questions(),
                "events": [_short(event) for event in self._events],
                "code": record.code,
                "message": record.message,
            }
            sys.stdout.write(msgspec.json.encode(body).decode() + "\n")
        elif not self._style.stream_json and not self._live and record.reply:
            sys.stdout.write(record.reply + "\n")
        if self._style.debug:
            for line in await debug_lines(self._client, self._session, self._run, prompts=True):
                self._aside.print(line)


def _asks_of_another(item: StreamItem, run: str) -> bool:
    asked = item.item if isinstance(item, StreamDelegate) else item
    return isinstance(asked, StreamEvent) and asked.type in _ASKS and asked.run != run


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _files(events: list[StreamEvent]) -> list[dict[str, Any]]:
    """Return every file that the run's calls changed, with what happened to it over all of them."""
    files: dict[str, dict[str, Any]] = {}
    for event in events:
        if event.type != "tool_finished":
            continue
        for change in event.payload["result"].get("files", ()):
            known = files.setdefault(change["path"], {"path": change["path"], "kind": change["kind"], "added": 0, "removed": 0})
            known["added"] += change.get("added", 0)
            known["removed"] += change.get("removed", 0)
            if change["kind"] == "deleted":
                known["kind"] = "deleted"
    return list(files.values())


def _short(event: StreamEvent) -> dict[str, Any]:
    """Return an event in a few words: sequence, type, and what it is about."""
    payload, short = event.payload, {"seq": event.seq, "type": event.type}
    for name in ("agent", "name", "call", "decision", "reason", "code", "step"):
        if name in payload:
            short[name] = payload[name]
    if event.type == "tool_finished":
        short["status"] = payload["result"]["status"]
        short["summary"] = payload["result"].get("summary", "")
    return short
