"""The statements that only read, written once for every SQL database."""

from functools import lru_cache

from sqlalchemy import Column, ColumnElement, Executable, Select, exists, func, or_, select

from artelier.domain.runs import RunStatus
from artelier.stores.searching import SPELLINGS
from artelier.stores.statements import given
from artelier.stores.tables import UNENDED, blobs, constant, delegations, events, forks, questions, runs, sessions, standing, workspaces

NO_LIMIT = 2**31 - 1

EVENTS = (
    select(
        events.c.session,
        events.c.seq,
        events.c.run,
        events.c.type,
        events.c.v,
        events.c.at,
        events.c.actor,
        events.c.trace,
        func.coalesce(events.c.payload, blobs.c.content).label("payload"),
    )
    .select_from(events.outerjoin(blobs, events.c.blob == blobs.c.digest))
    .where(events.c.session == given("the_session"), events.c.seq > given("after"))
    .order_by(events.c.seq)
    .limit(given("the_limit"))
)

# 'queued' sorts before 'running' and 'waiting', of which a session has one at most: the greatest status counts.
_status = (
    select(func.coalesce(func.max(runs.c.status), constant("idle")))
    .where(runs.c.session == sessions.c.id, standing(runs, *UNENDED))
    .correlate(sessions)
    .scalar_subquery()
)
_SESSION = select(
    sessions,
    _status.label("status"),
    func.coalesce(forks.c.origin, constant("")).label("origin"),
    func.coalesce(forks.c.copied, 0).label("copied"),
).select_from(sessions.outerjoin(forks, forks.c.session == sessions.c.id))
SESSION = _SESSION.where(sessions.c.id == given("the_session"))


def _is_like(text: Column[str]) -> ColumnElement[bool]:
    return or_(*(func.lower(text).like(given(f"pattern_{number}"), escape="\\") for number in range(SPELLINGS)))


@lru_cache(maxsize=4)
def list_sessions(*, before: bool, search: bool = False) -> Executable:
    """Return a person's sessions from new to old; where one searches, those whose title or requests are like one of the patterns."""
    wanted = _SESSION.where(sessions.c.owner == given("the_owner"), ~exists().where(delegations.c.session == sessions.c.id))
    if before:
        wanted = wanted.where(sessions.c.id < given("before"))
    if search:
        in_requests = exists().where(runs.c.session == sessions.c.id, _is_like(runs.c.request)).correlate(sessions)
        wanted = wanted.where(or_(_is_like(sessions.c.title), in_requests))
    return wanted.order_by(sessions.c.id.desc()).limit(given("the_limit"))


_RUN = select(runs, sessions.c.workspace).join_from(runs, sessions)
_parent = runs.alias("parent")
OWED = (
    select(runs, sessions.c.workspace, delegations.c.call, _parent.c.session.label("parent_session"), _parent.c.id.label("parent_run"))
    .join_from(delegations, runs, runs.c.id == delegations.c.delegated)
    .join(sessions, sessions.c.id == delegations.c.session)
    .join(_parent, _parent.c.id == delegations.c.parent_run)
    .where(delegations.c.owed_at.is_not(None))
    .order_by(delegations.c.owed_at, delegations.c.call)
    .limit(given("the_limit"))
)
DELEGATED = (
    _RUN.join(delegations, delegations.c.delegated == runs.c.id)
    .where(delegations.c.parent_run == given("the_run"))
    .order_by(runs.c.created_at, runs.c.id)
)
RUN = _RUN.where(runs.c.id == given("the_run"))


@lru_cache(maxsize=128)
def list_runs(*, session: bool, statuses: frozenset[RunStatus], before: bool) -> Executable:
    """Return runs from new to old, of one session and of these statuses if there are any."""
    wanted = _RUN
    if session:
        wanted = wanted.where(runs.c.session == given("the_session"))
    if statuses:
        wanted = wanted.where(standing(runs, *sorted(statuses)))
    if before:
        wanted = wanted.where(runs.c.id < given("before"))
    return wanted.order_by(runs.c.id.desc()).limit(given("the_limit"))


_below = select(delegations.c.session).where(delegations.c.root == given("the_session")).scalar_subquery()
QUESTION = select(questions).where(questions.c.id == given("the_question"))


@lru_cache(maxsize=8)
def list_questions(*, status: bool, session: bool, before: bool) -> Executable:
    """Return the questions in a person's sessions from new to old."""
    wanted: Select[*tuple[object, ...]] = select(questions).join_from(questions, sessions).where(sessions.c.owner == given("the_owner"))
    if status:
        wanted = wanted.where(questions.c.status == given("the_status"))
    if session:
        wanted = wanted.where(or_(questions.c.session == given("the_session"), questions.c.session.in_(_below)))
    if before:
        wanted = wanted.where(questions.c.id < given("before"))
    return wanted.order_by(questions.c.id.desc()).limit(given("the_limit"))


WORKSPACE = select(workspaces).where(workspaces.c.id == given("the_workspace"))
WORKSPACE_AT = select(workspaces).where(workspaces.c.root == given("the_root"), workspaces.c.place == given("the_place"))
WORKSPACES = select(workspaces).order_by(workspaces.c.created_at, workspaces.c.id)
