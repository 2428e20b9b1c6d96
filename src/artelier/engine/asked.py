"""What a run's model was asked at each step, built again from the journal: nothing of it is stored."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from msgspec import Struct

from artelier.domain.errors import SettingsError
from artelier.domain.events import Event, ModelFailed, ModelReplied
from artelier.domain.models import ModelRequest
from artelier.engine.delegation import Bounds, acting
from artelier.engine.fold import fold
from artelier.engine.outside import Outside
from artelier.engine.state import RunState, SessionState


class Asked(Struct, frozen=True):
    """One request to a model as it would be sent with what is in force now, and what came of it then."""

    run: str
    agent: str
    wanted_model: str
    """``provider/model`` as the message or the agent says; empty for the default one."""
    request: ModelRequest
    outcome: ModelReplied | ModelFailed
    at: datetime
    seconds: float
    """From the event before to the outcome: what the model took, about."""


def asked_in(events: Iterable[Event], outside: Outside, run: str = "") -> Iterator[Asked]:
    """Yield every request of a session, or of one run, in the order of the journal; requests of agents that are gone are left out."""
    state, before = SessionState(""), None
    for event in events:
        outcome = event.payload
        if isinstance(outcome, ModelReplied | ModelFailed) and run in {"", event.run} and event.run in state.runs:
            found = _asked(state, event, outcome, outside, before)
            if found is not None:
                yield found
        state, before = fold(state, (event,)), event.at


def _asked(
    state: SessionState, event: Event, outcome: ModelReplied | ModelFailed, outside: Outside, before: datetime | None
) -> Asked | None:
    run: RunState = state.runs[event.run]
    spec = outside.policy.agents.get(run.agent)
    if spec is None:
        return None
    agent = acting(spec, Bounds(run.rights, run.allowance, run.writes))
    tokens = outcome.max_tokens if isinstance(outcome, ModelReplied) and outcome.max_tokens else agent.max_tokens
    wanted = run.wanted_model or agent.model
    request = outside.contexts.build(state, run, agent, _own_name(wanted, outside), tokens)
    return Asked(run.id, agent.name, wanted, request, outcome, event.at, (event.at - (before or event.at)).total_seconds())


def _own_name(wanted: str, outside: Outside) -> str:
    """Return what the provider calls the model; one that is gone goes by what it was called here."""
    try:
        return outside.providers.find(wanted)[1]
    except SettingsError:
        return wanted.partition("/")[2] or wanted
