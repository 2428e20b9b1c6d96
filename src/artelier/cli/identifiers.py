"""Ids as words of a command: one that cannot be an id is told in a sentence, before anything is sent."""

import re
from collections.abc import Callable
from typing import Any

import typer

from artelier.cli.look import visible
from artelier.cli.stopping import WRONG_USAGE, stop
from artelier.cli.words import tr

_IDENTIFIER = re.compile(r"[0-9a-f-]{36}")
_HABIT = re.compile(r"habit:[0-9a-f]{64}")
TOLD = {
    "session": "{name} is no id of a session; `artelier sessions` lists them.",
    "run": "{name} is no id of a run; `artelier runs` lists them.",
    "question": "{name} is no id of a question; `artelier approvals` lists them.",
    "grant": "{name} is no id of a grant; `artelier grants` lists them.",
    "webhook": "{name} is no id of a webhook; `artelier webhooks` lists them.",
}
"""What is said of an id that does not fit, by what it should name."""


def id_of(kind: str) -> Any:
    """Return an argument that takes one id of this kind, or several where its type is a list."""
    return typer.Argument(show_default=False, callback=checked(kind))


def checked(kind: str) -> Callable[[typer.Context, Any], Any]:
    """Return what an argument or an option calls with the ids it was given; one that is left out is none."""

    def check(context: typer.Context, given: Any) -> Any:
        if not context.resilient_parsing:
            for each in given if isinstance(given, (list, tuple)) else [given] if given else []:
                check_id(kind, each)
        return given

    return check


def check_id(kind: str, given: str) -> None:
    """End the command for what cannot be an id of this kind."""
    if not (_IDENTIFIER.fullmatch(given) or (kind == "grant" and _HABIT.fullmatch(given))):
        raise stop(tr(TOLD[kind], name=visible(given) or '""'), WRONG_USAGE)
