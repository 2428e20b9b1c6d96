"""The seam to budgets over runs: what they have left, and what is kept for requests under way."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from artelier.domain.budgets import Budget, BudgetState, Per


class Spender(Struct, frozen=True):
    """Who is about to spend: ``session`` is the one that everything was delegated from."""

    person: str
    agent: str
    session: str


class Reservation(Protocol):
    """Dollars kept for one request. What it came to counts as spent even before the ledger is read again."""

    def settle(self, dollars: float) -> None:
        """Keep what the request did cost, now that its reply is there."""
        ...

    def stored(self) -> None:
        """Say that the ledger has it, so that the next reading of the ledger counts it."""
        ...

    def release(self) -> None:
        """Give it back: the request came to nothing."""
        ...


class Budgets(Protocol):
    """What budgets have left, as this process knows. Other instances' requests under way are not seen."""

    async def refresh(self, budgets: Sequence[Budget], spender: Spender, now: datetime) -> None:
        """Read from the ledger what is not known, or was read too long ago. Raises ``StoreError``."""
        ...

    def stand(self, budgets: Sequence[Budget], spender: Spender, now: datetime) -> tuple[BudgetState, ...]:
        """Return where those stand that this spender spends from, as it was read last and seen since."""
        ...

    def reserve(self, budgets: Sequence[Budget], spender: Spender, now: datetime, dollars: float) -> Reservation:
        """Keep dollars of all budgets that this spender spends from. Whether they have them was looked at before."""
        ...

    def when_freed(self, wake: Callable[[], None]) -> None:
        """Call this once, as soon as something that is kept now is settled or released."""
        ...


class SpendingLedger(Protocol):
    """What was spent, as it is stored."""

    async def spent(self, per: Per, who: str, since: datetime, mark: datetime) -> tuple[float, float]:
        """Return the dollars that the replies stored from ``since`` on did cost: those before ``mark``, and those from it on."""
        ...
