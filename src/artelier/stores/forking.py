"""Copying the beginning of a session, or all of it, into a new one: rows of events alone, as they are stored.

What happened once is counted once: no run, question, grant or use has a row for the copy, webhooks are not told again.
"""

import re

from sqlalchemy import and_, func, insert, or_, select

from artelier.domain.codec import decode_payload
from artelier.domain.events import AgentChosen, Draft, MessageReceived
from artelier.domain.forking import SessionForked
from artelier.domain.runs import SessionRecord
from artelier.stores import queries, statements
from artelier.stores.appending import store
from artelier.stores.drafts import prepare
from artelier.stores.operation import Step, Steps, first
from artelier.stores.records import Row, session_record
from artelier.stores.refusals import anothers_part, no_such_point, not_at_rest, session_known, unknown
from artelier.stores.statements import given
from artelier.stores.tables import UNENDED, blobs, constant, delegations, events, forks, runs, sessions, standing, webhook_cursors, webhooks

EVERYTHING = 2**63 - 1
"""A place in the journal that lies behind every event."""
_NUMBERED = re.compile(r" \((\d{1,6})\)$")

ORIGIN = (
    select(sessions, delegations.c.root)
    .select_from(sessions.outerjoin(delegations, delegations.c.session == sessions.c.id))
    .where(sessions.c.id == given("the_session"))
    .with_for_update(of=sessions)
)
MESSAGE_OF_RUN = select(events.c.seq).where(
    events.c.session == given("the_session"), events.c.run == given("the_run"), events.c.type == constant(MessageReceived.type)
)
UNENDED_BEFORE = (
    select(runs.c.id)
    .where(runs.c.session == given("the_session"), standing(runs, *UNENDED), runs.c.position < given("the_cut", runs.c.position.type))
    .limit(1)
)
FORKS_OF = select(func.count().label("made")).select_from(forks).where(forks.c.origin == given("the_session"))

_earlier = events.alias("earlier")
_runs_before = select(_earlier.c.run).where(
    _earlier.c.session == given("the_session"),
    _earlier.c.type == constant(MessageReceived.type),
    _earlier.c.seq < given("the_cut", events.c.seq.type),
)
# A message may have been queued while an earlier run was at work: that run's events after it are copied too.
_before = or_(
    and_(events.c.run == constant(""), events.c.seq < given("the_cut", events.c.seq.type)),
    events.c.run.in_(_runs_before),
)
_SAME = [column for column in events.c if column.name not in {"session", "seq"}]
COPY_EVENTS = insert(events).from_select(
    ["session", "seq", *(column.name for column in _SAME)],
    select(given("the_fork", events.c.session.type), func.row_number().over(order_by=events.c.seq), *_SAME).where(
        events.c.session == given("the_session"), _before
    ),
)
END_OF_COPY = select(events.c.seq, events.c.at).where(events.c.session == given("the_fork")).order_by(events.c.seq.desc()).limit(1)
AGENT_OF_COPY = (
    select(events.c.v, func.coalesce(events.c.payload, blobs.c.content).label("payload"))
    .select_from(events.outerjoin(blobs, blobs.c.digest == events.c.blob))
    .where(events.c.session == given("the_fork"), events.c.type == constant(AgentChosen.type))
    .order_by(events.c.seq.desc())
    .limit(1)
)
TOLD_BEFORE = insert(webhook_cursors).from_select(
    ["webhook", "session", "seq"],
    select(webhooks.c.id, given("the_fork", webhook_cursors.c.session.type), given("the_seq", webhook_cursors.c.seq.type)).where(
        webhooks.c.owner == given("the_owner")
    ),
)
"""What is copied was told when it happened: every webhook stands behind it."""


def fork_session(now: int, session: str, fork: str, actor: str, before: str, trace: str) -> Steps[SessionRecord]:
    """Copy a session's events into a new session. Raises as ``Sessions.fork_session``."""
    drafts = prepare((Draft(SessionForked(session, before), actor),))
    origin = first((yield Step(ORIGIN, {"the_session": session})))
    if origin is None:
        raise unknown("session", session)
    cut = yield from _cut(session, fork, origin, before)
    yield from _add(now, session, fork, origin)
    yield Step(COPY_EVENTS, {"the_session": session, "the_fork": fork, "the_cut": cut})
    (end,) = yield Step(END_OF_COPY, {"the_fork": fork})
    chosen = first((yield Step(AGENT_OF_COPY, {"the_fork": fork})))
    if chosen is not None:
        yield Step(statements.ANSWER_SESSION_BY, {"the_session": fork, "new_agent": agent_of(chosen)})
    yield Step(TOLD_BEFORE, {"the_fork": fork, "the_seq": end["seq"], "the_owner": origin["owner"]})
    yield from store(fork, {"head": end["seq"], "updated_at": end["at"], "format": origin["format"]}, drafts, now, trace)
    rows = yield Step(queries.SESSION, {"the_session": fork})
    return session_record(rows[0])


def title_of_fork(title: str, made: int) -> str:
    """Return the title of a session's next copy, of which so many were made: numbered, since a number says it in every language."""
    found = _NUMBERED.search(title)
    number = 1 if found is None else int(found[1])
    return title and f"{_NUMBERED.sub('', title)} ({number + made + 1})"


def agent_of(row: Row) -> str:
    """Return who was chosen by a stored ``agent_chosen``. Raises ``StoreError``."""
    payload = decode_payload(AgentChosen.type, row["v"], row["payload"])
    return payload.agent if isinstance(payload, AgentChosen) else ""


def _cut(session: str, fork: str, origin: Row, before: str) -> Steps[int]:
    """Return the place in the journal before which runs are copied."""
    if origin["root"] is not None:
        raise anothers_part(session)
    if (yield Step(queries.SESSION, {"the_session": fork})):
        raise session_known(fork)
    cut = EVERYTHING
    if before:
        message = first((yield Step(MESSAGE_OF_RUN, {"the_session": session, "the_run": before})))
        if message is None:
            raise no_such_point(session, before)
        cut = message["seq"]
    if (yield Step(UNENDED_BEFORE, {"the_session": session, "the_cut": cut})):
        raise not_at_rest(session)
    return cut


def _add(now: int, session: str, fork: str, origin: Row) -> Steps[None]:
    made = first((yield Step(FORKS_OF, {"the_session": session})))
    values = {name: origin[name] for name in ("owner", "workspace", "format")}
    title = title_of_fork(origin["title"], 0 if made is None else made["made"])
    yield Step(statements.ADD_SESSION, {"id": fork, **values, "title": title, "agent": "", "head": 0, "created_at": now, "updated_at": now})
