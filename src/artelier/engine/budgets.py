"""What budgets over runs mean for one run: whether its next request would pass one, and how a person is asked. Pure."""

from collections.abc import Iterable

from artelier.domain.budgets import ROOM_AGAIN, BudgetState, Per, Period
from artelier.domain.events import ApprovalAnswered
from artelier.domain.questions import Answer, Decision, Question
from artelier.domain.reasons import Because, ReasonCode
from artelier.engine.state import RunState

_DIME = 0.1
"""US dollars below which cents say too little."""
_PERIODS = {Period.DAY: "daily", Period.WEEK: "weekly", Period.MONTH: "monthly", Period.TOTAL: "total"}


def first_passed(run: RunState, states: Iterable[BudgetState], next_cost: float) -> BudgetState | None:
    """Return the first budget that a request of that cost would pass; none where it costs nothing that is known."""
    if next_cost <= 0:
        return None
    return next((state for state in states if state.spent + state.reserved + next_cost > _bound(run, state)), None)


def only_for_now(run: RunState, state: BudgetState, next_cost: float) -> bool:
    """Return whether a budget is passed only by what others' requests under way may cost at most: they mostly cost less."""
    return state.reserved > 0 and state.spent + next_cost <= _bound(run, state)


def ceiling_after(state: BudgetState, next_cost: float) -> float:
    """Return the dollars up to which a yes lets the run go on: the budget's amount once more."""
    return max(state.budget.dollars, state.spent + next_cost) + state.budget.dollars


def has_room_again(question: Question) -> ApprovalAnswered:
    """Return the end of a question that has lost its sense: a new period began, or the operator raised the budget."""
    answer = Answer(Decision.APPROVE, "The budget has room again.", by=ROOM_AGAIN)
    return ApprovalAnswered(question.id, question.kind, answer)


def named(state: BudgetState) -> str:
    """Return which budget it is, in words."""
    budget = state.budget
    whose = "everybody" if budget.per is Per.ALL else f"{budget.per} {state.who.removeprefix('person:')}"
    return f"{_PERIODS[budget.period]} budget of {whose}"


def standing(state: BudgetState) -> str:
    """Return how much of it is spent, and when it begins anew."""
    reset = "it does not reset" if state.resets_at is None else f"it resets at {state.resets_at:%Y-%m-%d %H:%M} UTC"
    under_way = f", {dollars(state.reserved)} kept for requests under way" if state.reserved else ""
    return f"{dollars(state.spent)} of {dollars(state.budget.dollars)} spent{under_way}; {reset}."


def text_about(state: BudgetState, next_cost: float) -> str:
    """Return the question whether the run may go on all the same."""
    return (
        f"The next request (up to {dollars(next_cost)}) would pass the {named(state)}: {standing(state)} "
        f"Let this run go on to {dollars(ceiling_after(state, next_cost))}?"
    )


def because_of(state: BudgetState, next_cost: float) -> Because:
    """Return the same as a code with its values."""
    budget = state.budget
    amounts = {"cost": next_cost, "spent": state.spent, "dollars": budget.dollars, "reserved": state.reserved}
    reset = "" if state.resets_at is None else state.resets_at.isoformat()
    whose = {"per": budget.per.value, "who": state.who.removeprefix("person:"), "period": budget.period.value, "resets": reset}
    return Because(ReasonCode.BUDGET, {**amounts, **whose, "ceiling": ceiling_after(state, next_cost)})


def _bound(run: RunState, state: BudgetState) -> float:
    return max(state.budget.dollars, run.ceilings.get(state.key, 0.0))


def dollars(amount: float) -> str:
    """Return an amount in words."""
    return f"${amount:.2f}" if amount >= _DIME or not amount else f"${amount:.2g}"
