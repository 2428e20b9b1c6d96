"""The tables, for every database. A change here needs a migration beside it: a test compares the two.

Times are microseconds since 1970 in UTC, ids are text that sorts by time, JSON is stored as bytes.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Float,
    ForeignKey,
    FromClause,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    literal,
)

from artelier.domain.runs import RunStatus

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

workspaces = Table(
    "workspaces",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("root", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    UniqueConstraint("root", "place"),
)

sessions = Table(
    "sessions",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("workspace", Text, ForeignKey("workspaces.id"), nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("agent", Text, nullable=False),
    Column("head", BigInteger, nullable=False),
    Column("format", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Index(None, "owner", "id"),
)
"""``head`` is the newest event's sequence, ``updated_at`` its time; ``format`` the newest event format in the journal.

A session's status is no column: it is read from its runs."""

delegations = Table(
    "delegations",
    METADATA,
    Column("session", Text, ForeignKey("sessions.id"), primary_key=True),
    Column("root", Text, nullable=False, index=True),
    Column("parent_run", Text, nullable=False, index=True),
    Column("call", Text, nullable=False, unique=True),
    Column("delegated", Text, nullable=False),
    Column("owed_at", BigInteger),
)
"""Sessions that were delegated: the session at the top of all, the run and the call that they answer, and their own run
whose end is the answer. It is owed from ``owed_at`` until the journal of the caller has it: the outbox, for no
transaction touches two sessions."""

forks = Table(
    "forks",
    METADATA,
    Column("session", Text, ForeignKey("sessions.id"), primary_key=True),
    Column("origin", Text, nullable=False, index=True),
    Column("copied", BigInteger, nullable=False),
)
"""Sessions that began as copies: of which session, which may be gone, and up to which sequence their events are copied.
A copied event is only read as part of its session: runs, questions, grants and usage have no rows for it."""

runs = Table(
    "runs",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("session", Text, ForeignKey("sessions.id"), nullable=False),
    Column("status", Text, nullable=False),
    Column("agent", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("request", Text, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("worker", Text, nullable=False),
    Column("lease_until", BigInteger),
    Column("wake_at", BigInteger),
    Column("wait_reason", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("started_at", BigInteger),
    Column("ended_at", BigInteger),
    Column("usage", LargeBinary, nullable=False),
    Column("reply", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("idempotency_key", Text),
    Column("idempotency_digest", Text),
    UniqueConstraint("session", "position"),
    UniqueConstraint("session", "idempotency_key"),
)

events = Table(
    "events",
    METADATA,
    Column("session", Text, ForeignKey("sessions.id"), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("run", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("v", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
    Column("trace", Text, nullable=False),
    Column("payload", LargeBinary),
    Column("blob", Text, ForeignKey("blobs.digest")),
)
"""``payload`` is null when the bytes are so many that they lie in ``blobs``."""

blobs = Table(
    "blobs",
    METADATA,
    Column("digest", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)
"""Large payloads by the SHA-256 of their bytes."""

questions = Table(
    "questions",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("session", Text, ForeignKey("sessions.id"), nullable=False),
    Column("run", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("question", LargeBinary, nullable=False),
    Column("asked_at", BigInteger, nullable=False),
    Column("answered_at", BigInteger),
    Column("answer", LargeBinary),
    Column("key", Text),
    Index(None, "session", "id"),
    Index(None, "status", "id"),
    Index(None, "run"),
)

grants = Table(
    "grants",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("workspace", Text, nullable=False),
    Column("session", Text, ForeignKey("sessions.id"), nullable=False),
    Column("grant", LargeBinary, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
    Column("key", Text),
    Index(None, "owner", "id"),
    Index(None, "session"),
)
"""What persons allowed for later; a grant goes with the session in whose journal it was made."""

usage = Table(
    "usage",
    METADATA,
    Column("at", BigInteger, nullable=False),
    Column("session", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("run", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("workspace", Text, nullable=False),
    Column("agent", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("step", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("calls", Integer, nullable=False),
    Column("input_tokens", BigInteger, nullable=False),
    Column("cached_tokens", BigInteger, nullable=False),
    Column("output_tokens", BigInteger, nullable=False),
    Column("reasoning_tokens", BigInteger, nullable=False),
    Column("provider", Text, nullable=False, server_default=""),
    Column("source", Text, nullable=False, server_default=""),
    Column("cache_write_tokens", BigInteger, nullable=False, server_default="0"),
    Column("cost", Float, nullable=False, server_default="0"),
    Column("saved", Float, nullable=False, server_default="0"),
    Column("unpriced_calls", Integer, nullable=False, server_default="0"),
    Column("lookup_cost", Float, nullable=False, server_default="0"),
    PrimaryKeyConstraint("at", "session", "seq"),
    sqlite_with_rowid=False,
)
"""The ledger: a row a model's reply, by the time and place of its event. What was used stays used: it refers to nothing and
outlives its session. ``source`` says where a reply comes from that no model was asked for; money is in US dollars.
``lookup_cost`` is a part of ``cost``: what looking for like questions took."""

webhooks = Table(
    "webhooks",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("types", LargeBinary, nullable=False),
    Column("sessions", LargeBinary, nullable=False),
    Column("description", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("disabled_at", BigInteger),
    Column("reason", Text, nullable=False),
    Column("succeeded_at", BigInteger),
    Column("failed_at", BigInteger),
    Column("failing_since", BigInteger),
    Column("error", Text, nullable=False),
    Index(None, "owner", "id"),
)
"""Addresses that are told of events. ``error`` is that of the newest failure, ``failing_since`` its first without a success between."""

webhook_cursors = Table(
    "webhook_cursors",
    METADATA,
    Column("webhook", Text, ForeignKey("webhooks.id"), nullable=False),
    Column("session", Text, ForeignKey("sessions.id"), nullable=False, index=True),
    Column("seq", BigInteger, nullable=False),
    PrimaryKeyConstraint("webhook", "session"),
    sqlite_with_rowid=False,
)
"""How far a webhook was told of a session: everything up to ``seq`` is settled; nothing where there is no row."""

deliveries = Table(
    "deliveries",
    METADATA,
    Column("webhook", Text, ForeignKey("webhooks.id"), nullable=False),
    Column("session", Text, ForeignKey("sessions.id"), nullable=False, index=True),
    Column("seq", BigInteger, nullable=False),
    Column("type", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("first_at", BigInteger, nullable=False),
    Column("next_at", BigInteger),
    Column("error", Text, nullable=False),
    PrimaryKeyConstraint("webhook", "session", "seq"),
)
"""Deliveries that failed: tried again at ``next_at``, given up where it is null. What went well at once leaves no row."""

VERSION = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
"""Alembic's own table, which holds the revision of the schema."""


def constant(value: str) -> ColumnElement[str]:
    """Return a text that stands in the SQL itself, so that the planner can match it with a partial index."""
    return literal(value, Text, literal_execute=True)


def standing(table: FromClause, *statuses: str) -> ColumnElement[bool]:
    """Return the condition that a row's status is one of these, spelled alike in statements and partial indexes."""
    if len(statuses) == 1:
        return table.c.status == constant(statuses[0])
    return table.c.status.in_([constant(status) for status in statuses])


def _partial(name: str, *columns: Column[Any], where: ColumnElement[bool], unique: bool = False) -> None:
    Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)


ACTIVE = (RunStatus.RUNNING, RunStatus.WAITING)
"""The statuses of which a session has one run at most."""
UNENDED = (RunStatus.QUEUED, *ACTIVE)
"""The statuses of runs that still have work before them."""

_partial("uq_runs_active", runs.c.session, where=standing(runs, *ACTIVE), unique=True)
_partial("ix_runs_unended", runs.c.session, runs.c.position, where=standing(runs, *UNENDED))
_partial("ix_runs_queued", runs.c.created_at, runs.c.id, where=standing(runs, RunStatus.QUEUED))
_partial("ix_runs_waiting", runs.c.wake_at, where=standing(runs, RunStatus.WAITING))
_partial("ix_runs_running", runs.c.lease_until, where=standing(runs, RunStatus.RUNNING))
_partial("ix_delegations_owed_at", delegations.c.owed_at, where=delegations.c.owed_at.is_not(None))
_partial("ix_questions_key", questions.c.key, where=questions.c.key.is_not(None))
_partial("ix_grants_key", grants.c.key, where=grants.c.key.is_not(None))
_partial("ix_events_blob", events.c.blob, where=events.c.blob.is_not(None))
