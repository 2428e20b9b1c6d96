"""Who answers what one run asks: nobody, ``--yes``, or the person at the terminal."""

import asyncio
from collections.abc import Callable

from rich.console import Console

from artelier.cli.commands import load
from artelier.cli.questions import may_approve
from artelier.cli.refusals import refusal_words
from artelier.client import Client, ClientError, Refused


class Answers:
    """Takes questions in their order; ``interrupted`` is called when the person wants to stop instead."""

    def __init__(self, client: Client, console: Console, *, yes: bool, interactive: bool, interrupted: Callable[[], object]) -> None:
        self._client = client
        self._console = console
        self._yes = yes
        self._interactive = interactive
        self._interrupted = interrupted
        self._left: dict[str, None] = {}
        self._asking: asyncio.Task[None] | None = None
        self._asked = ""

    @property
    def busy(self) -> bool:
        """Whether the person at the terminal is being asked."""
        return self._asking is not None and not self._asking.done()

    async def asked(self, question: str) -> None:
        """Answer a question, or put it to the person."""
        if self._yes:
            await self._approve(question)
        elif self._interactive:
            self._left[question] = None
            self._go_on()

    async def answered(self, question: str) -> None:
        """Take a question back that somebody has answered, here or elsewhere."""
        self._left.pop(question, None)
        if self.busy and self._asked == question:
            await self.close()
            self._go_on()

    async def show(self, tell: Callable[[], None]) -> None:
        """Print something, above the question if one stands there."""
        if self.busy and self._asked:
            await load("asking").above(tell)
        else:
            tell()

    async def close(self) -> None:
        """Ask nothing any more."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)
            self._asking = None

    def _go_on(self) -> None:
        if self._left and not self.busy:
            self._asking = asyncio.ensure_future(self._ask_all())

    async def _ask_all(self) -> None:
        asking = load("asking")
        while self._left:
            self._asked = next(iter(self._left))
            try:
                approval = await self._client.approval(self._asked)
                if approval.status == "open":
                    choice = await asking.ask(self._console, approval)
                    # Its answer comes back in the stream, which must not take back what is being sent.
                    self._asked, sent = "", self._asked
                    await self._client.answer(
                        sent, choice.decision, text=choice.text, reason=choice.reason, arguments=choice.arguments, remember=choice.remember
                    )
                    self._left.pop(sent, None)
                else:
                    self._left.pop(self._asked, None)
            except (asking.Interrupted, EOFError):
                self._left.clear()
                self._interrupted()
            except ClientError as failure:
                self._console.print(refusal_words(failure), style="bad")
                if not isinstance(failure, Refused):
                    self._left.clear()

    async def _approve(self, question: str) -> None:
        approval = await self._client.approval(question)
        if may_approve(approval):
            await self._client.answer(approval.id, "approve")
