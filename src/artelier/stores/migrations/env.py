"""What Alembic runs: the migrations, over the connection that ``artelier.stores.migrate`` hands in and commits."""

from alembic import context

from artelier.stores.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,  # SQLite alters a table by copying it
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
