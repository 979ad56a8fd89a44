"""Whoever owns the database's file changes it by hand; the verifier names the table and the row."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, Integer, Table

from coi.store.tables import APART, RECORD
from tests.ledger.conftest import Attack, named, verdict_on

TABLES = (*RECORD, *APART)
ONLY_PASSES = {"request"}


def _key(table: Table, row: sqlite3.Row) -> str:
    return "/".join(str(row[column.name]) for column in table.primary_key.columns)


def _a_row(history_file: Path, table: Table) -> sqlite3.Row:
    """One row from the middle of the table."""
    sql = f"SELECT * FROM {table.name}"  # noqa: S608 - a table of ours
    with closing(sqlite3.connect(history_file)) as connection:
        connection.row_factory = sqlite3.Row
        rows: list[sqlite3.Row] = connection.execute(sql).fetchall()
    return rows[len(rows) // 2]


def _this(table: Table, row: sqlite3.Row) -> str:
    """A condition that finds the row again."""
    return " AND ".join(f"{c.name} = '{row[c.name]}'" for c in table.primary_key.columns)


EVERY_COLUMN = [(table, column.name) for table in TABLES for column in table.columns]


@pytest.mark.parametrize(("table", "column"), EVERY_COLUMN, ids=str)
def test_an_edited_column_is_named(
    table: Table, column: str, history: Engine, history_file: Path, attack: Attack
) -> None:
    """Any column of any table, changed in one row, is found in that table and row."""
    row = _a_row(history_file, table)
    number = isinstance(table.c[column].type, Integer)
    changed = (row[column] or 0) + 70 if number else f"{row[column]}7"

    attack(f"UPDATE {table.name} SET {column} = '{changed}' WHERE {_this(table, row)}")  # noqa: S608 - the attack

    keys = {_key(table, row), _key(table, {**row, column: changed})}  # type: ignore[arg-type]
    assert named(verdict_on(history)) & {(table.name, key) for key in keys}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_deleted_row_is_named(
    table: Table, history: Engine, history_file: Path, attack: Attack
) -> None:
    """A row that is gone is named, of the vault too; an answer to a request may go (T18)."""
    row = _a_row(history_file, table)

    attack(f"DELETE FROM {table.name} WHERE {_this(table, row)}")  # noqa: S608 - the attack

    verdict = verdict_on(history)
    if table.name in ONLY_PASSES:
        assert verdict.holds
    else:
        assert table.name == "entry" or (table.name, _key(table, row)) in named(verdict)
        assert not verdict.holds


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_an_inserted_row_is_named(
    table: Table, history: Engine, history_file: Path, attack: Attack
) -> None:
    """A row that no entry wrote is named, even where every key and check was switched off."""
    row = _a_row(history_file, table)
    unique = {c.name for u in table.constraints for c in getattr(u, "columns", ())}
    forged = {
        c.name: (row[c.name] or 0) + 70 if isinstance(c.type, Integer) else f"{row[c.name]}7"
        for c in table.columns
        if c.name in unique and c.name != "chain"
    }
    forged = {**row, **forged}

    columns, values = ", ".join(forged), ", ".join(_literal(v) for v in forged.values())
    attack(f"INSERT INTO {table.name} ({columns}) VALUES ({values})")  # noqa: S608 - the attack

    assert (table.name, _key(table, forged)) in named(verdict_on(history))  # type: ignore[arg-type]


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


def _literal(value: object) -> str:
    return "NULL" if value is None else str(value) if isinstance(value, int) else f"'{value}'"
