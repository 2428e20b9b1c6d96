"""Does a run do the same again and again? Pure, and bounded: only the newest turns are looked at.

A turn repeats another when it asked for the same calls, in any order, and they ended alike: with the same code where
they failed, otherwise with the same text. So a poll whose answer changes is no repetition.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from artelier.domain.calls import ResultStatus
from artelier.engine.state import CallState, RunState, Turn

REPEATS = "repeats"
"""What a budget question names as its limit when it is about repetition."""
TIMES = 3
"""So often the same makes a repetition, and the model is told."""
PATIENCE = 2
"""Turns that it may go on after that before a person is asked."""
_PERIODS = (1, 2)
REACH = TIMES * _PERIODS[-1] + PATIENCE
"""Turns that have to be known, at most."""
_LONGEST = 200


def repeated(run: RunState) -> str:
    """Return what the newest turns repeat, in words; empty where they do not, or less than three times."""
    period, length = _repetition(run.turns)
    return _words(run.turns[-period:]) if period and length >= TIMES * period else ""


def goes_on(run: RunState) -> bool:
    """Return whether the run still repeats itself although the model was told and had its chance."""
    period, length = _repetition(run.turns)
    return period > 0 and length >= TIMES * period + PATIENCE and bool(_words(run.turns[-period:]))


def note_after(turns: Sequence[Turn]) -> str:
    """Return what the model is told after the last of a run's turns so far.

    It is empty but for the turn that made it a repetition, and depends on no later turn: shown once, it stays as it is.
    ``turns`` may begin with any turn, if there are ``REACH`` of them.
    """
    period, length = _repetition(turns)
    words = _words(turns[-period:]) if period and length == TIMES * period else ""
    if not words:
        return ""
    return f"You did the same {TIMES} times, and it ended the same each time: {words}. Try another way, or say what hinders you."


def _repetition(turns: Sequence[Turn]) -> tuple[int, int]:
    """Return after how many turns it repeats itself, and over how many it did; zeros where it does not."""
    count = _counted(turns)
    for period in _PERIODS:
        length = period
        while length < count and _alike(turns[period - length - 1], turns[-length - 1]):
            length += 1
        if length > period:
            return period, length
    return 0, 0


def _counted(turns: Sequence[Turn]) -> int:
    """Return how many of the newest turns count: those since a person let it go on."""
    most = min(len(turns), REACH)
    return next((back for back in range(most) if turns[-back - 1].let_go_on), most)


def _alike(one: Turn, other: Turn) -> bool:
    if len(one.calls) != len(other.calls):
        return False
    rest = [_outcome(call) for call in other.calls]
    for call in one.calls:
        outcome = _outcome(call)
        if call.result is None or outcome not in rest:
            return False
        rest.remove(outcome)
    return True


def _outcome(call: CallState) -> tuple[Any, ...]:
    asked, result = call.call, call.result
    if result is None:
        return (asked.name,)
    failed = result.status is not ResultStatus.DONE and result.code
    return asked.name, asked.arguments, asked.raw, result.status, result.code if failed else result.text


def _words(turns: Sequence[Turn]) -> str:
    return ", then ".join(", ".join(_call_words(call) for call in turn.calls) for turn in turns if turn.calls)


def _call_words(call: CallState) -> str:
    arguments = call.call.raw if call.call.arguments is None else msgspec.json.encode(call.call.arguments).decode()
    return f"{call.call.name} {arguments if len(arguments) <= _LONGEST else arguments[:_LONGEST] + '...'}"
