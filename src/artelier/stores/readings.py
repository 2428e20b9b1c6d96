"""Sums and facts over many sessions, for people who look. Sums are made by the database, rows come in pages."""

from datetime import datetime
from functools import lru_cache
from typing import Any, assert_never

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Executable, FromClause, Select, Text, and_, case, cast, func, or_, select

from artelier.domain.budgets import Per
from artelier.domain.events import Event
from artelier.domain.questions import QuestionKind, QuestionStatus
from artelier.domain.runs import RunStatus
from artelier.domain.usage import Usage
from artelier.ports.usage import Asked, EndedRun, Layer, LayerSum, Place, Span, UsageBy, UsageSum
from artelier.stores.operation import Parameters, Step, Steps
from artelier.stores.records import Row, event
from artelier.stores.statements import given
from artelier.stores.tables import blobs, delegations, events, forks, questions, runs, sessions, usage
from artelier.stores.times import micros, moment

_DAY = 86_400_000_000
_SECOND = 1_000_000
_SUMMED = ("input_tokens", "output_tokens", "cached_tokens", "reasoning_tokens", "cache_write_tokens", "cost", "saved", "unpriced_calls")


class _Kind(Struct):
    """The part of a question that is looked at."""

    kind: QuestionKind


_kind = msgspec.json.Decoder(_Kind)


def sum_usage(by: UsageBy, span: Span, limit: int) -> Steps[tuple[UsageSum, ...]]:
    """Sum up the ledger. See ``Readings.sum_usage``."""
    parameters = {**_given(span), "the_limit": limit}
    used = yield Step(used_by(by), parameters)
    took = {} if by is UsageBy.MODEL else {row["key"]: row["took"] for row in (yield Step(took_by(by), _given(span)))}
    return tuple([_sum(by, row, took) for row in used])


def sum_layers(span: Span) -> Steps[tuple[LayerSum, ...]]:
    """Sum up savings. See ``Readings.sum_layers``."""
    rows = yield Step(SAVED_BY_SOURCE, _given(span))
    found = {_LAYERS[row["source"]]: row for row in rows if row["source"] in _LAYERS}
    lookups = sum(row["lookup_cost"] for layer, row in found.items() if layer is not Layer.SEMANTIC)
    sums = [_layer_sum(layer, found.get(layer), lookups) for layer in _LAYERS.values()]
    return tuple([each for each in sums if each.replies or (each.layer is Layer.SEMANTIC and each.saved)])


def _layer_sum(layer: Layer, row: Row | None, lookups: float) -> LayerSum:
    """Return what a layer saved. What looking for like questions cost other replies, ``lookups``, is counted where it belongs."""
    replies, saved, own = (row["replies"], row["saved"], row["lookup_cost"]) if row is not None else (0, 0.0, 0.0)
    return LayerSum(layer, replies, saved - lookups if layer is Layer.SEMANTIC else saved + own)


def spent(per: Per, who: str, since: datetime, mark: datetime) -> Steps[tuple[float, float]]:
    """Sum up what was spent. See ``SpendingLedger.spent``."""
    given_span = {"since": micros(since), "the_mark": micros(mark), **({} if per is Per.ALL else {"who": who})}
    (row,) = yield Step(spent_by(per), given_span)
    return row["earlier"] or 0.0, row["later"] or 0.0


def ended_runs(span: Span) -> Steps[tuple[EndedRun, ...]]:
    """Read how runs ended. See ``Readings.ended_runs``."""
    rows = yield Step(ENDED_RUNS, _given(span))
    return tuple([EndedRun(row["agent"], RunStatus(row["status"]), row["code"], _seconds(row["took"])) for row in rows])


def questions_asked(span: Span) -> Steps[tuple[Asked, ...]]:
    """Read what became of questions. See ``Readings.questions_asked``."""
    rows = yield Step(QUESTIONS_ASKED, _given(span))
    return tuple([_asked(row) for row in rows])


def events_of(types: frozenset[str], span: Span, after: Place, limit: int) -> Steps[tuple[Event, ...]]:
    """Read a page of events. See ``Readings.events_of``."""
    place = {"the_session": after.session, "the_seq": after.seq, "the_limit": limit}
    rows = yield Step(typed_events(types), {**_given(span), **place})
    return tuple([event(row) for row in rows])


def _given(span: Span) -> Parameters:
    return {"the_owner": span.owner, "since": micros(span.since), "until": micros(span.until)}


def _within(column: ColumnElement[Any]) -> ColumnElement[bool]:
    return and_(column >= given("since"), column < given("until"))


def _key(by: UsageBy, table: FromClause, at: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return the column that rows are summed up by; a day as a number of days since 1970."""
    match by:
        case UsageBy.DAY:
            return at // _DAY
        case UsageBy.USER:
            return usage.c.owner if table is usage else sessions.c.owner
        case UsageBy.WORKSPACE:
            return usage.c.workspace if table is usage else sessions.c.workspace
        case UsageBy.AGENT | UsageBy.MODEL | UsageBy.SESSION:
            column: ColumnElement[Any] = table.c[by.value]
            return column


@lru_cache(maxsize=8)
def used_by(by: UsageBy) -> Executable:
    """Sum up the ledger by a key."""
    key = _key(by, usage, usage.c.at).label("key")
    sums = [func.sum(usage.c[name]).label(name) for name in (*_SUMMED, "calls")]
    # A step is a run's and a number: both as one text, since not every database counts distinct pairs.
    steps = func.count((usage.c.run + "/" + cast(usage.c.step, Text)).distinct()).label("steps")
    asked = func.sum(case((usage.c.source == "", 1), else_=0)).label("model_calls")
    counts = (func.count().label("replies"), asked, func.count(usage.c.run.distinct()).label("runs"), steps)
    found: Select[Any] = select(key, *sums, *counts).where(usage.c.owner == given("the_owner"), _within(usage.c.at)).group_by(key)
    tokens = func.sum(usage.c.input_tokens + usage.c.output_tokens)
    return found.order_by(key.desc() if by is UsageBy.DAY else tokens.desc(), key).limit(given("the_limit"))


@lru_cache(maxsize=8)
def took_by(by: UsageBy) -> Executable:
    """Sum up how long runs took, by a key."""
    key = _key(by, runs, runs.c.ended_at).label("key")
    took = func.sum(runs.c.ended_at - runs.c.started_at).label("took")
    return select(key, took).join_from(runs, sessions).where(sessions.c.owner == given("the_owner"), _within(runs.c.ended_at)).group_by(key)


@lru_cache(maxsize=4)
def spent_by(per: Per) -> Executable:
    """Sum up costs before and after a mark."""
    is_earlier = usage.c.at < given("the_mark")
    sums = [
        func.sum(case((is_earlier, usage.c.cost), else_=0.0)).label("earlier"),
        func.sum(case((is_earlier, 0.0), else_=usage.c.cost)).label("later"),
    ]
    found = select(*sums).where(usage.c.at >= given("since"))
    match per:
        case Per.ALL:
            return found
        case Per.PERSON:
            return found.where(usage.c.owner == given("who"))
        case Per.AGENT:
            return found.where(usage.c.agent == given("who"))
        case Per.SESSION:
            delegated = select(delegations.c.session).where(delegations.c.root == given("who"))
            return found.where(or_(usage.c.session == given("who"), usage.c.session.in_(delegated)))
        case _ as unknown:
            assert_never(unknown)


_LAYERS = {"cache": Layer.REPLY_CACHE, "joined": Layer.JOINED, "semantic": Layer.SEMANTIC, "": Layer.PROMPT_CACHE}
"""By the ledger's ``source``."""
_HAD_A_PART = or_(usage.c.source != "", usage.c.cached_tokens > 0, usage.c.cache_write_tokens > 0)
SAVED_BY_SOURCE = (
    select(
        usage.c.source,
        func.sum(case((_HAD_A_PART, 1), else_=0)).label("replies"),
        func.sum(usage.c.saved).label("saved"),
        func.sum(usage.c.lookup_cost).label("lookup_cost"),
    )
    .where(usage.c.owner == given("the_owner"), _within(usage.c.at))
    .group_by(usage.c.source)
)
ENDED_RUNS = (
    select(runs.c.agent, runs.c.status, runs.c.code, (runs.c.ended_at - runs.c.started_at).label("took"))
    .join_from(runs, sessions)
    .where(sessions.c.owner == given("the_owner"), _within(runs.c.ended_at))
)
QUESTIONS_ASKED = (
    select(questions.c.question, questions.c.status, (questions.c.answered_at - questions.c.asked_at).label("took"))
    .join_from(questions, sessions)
    .where(sessions.c.owner == given("the_owner"), _within(questions.c.asked_at))
)


@lru_cache(maxsize=16)
def typed_events(types: frozenset[str]) -> Executable:
    """Return events of these types after a place, of sessions in which something happened since; copied ones are another session's."""
    payload = func.coalesce(events.c.payload, blobs.c.content).label("payload")
    columns = [column for column in events.c if column.name not in {"payload", "blob"}]
    later = or_(events.c.session > given("the_session"), and_(events.c.session == given("the_session"), events.c.seq > given("the_seq")))
    return (
        select(*columns, payload)
        .select_from(
            events.join(sessions, sessions.c.id == events.c.session)
            .outerjoin(blobs, blobs.c.digest == events.c.blob)
            .outerjoin(forks, forks.c.session == events.c.session)
        )
        .where(
            sessions.c.owner == given("the_owner"),
            sessions.c.updated_at >= given("since"),
            sessions.c.id >= given("the_session"),
            later,
            events.c.seq > func.coalesce(forks.c.copied, 0),
            events.c.type.in_(sorted(types)),
            _within(events.c.at),
        )
        .order_by(events.c.session, events.c.seq)
        .limit(given("the_limit"))
    )


def _sum(by: UsageBy, row: Row, took: dict[Any, int | None]) -> UsageSum:
    key = f"{moment(row['key'] * _DAY):%Y-%m-%d}" if by is UsageBy.DAY else row["key"]
    used = Usage(**{name: row[name] for name in (*_SUMMED, "model_calls")})
    seconds = None if by is UsageBy.MODEL else _seconds(took.get(row["key"], 0)) or 0.0
    return UsageSum(key, used, row["replies"], row["runs"], row["steps"], row["calls"], seconds)


def _asked(row: Row) -> Asked:
    status = QuestionStatus(row["status"])
    by_person = status in {QuestionStatus.APPROVED, QuestionStatus.REJECTED}
    return Asked(_kind.decode(row["question"]).kind, status, _seconds(row["took"]) if by_person else None)


def _seconds(took: int | None) -> float | None:
    return None if took is None else took / _SECOND
