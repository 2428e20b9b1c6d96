"""Sessions that began as copies of others."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; no session of an older version was copied."""
    op.create_table(
        "forks",
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("copied", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["session"], ["sessions.id"], name=op.f("fk_forks_session")),
        sa.PrimaryKeyConstraint("session", name=op.f("pk_forks")),
    )
    op.create_index(op.f("ix_forks_origin"), "forks", ["origin"])
