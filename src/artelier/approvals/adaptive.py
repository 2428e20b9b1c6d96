"""Whether a person's own answers to like calls are enough to allow the next one, or to warn of it. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import combinations

from msgspec import Struct

from artelier.domain.questions import Decision
from artelier.domain.reasons import Because, ReasonCode
from artelier.domain.runs import QuestionRecord
from artelier.ports.grants import LIKE_DECISIONS

HABIT = "habit:"
"""How the name of a habit begins; the digest of its calls follows."""
ENOUGH = 5
REFUSALS = 3
"""So many refusals among them are told to whoever is asked."""
APART = timedelta(hours=1)
LASTS = timedelta(days=14)
READING = timedelta(seconds=2)
"""Nobody reads the shortest question faster."""
READING_OF_A_CHARACTER = timedelta(milliseconds=10)
SPOT_CHECKS = 8
"""One of so many calls is asked all the same."""


class Decided(Struct, frozen=True):
    """One like decision."""

    approved: bool
    """Exactly as it was asked; approved with other arguments is not."""
    run: str
    asked_at: datetime
    answered_at: datetime
    by: str
    bulk: bool = False
    length: int = 0
    """Characters that a person had to read."""

    @property
    def was_read(self) -> bool:
        """Whether it was answered alone, and not faster than it can be read."""
        return not self.bulk and self.answered_at - self.asked_at >= READING + self.length * READING_OF_A_CHARACTER


class Habit(Struct, frozen=True):
    """What like decisions say of the next call."""

    allows: bool = False
    reason: str = ""
    """Why it is allowed, or what to tell who is asked."""
    warns: bool = False
    """Whether it is usually refused."""
    name: str = ""
    because: tuple[Because, ...] = ()
    """The reason as codes."""


def habit(decisions: Sequence[Decided], now: datetime) -> Habit:
    """Return what the newest like decisions of one person say; answers that no person gave are left out."""
    by_persons = [each for each in decisions if each.by.startswith("person:")]
    counted = sorted(by_persons, key=lambda each: each.answered_at)[-LIKE_DECISIONS:]
    refused = sum(not each.approved for each in counted)
    if refused >= REFUSALS:
        usually = Because(ReasonCode.USUALLY_REFUSED, {"refused": refused, "times": len(counted)})
        return Habit(reason=f"This is usually refused: {refused} of the last {len(counted)} times.", warns=True, because=(usually,))
    if refused or len(counted) < ENOUGH or not all(each.was_read for each in counted):
        return Habit()
    if now - counted[-1].answered_at >= LASTS or not _hours_apart(counted):
        return Habit()
    always = Because(ReasonCode.HABIT, {"times": len(counted)})
    return Habit(allows=True, reason=f"You approved exactly this the last {len(counted)} times.", because=(always,))


def decided(record: QuestionRecord) -> Decided | None:
    """Return a question as a decision, None where nobody has answered it."""
    question, answer = record.question, record.answer
    if answer is None or record.answered_at is None:
        return None
    changed = answer.arguments is not None and (question.call is None or answer.arguments != question.call.arguments)
    return Decided(
        approved=answer.decision is Decision.APPROVE and not changed,
        run=record.run,
        asked_at=record.asked_at,
        answered_at=record.answered_at,
        by=answer.by,
        bulk=answer.bulk,
        length=len(question.effect) + len(question.preview),
    )


def is_spot_check(key: str, call: str) -> bool:
    """Whether this call is asked whatever the habit says: the same for ever for one call, and nothing a model can choose."""
    return sha256(f"{key} {call}".encode()).digest()[0] % SPOT_CHECKS == 0


def _hours_apart(counted: Sequence[Decided]) -> bool:
    pairs = combinations(counted, 2)
    return any(one.run != other.run and abs(other.answered_at - one.answered_at) >= APART for one, other in pairs)
