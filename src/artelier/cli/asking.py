"""Asking the person at the terminal; each question can be taken back while it stands there."""

import asyncio
import sys
from collections.abc import Callable

from prompt_toolkit import PromptSession
from prompt_toolkit.application import run_in_terminal
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import ANSI, FormattedText
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.output import create_output
from rich.console import Console

from artelier.cli.painting import painted
from artelier.cli.question_cards import card, keys_row
from artelier.cli.questions import (
    IN_WORDS,
    READY_SECONDS,
    SCOPES,
    Choice,
    approved,
    as_text,
    changed_arguments,
    in_words,
    keys_of,
    may_remember,
)
from artelier.cli.words import tr
from artelier.client import Approval


class Interrupted(Exception):
    """The person pressed Ctrl-C instead of answering."""


async def ask(console: Console, approval: Approval) -> Choice:
    """Show a question and return the person's choice. Raises ``Interrupted``, and ``EOFError`` at Ctrl-D."""
    console.print(card(approval, console))
    if approval.kind in IN_WORDS:
        words = ""
        while not words.strip():
            words = await line("> ")
        return in_words(approval, words)
    scope, text = "once", as_text(approval)
    while True:
        decision, scope = await _key(console, approval, scope)
        if decision == "approve":
            return approved(scope)
        if decision == "reject":
            return Choice("reject", reason=await line(tr("Why, for the agent (may stay empty): ")))
        try:
            text = await edited(text)
            return approved(scope, changed_arguments(text))
        except ValueError as failure:
            console.print(str(failure), style="bad")
        except Interrupted:
            continue


async def line(prompt: str, *, secret: bool = False, text: str = "") -> str:
    """Return one line. Raises ``Interrupted``, ``EOFError``."""
    return await _session().prompt_async(prompt, is_password=secret, default=text, handle_sigint=False)


async def above(tell: Callable[[], None]) -> None:
    """Print something above the prompt that stands there, if one does."""
    await run_in_terminal(tell)


async def edited(text: str) -> str:
    """Let the person change a text of several lines and return it. Raises ``Interrupted`` at Esc and Ctrl-C, ``EOFError``."""
    bindings = KeyBindings()

    @bindings.add("c-s", eager=True)
    def _send(event: KeyPressEvent) -> None:
        event.current_buffer.validate_and_handle()

    @bindings.add("escape", eager=True)
    def _go_back(event: KeyPressEvent) -> None:
        event.app.exit(exception=Interrupted())

    prompt = FormattedText([("fg:ansibrightblack", tr("Ctrl-S sends, Esc goes back") + "\n")])
    return await _session().prompt_async(prompt, default=text, multiline=True, key_bindings=bindings, handle_sigint=False)


async def _key(console: Console, approval: Approval, scope: str) -> tuple[str, str]:
    """Return what the pressed key stands for, and the scope that was chosen before it.

    Other keys do nothing, nor does one that was pressed before the question was seen.
    """
    loop = asyncio.get_running_loop()
    begun = loop.time()
    ready = Condition(lambda: loop.time() - begun >= READY_SECONDS)
    bindings = KeyBindings()
    chosen = [scope]

    @bindings.add("enter", eager=True)
    @bindings.add("<any>")
    def _nothing(event: KeyPressEvent) -> None:
        """Take no other key."""

    def bind(key: str, decision: str) -> None:
        @bindings.add(key, filter=ready, eager=True)
        @bindings.add(key.upper(), filter=ready, eager=True)
        def _press(event: KeyPressEvent) -> None:
            event.app.exit(result=decision)

    def bind_scope(key: str, wanted: str) -> None:
        @bindings.add(key, eager=True)
        def _choose(event: KeyPressEvent) -> None:
            chosen[0] = wanted
            event.app.invalidate()

    def prompt() -> ANSI:
        return ANSI(painted(console, [keys_row(approval, chosen[0], console.width)]).rstrip("\n") + " ")

    for key, decision in keys_of(approval).items():
        bind(key, decision)
    for number, each in enumerate(SCOPES if may_remember(approval) else (), 1):
        bind_scope(str(number), each)
    return await _session().prompt_async(prompt, key_bindings=bindings, handle_sigint=False), chosen[0]


def _session() -> PromptSession[str]:
    """Return a prompt at the terminal, even when what the run prints goes somewhere else."""
    output = None if sys.stdout.isatty() else create_output(stdout=sys.stderr)
    return PromptSession(output=output, interrupt_exception=Interrupted)
