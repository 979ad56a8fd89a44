"""The record: entries and their parts, registers, positions, and what stands apart."""

from alembic import op

from coi.store.freeze import frozen

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables from the frozen text; nothing here looks at what the tables say today."""
    connection = op.get_bind()
    for statement in frozen("0001_the_record", connection.dialect.name):
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    """A record is never taken down."""
    raise NotImplementedError
