"""The statements that write, written once for every SQL database; those that only read are in ``queries.py``.

Names of parameters differ from those of columns (``the_run``, ``new_head``), because SQLAlchemy keeps the columns' own
names for itself in INSERT and UPDATE. A function makes a statement for each shape of its arguments and keeps it.
"""

from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Executable,
    FromClause,
    LargeBinary,
    Select,
    Text,
    delete,
    exists,
    func,
    insert,
    null,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy import bindparam as _bindparam
from sqlalchemy.types import TypeEngine

from artelier.domain.questions import QuestionStatus
from artelier.domain.runs import RunStatus
from artelier.stores.tables import (
    UNENDED,
    VERSION,
    blobs,
    constant,
    delegations,
    deliveries,
    events,
    forks,
    grants,
    questions,
    runs,
    sessions,
    standing,
    usage,
    webhook_cursors,
    workspaces,
)


def given(name: str, kind: TypeEngine[Any] | None = None) -> BindParameter[Any]:
    """Return a parameter whose value comes with each execution; its type is that of the column beside it, if there is one."""
    return _bindparam(name, type_=kind, required=False)


# What an append is judged by. The session's row is locked, so that appends to it come one after another.

_HEAD = (sessions.c.head, sessions.c.updated_at, sessions.c.format)

SESSION_AND_RUN = (
    select(*_HEAD, runs.c.status, runs.c.fence)
    .select_from(sessions.outerjoin(runs, (runs.c.id == given("the_run")) & (runs.c.session == sessions.c.id)))
    .where(sessions.c.id == given("the_session"))
    .with_for_update(of=sessions)
)
SESSION_AND_QUESTION = (
    select(*_HEAD, questions.c.status)
    .select_from(sessions.outerjoin(questions, (questions.c.id == given("the_question")) & (questions.c.session == sessions.c.id)))
    .where(sessions.c.id == given("the_session"))
    .with_for_update(of=sessions)
)
SESSION_AND_PLACE = (
    select(*_HEAD, workspaces.c.place)
    .join_from(sessions, workspaces)
    .where(sessions.c.id == given("the_session"))
    .with_for_update(of=sessions)
)
SESSION_AND_DEBT = (
    select(*_HEAD, delegations.c.owed_at.label("status"))
    .select_from(sessions.outerjoin(delegations, delegations.c.call == given("the_call")))
    .where(sessions.c.id == given("the_session"))
    .with_for_update(of=sessions)
)
RUN_OF_KEY = select(runs.c.id, runs.c.position, runs.c.idempotency_digest).where(
    runs.c.session == given("the_session"), runs.c.idempotency_key == given("the_key")
)
SESSION_OF_RUN = select(runs.c.session).where(runs.c.id == given("the_run"))
UNENDED_RUN = select(runs.c.id).where(runs.c.session == given("the_session"), standing(runs, *UNENDED)).limit(1)

# Journal

ADVANCE = (
    update(sessions)
    .where(sessions.c.id == given("the_session"))
    .values(head=given("new_head"), updated_at=given("new_updated_at"), format=given("new_format"))
)
ADD_BLOB = insert(blobs).from_select(
    ["digest", "content"],
    select(given("the_digest", Text()), given("the_content", LargeBinary())).where(~exists().where(blobs.c.digest == given("the_digest"))),
)
EVENTS_AT_ONCE = 16
"""The most events that one statement inserts."""


@lru_cache(maxsize=EVENTS_AT_ONCE)
def add_events(count: int) -> Executable:
    """Insert so many events of one session with one statement; parameters with a number belong to one event."""
    shared = {"session": given("the_session"), "v": given("the_v"), "at": given("the_at"), "trace": given("the_trace")}
    own = ("seq", "run", "type", "actor", "payload", "blob")
    return insert(events).values([{**shared, **{name: given(f"{name}_{index}") for name in own}} for index in range(count)])


# Projections

ADD_SESSION = insert(sessions)
ADD_RUN = insert(runs)
ADD_QUESTION = insert(questions)
ADD_DELEGATION = insert(delegations)
ADD_FORK = insert(forks)
OWE_END = (
    update(delegations)
    .where(delegations.c.session == given("the_session"), delegations.c.delegated == given("the_run"))
    .values(owed_at=given("new_owed_at"))
)
TELL_END = update(delegations).where(delegations.c.call == given("the_call")).values(owed_at=null())
TITLE_SESSION = (
    update(sessions).where(sessions.c.id == given("the_session"), sessions.c.title == constant("")).values(title=given("new_title"))
)
ANSWER_SESSION_BY = update(sessions).where(sessions.c.id == given("the_session")).values(agent=given("new_agent"))
BEGIN_RUN = update(runs).where(runs.c.id == given("the_run")).values(started_at=func.coalesce(runs.c.started_at, given("new_started_at")))
WAKE_RUN = (
    update(runs)
    .where(runs.c.id == given("the_run"), standing(runs, RunStatus.WAITING))
    .values(wake_at=given("new_wake_at"), wait_reason=constant(""))
)
WAKE_ASKER = (
    update(runs)
    .where(
        runs.c.id == select(questions.c.run).where(questions.c.id == given("the_question")).scalar_subquery(),
        standing(runs, RunStatus.WAITING),
    )
    .values(wake_at=given("new_wake_at"), wait_reason=constant(""))
)
CLOSE_QUESTIONS = (
    update(questions)
    .where(questions.c.run == given("the_run"), standing(questions, QuestionStatus.OPEN))
    .values(status=constant(QuestionStatus.CLOSED))
)
ANSWER_QUESTION = (
    update(questions)
    .where(questions.c.id == given("the_question"), standing(questions, QuestionStatus.OPEN))
    .values(status=given("new_status"), answered_at=given("new_answered_at"), answer=given("new_answer"))
)
KEEP_KEY = (
    update(runs)
    .where(runs.c.id == given("the_run"))
    .values(idempotency_key=given("new_idempotency_key"), idempotency_digest=given("new_idempotency_digest"))
)


@lru_cache(maxsize=64)
def change_run(columns: tuple[str, ...]) -> Executable:
    """Change these columns of one run."""
    return update(runs).where(runs.c.id == given("the_run")).values({name: given(f"new_{name}") for name in columns})


# Leases

_other = runs.alias("other")
_due = runs.alias("due")

_LEASED = {
    "status": constant(RunStatus.RUNNING),
    "worker": given("new_worker"),
    "lease_until": given("new_lease_until"),
    "fence": runs.c.fence + 1,
    "wake_at": null(),
    "wait_reason": constant(""),
}


def _must_wait(run: FromClause) -> ColumnElement[bool]:
    # The first condition is that of an index; the second leaves active runs and those queued earlier.
    earlier = or_(_other.c.status != constant(RunStatus.QUEUED), _other.c.position < run.c.position)
    return exists().where(_other.c.session == run.c.session, _other.c.id != run.c.id, standing(_other, *UNENDED), earlier)


def _served(run: FromClause, places: frozenset[str]) -> ColumnElement[bool]:
    # An EXISTS, so that the planner walks the few unended runs and not the many sessions of a workspace.
    place = (workspaces.c.id == sessions.c.workspace) & workspaces.c.place.in_(sorted(places))
    return exists().where(sessions.c.id == run.c.session, sessions.c.format <= given("the_format"), place)


def _oldest(places: frozenset[str], status: RunStatus, *conditions: ColumnElement[bool]) -> Select[Any]:
    wanted = select(_due.c.id, _due.c.created_at).where(standing(_due, status), *conditions, _served(_due, places))
    return select(wanted.order_by(_due.c.created_at, _due.c.id).limit(1).subquery())


@lru_cache(maxsize=64)
def claim(places: frozenset[str]) -> Executable:
    """Lease the oldest run that may go on at one of these places, and return its id."""
    now = given("now")
    able = union_all(
        _oldest(places, RunStatus.QUEUED, ~_must_wait(_due)),
        _oldest(places, RunStatus.WAITING, _due.c.wake_at <= now),
        _oldest(places, RunStatus.RUNNING, _due.c.lease_until <= now),
    ).subquery()
    oldest = select(able.c.id).order_by(able.c.created_at, able.c.id).limit(1).scalar_subquery()
    return update(runs).where(runs.c.id == oldest).values(_LEASED).returning(runs.c.id)


CLAIM_IF_NEXT = update(runs).where(runs.c.id == given("the_run"), ~_must_wait(runs)).values(_LEASED).returning(runs.c.id)
RELEASE = (
    update(runs)
    .where(runs.c.worker == given("the_worker"), standing(runs, RunStatus.RUNNING))
    .values(worker=constant(""), lease_until=given("now"))
)
TAKE_OVER = (
    update(runs)
    .where(
        standing(runs, RunStatus.RUNNING),
        exists().where(sessions.c.id == runs.c.session, workspaces.c.id == sessions.c.workspace, workspaces.c.place == given("the_place")),
    )
    .values(worker=constant(""), lease_until=given("now"))
    .returning(runs.c.id)
)


@lru_cache(maxsize=32)
def extend(count: int) -> Executable:
    """Renew the leases of so many runs (``run_0``, ``run_1``, ...) that a worker holds; return them with their fences."""
    held = runs.c.id.in_([given(f"run_{index}") for index in range(count)])
    mine = (runs.c.worker == given("the_worker")) & standing(runs, RunStatus.RUNNING)
    return update(runs).where(mine, held).values(lease_until=given("new_lease_until")).returning(runs.c.id, runs.c.fence)


def _soonest(places: frozenset[str], status: RunStatus, column: str) -> Select[Any]:
    moment = _due.c[column]
    wanted = select(moment.label("moment")).where(standing(_due, status), moment.is_not(None), _served(_due, places))
    return select(wanted.order_by(moment).limit(1).subquery())


@lru_cache(maxsize=64)
def next_wake(places: frozenset[str]) -> Executable:
    """Return as ``moment`` when the next wait or lease at these places ends."""
    ends = union_all(_soonest(places, RunStatus.WAITING, "wake_at"), _soonest(places, RunStatus.RUNNING, "lease_until")).subquery()
    return select(func.min(ends.c.moment).label("moment"))


# The ledger

_OF_SESSION = ("session", "owner", "workspace")
_USED = [column for column in usage.c if column.name not in _OF_SESSION]
ADD_USAGE = insert(usage).from_select(
    [*(column.name for column in _USED), *_OF_SESSION],
    select(*(given(f"new_{column.name}", column.type) for column in _USED), sessions.c.id, sessions.c.owner, sessions.c.workspace).where(
        sessions.c.id == given("the_session")
    ),
)

# Grants

ADD_GRANT = insert(grants)
REVOKE_GRANT = (
    update(grants).where(grants.c.id == given("the_grant"), grants.c.revoked_at.is_(None)).values(revoked_at=given("new_revoked_at"))
)

# Sessions and workspaces

ADD_WORKSPACE = insert(workspaces)
RENAME_SESSION = update(sessions).where(sessions.c.id == given("the_session")).values(title=given("new_title"))
DELETE_WORKSPACE = delete(workspaces).where(workspaces.c.id == given("the_workspace"))
SESSION_IN_WORKSPACE = select(sessions.c.id).where(sessions.c.workspace == given("the_workspace")).limit(1)
BLOBS_OF_SESSION = select(events.c.blob).distinct().where(events.c.session == given("the_session"), events.c.blob.is_not(None))
DELETE_OF_SESSION = (
    delete(deliveries).where(deliveries.c.session == given("the_session")),
    delete(webhook_cursors).where(webhook_cursors.c.session == given("the_session")),
    delete(grants).where(grants.c.session == given("the_session")),
    delete(delegations).where(delegations.c.session == given("the_session")),
    delete(forks).where(forks.c.session == given("the_session")),
    delete(questions).where(questions.c.session == given("the_session")),
    delete(events).where(events.c.session == given("the_session")),
    delete(runs).where(runs.c.session == given("the_session")),
    delete(sessions).where(sessions.c.id == given("the_session")),
)
DELETE_UNUSED_BLOB = delete(blobs).where(
    blobs.c.digest == given("the_digest"), ~exists().where(events.c.blob == given("the_digest"), events.c.blob.is_not(None))
)

TOUCH = update(VERSION).values(version_num=VERSION.c.version_num)
"""A write that changes nothing, to see whether a write succeeds."""
