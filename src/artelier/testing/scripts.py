"""What a scripted model says, turn by turn, in few words: ``script(call("read_file", path="a.txt"), "It says hello.")``."""

from typing import TypedDict, Unpack

import msgspec

from artelier.domain.errors import SettingsError
from artelier.domain.models import FinishReason
from artelier.domain.usage import Usage
from artelier.providers.scripted import FAULTS, HANG, ScriptedCall, ScriptedTurn

Script = tuple[ScriptedTurn, ...]


class TurnFields(TypedDict, total=False):
    """What else a turn may say; ``ScriptedTurn`` describes each."""

    reasoning: str
    finish: FinishReason
    usage: Usage
    chunk: int
    delay: float
    fault: str
    after: int
    times: int
    retry_after: float
    when_text_contains: str
    summary: bool


def call(name: str, raw: str | None = None, /, **arguments: object) -> ScriptedCall:
    """Return a call of a tool; ``raw`` is given in place of arguments to show what is no JSON."""
    return ScriptedCall(name, arguments if raw is None else raw)


def turn(*said: str | ScriptedCall, **fields: Unpack[TurnFields]) -> ScriptedTurn:
    """Return one reply of the model: its text and its calls. Raises ``SettingsError`` for a fault that there is not."""
    fault = fields.get("fault", "")
    if fault and fault not in {*FAULTS, HANG}:
        raise SettingsError(f"There is no fault {fault!r} to play. Name one of {', '.join((*FAULTS, HANG))}.")
    text = "".join(each for each in said if isinstance(each, str))
    return ScriptedTurn(text, calls=tuple(each for each in said if isinstance(each, ScriptedCall)), **fields)


def script(*turns: ScriptedTurn | ScriptedCall | str, when_text_contains: str = "") -> Script:
    """Return turns to be said one after another; a text or a call alone is a turn. Scripts are joined by ``+``.

    With ``when_text_contains`` they answer only messages that hold these words, and are counted from each such message on;
    the others are counted over the session.
    """
    said = (each if isinstance(each, ScriptedTurn) else turn(each) for each in turns)
    return tuple(msgspec.structs.replace(each, when_text_contains=each.when_text_contains or when_text_contains) for each in said)
