"""What a run's owner knows to append before it has looked at anything else."""

from artelier.domain.events import Draft, Event, MessageReceived, RunStarted
from artelier.engine.commands import Record
from artelier.engine.decide import decide
from artelier.engine.facts import Facts
from artelier.engine.fold import fold
from artelier.engine.outside import Outside
from artelier.engine.state import SessionState


def first_drafts(outside: Outside, run: str, message: MessageReceived, worker: str) -> tuple[Draft, ...]:
    """Return what the first owner of a fresh run appends: that it started, and all that follows from the message alone.

    It is stored with the message when the run is claimed in the same transaction, which saves a commit a run.
    """
    now = outside.clock.now()
    started = RunStarted(worker, 1, outside.settings_digest)
    events = (Event("", 1, run, message.type, 1, now, "", "", message), Event("", 2, run, started.type, 1, now, "", "", started))
    command = decide(fold(SessionState(""), events), Facts(now, run, outside.policy, {}))
    follows = command.payloads if isinstance(command, Record) else ()
    return tuple(Draft(payload, "system", run) for payload in (started, *follows))
