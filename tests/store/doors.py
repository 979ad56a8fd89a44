"""The three ways to a database: the product's own engine, a bare prompt, and the role of every day.

Each runs the same statements, written with `?`; each tells by which name it was refused.
"""

import re
import sqlite3
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import psycopg
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

Values = Sequence[str | int | None]
Rows = list[tuple[object, ...]]

_PERMISSION_DENIED = "42501"
_NOT_NULL = "23502"


class Refused(Exception):
    """The database refused a statement; `name` says what refused it."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class Door(Protocol):
    """One way to the database."""

    def execute(self, sql: str, values: Values = ()) -> Rows:
        """Run one statement and return its rows; raises Refused."""


class Engine:
    """Through a connection of the product, on either database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._mark = "?" if connection.dialect.name == "sqlite" else "%s"

    def execute(self, sql: str, values: Values = ()) -> Rows:
        """Run one statement and return its rows."""
        try:
            result = self._connection.exec_driver_sql(sql.replace("?", self._mark), tuple(values))
        except DBAPIError as error:
            raise Refused(_name(error.orig)) from error
        return [tuple(row) for row in result] if result.returns_rows else []


class Bare:
    """Through Python's own sqlite3, with no setting made: foreign keys are off.

    Never on a file that the product has open in the same process: two copies of SQLite in one
    process do not see each other's locks.
    """

    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(file, isolation_level=None)
        self.executed: list[str] = []

    def execute(self, sql: str, values: Values = ()) -> Rows:
        """Run one statement and return its rows; what writes is remembered as text."""
        if not sql.startswith("SELECT"):
            self.executed.append(_as_text(sql, values))
        try:
            return self._connection.execute(sql, tuple(values)).fetchall()
        except sqlite3.Error as error:
            raise Refused(_name(error)) from error

    def close(self) -> None:
        """Forget everything that was not committed."""
        self._connection.close()


def typed_into_prompt(file: Path, statements: Sequence[str]) -> str:
    """Type the statements into SQLite's own prompt, commit nothing, return what it complains of."""
    script = "".join(f"{statement};\n" for statement in (*statements, "ROLLBACK"))
    done = subprocess.run(
        ["sqlite3", "-batch", file], input=script, capture_output=True, text=True, check=False
    )
    return done.stderr


def _name(error: BaseException | None) -> str:
    """Return the name of the constraint, lock or right that refused."""
    if isinstance(error, psycopg.Error):
        return _name_on_postgresql(error)
    text = str(error)
    found = re.search(r"\b(?:pk|uq|ck|fk|lock)_\w+|NOT NULL constraint failed: \S+", text)
    return found.group().replace("NOT NULL constraint failed:", "not null") if found else text


def _name_on_postgresql(error: psycopg.Error) -> str:
    if error.sqlstate == _PERMISSION_DENIED:
        return "permission denied"
    if error.sqlstate == _NOT_NULL:
        return f"not null {error.diag.table_name}.{error.diag.column_name}"
    return error.diag.constraint_name or str(error)


def _as_text(sql: str, values: Values) -> str:
    """Write the values into the statement, as a person would type them."""
    parts = sql.split("?")
    literals = [*map(_literal, values), ""]
    return "".join(part + literal for part, literal in zip(parts, literals, strict=True))


def _literal(value: str | int | None) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(value)
    quoted = value.replace("'", "''")
    return f"'{quoted}'"
