"""What a run's next request to a model may cost, and what is kept of the budgets over runs while one is under way."""

from artelier.domain.budgets import BudgetState
from artelier.engine.budgets import first_passed, only_for_now
from artelier.engine.hands import Hands
from artelier.engine.ledger import Ledger
from artelier.engine.outside import Outside
from artelier.engine.sizes import tokens_of_text
from artelier.engine.state import RunState
from artelier.ports.budgets import Reservation, Spender


class Purse:
    """The money of one run. What a request did cost is told by the journal: nothing has to be reported here."""

    def __init__(self, outside: Outside, ledger: Ledger, hands: Hands) -> None:
        self._outside = outside
        self._ledger = ledger
        self._hands = hands
        self._estimated: tuple[str, int, int, int] = ("", -1, -1, -1)
        self._kept: Reservation | None = None
        self._cost_before = 0.0
        self._is_settled = False
        self.next_cost = 0.0
        """US dollars that the next request would cost at most; 0 where no price is known."""
        self.states: tuple[BudgetState, ...] = ()
        """Where the budgets stand that it spends from."""

    async def look(self, fixed_tokens: int) -> None:
        """Learn what the next request would cost and where budgets stand. Raises ``StoreError``."""
        run = self._ledger.run
        self._estimate(run, fixed_tokens)
        self._follow()
        budgets, policy = self._outside.budgets, self._outside.policy
        if budgets is None or not policy.budgets or not run.agent:
            return
        await budgets.refresh(policy.budgets, self._spender, self._outside.clock.now())
        self._stand()
        passed = first_passed(run, self.states, self.next_cost)
        if passed is not None and only_for_now(run, passed, self.next_cost):
            budgets.when_freed(self._hands.news.set)

    def reserve(self) -> bool:
        """Keep what the next request may cost; False where that would pass a budget, as others have spent since ``look``."""
        budgets, policy, run = self._outside.budgets, self._outside.policy, self._ledger.run
        if budgets is None or not policy.budgets:
            return True
        self._stand()
        if first_passed(run, self.states, self.next_cost) is not None:
            return False
        self._kept = budgets.reserve(policy.budgets, self._spender, self._outside.clock.now(), self.next_cost)
        self._cost_before, self._is_settled = run.usage.cost, False
        return True

    def close(self) -> None:
        """Give back what is kept: a reply that was not stored counts nowhere, as the run is worked on by another now."""
        self._follow()
        if self._kept is not None:
            self._kept.release()
            self._kept = None

    def _follow(self) -> None:
        """See what the request came to: its reply is staged or stored, or there is none."""
        if self._kept is None or self._hands.model_speaks:
            return
        if not self._is_settled:
            self._kept.settle(self._ledger.run.usage.cost - self._cost_before)
            self._is_settled = True
        if self._ledger.is_stored:
            self._kept.stored()
            self._kept = None

    def _stand(self) -> None:
        budgets, policy = self._outside.budgets, self._outside.policy
        if budgets is not None:
            self.states = budgets.stand(policy.budgets, self._spender, self._outside.clock.now())

    @property
    def _spender(self) -> Spender:
        state = self._ledger.state
        return Spender(state.owner, self._ledger.run.agent, state.parent.root if state.parent is not None else state.session)

    def _estimate(self, run: RunState, fixed_tokens: int) -> None:
        """Look up what the next request would cost, once for each reply and each result that it would hold."""
        last = run.turns[-1] if run.turns else None
        results = 0 if last is None else len(last.calls) - len(last.open_calls)
        asked_for = (run.agent, run.step, results, -1 if last is None else last.reply.attempt)
        if self._estimated == asked_for:
            return
        self._estimated = asked_for
        agent = self._outside.policy.agents.get(run.agent)
        if agent is None:
            self.next_cost = 0.0
            return
        size, length = fixed_tokens + tokens_of_text(run.request), agent.max_tokens
        if last is not None:
            told = sum(tokens_of_text(call.result.text) for call in last.calls if call.result is not None)
            size = (last.reply.usage.total_tokens or last.reply.saved.total_tokens or size) + told
            length = min(2 * last.reply.max_tokens, self._outside.policy.max_tokens_cap) if last.cut else length
        cost = self._outside.providers.estimate(run.wanted_model or agent.model, size, length)
        # A price that only the provider knows is taken from its last reply.
        self.next_cost = max(cost, 0.0 if last is None else last.reply.usage.cost)
