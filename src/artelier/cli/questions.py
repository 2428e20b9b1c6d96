"""Asking the person at the terminal what a run waits to hear."""

import asyncio
import json
from typing import Any

import typer
from msgspec import Struct
from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from artelier.cli.look import glyph, visible
from artelier.cli.words import tr
from artelier.client import Approval

_TITLES = {
    "approval": "Approve this call?",
    "words": "A question for you",
    "clarification": "Who should take this?",
    "budget": "A limit is reached",
    "in_doubt": "It may have taken effect. Run again?",
}
YES = frozenset({"a", "y", "ф", "н", "д"})
NO = frozenset({"r", "n", "к", "т"})
EDIT = frozenset({"e", "у", "и"})
"""Keys of both keyboards: the same key gives the Latin or the Russian letter."""


class Choice(Struct, frozen=True):
    """What the person said."""

    decision: str
    text: str = ""
    reason: str = ""
    arguments: dict[str, Any] | None = None


def card(approval: Approval) -> Panel:
    """Return the question as a framed card: the exact effect first, why it is asked below."""
    body = Text()
    body.append(visible(approval.effect or approval.text), "name")
    if approval.kind == "approval" and approval.arguments:
        body.append("\n" + _details(approval), "default")
    if approval.reason:
        body.append(f"\n{tr(approval.reason)}", "dim")
    if "unsandboxed" in approval.labels:
        body.append(f"\n{glyph('waiting')} " + tr("It runs without a sandbox, with your own rights."), "warn")
    for number, option in enumerate(approval.options, 1):
        body.append(f"\n  {number}  {visible(option)}")
    title = f"{approval.agent}: {tr(_TITLES[approval.kind])}" if approval.agent else tr(_TITLES[approval.kind])
    return Panel(body, title=title, title_align="left", border_style="accent", width=None, padding=(0, 1))


async def ask(console: Console, approval: Approval) -> Choice:
    """Show a question and return the person's choice. Raises ``EOFError`` when nobody is at the terminal."""
    console.print(card(approval))
    if approval.kind == "words":
        return await _ask_words(approval)
    while True:
        keys = tr("a approve, r reject, e edit: ") if approval.kind == "approval" else tr("a yes, r no: ")
        key = (await _read(keys)).strip().lower()[:1]
        if key in YES:
            return Choice("approve")
        if key in NO:
            return Choice("reject", reason=await _read(tr("Why, for the agent (may stay empty): ")))
        if key in EDIT and approval.kind == "approval":
            arguments = _edited(console, approval)
            if arguments is not None:
                return Choice("approve", arguments=arguments)


async def _ask_words(approval: Approval) -> Choice:
    words = ""
    while not words.strip():
        words = await _read("> ")
    if words.strip().isdecimal() and 0 < int(words) <= len(approval.options):
        words = approval.options[int(words) - 1]
    return Choice("approve", text=words)


def _edited(console: Console, approval: Approval) -> dict[str, Any] | None:
    """Open the arguments in the person's editor; None when nothing usable came back."""
    text = typer.edit(json.dumps(approval.arguments, ensure_ascii=False, indent=2), extension=".json", require_save=True)
    if text is None:
        return None
    try:
        arguments = json.loads(text)
    except json.JSONDecodeError as failure:
        console.print(tr("This is not JSON: {failure}. Nothing was sent.", failure=failure), style="bad")
        return None
    if not isinstance(arguments, dict):
        console.print(tr("The arguments must be one JSON object. Nothing was sent."), style="bad")
        return None
    return arguments


def _details(approval: Approval) -> str:
    lines = []
    for name, value in (approval.arguments or {}).items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        shown = visible(text)
        lines.append(f"{name}:" + ("\n" + "\n".join(f"    {line}" for line in shown.splitlines()) if "\n" in shown else f" {shown}"))
    return "\n".join(lines)


async def _read(prompt: str) -> str:
    return await asyncio.to_thread(input, prompt)
