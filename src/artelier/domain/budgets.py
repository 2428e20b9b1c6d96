"""Budgets over runs: how many dollars whom a period may cost, and where that stands."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import assert_never

from msgspec import Struct

LIMIT = "budget"
"""What a question about a budget names as its limit."""
ROOM_AGAIN = "budget"
"""Who answers a question that has lost its sense, as the budget has room again."""
EACH = "*"
"""The name of a budget that every person, agent or session has for itself."""
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)


class Per(StrEnum):
    """Whose money a budget bounds."""

    PERSON = "person"
    AGENT = "agent"
    SESSION = "session"
    """With the sessions that it delegates to."""
    ALL = "all"


class Period(StrEnum):
    """When a budget begins anew, in UTC."""

    DAY = "day"
    WEEK = "week"
    """On Monday."""
    MONTH = "month"
    TOTAL = "total"
    """Never."""


class Budget(Struct, frozen=True):
    """So many US dollars in each period; ``name`` is one person, agent or session, ``*`` stands for each of them."""

    dollars: float
    per: Per = Per.ALL
    name: str = EACH
    period: Period = Period.MONTH
    warn_at: float = 0.8
    """Part of it from which the log warns."""


class BudgetState(Struct, frozen=True):
    """One budget in its present period, for one person, agent or session."""

    budget: Budget
    who: str
    """Empty for a budget over all."""
    since: datetime
    resets_at: datetime | None
    """None where it never does."""
    spent: float
    reserved: float = 0.0
    """What the requests under way may cost at most."""

    @property
    def key(self) -> str:
        """Whose budget of which period it is: the same as long as a permission to pass it holds."""
        return f"{self.budget.per}:{self.who}:{self.budget.period}:{self.since:%Y-%m-%d}"


def began(period: Period, now: datetime) -> datetime:
    """Return when the period of this moment began."""
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    match period:
        case Period.DAY:
            return day
        case Period.WEEK:
            return day - timedelta(days=day.weekday())
        case Period.MONTH:
            return day.replace(day=1)
        case Period.TOTAL:
            return _FIRST
        case _ as unknown:
            assert_never(unknown)


def ends(period: Period, now: datetime) -> datetime | None:
    """Return when the period of this moment ends; None for one that never does."""
    start = began(period, now)
    match period:
        case Period.DAY:
            return start + timedelta(days=1)
        case Period.WEEK:
            return start + timedelta(days=7)
        case Period.MONTH:
            return (start + timedelta(days=31)).replace(day=1)
        case Period.TOTAL:
            return None
        case _ as unknown:
            assert_never(unknown)
