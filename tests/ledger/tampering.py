"""What somebody with a prompt does to one row of a table, as a statement for either database."""

from collections.abc import Mapping

from sqlalchemy import Integer, Table

from coi.store.tables import APART, RECORD

TABLES = (*RECORD, *APART)
ONLY_PASSES = frozenset({"request"})  # what may be forgotten without a word
EVERY_COLUMN = [(table, column.name) for table in TABLES for column in table.columns]

StoredRow = Mapping[str, object]


def key_of(table: Table, row: StoredRow) -> str:
    """The row's primary key, as a finding names it."""
    return "/".join(str(row[column.name]) for column in table.primary_key.columns)


def edited(table: Table, row: StoredRow, column: str) -> tuple[str, set[str]]:
    """Change one column of the row; the statement, and the keys before and after."""
    changed = another(table, row, column)
    statement = f"UPDATE {table.name} SET {column} = '{changed}' WHERE {_this(table, row)}"  # noqa: S608 - the attack
    return statement, {key_of(table, row), key_of(table, {**row, column: changed})}


def deleted(table: Table, row: StoredRow) -> str:
    """Take the row away."""
    return f"DELETE FROM {table.name} WHERE {_this(table, row)}"  # noqa: S608 - the attack


def inserted(table: Table, row: StoredRow) -> tuple[str, str]:
    """Put another one beside the row, with its own keys; the statement, and its key."""
    unique = {c.name for u in table.constraints for c in getattr(u, "columns", ())}
    own = {name: another(table, row, name) for name in unique - {"chain"}}
    forged = {**row, **own}
    columns, values = ", ".join(forged), ", ".join(_literal(v) for v in forged.values())
    statement = f"INSERT INTO {table.name} ({columns}) VALUES ({values})"  # noqa: S608 - the attack
    return statement, key_of(table, forged)


def another(table: Table, row: StoredRow, column: str) -> object:
    """Something else for a column of the row."""
    value = row[column]
    if isinstance(table.c[column].type, Integer):
        return (value if isinstance(value, int) else 0) + 70
    return f"{value}7"


def _this(table: Table, row: StoredRow) -> str:
    """A condition that finds the row again."""
    return " AND ".join(f"{c.name} = '{row[c.name]}'" for c in table.primary_key.columns)


def _literal(value: object) -> str:
    return "NULL" if value is None else str(value) if isinstance(value, int) else f"'{value}'"
