"""What a run asks a person, as it is shown, and what can be answered."""

import json
from typing import Any

from msgspec import Struct

from artelier.cli.words import tr
from artelier.client import Approval

KEYS = {
    **dict.fromkeys("ayфнд", "approve"),
    **dict.fromkeys("rnкт", "reject"),
    **dict.fromkeys("eуи", "edit"),
}
"""Answers by keys of both keyboards: the same key gives the Latin or the Russian letter."""
SCOPES = ("once", "run", "session", "workspace")
"""How long an approval holds, by the keys 1 to 4."""
_SCOPE_WORDS = {
    **{each: each for each in SCOPES},
    "раз": "once",
    "запуск": "run",
    "сессия": "session",
    "сессию": "session",
    "папка": "workspace",
    "папку": "workspace",
}
_ONCE_ALONE = frozenset({"destructive", "unsandboxed", "wider", "unread", "tainted"})
"""Labels of calls that are asked every time."""
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
    """``run``, ``session`` or ``workspace`` to allow exactly this call for so long too."""


def may_approve(approval: Approval) -> bool:
    """Return whether ``--yes`` answers this: an open approval with no label that makes it grave."""
    return approval.status == "open" and approval.kind == "approval" and not approval.labels


def keys_of(approval: Approval) -> dict[str, str]:
    """Return the keys that answer a question; none for one that asks for words."""
    if approval.kind in IN_WORDS:
        return {}
    return {key: answer for key, answer in KEYS.items() if answer != "edit" or approval.kind == "approval"}


def may_remember(approval: Approval) -> bool:
    """Return whether an approval may hold for longer than this once."""
    grave = _ONCE_ALONE & set(approval.labels) or any(command.destructive for command in approval.commands)
    return approval.kind == "approval" and not grave


def approved(scope: str, arguments: dict[str, Any] | None = None) -> Choice:
    """Return the approval of a call for as long as a scope says."""
    return Choice("approve", arguments=arguments, remember=None if scope == "once" else scope)


def scope_named(words: str) -> str | None:
    """Return the scope that a person names by its key or its word; None where it is none."""
    said = words.strip().lower()
    if not said:
        return "once"
    if said.isdecimal():
        return SCOPES[int(said) - 1] if 0 < int(said) <= len(SCOPES) else None
    return _SCOPE_WORDS.get(said.split()[-1])


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
        told = tr("Not JSON from line {line}, column {column} on. Nothing was sent.", line=failure.lineno, column=failure.colno)
        raise ValueError(told) from failure
    if not isinstance(arguments, dict):
        raise ValueError(tr("The arguments must be one JSON object. Nothing was sent."))  # noqa: TRY004  a person's input, not a type
    return arguments
