"""Whoever owns the database's file changes it by hand; the verifier names the table and the row."""

import json
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest
from pysqlite3 import dbapi2 as sqlite3
from sqlalchemy import Engine, Table

from coi.ledger import piles
from coi.ledger.entry import entry_hash
from coi.ledger.findings import Head
from coi.ledger.verify import verify
from coi.store.engine import read
from coi.store.read_ledger import LedgerRows
from tests.ledger.conftest import Attack, named, verdict_on
from tests.ledger.sequencing import SIGNER
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


HERE = "chain = 'COI-A' AND seq = 3"


def _put_inside(file: Path, column: str, told: str) -> None:
    """An entry of a therapy says something else, under the hash of what it says now."""
    with closing(sqlite3.connect(file)) as connection:
        _unlock(connection)
        connection.execute(f"UPDATE entry SET {column} = ? WHERE {HERE}", [told])  # noqa: S608
        told_now = f"SELECT content, signed FROM entry WHERE {HERE}"  # noqa: S608
        digest = entry_hash(*connection.execute(told_now).fetchone())
        connection.execute(f"UPDATE entry SET hash = ? WHERE {HERE}", [digest])  # noqa: S608
        connection.commit()


def _unlock(connection: sqlite3.Connection) -> None:
    triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    for (name,) in connection.execute(triggers).fetchall():
        connection.execute(f"DROP TRIGGER {name}")


def _nested(depth: int) -> str:
    """A JSON value in so many others."""
    return "[" * depth + '"x"' + "]" * depth


@pytest.mark.parametrize("depth", [900, 1_000, 100_000])
@pytest.mark.parametrize("column", ["content", "signed"])
def test_what_is_nested_a_thousand_deep_is_named(
    column: str, depth: int, history: Engine, tmp_path: Path
) -> None:
    """No reader goes so deep: the entry is named, and everything else is verified all the same."""
    before = verdict_on(history)
    with read(history) as connection:
        earlier = connection.exec_driver_sql(
            "SELECT hash FROM entry WHERE chain = 'COI-A' AND seq = 2"
        ).scalar_one()
    _put_inside(tmp_path / "ledger.db", column, _nested(depth))

    whole = verdict_on(history)
    grown = verdict_on(history, {**before.heads, "COI-A": Head(2, earlier)})

    for verdict in (whole, grown):
        assert ("entry", "COI-A/3") in named(verdict)
    assert whole.entries == before.entries


@pytest.mark.parametrize("most", [1, piles.MOST])
def test_a_note_that_is_nested_deep_is_named(
    most: int, history: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether what was registered is in memory or lies in a file meanwhile."""
    monkeypatch.setattr(piles, "MOST", most)
    with read(history) as connection:
        sql = f"SELECT content FROM entry WHERE {HERE}"  # noqa: S608
        content = json.loads(connection.exec_driver_sql(sql).scalar_one())
    told = json.dumps({**content, "notes": {"reason": "@"}}, separators=(",", ":"))
    _put_inside(tmp_path / "ledger.db", "content", told.replace('"@"', _nested(900)))

    assert ("entry", "COI-A/3") in named(verdict_on(history))


def test_a_text_that_no_stack_is_deep_enough_for_is_a_finding(
    history: Engine, tmp_path: Path
) -> None:
    """Whoever reads it gives up in the middle: that is told, and no verdict says that it holds."""
    text = _nested(100_000)
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as connection:
        _unlock(connection)
        digest = sha256(text.encode()).hexdigest()
        connection.execute("UPDATE workflow SET text = ?, hash = ?", [text, digest])
        connection.commit()

    for since in (None, {}):
        with read(history) as connection:
            verdict = verify(LedgerRows(connection), json.loads, since, signers=[SIGNER])
        said = {one.what for one in verdict.findings}
        assert (
            "cannot be read, so not everything was compared: it holds what no record holds"
            " (RecursionError)"
        ) in said
