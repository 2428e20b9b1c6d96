"""What a router, or a model, is asked about a run that nobody has taken yet."""

import asyncio

from artelier.domain.errors import ProviderError, SettingsError
from artelier.domain.routes import RouteAdvised
from artelier.domain.runs import RunStatus
from artelier.engine.facts import Policy
from artelier.engine.state import RunState, SessionState
from artelier.ports.router import Adviser, Earlier, Route, Router

PATIENCE = 20.0
"""Seconds in which a model must have said who should answer."""


def route_of(state: SessionState, run: RunState, policy: Policy, router: Router | None) -> Route | None:
    """Return which agent the run's request seems to be for; None where it is known, or nobody is to be asked."""
    if router is None or run.agent or run.wanted_agent:
        return None
    return router.route(run.request, policy.agents.keys(), earlier_of(state, run))


async def advise(adviser: Adviser, run: RunState, policy: Policy, earlier: Earlier, tenant: str) -> RouteAdvised:
    """Ask a model and return what it said, or why there is nothing."""
    agents = {name: agent.description for name, agent in policy.agents.items()}
    try:
        async with asyncio.timeout(PATIENCE):
            advice = await adviser.advise(run.request, agents, earlier, tenant, run.wanted_model)
    except TimeoutError:
        return RouteAdvised(code="LLM_UNAVAILABLE")
    except (ProviderError, SettingsError) as failure:
        return RouteAdvised(code=failure.code)
    return RouteAdvised(advice.agent, advice.confidence, "cache" if advice.remembered else "model", advice.usage, advice.model)


def earlier_of(state: SessionState, run: RunState) -> Earlier:
    """Return what came before the run in its session."""
    before = [each for each in state.runs.values() if each.id != run.id and each.agent]
    if not before:
        return Earlier()
    last = before[-1]
    changed = {change.path for turn in last.turns for call in turn.calls if call.result is not None for change in call.result.files}
    return Earlier(last.agent, last.status is RunStatus.FAILED, len(changed))
