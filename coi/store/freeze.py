"""Write the tables and their locks down as SQL text, which a migration then keeps for ever.

    python -m coi.store.freeze 0001_the_record

A released file is never written anew: what changes later is another migration.
"""

import sys
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Dialect, ForeignKeyConstraint, Index, insert
from sqlalchemy.schema import AddConstraint, CreateIndex, CreateTable, ExecutableDDLElement

from coi.store.locks import sqlite_locks
from coi.store.tables import APART, INDEXES, INDEXES_OF_POSTGRESQL, PASSING, RECORD, SEEDS
from coi.store.words import POSTGRESQL, SQLITE

VERSIONS = Path(__file__).with_name("migrations") / "versions"
BETWEEN = "\n-- next\n"
_TABLES = (*RECORD, *APART, *PASSING)


def statements(database: str) -> list[str]:
    """Every statement that makes an empty database of this kind ready for the first entry."""
    if database == "sqlite":
        return [*_sqlite_tables(), *_indexes(SQLITE, INDEXES), *sqlite_locks(), *_seeds()]
    indexes = _indexes(POSTGRESQL, (*INDEXES, *INDEXES_OF_POSTGRESQL))
    return [*_postgresql_tables(), *indexes, *_seeds()]


def frozen(revision: str, database: str) -> list[str]:
    """The statements that a migration keeps for this kind of database."""
    text = _file(revision, database).read_text(encoding="utf-8")
    return text.removesuffix("\n").split(BETWEEN)


def freeze(revision: str) -> None:
    """Write what the tables say now as the text of a migration, for both databases."""
    for database in ("sqlite", "postgresql"):
        text = BETWEEN.join(statements(database))
        _file(revision, database).write_text(f"{text}\n", encoding="utf-8")


def _file(revision: str, database: str) -> Path:
    return VERSIONS / f"{revision}.{database}.sql"


def _sqlite_tables() -> list[str]:
    """Tables with their references inside: SQLite adds none later, and takes them in any order."""
    return [_text(CreateTable(table), SQLITE) for table in _TABLES]


def _postgresql_tables() -> list[str]:
    """Tables first and references afterwards, because entries and their parts refer in circles."""
    tables = [
        _text(CreateTable(table, include_foreign_key_constraints=[]), POSTGRESQL)
        for table in _TABLES
    ]
    references = [
        _text(AddConstraint(reference, isolate_from_table=False), POSTGRESQL)
        for table in _TABLES
        for reference in sorted(table.foreign_key_constraints, key=_name_of)
    ]
    return [*tables, *references]


def _name_of(reference: ForeignKeyConstraint) -> str:
    return str(reference.name)


def _indexes(dialect: Dialect, indexes: Iterable[Index]) -> list[str]:
    return [_text(CreateIndex(index), dialect) for index in indexes]


def _seeds() -> list[str]:
    return [
        str(insert(table).values(row).compile(compile_kwargs={"literal_binds": True}))
        for table, row in SEEDS
    ]


def _text(element: ExecutableDDLElement, dialect: Dialect) -> str:
    """One statement, without the blanks at the ends of its lines."""
    lines = str(element.compile(dialect=dialect)).expandtabs(4).strip().splitlines()
    return "\n".join(line.rstrip() for line in lines)


if __name__ == "__main__":
    freeze(sys.argv[1])
