"""Whoever owns the database's file changes it by hand; the verifier names the table and the row."""

from contextlib import closing
from pathlib import Path

import pytest
from pysqlite3 import dbapi2 as sqlite3
from sqlalchemy import Engine, Table

from tests.ledger.conftest import Attack, named, verdict_on
from tests.ledger.tampering import (
    EVERY_COLUMN,
    ONLY_PASSES,
    TABLES,
    deleted,
    edited,
    inserted,
    key_of,
)


def _a_row(history_file: Path, table: Table) -> sqlite3.Row:
    """One row from the middle of the table."""
    sql = f"SELECT * FROM {table.name}"  # noqa: S608 - a table of ours
    with closing(sqlite3.connect(history_file)) as connection:
        connection.row_factory = sqlite3.Row
        rows: list[sqlite3.Row] = connection.execute(sql).fetchall()
    return rows[len(rows) // 2]


@pytest.mark.parametrize(("table", "column"), EVERY_COLUMN, ids=str)
def test_an_edited_column_is_named(
    table: Table, column: str, history: Engine, history_file: Path, attack: Attack
) -> None:
    """Any column of any table, changed in one row, is found in that table and row (T1, T9)."""
    statement, keys = edited(table, {**_a_row(history_file, table)}, column)

    attack(statement)

    assert named(verdict_on(history)) & {(table.name, key) for key in keys}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_deleted_row_is_named(
    table: Table, history: Engine, history_file: Path, attack: Attack
) -> None:
    """A row that is gone is named, of the vault too; an answer to a request may go (T2, T18)."""
    row = {**_a_row(history_file, table)}

    attack(deleted(table, row))

    verdict = verdict_on(history)
    if table.name in ONLY_PASSES:
        assert verdict.holds
    else:
        assert table.name == "entry" or (table.name, key_of(table, row)) in named(verdict)
        assert not verdict.holds


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_an_inserted_row_is_named(
    table: Table, history: Engine, history_file: Path, attack: Attack
) -> None:
    """A row that no entry wrote is named, where every key and check was switched off (T2)."""
    statement, key = inserted(table, {**_a_row(history_file, table)})

    attack(statement)

    assert (table.name, key) in named(verdict_on(history))


@pytest.mark.parametrize("stops", ["stops_before", "chain_stops"])
def test_a_move_made_while_stopped_is_named(stops: str, history: Engine, attack: Attack) -> None:
    """A stop of the subject is enough, and so is a stop of its therapy."""
    first = "chain = 'COI-A' AND subject = 'COI-A' AND turn = 1"
    attack(f"UPDATE move SET {stops} = 1, while_stopped = 0 WHERE {first}")  # noqa: S608 - the attack

    said = "happened while its subject or its therapy was stopped"
    assert ("move", "COI-A/0/1", said) in _told(history)


def test_every_column_that_differs_is_named(history: Engine, attack: Attack) -> None:
    """A finding says of each column what is stored, and what it should be."""
    attack("UPDATE entry SET actor = 'X', unit = 'Y' WHERE chain = 'COI-A' AND seq = 3")

    ((_, _, what), *_) = [one for one in _told(history) if one[:2] == ("entry", "COI-A/3")]
    actor, unit = what.split("; ")
    assert actor.startswith("actor is 'X' and should be '")
    assert unit.startswith("unit is 'Y' and should be '")


def _told(engine: Engine) -> set[tuple[str, str, str]]:
    return {(one.table, one.key, one.what) for one in verdict_on(engine).findings}
