"""What budgets over runs have left: sums of the ledger, what was seen since, and what is under way."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artelier.access.budgets import ACCOUNTS, FRESH, SpendingBudgets, applying
from artelier.domain.budgets import Budget, Per, Period, began, ends
from artelier.ports.budgets import Spender

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)
"""A Wednesday."""
ANN = Spender("person:ann", "coder", "s1")
BOB = Spender("person:bob", "coder", "s2")
DAILY = Budget(5.0, Per.PERSON, period=Period.DAY)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))  # noqa: DTZ001  it is said next


class Ledger:
    """Rows of a person, a moment and dollars; ``gate`` holds a reading back."""

    def __init__(self):
        self.rows = []
        self.readings = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.begun = asyncio.Event()

    def add(self, dollars, at=NOON, who="person:ann"):
        self.rows.append((who, at, dollars))

    async def spent(self, per, who, since, mark):
        self.readings.append((per, who, since))
        mine = [(at, dollars) for owner, at, dollars in self.rows if at >= since and (per is Per.ALL or owner == who)]
        self.begun.set()
        await self.gate.wait()
        return sum(dollars for at, dollars in mine if at < mark), sum(dollars for at, dollars in mine if at >= mark)


class Stage:
    """Budgets over a ledger, and the moment."""

    def __init__(self, *budgets):
        self.ledger = Ledger()
        self.known = SpendingBudgets(self.ledger)
        self.budgets = budgets
        self.now = NOON

    async def look(self, spender=ANN, **later):
        self.now += timedelta(**later)
        await self.known.refresh(self.budgets, spender, self.now)
        return self.known.stand(self.budgets, spender, self.now)

    async def spent(self, spender=ANN, **later):
        return [state.spent for state in await self.look(spender, **later)]

    def keep(self, dollars, spender=ANN):
        return self.known.reserve(self.budgets, spender, self.now, dollars)


@pytest.mark.parametrize(
    ("period", "since", "until"),
    [
        (Period.DAY, "2026-11-18", "2026-11-19"),
        (Period.WEEK, "2026-11-16", "2026-11-23"),
        (Period.MONTH, "2026-11-01", "2026-12-01"),
        (Period.TOTAL, "1970-01-01", ""),
    ],
)
def test_periods_begin_in_utc(period, since, until):
    assert f"{began(period, NOON):%Y-%m-%d}" == since
    end = ends(period, NOON)
    assert ("" if end is None else f"{end:%Y-%m-%d}") == until
    beyond = NOON.astimezone(datetime.strptime("+1400", "%z").tzinfo)
    assert began(period, beyond) == began(period, NOON)


@given(MOMENTS, st.sampled_from([Period.DAY, Period.WEEK, Period.MONTH]))
def test_periods_follow_one_another_without_a_gap(moment, period):
    start, end = began(period, moment), ends(period, moment)
    assert start <= moment < end
    assert began(period, end) == end
    assert began(period, end - timedelta(microseconds=1)) == start


def test_one_that_names_somebody_replaces_the_one_for_everybody():
    budgets = (DAILY, Budget(50.0, Per.PERSON, "person:ann", Period.DAY), Budget(9.0, Per.PERSON, period=Period.MONTH), Budget(100.0))
    assert [(budget.dollars, who) for budget, who in applying(budgets, ANN)] == [(50.0, "person:ann"), (9.0, "person:ann"), (100.0, "")]
    assert [(budget.dollars, who) for budget, who in applying(budgets, BOB)] == [(5.0, "person:bob"), (9.0, "person:bob"), (100.0, "")]
    others = (Budget(1.0, Per.AGENT, "ask"), Budget(2.0, Per.SESSION), Budget(3.0, Per.AGENT, "coder"))
    assert [(budget.dollars, who) for budget, who in applying(others, ANN)] == [(2.0, "s1"), (3.0, "coder")]


async def test_nothing_is_read_without_budgets():
    stage = Stage()
    assert await stage.look() == ()
    stage.keep(1.0).settle(1.0)
    assert stage.ledger.readings == []


async def test_everybody_has_as_much_and_each_period_anew():
    stage = Stage(DAILY, Budget(20.0))
    stage.ledger.add(2.0, NOON - timedelta(hours=11))
    stage.ledger.add(4.0, NOON - timedelta(hours=13))
    stage.ledger.add(1.0, who="person:bob")
    assert await stage.spent() == [2.0, 7.0]
    assert await stage.spent(BOB) == [1.0, 7.0]
    tomorrow = await stage.look(days=1)
    assert [state.spent for state in tomorrow] == [0.0, 7.0]
    assert [f"{state.resets_at:%d %H:%M}" for state in tomorrow] == ["20 00:00", "01 00:00"]
    assert tomorrow[0].key == "person:person:ann:day:2026-11-19"


async def test_a_sum_is_read_again_after_half_a_minute_and_only_what_is_new():
    stage = Stage(Budget(20.0, period=Period.TOTAL))
    stage.ledger.add(2.0, NOON - timedelta(days=400))
    assert await stage.spent() == [2.0]
    stage.ledger.add(1.0, NOON + timedelta(seconds=5))
    assert await stage.spent(seconds=29) == [2.0]
    assert await stage.spent(seconds=1) == [3.0]
    for minute in range(1, 6):
        stage.ledger.add(1.0, stage.now)
        assert await stage.spent(minutes=1) == [3.0 + minute]
    assert [f"{since:%Y}" for _, _, since in stage.ledger.readings] == ["1970", *["2026"] * 6]
    assert stage.ledger.readings[-1][2] >= stage.now - FRESH - timedelta(minutes=2)


async def test_many_who_look_at_once_read_once():
    stage = Stage(DAILY)
    await asyncio.gather(*(stage.look() for _ in range(20)))
    assert len(stage.ledger.readings) == 1


async def test_what_is_under_way_is_kept_until_it_is_in_the_ledger_and_counted_once():
    stage = Stage(DAILY)
    await stage.look()
    kept = stage.keep(0.9)
    other = stage.keep(0.5)
    (state,) = await stage.look()
    assert (state.spent, state.reserved) == (0.0, 1.4)
    kept.settle(0.25)
    (state,) = await stage.look()
    assert (state.spent, state.reserved) == (0.25, 0.5)
    stage.ledger.add(0.25)
    kept.stored()
    assert await stage.spent() == [0.25]
    assert await stage.spent(seconds=31) == [0.25]
    other.release()
    (state,) = await stage.look()
    assert (state.spent, state.reserved) == (0.25, 0.0)


async def test_two_budgets_of_one_account_count_a_reply_once():
    stage = Stage(DAILY, Budget(9.0, Per.PERSON, period=Period.DAY))
    await stage.look()
    kept = stage.keep(1.0)
    kept.settle(0.5)
    kept.stored()
    assert await stage.spent() == [0.5, 0.5]


async def test_a_reply_that_was_never_stored_counts_nowhere():
    stage = Stage(DAILY)
    await stage.look()
    kept = stage.keep(0.9)
    kept.settle(0.25)
    kept.release()
    assert await stage.spent() == [0.0]


async def test_what_is_stored_while_the_ledger_is_read_is_never_missed():
    stage = Stage(DAILY)
    await stage.look()
    kept = stage.keep(1.0)
    kept.settle(1.0)
    stage.ledger.gate.clear()
    stage.ledger.begun.clear()
    reading = asyncio.create_task(stage.look(seconds=31))
    await stage.ledger.begun.wait()
    stage.ledger.add(1.0, stage.now)
    kept.stored()
    stage.ledger.gate.set()
    assert (await reading)[0].spent == 1.0
    assert await stage.spent(seconds=31) == [1.0]


async def test_those_who_wait_are_told_once_when_something_is_given_back():
    stage = Stage(DAILY)
    told = []
    wake = told.append
    kept, other = stage.keep(1.0), stage.keep(1.0)
    stage.known.when_freed(lambda: wake("a"))
    kept.settle(0.1)
    assert told == ["a"]
    other.release()
    assert told == ["a"]


async def test_the_log_warns_once_a_period(caplog):
    stage = Stage(DAILY)
    stage.ledger.add(3.9)
    await stage.look()
    assert not caplog.records
    kept = stage.keep(1.0)
    kept.settle(0.1)
    for _ in range(3):
        await stage.look()
    (record,) = caplog.records
    assert (record.per, record.who, record.period, record.spent, record.dollars) == ("person", "person:ann", "day", 4.0, 5.0)
    stage.ledger.add(4.5, NOON + timedelta(days=1))
    await stage.look(days=1)
    assert len(caplog.records) == 2


async def test_what_is_reserved_is_remembered_however_many_spend():
    stage = Stage(Budget(1.0, Per.SESSION))
    kept = stage.keep(0.5, Spender("person:ann", "coder", "mine"))
    for number in range(ACCOUNTS + 10):
        stage.known.stand(stage.budgets, Spender("person:ann", "coder", f"s{number}"), stage.now)
    (state,) = stage.known.stand(stage.budgets, Spender("person:ann", "coder", "mine"), stage.now)
    assert state.reserved == 0.5
    kept.release()


STEPS = st.lists(
    st.tuples(st.sampled_from(["keep", "settle", "store", "notice", "release", "wait", "look"]), st.integers(0, 3), st.integers(1, 100)),
    max_size=40,
)


@given(STEPS)
async def test_a_budget_never_looks_emptier_than_it_is_and_is_right_once_all_is_stored(steps):
    """Requests go from kept to settled to stored to noticed; whatever is looked at in between, nothing is missed."""
    stage = Stage(Budget(1000.0, period=Period.TOTAL))
    kept, settled, stored = [], [], []
    for what, which, cents in steps:
        match what:
            case "keep":
                kept.append(stage.keep(cents))
            case "settle" if kept:
                request = kept.pop(which % len(kept))
                request.settle(cents)
                settled.append((request, cents))
            case "store" if settled:
                request, cost = settled.pop(which % len(settled))
                stage.ledger.add(cost, stage.now)
                stored.append(request)
            case "notice" if stored:
                stored.pop(which % len(stored)).stored()
            case "release" if kept:
                kept.pop(which % len(kept)).release()
            case "wait":
                stage.now += timedelta(seconds=which * 15)
        (state,) = await stage.look()
        truth = sum(dollars for _, _, dollars in stage.ledger.rows) + sum(cost for _, cost in settled)
        assert state.spent >= truth
    for request in stored:
        request.stored()
    for request in [*kept, *(request for request, _ in settled)]:
        request.release()
    (state,) = await stage.look(seconds=31)
    assert (state.spent, state.reserved) == (sum(dollars for _, _, dollars in stage.ledger.rows), 0)
