"""Sends a run's delegated work on its way: a session of its own for each call, opened once however often it is tried."""

from collections.abc import Callable

from artelier.domain.control import CONTROL_TOOLS
from artelier.domain.delegating import DelegateSent, Parent
from artelier.domain.events import MessageReceived, SessionOpened
from artelier.engine.delegation import Bounds, acting, delegated_ids, rights_to_pass, share_of
from artelier.engine.ledger import Ledger
from artelier.engine.outside import Outside
from artelier.engine.state import CallState, RunState
from artelier.ports.runs import Submission


class Delegates:
    """The delegated calls of one run; ``wake`` says that there are runs to claim."""

    def __init__(self, outside: Outside, ledger: Ledger, wake: Callable[[], None]) -> None:
        self._outside = outside
        self._ledger = ledger
        self._wake = wake

    async def send(self, calls: tuple[str, ...]) -> None:
        """Store that these calls go to other agents, then open their sessions. Raises ``StaleFence``, ``StoreError``."""
        for call in self._open_calls():
            if call.call.id in calls:
                session, run = delegated_ids(self._ledger.run.id, call.call.id)
                sent = DelegateSent(call.call.id, str((call.call.arguments or {})["agent"]), session, run)
                self._ledger.stage(sent, f"agent:{self._ledger.run.agent}", certain=False)
        if await self._ledger.flush():
            await self._open(calls)

    async def send_again(self) -> None:
        """Open what an earlier life of this run may have left unopened; what is there already stays as it is."""
        await self._open(tuple(call.call.id for call in self._open_calls() if call.delegated is not None))

    async def _open(self, calls: tuple[str, ...]) -> None:
        submissions = [self._submission(call, len(calls)) for call in self._open_calls() if call.call.id in calls]
        for submission in submissions:
            await self._outside.runs.submit(submission)
        if submissions:
            self._wake()

    def _submission(self, call: CallState, count: int) -> Submission:
        state, run = self._ledger.state, self._ledger.run
        session, delegated = delegated_ids(run.id, call.call.id)
        above = state.parent
        root, depth, agents = (above.root, above.depth + 1, above.agents) if above else (state.session, 1, ())
        parent = Parent(state.session, run.id, call.call.id, delegated, root, depth, (*agents, run.agent))
        task = str((call.call.arguments or {})["task"])
        return Submission(
            session=session,
            run=delegated,
            message=self._message(run, call, task, count),
            actor=f"agent:{run.agent}",
            trace=run.trace,
            opening=SessionOpened(state.owner, state.workspace, parent=parent),
            idempotency_key=call.call.id,
            idempotency_digest=delegated,
        )

    def _message(self, run: RunState, call: CallState, task: str, count: int) -> MessageReceived:
        policy = self._outside.policy
        giver = policy.agents.get(run.agent) or policy.agents[policy.default_agent]
        name = str((call.call.arguments or {})["agent"])
        wanted = policy.agents.get(name) or giver
        seen = tuple(sorted(self._ledger.state.seen))
        known = (*policy.tools, *(spec.name for spec in CONTROL_TOOLS))
        giver = acting(giver, Bounds(None, run.allowance, run.writes))
        left = share_of(giver.limits, run.step + run.delegated_steps, run.usage, run.active_seconds, count)
        return MessageReceived(
            task,
            name,
            run.wanted_model,
            left,
            rights_to_pass(giver, run.rights, wanted, known),
            giver.writes,
            seen,
            run.wishes,
            dict(run.ceilings),
        )

    def _open_calls(self) -> tuple[CallState, ...]:
        turns = self._ledger.run.turns
        return turns[-1].open_calls if turns else ()
