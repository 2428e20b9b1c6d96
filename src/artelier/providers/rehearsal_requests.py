"""What a person asks for, by rules: a sentence in English or Russian becomes steps, or is honestly not understood.

It fails closed: a request that begins with «don't» or «if» is not understood at all, and nothing that comes after words
it could not parse is done.
"""

from collections.abc import Callable, Iterator
from enum import StrEnum
from itertools import islice

from msgspec import Struct

from artelier.providers import rehearsal_grammar as grammar
from artelier.providers.rehearsal_clauses import parse_clause
from artelier.providers.rehearsal_steps import READING, Step
from artelier.providers.rehearsal_text import MaskedText

_LONGEST = 20_000
"""Characters of a request beside its quotations; a longer one is not looked at."""
_MOST_STEPS = 20


class Talk(StrEnum):
    """What asks for words alone."""

    GREETING = "greeting"
    HELP = "help"
    THANKS = "thanks"


class Understood(Struct, frozen=True):
    """What was understood of a message."""

    steps: tuple[Step, ...] = ()
    missed: str = ""
    """The words at which understanding ended, as they were written."""
    talk: Talk | None = None


def understand(message: str) -> Understood:
    """Return what a message asks for."""
    masked = MaskedText(message.strip())
    text = masked.text.strip()
    if len(text) > _LONGEST:
        return Understood(missed=masked.whole(text[:100]) + "…")
    if text.startswith("@"):
        text = text.partition(" ")[2].strip()
    text = grammar.BULLET.sub("", text)
    clauses = [clause for clause in map(_bare, islice(_clauses(text), _MOST_STEPS + 1)) if clause]
    if any(grammar.UNLESS.match(clause) for clause in clauses):
        return Understood(missed=masked.whole(text))
    found = _parsed(clauses, masked)
    talk = None if found.steps else _talk(text)
    return Understood(talk=talk) if talk else found


def _parsed(clauses: list[str], masked: MaskedText) -> Understood:
    steps: list[Step] = []
    for clause in clauses:
        parsed = parse_clause(clause, masked, steps[-1].path if steps else "")
        rest = ""
        if parsed is None:
            parsed, rest = _beginning(clause, masked)
        steps += [step for step in parsed if step not in steps]
        if rest or len(steps) > _MOST_STEPS:
            return Understood(tuple(steps[:_MOST_STEPS]), missed=masked.whole(rest or clause).strip())
    return Understood(tuple(steps))


def _beginning(clause: str, masked: MaskedText) -> tuple[tuple[Step, ...], str]:
    """Return the steps of the longest beginning that only reads, and the rest; what changes something must parse whole."""
    joints = list(islice(grammar.JOINED.finditer(clause), _MOST_STEPS))
    for joint in reversed(joints):
        parsed = parse_clause(clause[: joint.start()], masked, "")
        if parsed and all(step.kind in READING for step in parsed):
            return parsed, clause[joint.end() :]
    return (), clause


def _clauses(text: str) -> Iterator[str]:
    """Cut a text into requests. Words to be written end at a strong boundary only: they may hold anything else."""
    rest = text
    while rest:
        start = 0
        boundary = grammar.BOUNDARY
        polite = grammar.POLITE.match(rest)
        opening = grammar.OPEN_CONTENT.match(rest, polite.end() if polite else 0)
        if opening:
            start = opening.end()
            boundary = grammar.BOUNDARY if MaskedText.is_quoted(rest[start : start + 1]) else grammar.STRONG_BOUNDARY
        cut = boundary.search(rest, start)
        if cut is None:
            yield rest
            return
        yield rest[: cut.start()]
        rest = rest[cut.end() :]


def _bare(clause: str) -> str:
    """Return a request without what is said out of politeness."""
    clause = grammar.POLITE.sub("", grammar.BULLET.sub("", clause.strip()))
    return grammar.PLEASE.sub("", clause).strip()


def _talk(text: str) -> Talk | None:
    patterns: tuple[tuple[Talk, Callable[[str], object]], ...] = (
        (Talk.HELP, grammar.HELP.search),
        (Talk.GREETING, grammar.GREETING.match),
        (Talk.THANKS, grammar.THANKS.match),
    )
    return next((talk for talk, matches in patterns if matches(text)), None)
