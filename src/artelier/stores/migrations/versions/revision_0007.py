"""What looking for like questions cost, in the ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it; nobody looked for any before."""
    with op.batch_alter_table("usage", recreate="always", table_kwargs={"sqlite_with_rowid": False}) as usage:
        usage.add_column(sa.Column("lookup_cost", sa.Float(), nullable=False, server_default="0"))
        for name in ("provider", "source"):  # a table that is made anew would write their default otherwise
            usage.alter_column(name, server_default="")
