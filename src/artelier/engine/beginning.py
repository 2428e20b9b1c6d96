"""What a run's owner knows to append before it has looked at anything else."""

from artelier.domain.events import Draft, Event, MessageReceived, RunStarted
from artelier.engine.commands import Record
from artelier.engine.decide import decide
from artelier.engine.facts import Facts
from artelier.engine.fold import fold
from artelier.engine.outside import Outside
from artelier.engine.routes import route_of
from artelier.engine.state import SessionState


def first_drafts(outside: Outside, run: str, message: MessageReceived, worker: str, *, fresh: bool = True) -> tuple[Draft, ...]:
    """Return what the first owner of a fresh run appends: that it started, and all that follows from the message alone.

    It is stored with the message when the run is claimed in the same transaction, which saves a commit a run. In a session
    that is not ``fresh``, what was said before may matter to the choice of an agent, so only the start is told.
    """
    now = outside.clock.now()
    started = RunStarted(worker, 1, outside.settings_digest)
    if not fresh and outside.router is not None:
        return (Draft(started, "system", run),)
    events = (Event("", 1, run, message.type, 1, now, "", "", message), Event("", 2, run, started.type, 1, now, "", "", started))
    state = fold(SessionState(""), events)
    route = route_of(state, state.runs[run], outside.policy, outside.router)
    advised = outside.may_advise(message.model)
    silent = outside.adviser is not None and not advised
    facts = Facts(now, run, outside.policy, {}, route=route, may_be_advised=advised, adviser_silent=silent)
    command = decide(state, facts)
    follows = command.payloads if isinstance(command, Record) else ()
    return tuple(Draft(payload, "system", run) for payload in (started, *follows))
