"""Statements that are sent often: written once by SQLAlchemy, and sent by its driver.

SQLAlchemy spends about thirty microseconds around a statement that SQLite answers in ten, and a
handoff sends a dozen of them. Here it says a statement's text once for each database, and the
driver's own cursor does the rest: no session, no result object, no type to convert, because every
column holds text or whole numbers. PostgreSQL's text numbers its values, so that the driver need
not look for them in it. Whoever listens to SQLAlchemy's statements still hears them all: then they
go its way.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import Connection, Delete, Dialect, Insert, Select, Update
from sqlalchemy.exc import DBAPIError

from coi.store.words import NUMBERED, POSTGRESQL, SQLITE

try:
    from psycopg import RawCursor
except ImportError:  # PostgreSQL is an extra
    RawCursor = None  # type: ignore[assignment, misc]

Row: TypeAlias = tuple[Any, ...]
Values: TypeAlias = Mapping[str, object]
Written: TypeAlias = tuple[str, Callable[[Values], Any]]
"""A statement's text, and how its driver takes values: by position or by name."""

_DIALECTS = {dialect.name: dialect for dialect in (SQLITE, NUMBERED)}
_HEARD = {dialect.name: dialect for dialect in (SQLITE, POSTGRESQL)}
_CURSOR = "coi_cursor"


def command(connection: Connection, text: str) -> None:
    """Send what begins something: it has no values, finds nothing, and nobody listens to it."""
    _send(connection, text, ())


class Statement:
    """One statement, ready for either database; an insert names the columns that it fills."""

    __slots__ = ("_columns", "_heard", "_statement", "_written")

    def __init__(
        self,
        statement: Select[Any] | Insert | Update | Delete,
        columns: Sequence[str] | None = None,
    ) -> None:
        self._statement = statement
        self._columns = columns
        self._written: dict[str, Written] = {}
        self._heard: dict[str, Written] = {}

    def written(self, connection: Connection, values: Values) -> tuple[str, Any]:
        """Its text and these values, as any cursor of a connection's driver takes them."""
        text, as_taken = self._as_heard(connection)
        return text, as_taken(values)

    def rows(self, connection: Connection, **values: object) -> list[Row]:
        """Every row that it finds."""
        if _is_heard(connection):
            text, taken = self.written(connection, values)
            return [tuple(row) for row in connection.exec_driver_sql(text, taken)]
        text, as_taken = self._as_sent(connection)
        found: list[Row] = _send(connection, text, as_taken(values)).fetchall()
        return found

    def row(self, connection: Connection, **values: object) -> Row | None:
        """The first row that it finds, or None."""
        found = self.rows(connection, **values)
        return found[0] if found else None

    def write(self, connection: Connection, rows: Sequence[Values]) -> int:
        """Send it once for each of the rows; returns how many rows it changed."""
        is_heard = _is_heard(connection)
        text, as_taken = self._as_heard(connection) if is_heard else self._as_sent(connection)
        taken = [as_taken(row) for row in rows]
        sent = taken[0] if len(taken) == 1 else taken
        if is_heard:
            return connection.exec_driver_sql(text, sent).rowcount
        changed: int = _send(connection, text, sent, many=len(taken) > 1).rowcount
        return changed

    def _as_sent(self, connection: Connection) -> Written:
        return self._written.get(connection.dialect.name) or self._for(
            connection, _DIALECTS, self._written
        )

    def _as_heard(self, connection: Connection) -> Written:
        return self._heard.get(connection.dialect.name) or self._for(
            connection, _HEARD, self._heard
        )

    def _for(
        self, connection: Connection, dialects: Mapping[str, Dialect], kept: dict[str, Written]
    ) -> Written:
        """Written for the first time for a connection's database."""
        name = connection.dialect.name
        compiled = self._statement.compile(dialect=dialects[name], column_keys=self._columns)
        kept[name] = (str(compiled), _taker(compiled.positiontup, compiled.params))
        return kept[name]


def _taker(names: Sequence[str] | None, parameters: Values) -> Callable[[Values], Any]:
    """Put values as the driver takes them, with what the statement itself says."""
    constant = {name: value for name, value in parameters.items() if value is not None}
    if names is None:
        return lambda row: {**constant, **row}
    if constant:
        return lambda row: tuple(map({**constant, **row}.__getitem__, names))
    return lambda row: tuple(map(row.__getitem__, names))


def _is_heard(connection: Connection) -> bool:
    """Somebody has listened to the engine: what SQLAlchemy itself asks before it tells anybody."""
    return connection.engine._has_events  # noqa: SLF001 - else each statement asks for two lists


def _send(connection: Connection, text: str, values: object, *, many: bool = False) -> Any:  # noqa: ANN401 - two drivers' cursors
    """Execute it with the driver's own cursor; its errors come as SQLAlchemy's."""
    cursor = _cursor_of(connection)
    try:
        (cursor.executemany if many else cursor.execute)(text, values)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _as_sqlalchemy_says(connection, text, error) from error
    return cursor


def _cursor_of(connection: Connection) -> Any:  # noqa: ANN401 - two drivers' cursors
    """The one that is kept with its connection: what a statement finds is fetched before the next.

    To make one takes psycopg as long as to send with it.
    """
    fairy = connection.connection
    kept = fairy.info
    if _CURSOR not in kept:
        driver: Any = fairy.driver_connection
        is_numbered = connection.dialect.name == NUMBERED.name
        kept[_CURSOR] = RawCursor(driver) if is_numbered else driver.cursor()
    return kept[_CURSOR]


def _as_sqlalchemy_says(connection: Connection, text: str, error: Exception) -> BaseException:
    """The error that SQLAlchemy would raise, without parameters, in which a name may stand."""
    dialect, module = connection.dialect, connection.dialect.loaded_dbapi
    lost = dialect.is_disconnect(error, connection.connection.driver_connection, None)  # type: ignore[arg-type]
    if lost:
        connection.invalidate(error)
    return DBAPIError.instance(
        text, None, error, module.Error, hide_parameters=True, connection_invalidated=lost,
        dialect=dialect,
    )  # fmt: skip
