"""Keys by which like decisions are found."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; questions and grants of an older version have no key and are like nothing."""
    present = sa.text("key IS NOT NULL")
    for table in ("questions", "grants"):
        with op.batch_alter_table(table, schema=None, recreate="always") as batch_op:
            batch_op.add_column(sa.Column("key", sa.Text(), nullable=True))
        op.create_index(f"ix_{table}_key", table, ["key"], sqlite_where=present, postgresql_where=present)
