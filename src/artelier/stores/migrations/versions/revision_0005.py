"""The ledger of model replies, and webhooks."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_USED = ("input_tokens", "cached_tokens", "output_tokens", "reasoning_tokens")


def upgrade() -> None:
    """Add the tables, and fill the ledger from the journals."""
    _create_usage()
    _create_webhooks()
    _create_cursors()
    _create_deliveries()
    _fill_usage()


def _create_usage() -> None:
    op.create_table(
        "usage",
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("run", "owner", "workspace", "agent", "model")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("step", "attempt", "calls")),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in _USED),
        sa.PrimaryKeyConstraint("at", "session", "seq", name=op.f("pk_usage")),
        sqlite_with_rowid=False,
    )


def _create_webhooks() -> None:
    op.create_table(
        "webhooks",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("types", sa.LargeBinary(), nullable=False),
        sa.Column("sessions", sa.LargeBinary(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("disabled_at", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("succeeded_at", sa.BigInteger(), nullable=True),
        sa.Column("failed_at", sa.BigInteger(), nullable=True),
        sa.Column("failing_since", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )
    op.create_index(op.f("ix_webhooks_owner_id"), "webhooks", ["owner", "id"])


def _create_cursors() -> None:
    op.create_table(
        "webhook_cursors",
        sa.Column("webhook", sa.Text(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["webhook"], ["webhooks.id"], name=op.f("fk_webhook_cursors_webhook")),
        sa.ForeignKeyConstraint(["session"], ["sessions.id"], name=op.f("fk_webhook_cursors_session")),
        sa.PrimaryKeyConstraint("webhook", "session", name=op.f("pk_webhook_cursors")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_webhook_cursors_session"), "webhook_cursors", ["session"])


def _create_deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("webhook", sa.Text(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["webhook"], ["webhooks.id"], name=op.f("fk_deliveries_webhook")),
        sa.ForeignKeyConstraint(["session"], ["sessions.id"], name=op.f("fk_deliveries_session")),
        sa.PrimaryKeyConstraint("webhook", "session", "seq", name=op.f("pk_deliveries")),
    )
    op.create_index(op.f("ix_deliveries_session"), "deliveries", ["session"])


def _fill_usage() -> None:
    connection = op.get_bind()
    replies = connection.execute(
        sa.text(
            "SELECT e.at, e.session, e.seq, e.run, e.actor, s.owner, s.workspace, coalesce(e.payload, b.content) AS payload"
            " FROM events e JOIN sessions s ON s.id = e.session LEFT JOIN blobs b ON b.digest = e.blob WHERE e.type = 'model_replied'"
        )
    )
    ledger = sa.table("usage", *(sa.column(name) for name in (*_KEPT, "agent", "model", "step", "attempt", "calls", *_USED)))
    for rows in replies.mappings().partitions(1000):
        op.bulk_insert(ledger, [_row(dict(row)) for row in rows])


_KEPT = ("at", "session", "seq", "run", "owner", "workspace")


def _row(row: dict[str, Any]) -> dict[str, Any]:
    payload = json.loads(row["payload"])
    used = payload.get("usage", {})
    return {
        **{name: row[name] for name in _KEPT},
        "agent": row["actor"].removeprefix("agent:"),
        "model": payload.get("model", ""),
        "step": payload["step"],
        "attempt": payload["attempt"],
        "calls": len(payload.get("calls", ())),
        **{name: used.get(name, 0) for name in _USED},
    }
