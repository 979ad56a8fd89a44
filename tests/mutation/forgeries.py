"""Every forgery that the tests of the store try, each asked for the name that refuses it."""

# ruff: noqa: S608 - an attack types its statement

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from inspect import getmembers, isfunction

import pytest
from sqlalchemy import Table, UniqueConstraint

from coi.store.tables import RECORD
from tests.store import test_parts
from tests.store.attacks import AT_FIRST, ATTACKS
from tests.store.doors import Door, Refused, Rows, Values
from tests.store.test_append_only import KEYS, a_row_that_shares, first_column
from tests.store.test_attacks import ON_POSTGRESQL
from tests.store.writer import Writer

Forge = Callable[[Writer], object]


@dataclass(slots=True)
class Listening:
    """A door that remembers by which name it was last refused."""

    door: Door
    refused_by: str | None = None

    def execute(self, sql: str, values: Values = ()) -> Rows:
        """Run one statement and return its rows; remember a refusal."""
        try:
            return self.door.execute(sql, values)
        except Refused as refusal:
            self.refused_by = refusal.name
            raise


def forgeries() -> Iterator[Forge]:
    """Everything that is tried: attacks, parts of entries, and changes of what is written."""
    assert ON_POSTGRESQL  # importing it gathers the attacks
    yield from (attack.forge for attack in ATTACKS)
    yield from _tests_of_parts()
    yield from (partial(_update, table=table) for table in RECORD)
    yield from (partial(_delete, table=table) for table in RECORD)
    for verb in ("REPLACE", "INSERT"):
        yield from (partial(_repeat, table=table, verb=verb) for table in RECORD)
        yield from (partial(_share_a_key, table=table, key=key, verb=verb) for table, key in KEYS)


def first_forgeries() -> Iterator[Forge]:
    """What is tried before the first checkpoint was signed."""
    return (attack.forge for attack in AT_FIRST)


def name_that_refuses(forge: Forge, door: Door) -> str | None:
    """By which name a forgery is refused last, or None if it goes through; nothing is kept."""
    listening = Listening(door)
    door.execute("SAVEPOINT forgery")
    try:
        forge(Writer(listening))
    except (Refused, LookupError, AssertionError, ValueError, pytest.fail.Exception):
        # The name says what happened; a test of parts is not content with another one.
        pass
    finally:
        door.execute("ROLLBACK TO SAVEPOINT forgery")
    return listening.refused_by


def _tests_of_parts() -> Iterator[Forge]:
    """Each test of the parts of an entry, with each value of its one parameter."""
    for name, test in getmembers(test_parts, isfunction):
        if name.startswith("test_"):
            ((parameter, values),) = (mark.args for mark in test.pytestmark)
            yield from (partial(test, **{parameter: value}) for value in values)


def _update(writer: Writer, table: Table) -> None:
    column = first_column(table)
    writer.door.execute(f"UPDATE {table.name} SET {column} = {column}")


def _delete(writer: Writer, table: Table) -> None:
    writer.door.execute(f"DELETE FROM {table.name}")


def _repeat(writer: Writer, table: Table, verb: str) -> None:
    writer.door.execute(f"{verb} INTO {table.name} SELECT * FROM {table.name} LIMIT 1")


def _share_a_key(writer: Writer, table: Table, key: UniqueConstraint, verb: str) -> None:
    row = a_row_that_shares(writer, table, key)
    marks = ", ".join("?" * len(row))
    writer.door.execute(f"{verb} INTO {table.name} VALUES ({marks})", [*row.values()])
