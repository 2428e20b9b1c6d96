"""What a run asks a person, as it is shown, and what can be answered."""

import json
from typing import Any

from msgspec import Struct
from rich.panel import Panel
from rich.text import Text

from artelier.cli.look import frame, glyph, visible
from artelier.cli.words import tr
from artelier.client import Approval

_TITLES = {
    "approval": "Approve this call?",
    "words": "A question for you",
    "clarification": "Who should take this?",
    "budget": "A limit is reached",
    "in_doubt": "It may have taken effect. Run again?",
}
KEYS = {
    **dict.fromkeys("ayфнд", "approve"),
    **dict.fromkeys("rnкт", "reject"),
    **dict.fromkeys("eуи", "edit"),
    **dict.fromkeys("sы", "remember"),
}
"""Answers by keys of both keyboards: the same key gives the Latin or the Russian letter."""
IN_WORDS = frozenset({"words", "clarification"})
"""Questions that are answered in words, or by the number of an option."""
READY_SECONDS = 0.5
"""A question takes no keys before it has been seen this long."""


class Choice(Struct, frozen=True):
    """What the person said."""

    decision: str
    text: str = ""
    reason: str = ""
    arguments: dict[str, Any] | None = None
    remember: str | None = None
    """``session`` to allow exactly this call for the rest of the session too."""


def card(approval: Approval) -> Panel:
    """Return the question as a framed card: the exact effect first, why it is asked below."""
    body = Text()
    body.append(visible(approval.effect or approval.text), "name")
    if approval.preview:
        body.append("\n").append_text(_change(approval.preview))
    elif approval.kind == "approval" and approval.arguments:
        body.append(_details(approval), "default")
    if approval.undoable is False:
        body.append(f"\n{tr('Not undoable.')}", "warn")
    if approval.reason:
        body.append(f"\n{tr(approval.reason)}", "dim")
    body.append_text(_commands(approval))
    if "unsandboxed" in approval.labels:
        body.append(f"\n{glyph('warning')} " + tr("It runs without a sandbox, with your own rights."), "warn")
    elif "wider" in approval.labels:
        body.append(f"\n{glyph('warning')} " + tr("It wants more than the sandbox gives."), "warn")
    for number, option in enumerate(approval.options, 1):
        body.append(f"\n  {number}  {visible(option)}")
    title = f"{approval.agent}: {tr(_TITLES[approval.kind])}" if approval.agent else tr(_TITLES[approval.kind])
    return Panel(body, box=frame(), title=title, title_align="left", border_style="accent", padding=(0, 1))


def _commands(approval: Approval) -> Text:
    """Return what stands out in a command, piece by piece, and whom a call would speak with."""
    lines = Text()
    for command in approval.commands:
        marks = [tr(word) for word, holds in (("destructive", command.destructive), ("network", command.network)) if holds]
        if marks:
            lines.append(f"\n{visible(' '.join(command.argv))}: {', '.join(marks)}", "warn")
    if not approval.parseable:
        lines.append("\n" + tr("not all of it can be read"), "warn")
    if approval.address:
        lines.append("\n" + tr("to {address}", address=visible(approval.address)), "dim")
    return lines


def may_approve(approval: Approval) -> bool:
    """Return whether ``--yes`` answers this: an open approval with no label that makes it grave."""
    return approval.status == "open" and approval.kind == "approval" and not approval.labels


def keys_of(approval: Approval) -> dict[str, str]:
    """Return the keys that answer a question; none for one that asks for words."""
    if approval.kind in IN_WORDS:
        return {}
    only_for_calls = {"edit", "remember"}
    return {key: answer for key, answer in KEYS.items() if answer not in only_for_calls or approval.kind == "approval"}


def hint(approval: Approval) -> str:
    """Return how a question is answered."""
    if approval.kind in IN_WORDS:
        return tr("Answer in words.") if not approval.options else tr("Answer in words, or with a number.")
    return tr("a approve · s for the session · r reject · e edit") if approval.kind == "approval" else tr("a yes · r no")


def in_words(approval: Approval, words: str) -> Choice:
    """Return the answer to a question that asks for words; the number of an option stands for it."""
    said = words.strip()
    if said.isdecimal() and 0 < int(said) <= len(approval.options):
        said = approval.options[int(said) - 1]
    return Choice("approve", text=said)


def as_text(approval: Approval) -> str:
    """Return a call's arguments as text to change."""
    return json.dumps(approval.arguments or {}, ensure_ascii=False, indent=2)


def changed_arguments(text: str) -> dict[str, Any]:
    """Return the arguments that a person has changed. Raises ``ValueError`` with what to tell them."""
    try:
        arguments = json.loads(text)
    except json.JSONDecodeError as failure:
        raise ValueError(tr("This is not JSON: {failure}. Nothing was sent.", failure=failure)) from failure
    if not isinstance(arguments, dict):
        raise ValueError(tr("The arguments must be one JSON object. Nothing was sent."))  # noqa: TRY004  a person's input, not a type
    return arguments


def _change(preview: str) -> Text:
    lines = [Text(visible(line), {"+": "ok", "-": "bad", "@": "accent"}.get(line[:1], "dim")) for line in preview.splitlines()]
    return Text("\n").join(lines[_NAMES:])


_NAMES = 2
"""Lines of a unified diff that name the files; the effect above has named them."""
_SAID = frozenset({"path", "command"})
"""Arguments that an effect says word for word; everything else is shown, however short it is."""


def _details(approval: Approval) -> str:
    """Return the arguments that the effect does not say word for word already."""
    lines = []
    for name, value in (approval.arguments or {}).items():
        shown = visible(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
        if name not in _SAID or shown not in approval.effect:
            lines.append(f"\n{name}:" + ("\n" + "\n".join(f"    {line}" for line in shown.splitlines()) if "\n" in shown else f" {shown}"))
    return "".join(lines)
