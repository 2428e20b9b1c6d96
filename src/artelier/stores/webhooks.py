"""Webhooks: how far each was told of each session, read against the journal itself.

Nothing is written when an event is appended. A session's head and a webhook's cursor say together what is owed, whenever
somebody asks: after a crash as well as in the next moment.
"""

from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Executable, Select, and_, case, delete, exists, func, insert, literal, null, or_, select, true, update

from artelier.domain.errors import Conflict
from artelier.domain.events import Event
from artelier.ports.webhooks import Behind, Delivery, Webhook, WebhookRecord
from artelier.stores.operation import Step, Steps, first
from artelier.stores.records import Row, event
from artelier.stores.refusals import unknown
from artelier.stores.statements import given
from artelier.stores.tables import blobs, constant, delegations, deliveries, events, sessions, webhook_cursors, webhooks
from artelier.stores.times import micros, moment, optional_micros, optional_moment

_names = msgspec.json.Decoder(frozenset[str])

WEBHOOK = select(webhooks).where(webhooks.c.id == given("the_webhook"))
WEBHOOKS = select(webhooks).order_by(webhooks.c.id)
WEBHOOKS_OF = WEBHOOKS.where(webhooks.c.owner == given("the_owner"))
ADD_WEBHOOK = insert(webhooks)
START_CURSORS = insert(webhook_cursors).from_select(
    ["webhook", "session", "seq"],
    select(given("the_webhook", webhooks.c.id.type), sessions.c.id, sessions.c.head).where(sessions.c.owner == given("the_owner")),
)
"""Every session stands at its head when a webhook is added."""
REMOVE_WEBHOOK = (
    delete(deliveries).where(deliveries.c.webhook == given("the_webhook")),
    delete(webhook_cursors).where(webhook_cursors.c.webhook == given("the_webhook")),
    delete(webhooks).where(webhooks.c.id == given("the_webhook")),
)
DISABLE = (
    update(webhooks)
    .where(webhooks.c.id == given("the_webhook"), webhooks.c.disabled_at.is_(None))
    .values(disabled_at=given("new_disabled_at"), reason=given("new_reason"))
)
ENABLE = (
    update(webhooks)
    .where(webhooks.c.id == given("the_webhook"))
    .values(disabled_at=null(), reason=constant(""), failing_since=null(), error=constant(""))
)
DUE_AT_ONCE = (
    update(deliveries)
    .where(deliveries.c.webhook == given("the_webhook"), deliveries.c.next_at.is_not(None))
    .values(next_at=given("new_next_at"), first_at=given("new_next_at"), attempts=literal(0, literal_execute=True))
)
CURSOR = select(webhook_cursors.c.seq).where(
    webhook_cursors.c.webhook == given("the_webhook"), webhook_cursors.c.session == given("the_session")
)
SESSION_THERE = select(sessions.c.id).where(sessions.c.id == given("the_session"))
ADD_CURSOR = insert(webhook_cursors)
MOVE_CURSOR = (
    update(webhook_cursors)
    .where(
        webhook_cursors.c.webhook == given("the_webhook"),
        webhook_cursors.c.session == given("the_session"),
        webhook_cursors.c.seq < given("new_seq"),
    )
    .values(seq=given("new_seq"))
)
SUCCEEDED = (
    update(webhooks)
    .where(webhooks.c.id == given("the_webhook"))
    .values(succeeded_at=given("new_at"), failing_since=null(), error=constant(""))
)
FAILED = (
    update(webhooks)
    .where(webhooks.c.id == given("the_webhook"))
    .values(failed_at=given("new_at"), failing_since=func.coalesce(webhooks.c.failing_since, given("new_at")), error=given("new_error"))
)
_THIS = and_(
    deliveries.c.webhook == given("the_webhook"), deliveries.c.session == given("the_session"), deliveries.c.seq == given("the_seq")
)
FORGET_DELIVERY = delete(deliveries).where(_THIS)
ADD_DELIVERY = insert(deliveries)
DELIVERIES = (
    select(deliveries)
    .where(deliveries.c.webhook == given("the_webhook"))
    .order_by(deliveries.c.first_at.desc(), deliveries.c.session, deliveries.c.seq)
    .limit(given("the_limit"))
)


def add_webhook(now: int, webhook: Webhook) -> Steps[WebhookRecord]:
    """Keep a webhook, and where every session stands. See ``Webhooks.add_webhook``."""
    if (yield Step(WEBHOOK, {"the_webhook": webhook.id})):
        raise Conflict(f"There is a webhook {webhook.id} already: add it with a new id.")
    values = {name: getattr(webhook, name) for name in ("id", "owner", "url", "secret", "description")}
    lists = {name: msgspec.json.encode(sorted(getattr(webhook, name))) for name in ("types", "sessions")}
    unset = {"disabled_at": None, "reason": "", "succeeded_at": None, "failed_at": None, "failing_since": None, "error": ""}
    yield Step(ADD_WEBHOOK, {**values, **lists, **unset, "created_at": now})
    yield Step(START_CURSORS, {"the_webhook": webhook.id, "the_owner": webhook.owner})
    return (yield from get_webhook(webhook.id))


def get_webhook(webhook: str) -> Steps[WebhookRecord]:
    """Read one webhook. Raises ``NotFound``."""
    found = first((yield Step(WEBHOOK, {"the_webhook": webhook})))
    if found is None:
        raise unknown("webhook", webhook)
    return _record(found)


def list_webhooks(owner: str) -> Steps[tuple[WebhookRecord, ...]]:
    """Read webhooks, oldest first."""
    rows = yield Step(WEBHOOKS_OF, {"the_owner": owner}) if owner else Step(WEBHOOKS, {})
    return tuple([_record(row) for row in rows])


def remove_webhook(_: int, webhook: str) -> Steps[None]:
    """Forget a webhook. Raises ``NotFound``."""
    yield from get_webhook(webhook)
    for statement in REMOVE_WEBHOOK:
        yield Step(statement, {"the_webhook": webhook})


def disable_webhook(now: int, webhook: str, reason: str) -> Steps[None]:
    """Tell a webhook nothing more."""
    yield Step(DISABLE, {"the_webhook": webhook, "new_disabled_at": now, "new_reason": reason})


def enable_webhook(now: int, webhook: str) -> Steps[None]:
    """Go on telling a webhook."""
    yield Step(ENABLE, {"the_webhook": webhook})
    yield Step(DUE_AT_ONCE, {"the_webhook": webhook, "new_next_at": now})


def list_behind(webhook: str, after: str, limit: int) -> Steps[tuple[Behind, ...]]:
    """Read of which sessions a webhook was not told everything."""
    one = (yield from get_webhook(webhook)).webhook
    rows = yield Step(behind(one.types, one.sessions, one=False), {**_of(one), "after": after, "the_limit": limit})
    return tuple([_behind(webhook, row) for row in rows])


def look_behind(webhook: str, session: str) -> Steps[Behind | None]:
    """Read how far a webhook was told of one session."""
    one = (yield from get_webhook(webhook)).webhook
    found = first((yield Step(behind(one.types, one.sessions, one=True), {**_of(one), "the_session": session})))
    return None if found is None else _behind(webhook, found)


def list_untold(webhook: str, session: str, after: int, limit: int) -> Steps[tuple[Event, ...]]:
    """Read the next events that a webhook wants."""
    one = (yield from get_webhook(webhook)).webhook
    rows = yield Step(untold(one.types), {"the_session": session, "after": after, "the_limit": limit})
    return tuple([event(row) for row in rows])


def skip(_: int, webhook: str, places: tuple[tuple[str, int], ...]) -> Steps[None]:
    """Move cursors forward."""
    if (yield Step(WEBHOOK, {"the_webhook": webhook})):
        for session, seq in places:
            yield from _move(webhook, session, seq)


def settle_delivered(now: int, webhook: str, session: str, seq: int) -> Steps[None]:
    """Keep that an event arrived."""
    if not (yield Step(WEBHOOK, {"the_webhook": webhook})):
        return
    yield Step(FORGET_DELIVERY, {"the_webhook": webhook, "the_session": session, "the_seq": seq})
    yield Step(SUCCEEDED, {"the_webhook": webhook, "new_at": now})
    yield from _move(webhook, session, seq)


def settle_failed(now: int, delivery: Delivery) -> Steps[WebhookRecord | None]:
    """Keep that an event did not arrive."""
    named = {"the_webhook": delivery.webhook, "the_session": delivery.session}
    if not (yield Step(WEBHOOK, {"the_webhook": delivery.webhook})):
        return None
    yield Step(FAILED, {"the_webhook": delivery.webhook, "new_at": now, "new_error": delivery.error})
    if (yield Step(SESSION_THERE, {"the_session": delivery.session})):
        yield Step(FORGET_DELIVERY, {**named, "the_seq": delivery.seq})
        times = {"first_at": micros(delivery.first_at), "next_at": optional_micros(delivery.next_at)}
        yield Step(ADD_DELIVERY, msgspec.structs.asdict(delivery) | times)
        if delivery.next_at is None:
            yield from _move(delivery.webhook, delivery.session, delivery.seq)
    return (yield from get_webhook(delivery.webhook))


def list_deliveries(webhook: str, limit: int) -> Steps[tuple[Delivery, ...]]:
    """Read what could not be delivered at once."""
    rows = yield Step(DELIVERIES, {"the_webhook": webhook, "the_limit": limit})
    return tuple([_delivery(row) for row in rows])


def _move(webhook: str, session: str, seq: int) -> Steps[None]:
    named = {"the_webhook": webhook, "the_session": session}
    if (yield Step(CURSOR, named)):
        yield Step(MOVE_CURSOR, {**named, "new_seq": seq})
    elif (yield Step(SESSION_THERE, {"the_session": session})):
        yield Step(ADD_CURSOR, {"webhook": webhook, "session": session, "seq": seq})


_told = func.coalesce(webhook_cursors.c.seq, 0)
_RETRIED = ("seq", "type", "attempts", "first_at", "next_at", "error")


def _wanted(types: frozenset[str]) -> ColumnElement[bool]:
    return events.c.type.in_(sorted(types)) if types else true()


@lru_cache(maxsize=64)
def behind(types: frozenset[str], only: frozenset[str], *, one: bool) -> Executable:
    """Return sessions with how far a webhook of these types and sessions was told: one, or those it was not told everything of."""
    between = exists().where(events.c.session == sessions.c.id, events.c.seq > _told, _wanted(types))
    its = and_(webhook_cursors.c.webhook == given("the_webhook"), webhook_cursors.c.session == sessions.c.id)
    tried = and_(deliveries.c.webhook == given("the_webhook"), deliveries.c.session == sessions.c.id, deliveries.c.next_at.is_not(None))
    found: Select[Any] = (
        select(
            sessions.c.id,
            sessions.c.head,
            _told.label("told"),
            case((between, 1), else_=0).label("wanted"),
            *(deliveries.c[name].label(f"tried_{name}") for name in _RETRIED),
        )
        .select_from(sessions.outerjoin(webhook_cursors, its).outerjoin(deliveries, tried))
        .where(sessions.c.owner == given("the_owner"))
    )
    if only:
        below = exists().where(delegations.c.session == sessions.c.id, delegations.c.root.in_(sorted(only)))
        found = found.where(or_(sessions.c.id.in_(sorted(only)), below))
    if one:
        return found.where(sessions.c.id == given("the_session"))
    found = found.where(sessions.c.id > given("after"), sessions.c.head > _told)
    return found.order_by(sessions.c.id).limit(given("the_limit"))


@lru_cache(maxsize=64)
def untold(types: frozenset[str]) -> Executable:
    """Return the next events of a session that are of these types."""
    payload = func.coalesce(events.c.payload, blobs.c.content).label("payload")
    columns = [column for column in events.c if column.name not in {"payload", "blob"}]
    return (
        select(*columns, payload)
        .select_from(events.outerjoin(blobs, blobs.c.digest == events.c.blob))
        .where(events.c.session == given("the_session"), events.c.seq > given("after"), _wanted(types))
        .order_by(events.c.seq)
        .limit(given("the_limit"))
    )


def _of(webhook: Webhook) -> dict[str, Any]:
    return {"the_webhook": webhook.id, "the_owner": webhook.owner}


def _behind(webhook: str, row: Row) -> Behind:
    retried = None
    if row["tried_seq"] is not None:
        retried = _delivery({"webhook": webhook, "session": row["id"], **{name: row[f"tried_{name}"] for name in _RETRIED}})
    return Behind(row["id"], row["told"], row["head"], bool(row["wanted"]), retried)


def _delivery(row: Row) -> Delivery:
    return Delivery(
        row["webhook"],
        row["session"],
        row["seq"],
        row["type"],
        row["attempts"],
        moment(row["first_at"]),
        row["error"],
        optional_moment(row["next_at"]),
    )


def _record(row: Row) -> WebhookRecord:
    webhook = Webhook(
        row["id"],
        row["owner"],
        row["url"],
        row["secret"],
        _names.decode(row["types"]),
        _names.decode(row["sessions"]),
        row["description"],
    )
    return WebhookRecord(
        webhook=webhook,
        created_at=moment(row["created_at"]),
        disabled_at=optional_moment(row["disabled_at"]),
        reason=row["reason"],
        succeeded_at=optional_moment(row["succeeded_at"]),
        failed_at=optional_moment(row["failed_at"]),
        failing_since=optional_moment(row["failing_since"]),
        error=row["error"],
    )
