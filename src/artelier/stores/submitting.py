"""What begins work: a message with its run, an empty session."""

from msgspec import Struct

from artelier.domain.events import FORMAT, Draft, Event, MessageReceived, SessionOpened
from artelier.domain.runs import SessionRecord
from artelier.ports.runs import Claim, Submission, Submitted, Worker
from artelier.stores import queries, statements
from artelier.stores.appending import store
from artelier.stores.claiming import claimed, lease
from artelier.stores.drafts import NEW_SESSION, PreparedSubmission, prepare, time_of
from artelier.stores.operation import Step, Steps, first
from artelier.stores.records import Row, session_record
from artelier.stores.refusals import busy, replay, run_known, session_known, unknown


class _Door(Struct, frozen=True):
    """Where a submission enters: the session's state, and the place of its workspace."""

    facts: Row
    place: str


def submit(now: int, submission: Submission, drafts: PreparedSubmission, worker: Worker | None) -> Steps[Submitted]:
    """Store what ``prepare_submitted`` made of a submission, and claim the run if it is next. Raises as ``Runs.submit``."""
    replayed = yield from _replayed(submission)
    if replayed is not None:
        return replayed
    door = yield from _door(submission)
    yield from _refuse(submission)
    appended = yield from store(submission.session, door.facts, drafts.message, now, submission.trace)
    yield from _keep_key(submission)
    claim = yield from _claim(submission.run, door, worker, now)
    if claim is not None and drafts.begin:
        facts = {"head": appended[-1].seq, "updated_at": time_of(appended), "format": door.facts["format"]}
        appended += yield from store(submission.session, facts, drafts.begin, now, submission.trace)
    return Submitted(submission.run, _position(appended), appended, claim)


def open_session(now: int, session: str, opened: SessionOpened, trace: str) -> Steps[SessionRecord]:
    """Create an empty session. Raises as ``Sessions.open_session``."""
    drafts = prepare((Draft(opened, opened.owner),))
    yield from _refuse_known(session)
    yield from _place(opened.workspace)
    yield from store(session, NEW_SESSION, drafts, now, trace)
    rows = yield Step(queries.SESSION, {"the_session": session})
    return session_record(rows[0])


def _replayed(submission: Submission) -> Steps[Submitted | None]:
    if not submission.idempotency_key:
        return None
    rows = yield Step(statements.RUN_OF_KEY, {"the_session": submission.session, "the_key": submission.idempotency_key})
    found = first(rows)
    return None if found is None else replay(submission, found["id"], found["position"], found["idempotency_digest"])


def _door(submission: Submission) -> Steps[_Door]:
    if submission.opening is not None:
        yield from _refuse_known(submission.session)
        return _Door(NEW_SESSION, (yield from _place(submission.opening.workspace)))
    facts = first((yield Step(statements.SESSION_AND_PLACE, {"the_session": submission.session})))
    if facts is None:
        raise unknown("session", submission.session)
    return _Door(facts, facts["place"])


def _refuse_known(session: str) -> Steps[None]:
    if (yield Step(queries.SESSION, {"the_session": session})):
        raise session_known(session)


def _place(workspace: str) -> Steps[str]:
    found = first((yield Step(queries.WORKSPACE, {"the_workspace": workspace})))
    if found is None:
        raise unknown("workspace", workspace)
    place: str = found["place"]
    return place


def _refuse(submission: Submission) -> Steps[None]:
    if (yield Step(statements.SESSION_OF_RUN, {"the_run": submission.run})):
        raise run_known(submission.run)
    if submission.reject_when_busy and (yield Step(statements.UNENDED_RUN, {"the_session": submission.session})):
        raise busy(submission.session)


def _keep_key(submission: Submission) -> Steps[None]:
    if submission.idempotency_key:
        key, digest = submission.idempotency_key, submission.idempotency_digest
        yield Step(statements.KEEP_KEY, {"the_run": submission.run, "new_idempotency_key": key, "new_idempotency_digest": digest})


def _claim(run: str, door: _Door, worker: Worker | None, now: int) -> Steps[Claim | None]:
    if worker is None or door.place not in worker.places or max(FORMAT, door.facts["format"]) > worker.format:
        return None
    return (yield from claimed(Step(statements.CLAIM_IF_NEXT, {"the_run": run, **lease(worker, now)})))


def _position(appended: tuple[Event, ...]) -> int:
    return next(event.seq for event in appended if isinstance(event.payload, MessageReceived))
