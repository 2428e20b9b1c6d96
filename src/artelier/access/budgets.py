"""Budgets over runs: sums of the ledger, what was spent since they were read, and what requests under way may cost."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from artelier.domain.budgets import EACH, Budget, BudgetState, Per, Period, began, ends
from artelier.ports.budgets import Spender, SpendingLedger

_log = logging.getLogger(__name__)
FRESH = timedelta(seconds=30)
"""For so long a sum holds; other processes spend meanwhile."""
SETTLED = timedelta(minutes=1)
"""What is older in the ledger is not read again: every reply of that time is stored."""
ACCOUNTS = 4096
"""Sums that are remembered, at least all those from which something is reserved."""
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)
_Key = tuple[Per, str, Period, datetime]


class _Account:
    """What one of a budget's spenders has spent in one period."""

    def __init__(self) -> None:
        self.read_at = _FIRST
        self.before = 0.0
        """What replies before ``mark`` did cost: it is never read again."""
        self.mark = _FIRST
        self.lately = 0.0
        """What those from ``mark`` on did cost, when it was read."""
        self.stored: list[float] = []
        """What was stored since the last reading began."""
        self.reserved: dict[int, float] = {}
        self.settled: dict[int, float] = {}
        """What replies did cost that are not stored yet."""
        self.warned = False

    @property
    def spent(self) -> float:
        return self.before + self.lately + sum(self.stored) + sum(self.settled.values())

    @property
    def idle(self) -> bool:
        return not self.reserved and not self.settled


class SpendingBudgets:
    """Satisfies the ``Budgets`` port over the sums of a ledger."""

    def __init__(self, ledger: SpendingLedger) -> None:
        self._ledger = ledger
        self._accounts: dict[_Key, _Account] = {}
        self._reading = asyncio.Lock()
        self._waiting: set[Callable[[], None]] = set()
        self._count = 0

    async def refresh(self, budgets: Sequence[Budget], spender: Spender, now: datetime) -> None:
        """See ``Budgets.refresh``."""
        for key, budget in _keys(budgets, spender, now):
            account = self._account(key)
            if now - account.read_at >= FRESH:
                async with self._reading:
                    await self._read(key, account, now)
            self._warn(key, budget, account)

    def stand(self, budgets: Sequence[Budget], spender: Spender, now: datetime) -> tuple[BudgetState, ...]:
        """See ``Budgets.stand``."""
        return tuple([self._state(key, budget, now) for key, budget in _keys(budgets, spender, now)])

    def reserve(self, budgets: Sequence[Budget], spender: Spender, now: datetime, dollars: float) -> "Reserved":
        """See ``Budgets.reserve``."""
        self._count += 1
        accounts = tuple(dict.fromkeys(self._account(key) for key, _ in _keys(budgets, spender, now)))
        return Reserved(self._count, accounts, dollars, self._tell)

    def when_freed(self, wake: Callable[[], None]) -> None:
        """See ``Budgets.when_freed``."""
        self._waiting.add(wake)

    def _tell(self) -> None:
        waiting, self._waiting = self._waiting, set()
        for wake in waiting:
            wake()

    def _account(self, key: _Key) -> _Account:
        account = self._accounts.get(key)
        if account is None:
            if len(self._accounts) >= ACCOUNTS:
                self._accounts = {each: kept for each, kept in self._accounts.items() if not kept.idle}
            account = self._accounts[key] = _Account()
        return account

    async def _read(self, key: _Key, account: _Account, now: datetime) -> None:
        if now - account.read_at < FRESH:
            return  # somebody else has read it meanwhile
        per, who, _, since = key
        begun, mark = len(account.stored), max(since, now - SETTLED)
        before, lately = await self._ledger.spent(per, who, max(since, account.mark), mark)
        account.before, account.lately, account.mark, account.read_at = account.before + before, lately, mark, now
        # What was stored while the ledger was read may be in the sum or not: it is counted until the next reading.
        del account.stored[:begun]

    def _state(self, key: _Key, budget: Budget, now: datetime) -> BudgetState:
        account = self._account(key)
        _, who, period, since = key
        return BudgetState(budget, who, since, ends(period, now), account.spent, sum(account.reserved.values()))

    def _warn(self, key: _Key, budget: Budget, account: _Account) -> None:
        if not account.warned and account.spent >= budget.warn_at * budget.dollars:
            account.warned = True
            per, who, period, since = key
            facts = {"per": str(per), "who": who, "period": str(period), "since": f"{since:%Y-%m-%d}"}
            _log.warning("a budget is nearly spent", extra={**facts, "spent": round(account.spent, 4), "dollars": budget.dollars})


class Reserved:
    """Satisfies ``Reservation``: dollars kept of some accounts."""

    def __init__(self, number: int, accounts: tuple[_Account, ...], dollars: float, tell: Callable[[], None]) -> None:
        self._number = number
        self._accounts = accounts
        self._dollars = dollars
        self._tell = tell
        for account in accounts:
            account.reserved[number] = dollars

    def settle(self, dollars: float) -> None:
        """See ``Reservation.settle``."""
        self._dollars = dollars
        for account in self._accounts:
            account.reserved.pop(self._number, None)
            account.settled[self._number] = dollars
        self._tell()

    def stored(self) -> None:
        """See ``Reservation.stored``."""
        for account in self._accounts:
            account.settled.pop(self._number, None)
            account.stored.append(self._dollars)

    def release(self) -> None:
        """See ``Reservation.release``."""
        for account in self._accounts:
            account.reserved.pop(self._number, None)
            account.settled.pop(self._number, None)
        self._tell()


def applying(budgets: Sequence[Budget], spender: Spender) -> Iterator[tuple[Budget, str]]:
    """Yield the budgets that this spender spends from, and as whom; one that names it replaces ``*`` of the same period."""
    for budget in budgets:
        who = _who(budget.per, spender)
        named = any(each.name == who and (each.per, each.period) == (budget.per, budget.period) for each in budgets)
        if budget.per is Per.ALL or (budget.name == who if named else budget.name == EACH):
            yield budget, who


def _who(per: Per, spender: Spender) -> str:
    return {Per.PERSON: spender.person, Per.AGENT: spender.agent, Per.SESSION: spender.session, Per.ALL: ""}[per]


def _keys(budgets: Sequence[Budget], spender: Spender, now: datetime) -> Iterator[tuple[_Key, Budget]]:
    for budget, who in applying(budgets, spender):
        yield (budget.per, who, budget.period, began(budget.period, now)), budget
