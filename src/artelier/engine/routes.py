"""What a router is asked about a run that nobody has taken yet."""

from artelier.domain.runs import RunStatus
from artelier.engine.facts import Policy
from artelier.engine.state import RunState, SessionState
from artelier.ports.router import Earlier, Route, Router


def route_of(state: SessionState, run: RunState, policy: Policy, router: Router | None) -> Route | None:
    """Return which agent the run's request seems to be for; None where it is known, or nobody is to be asked.

    Where that is not sure, whoever answered last in the session goes on.
    """
    if router is None or run.agent or run.wanted_agent:
        return None
    earlier = _earlier(state, run)
    found = router.route(run.request, policy.agents.keys(), earlier)
    if earlier.agent in policy.agents and (found is None or not found.sure):
        return Route(earlier.agent, found.confidence if found is not None else 1.0, "session")
    return found


def _earlier(state: SessionState, run: RunState) -> Earlier:
    before = [each for each in state.runs.values() if each.id != run.id and each.agent]
    if not before:
        return Earlier()
    last = before[-1]
    changed = {change.path for turn in last.turns for call in turn.calls if call.result is not None for change in call.result.files}
    return Earlier(last.agent, last.status is RunStatus.FAILED, len(changed))
