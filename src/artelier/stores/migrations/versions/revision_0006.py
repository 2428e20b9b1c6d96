"""Money in the ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what replies cost and what caches saved; nothing is known of those before."""
    with op.batch_alter_table("usage", recreate="always", table_kwargs={"sqlite_with_rowid": False}) as usage:
        usage.add_column(sa.Column("provider", sa.Text(), nullable=False, server_default=""))
        usage.add_column(sa.Column("source", sa.Text(), nullable=False, server_default=""))
        usage.add_column(sa.Column("cache_write_tokens", sa.BigInteger(), nullable=False, server_default="0"))
        usage.add_column(sa.Column("cost", sa.Float(), nullable=False, server_default="0"))
        usage.add_column(sa.Column("saved", sa.Float(), nullable=False, server_default="0"))
        usage.add_column(sa.Column("unpriced_calls", sa.Integer(), nullable=False, server_default="0"))
