"""Where a person's budgets stand, for whoever looks."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from artelier.domain.budgets import Budget, BudgetState, Per
from artelier.ports.budgets import Budgets, Spender


async def budgets_of(known: Budgets, budgets: Sequence[Budget], person: str, agents: Iterable[str], now: datetime) -> list[BudgetState]:
    """Return the budgets that this person spends from, those of agents who have spent nothing and of sessions left out.

    Raises ``StoreError``.
    """
    looked_at = [budget for budget in budgets if budget.per is not Per.SESSION]
    found: dict[str, BudgetState] = {}
    if not looked_at:
        return []
    for agent in agents:
        spender = Spender(person, agent, "")
        await known.refresh(looked_at, spender, now)
        found |= {f"{index}:{state.key}": state for index, state in enumerate(known.stand(looked_at, spender, now))}
    return [state for state in found.values() if state.spent or state.budget.per is not Per.AGENT]
