"""The schema is the frozen one, the tables say the same, and a changed lock is noticed."""

import pytest
from sqlalchemy import Engine

from coi.store.engine import open_engine, read, write
from coi.store.fence import REVISION
from coi.store.freeze import frozen, statements
from coi.store.migrate import heads, upgrade
from coi.store.schema import SchemaDiffers, require_schema, schema_text
from tests.postgres import OWNER, Server


def test_there_is_one_head():
    """The migrations form one line, so that every database gets the same schema."""
    assert len(heads()) == 1


def test_the_fence_is_the_newest_migration():
    """What each entry asks of the database is what the migrations leave there (F-25)."""
    assert heads() == [REVISION]


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_the_first_migration_is_what_the_tables_say(database):
    """The frozen text of the first migration is what the tables and locks would give today."""
    assert frozen("0001_the_record", database) == statements(database)


def test_a_migrated_sqlite_has_the_schema_of_the_tables(sqlite_engine, tmp_path):
    """Migrations and tables give the same schema text on SQLite, triggers included."""
    made = open_engine(f"sqlite+pysqlite:///{tmp_path}/made.sqlite3")

    _make(made, "sqlite")

    assert _text(made) == _text(sqlite_engine)
    made.dispose()


def test_a_migrated_postgresql_has_the_schema_of_the_tables(postgres_engine, postgres_server):
    """Migrations and tables give the same schema text on PostgreSQL."""
    database = postgres_server.new_database("template0")
    made = open_engine(postgres_server.url(database, OWNER))

    _make(made, "postgresql")

    assert _text(made) == _text(postgres_engine)
    made.dispose()


def test_a_migrated_database_starts(engine):
    """The schema that migrations leave is the one that is expected at every start."""
    with read(engine) as connection:
        require_schema(connection)


def test_migrating_again_changes_nothing(sqlite_engine):
    """An upgrade of what is up to date leaves every object as it is."""
    before = _text(sqlite_engine)

    upgrade(sqlite_engine)

    assert _text(sqlite_engine) == before


@pytest.mark.parametrize(
    "tampering",
    [
        "DROP TRIGGER lock_move_update",
        "DROP TRIGGER lock_entry_insert",
        "DROP INDEX ix_therapy_patient",
        "CREATE TRIGGER helpful AFTER INSERT ON entry BEGIN SELECT 1; END",
        "CREATE VIEW moves AS SELECT * FROM move",
        "ALTER TABLE label ADD COLUMN note TEXT",
        "DROP TABLE erasable",
    ],
)
def test_a_changed_sqlite_schema_stops_the_start(sqlite_engine, tampering):
    """Dropping or adding anything that protects the record is an alarm at the start (TL-16)."""
    with write(sqlite_engine) as connection:
        connection.exec_driver_sql(tampering)

    with read(sqlite_engine) as connection, pytest.raises(SchemaDiffers):
        require_schema(connection)


@pytest.mark.parametrize(
    "tampering",
    [
        "ALTER TABLE move DROP CONSTRAINT ck_move_custody",
        "ALTER TABLE move DISABLE TRIGGER ALL",
        "ALTER TABLE entry DROP CONSTRAINT fk_entry_prev",
        "ALTER TABLE move ALTER COLUMN holder_before DROP NOT NULL",
        "ALTER TABLE signature ENABLE ROW LEVEL SECURITY",
        "CREATE RULE quiet AS ON INSERT TO signature DO INSTEAD NOTHING",
        "ALTER TABLE attestation ALTER COLUMN holds SET DEFAULT 1",
        "CREATE VIEW moves AS SELECT * FROM move",
    ],
)
def test_a_changed_postgresql_schema_stops_the_start(
    postgres_engine: Engine, postgres_server: Server, tampering
):
    """What an owner changes on PostgreSQL is an alarm at the next start, for the app's own role."""
    owner = open_engine(postgres_server.url(str(postgres_engine.url.database), OWNER))
    with write(owner) as connection:
        connection.exec_driver_sql(tampering)
    owner.dispose()

    with read(postgres_engine) as connection, pytest.raises(SchemaDiffers):
        require_schema(connection)


def test_an_empty_database_does_not_start(tmp_path):
    """A database that was never migrated is not taken for a good one."""
    empty = open_engine(f"sqlite+pysqlite:///{tmp_path}/empty.sqlite3")

    with read(empty) as connection, pytest.raises(SchemaDiffers, match="migrate"):
        require_schema(connection)
    empty.dispose()


def test_a_migration_that_fails_leaves_nothing(tmp_path):
    """All of a migration is done or none of it: half a schema would protect nothing."""
    engine = open_engine(f"sqlite+pysqlite:///{tmp_path}/half.sqlite3")
    with write(engine) as connection:
        connection.exec_driver_sql("CREATE TABLE signature (n INTEGER)")

    with pytest.raises(Exception, match="already exists"):
        upgrade(engine)

    assert "CREATE TABLE entry" not in _text(engine)
    engine.dispose()


def _make(engine: Engine, database: str) -> None:
    with write(engine) as connection:
        for statement in statements(database):
            connection.exec_driver_sql(statement)


def _text(engine: Engine) -> str:
    with read(engine) as connection:
        return schema_text(connection)
