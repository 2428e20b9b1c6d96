"""Delegated sessions, and which of their ends are owed."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; no session of an older version was delegated."""
    op.create_table(
        "delegations",
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("parent_run", sa.Text(), nullable=False),
        sa.Column("call", sa.Text(), nullable=False),
        sa.Column("delegated", sa.Text(), nullable=False),
        sa.Column("owed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["session"], ["sessions.id"], name=op.f("fk_delegations_session")),
        sa.PrimaryKeyConstraint("session", name=op.f("pk_delegations")),
        sa.UniqueConstraint("call", name=op.f("uq_delegations_call")),
    )
    op.create_index(op.f("ix_delegations_root"), "delegations", ["root"])
    op.create_index(op.f("ix_delegations_parent_run"), "delegations", ["parent_run"])
    owed = sa.text("owed_at IS NOT NULL")
    op.create_index("ix_delegations_owed_at", "delegations", ["owed_at"], sqlite_where=owed, postgresql_where=owed)
