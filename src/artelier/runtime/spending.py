"""Where a person's budgets stand, for whoever looks."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec.structs import replace

from artelier.domain.budgets import EACH, Budget, BudgetState, Per
from artelier.ports.budgets import Budgets, Spender


async def budgets_of(known: Budgets, budgets: Sequence[Budget], person: str, agents: Iterable[str], now: datetime) -> list[BudgetState]:
    """Return the budgets that this person spends from; those of sessions are left out.

    Of a budget for each agent those are told who have spent something, and ``*`` where none has. Raises ``StoreError``.
    """
    looked_at = [budget for budget in budgets if budget.per is not Per.SESSION]
    found: dict[str, BudgetState] = {}
    if not looked_at:
        return []
    for agent in agents:
        spender = Spender(person, agent, "")
        await known.refresh(looked_at, spender, now)
        found |= {f"{index}:{state.key}": state for index, state in enumerate(known.stand(looked_at, spender, now))}
    return [told for budget in looked_at for told in _told([state for state in found.values() if state.budget == budget])]


def _told(states: list[BudgetState]) -> list[BudgetState]:
    """Return those of one budget that tell something: of each agent's only where it has spent, of no agent's once, for all of them."""
    if not states or states[0].budget.per is not Per.AGENT or states[0].budget.name != EACH:
        return states
    return [state for state in states if state.spent or state.reserved] or [replace(states[0], who=EACH)]
