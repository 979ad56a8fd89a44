"""Reads the stored ledger for the verifier: bytes and rows as they are, on either database.

The verifier's only way to the tables. Rows pass through no type and no object of ours: they are the
driver's own tuples, read in order and never all at once. Take the connection from
`coi.store.engine.read`, so that all of them are of one moment.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from functools import cache
from itertools import chain as chained
from itertools import count, islice, takewhile
from typing import Any, TypeAlias

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    LargeBinary,
    Select,
    Text,
    bindparam,
    cast,
    func,
    select,
)
from sqlalchemy.engine.interfaces import DBAPICursor

from coi.ledger.source import Row, Unreadable
from coi.ledger.spans import EVERYTHING, Span
from coi.store.statements import Statement, Values
from coi.store.tables import metadata

_POSTGRESQL = "postgresql"
_AT_ONCE = {_POSTGRESQL: 500, "sqlite": 32}
"""So many rows are read at once. PostgreSQL is asked for them each time. Of SQLite few are taken:
what was just read is hashed while a processor has it at hand, which is half as quick again."""

_numbers = count()  # of named cursors, which a connection must not name twice
Bounds: TypeAlias = tuple[str, ...]
"""What bounds the rows that are read: any of chain, from_seq, after, through."""

_NAMES_ITS_CHAIN = {"chain": "id", "therapy": "coi"}


class LedgerRows:
    """A `coi.ledger.source.Source`: one reading of a database.

    With `chains`, the heads are those of these chains alone, looked up one by one: for whoever
    knows which chains to look at, however many there are. With `span`, what is read of all chains
    is what belongs to those in it.
    """

    def __init__(
        self,
        connection: Connection,
        chains: Iterable[str] | None = None,
        span: Span = EVERYTHING,
    ) -> None:
        self._connection = connection
        self._span = span
        self._chains = None if chains is None else sorted(chains)
        # Without a transaction every statement would read a moment of its own.
        if not connection.in_transaction():
            connection.begin()
        self._dialect = connection.dialect.name

    def leaves(self, chain: str | None = None, from_seq: int = 0) -> Iterator[Row]:
        """Give (chain, seq, hash, prev_hash, content bytes, signed bytes) by chain and seq."""
        if chain is None:
            return self._of_span("entry", lambda bounds: _leaves(self._dialect, bounds))
        statement = _leaves(self._dialect, ("chain", "from_seq"))
        return self._read("entry", statement, chain=chain, from_seq=from_seq)

    def heads(self) -> Iterator[Row]:
        """Give (chain, greatest seq) of every chain that has entries, or of the chosen ones."""
        if self._chains is None:
            return self._read("entry", _heads(of_one=False))
        statement = _heads(of_one=True)
        one_by_one = (self._read("entry", statement, chain=chain) for chain in self._chains)
        return chained.from_iterable(one_by_one)

    def rows(
        self, table: str, columns: Sequence[str], order: Sequence[str], chain: str | None = None
    ) -> Iterator[Row]:
        """Give a table's rows, or those of one chain, sorted by the columns of `order`."""
        asked = table, tuple(columns), tuple(order), self._dialect
        if chain is None and columns[0] == "chain":
            return self._of_span(table, lambda bounds: _rows(*asked, bounds))
        statement = _rows(*asked, () if chain is None else ("chain",))
        return self._read(table, statement, chain=chain)

    def _of_span(self, table: str, statement: Callable[[Bounds], Statement]) -> Iterator[Row]:
        """What belongs to the chains of the span; the first column is the chain."""
        span = self._span
        asked = {"after": span.after, "through": span.through}
        if self._dialect != _POSTGRESQL:
            # SQLite gives rows in the order of its index, and is left off where the span ends: so
            # what a damaged file holds in place of a chain's name is read. PostgreSQL sorts first.
            del asked["through"]
        bounds = tuple(name for name, bound in asked.items() if bound is not None)
        rows = self._read(table, statement(bounds), **asked)
        if span.through is None:
            return rows
        return takewhile(lambda row: not span.ends_before(row[0]), rows)

    def _read(self, table: str, statement: Statement, **values: object) -> Iterator[Row]:
        """Give the rows; text that is no UTF-8 any more (bit rot) comes out as escapes.

        Raises:
            Unreadable: the database cannot give the rows.
        """
        given = 0
        # A damaged name makes an error text that the driver itself cannot decode.
        driver_errors = (self._connection.dialect.loaded_dbapi.Error, UnicodeDecodeError)
        try:
            for rows in self._stream(statement, values):
                yield from rows
                given += len(rows)
        except driver_errors as error:
            if self._dialect == _POSTGRESQL:
                raise Unreadable(table, str(error)) from error
            yield from self._read_damaged(table, self._stream(statement, values), given)

    def _read_damaged(
        self, table: str, stream: Iterator[Sequence[Row]], given: int
    ) -> Iterator[Row]:
        driver_errors = (self._connection.dialect.loaded_dbapi.Error, UnicodeDecodeError)
        connection = self._connection.connection.driver_connection
        factory = getattr(connection, "text_factory", None)
        try:
            # The driver decodes whole rows, and gave up: now with a decoder that fails at nothing.
            if factory is not None:
                connection.text_factory = _with_escapes  # type: ignore[union-attr]
            yield from islice(chained.from_iterable(stream), given, None)
        except driver_errors as error:
            raise Unreadable(table, str(error)) from error
        finally:
            if factory is not None:
                connection.text_factory = factory  # type: ignore[union-attr]

    def _stream(self, statement: Statement, values: Values) -> Iterator[Sequence[Row]]:
        """The driver's own tuples, some at a time."""
        text, taken = statement.written(self._connection, values)
        at_once = _AT_ONCE[self._dialect]
        with closing(self._cursor()) as cursor:
            cursor.execute(text, taken)
            rows: Sequence[Row] = cursor.fetchmany(at_once)
            while rows:
                yield rows
                # Fewer than were asked for are the last, and asking again takes as long.
                whole = len(rows) == at_once
                rows = cursor.fetchmany(at_once) if whole else ()

    def _cursor(self) -> DBAPICursor:
        """A cursor that does not fetch everything at once: on PostgreSQL only a named one."""
        if self._dialect != _POSTGRESQL:
            return self._connection.connection.cursor()
        return self._connection.connection.cursor(f"ledger_{next(_numbers)}")


@cache
def _leaves(dialect: str, bounds: Bounds) -> Statement:
    """The bytes of the entries that these bounds leave."""
    entry = metadata.tables["entry"].c
    statement = select(
        entry.chain,
        entry.seq,
        entry.hash,
        entry.prev_hash,
        bytes_of(entry.content, dialect),
        bytes_of(entry.signed, dialect),
    ).order_by(_sorted(entry.chain, dialect), entry.seq)
    if "from_seq" in bounds:
        statement = statement.where(entry.seq >= bindparam("from_seq"))
    return Statement(_bounded(statement, entry.chain, dialect, bounds))


@cache
def _heads(*, of_one: bool) -> Statement:
    """The greatest number in every chain, or in one."""
    entry = metadata.tables["entry"].c
    statement = select(entry.chain, func.max(entry.seq)).group_by(entry.chain)
    if of_one:
        statement = statement.where(entry.chain == bindparam("chain"))
    return Statement(statement)


@cache
def _rows(
    table: str,
    columns: tuple[str, ...],
    order: tuple[str, ...],
    dialect: str,
    bounds: Bounds,
) -> Statement:
    """A table's columns in an order, of the rows that these bounds leave."""
    of = metadata.tables[table].c
    statement = select(*(of[name] for name in columns))
    statement = statement.order_by(*(_sorted(of[name], dialect) for name in order))
    if bounds:
        chain = of[_NAMES_ITS_CHAIN.get(table, "chain")]
        statement = _bounded(statement, chain, dialect, bounds)
    return Statement(statement)


def _bounded(
    statement: Select[Any], chain: Column[str], dialect: str, bounds: Bounds
) -> Select[Any]:
    """Of one chain, or of what stands behind one and up to another, by code point."""
    if "chain" in bounds:
        statement = statement.where(chain == bindparam("chain"))
    if "after" in bounds:
        statement = statement.where(_sorted(chain, dialect) > bindparam("after"))
    if "through" in bounds:
        statement = statement.where(_sorted(chain, dialect) <= bindparam("through"))
    return statement


def bytes_of(column: Column[str], dialect: str) -> ColumnElement[bytes]:
    """The text as it lies there; undecoded, because only bytes have a hash."""
    # A damaged file can hold NULL where the schema forbids it: that is a finding, and no crash.
    text = func.coalesce(column, "")
    return func.convert_to(text, "UTF8") if dialect == _POSTGRESQL else cast(text, LargeBinary)


def _sorted(
    column: Column[str] | Column[int], dialect: str
) -> ColumnElement[str] | ColumnElement[int]:
    """By code point on both databases, because the verifier compares keys as Python does."""
    by_alphabet = dialect == _POSTGRESQL and isinstance(column.type, Text)
    return column.collate("C") if by_alphabet else column


def _with_escapes(text: bytes) -> str:
    return text.decode(errors="backslashreplace")
