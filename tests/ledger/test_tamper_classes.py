"""Every class of tampering on every table where it can be done: each is named, or told otherwise.

On a database of which nothing guards the tables any more: no trigger, no check and no key. Each
attack is undone after it (TL-12).
"""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from pysqlite3 import dbapi2 as sqlite3
from sqlalchemy import Connection, Engine, Table

from coi.store.condition import damages
from coi.store.engine import open_engine, read, write
from coi.store.schema import SchemaDiffers, require_schema
from tests.ledger.conftest import verdict_on
from tests.ledger.tamper_classes import BY_SCHEMA, every, left_out, tried
from tests.ledger.tamper_judging import require_found, verdict_under
from tests.ledger.tamper_story import Story, put, tell
from tests.ledger.tampering import TABLES

ROWS = [(name, table) for name, table in tried() if name != BY_SCHEMA]
PROTECTED = [table for name, table in tried() if name == BY_SCHEMA]


def ids(part: object) -> str:
    """A class by its number, a table by its name."""
    return part.name if isinstance(part, Table) else str(part)


def test_every_class_is_tried_on_every_table_or_there_is_a_reason() -> None:
    """A table that is added is in neither, until somebody says which."""
    pairs = [(name, table.name) for name, table in tried()]

    assert sorted([*pairs, *left_out()]) == sorted(every())


@pytest.fixture(scope="module")
def owned(
    empty_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Story, Connection]]:
    """The story, and a connection to what it holds now, which nothing guards."""
    folder = tmp_path_factory.mktemp("tampered")
    shutil.copy(empty_file, folder / "guarded.db")
    engine = open_engine(f"sqlite:///{folder}/guarded.db")
    with write(engine) as connection:
        story = tell(connection)
    engine.dispose()
    with closing(sqlite3.connect(folder / "bare.db")) as connection:
        connection.execute("ATTACH ? AS guarded", [f"{folder}/guarded.db"])
        for name in story.now:
            connection.execute(f"CREATE TABLE {name} AS SELECT * FROM guarded.{name}")  # noqa: S608
        connection.commit()
    bare = open_engine(f"sqlite:///{folder}/bare.db")
    with bare.connect() as connection:
        put(connection, story.erased, story.now)
        yield story, connection
        connection.rollback()
    bare.dispose()


def test_nothing_is_found_in_what_nobody_touched(owned: tuple[Story, Connection]) -> None:
    """The measure of all that follows: neither now, nor before, nor after the erasure."""
    story, connection = owned

    for record in (story.now, *story.earlier, story.erased):
        assert verdict_under(connection, story.now, record).findings == ()


@pytest.mark.parametrize(("name", "table"), ROWS, ids=ids)
def test_a_class_of_tampering_is_found(
    name: str, table: Table, owned: tuple[Story, Connection]
) -> None:
    """In each of its forms, and what it does to the table is said with the first bad place."""
    require_found(name, table, *owned)


@pytest.mark.parametrize("table", PROTECTED, ids=ids)
def test_a_table_that_is_not_protected_any_more_stops_the_start(
    table: Table, empty: Engine
) -> None:
    """Its triggers dropped, or itself made anew without its keys and checks (T10)."""
    with closing(sqlite3.connect(str(empty.url.database))) as connection:
        named = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?"
        triggers = connection.execute(named, [table.name]).fetchall()
        for (trigger,) in triggers:
            connection.execute(f"DROP TRIGGER {trigger}")
        if not triggers:
            connection.execute("PRAGMA legacy_alter_table = ON")
            connection.execute(f"ALTER TABLE {table.name} RENAME TO kept")
            connection.execute(f"CREATE TABLE {table.name} AS SELECT * FROM kept")  # noqa: S608
            connection.execute("DROP TABLE kept")
        connection.commit()

    with read(empty) as connection, pytest.raises(SchemaDiffers):
        require_schema(connection)


@pytest.mark.parametrize("table", TABLES, ids=ids)
def test_a_page_of_a_table_that_nobody_can_read_is_found(
    table: Table, history: Engine, tmp_path: Path
) -> None:
    """By SQLite, by its name; and by whoever reads it, where no index gives the rows (T14)."""
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        named = "SELECT rootpage FROM sqlite_master WHERE name = ?"
        (page,) = connection.execute(named, [table.name]).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with (tmp_path / "ledger.db").open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xee" * size)

    with read(history) as connection:
        told = damages(connection)
    assert [one.partition(":")[0] for one in told] == [table.name]
    assert {finding.table for finding in verdict_on(history).findings} <= {table.name}
