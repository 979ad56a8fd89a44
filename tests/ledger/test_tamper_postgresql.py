"""Whoever owns the tables in PostgreSQL changes them by hand: named as on SQLite, and where.

Every key, check and trigger is off, as an owner can switch them off. Each attack is undone after.
"""

import pytest
from sqlalchemy import text

from coi.ledger.verify import verify
from coi.store.engine import open_engine, write
from coi.store.read_ledger import LedgerRows
from tests.ledger.clinic import a_small_history, expand
from tests.ledger.sequencing import SIGNER, sequence
from tests.ledger.tampering import (
    EVERY_COLUMN,
    ONLY_PASSES,
    TABLES,
    deleted,
    edited,
    inserted,
    key_of,
)
from tests.postgres import OWNER

WITHOUT_PLACE = {"participation", "tree_leaf"}
"""Tables of which a finding names the row by its key alone."""

_CONSTRAINTS = text(
    "SELECT conrelid::regclass::text, conname FROM pg_constraint"
    " WHERE contype IN ('c', 'f', 'u') AND connamespace = 'public'::regnamespace"
    " ORDER BY contype = 'u'"
)


@pytest.fixture(scope="module")
def owned(postgres_server):
    """A small history in a database of which nothing guards the tables any more."""
    database = postgres_server.new_database()
    engine = open_engine(postgres_server.url(database, OWNER))
    with write(engine) as connection:
        a_small_history(connection)
        sequence(connection)
    with engine.begin() as connection:
        for table, name in connection.execute(_CONSTRAINTS).all():
            connection.exec_driver_sql(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    yield engine
    engine.dispose()
    postgres_server.drop(database)


@pytest.fixture
def hand(owned):
    """The owner's connection; what it does is undone after the test."""
    with owned.connect() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        yield connection
        connection.rollback()


def a_row(hand, table):
    """One row from the middle of the table."""
    rows = hand.execute(table.select()).mappings().all()
    return {**rows[len(rows) // 2]}


def found_after(hand, statement):
    """What the verifier finds once this was done."""
    assert hand.exec_driver_sql(statement).rowcount == 1
    verdict = verify(LedgerRows(hand), expand, signers=[SIGNER])
    return {(one.table, one.key): (one.chain, one.seq) for one in verdict.findings}


def place_of(row):
    """The chain and the number of the entry that a row is of, where it is of one."""
    return (row["chain"], row["seq"]) if {"chain", "seq"} <= row.keys() else None


def test_nothing_is_found_in_what_nobody_touched(hand):
    """The measure of all that follows."""
    assert verify(LedgerRows(hand), expand, signers=[SIGNER]).findings == ()


def each_is_named(hand, table, columns):
    """Change column by column of a row, and undo each before the next."""
    row = a_row(hand, table)
    for column in columns:
        point = hand.begin_nested()
        statement, keys = edited(table, row, column)
        found = found_after(hand, statement)
        point.rollback()

        assert {(table.name, key) for key in keys} & found.keys(), column


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_an_edited_row_is_named(hand, table):
    """Its last column stands for the others (T1, T9)."""
    each_is_named(hand, table, [table.columns.keys()[-1]])


@pytest.mark.soak
@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_each_column_of_a_row_is_named(hand, table):
    """Short form: test_an_edited_row_is_named; on SQLite each column is tried in every run."""
    each_is_named(hand, table, [column for of, column in EVERY_COLUMN if of is table])


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_row_that_is_gone_or_slipped_in_is_named(hand, table):
    """And with it the place of the entry that it is of (T2, T18)."""
    row = a_row(hand, table)
    point = hand.begin_nested()
    gone = found_after(hand, deleted(table, row))
    point.rollback()
    statement, key = inserted(table, row)
    slipped_in = found_after(hand, statement)

    assert (table.name, key) in slipped_in
    if table.name in ONLY_PASSES:
        assert not gone
    elif table.name == "entry":
        assert place_of(row) in gone.values()  # the one behind it does not name the one before
    else:
        found = gone[table.name, key_of(table, row)]
        assert table.name in WITHOUT_PLACE or place_of(row) in {found, None}
