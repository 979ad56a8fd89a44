"""The same classes of tampering on PostgreSQL, where the owner of the tables guards nothing."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Table, text

from coi.store.engine import open_engine, write
from coi.store.schema import schema_text
from tests.ledger.tamper_classes import ATTACKS, BY_SCHEMA, tried
from tests.ledger.tamper_judging import require_found, verdict_under
from tests.ledger.tamper_story import Story, put, tell
from tests.postgres import OWNER, Server

ROWS = [(name, table) for name, table in tried() if name != BY_SCHEMA]
LAST_OF_EACH = [[pair for pair in ROWS if pair[0] == name][-1] for name in ATTACKS]
PROTECTED = [table for name, table in tried() if name == BY_SCHEMA]

_KEYS = text(
    "SELECT conrelid::regclass::text, conname FROM pg_constraint"
    " WHERE contype IN ('c', 'f', 'u', 'p') AND connamespace = 'public'::regnamespace"
)


def ids(part: object) -> str:
    """A class by its number, a table by its name."""
    return part.name if isinstance(part, Table) else str(part)


@pytest.fixture(scope="module")
def owned(postgres_server: Server) -> Iterator[tuple[Story, Connection]]:
    """The story, and its owner's connection to a database without keys, checks and triggers."""
    database = postgres_server.new_database()
    engine = open_engine(postgres_server.url(database, OWNER))
    with write(engine) as connection:
        story = tell(connection)
    with engine.begin() as connection:
        for table, name in connection.execute(_KEYS).all():
            connection.exec_driver_sql(
                f'ALTER TABLE {table} DROP CONSTRAINT IF EXISTS "{name}" CASCADE'
            )
    with engine.connect() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        put(connection, story.erased, story.now)
        yield story, connection
        connection.rollback()
    engine.dispose()
    postgres_server.drop(database)


def test_nothing_is_found_in_what_nobody_touched(owned: tuple[Story, Connection]) -> None:
    """The measure of all that follows: neither now, nor before, nor after the erasure."""
    story, connection = owned

    for record in (story.now, *story.earlier, story.erased):
        assert verdict_under(connection, story.now, record).findings == ()


@pytest.mark.parametrize(("name", "table"), LAST_OF_EACH, ids=ids)
def test_one_of_each_class_of_tampering_is_found(
    name: str, table: Table, owned: tuple[Story, Connection]
) -> None:
    """The last table of each class stands for the others."""
    require_found(name, table, *owned)


@pytest.mark.soak
@pytest.mark.parametrize(("name", "table"), ROWS, ids=ids)
def test_a_class_of_tampering_is_found(
    name: str, table: Table, owned: tuple[Story, Connection]
) -> None:
    """Short form: test_one_of_each_class_of_tampering_is_found; on SQLite each, in every run."""
    require_found(name, table, *owned)


@pytest.mark.soak
@pytest.mark.parametrize("table", PROTECTED, ids=ids)
def test_a_table_that_is_not_protected_any_more_has_another_schema(
    table: Table, postgres_server: Server
) -> None:
    """Its keys are dropped, and what it still has is switched off (T10)."""
    engine = open_engine(postgres_server.url("migrated", OWNER))
    with engine.connect() as connection:
        before = schema_text(connection)
        key = f'"{table.primary_key.name}"'
        connection.exec_driver_sql(f"ALTER TABLE {table.name} DROP CONSTRAINT {key} CASCADE")
        dropped = schema_text(connection)
        connection.rollback()
        connection.exec_driver_sql(f"ALTER TABLE {table.name} DISABLE TRIGGER ALL")
        switched_off = schema_text(connection)
        connection.rollback()
    engine.dispose()

    assert dropped != before
    assert switched_off != before or not table.foreign_keys
