"""Reads the stored ledger for the verifier: bytes and rows as they are, on either database.

The verifier's only way to the tables. Rows pass through no type and no object of ours: they are the
driver's own tuples, read in order and never all at once. Take the connection from
`coi.store.engine.read`, so that all of them are of one moment.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import chain as chained
from itertools import count, islice

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    LargeBinary,
    Select,
    Text,
    cast,
    func,
    select,
)
from sqlalchemy.engine.interfaces import DBAPICursor

from coi.ledger.source import Row, Unreadable
from coi.store.tables import metadata

_ROWS_AT_ONCE = 500
_numbers = count()  # of named cursors, which a connection must not name twice
_NAMES_ITS_CHAIN = {"chain": "id", "therapy": "coi"}


class LedgerRows:
    """A `coi.ledger.source.Source`: one reading of a database.

    With `chains`, the heads are those of these chains alone, looked up one by one: for whoever
    knows which chains to look at, however many there are.
    """

    def __init__(self, connection: Connection, chains: Iterable[str] | None = None) -> None:
        self._connection = connection
        self._chains = None if chains is None else sorted(chains)
        # Without a transaction every statement would read a moment of its own.
        if not connection.in_transaction():
            connection.begin()
        self._on_postgresql = connection.dialect.name == "postgresql"

    def leaves(self, chain: str | None = None, from_seq: int = 0) -> Iterator[Row]:
        """Give (chain, seq, hash, prev_hash, content bytes, signed bytes) by chain and seq."""
        entry = metadata.tables["entry"].c
        statement = select(
            entry.chain,
            entry.seq,
            entry.hash,
            entry.prev_hash,
            self._bytes(entry.content),
            self._bytes(entry.signed),
        ).order_by(self._sorted(entry.chain), entry.seq)
        if chain is not None:
            statement = statement.where(entry.chain == chain, entry.seq >= from_seq)
        return self._read("entry", statement)

    def heads(self) -> Iterator[Row]:
        """Give (chain, greatest seq) of every chain that has entries, or of the chosen ones."""
        entry = metadata.tables["entry"].c
        statement = select(entry.chain, func.max(entry.seq)).group_by(entry.chain)
        if self._chains is None:
            return self._read("entry", statement)
        one_by_one = (statement.where(entry.chain == chain) for chain in self._chains)
        return chained.from_iterable(self._read("entry", one) for one in one_by_one)

    def rows(
        self, table: str, columns: Sequence[str], order: Sequence[str], chain: str | None = None
    ) -> Iterator[Row]:
        """Give a table's rows, or those of one chain, sorted by the columns of `order`."""
        of = metadata.tables[table].c
        statement = select(*(of[name] for name in columns))
        statement = statement.order_by(*(self._sorted(of[name]) for name in order))
        if chain is not None:
            statement = statement.where(of[_NAMES_ITS_CHAIN.get(table, "chain")] == chain)
        return self._read(table, statement)

    def _bytes(self, column: Column[str]) -> ColumnElement[bytes]:
        """The text as it lies there; undecoded, because only bytes have a hash."""
        # A damaged file can hold NULL where the schema forbids it: that is a finding, and no crash.
        text = func.coalesce(column, "")
        return func.convert_to(text, "UTF8") if self._on_postgresql else cast(text, LargeBinary)

    def _sorted(self, column: Column[str] | Column[int]) -> ColumnElement[str] | ColumnElement[int]:
        """By code point on both databases, because the verifier compares keys as Python does."""
        by_alphabet = self._on_postgresql and isinstance(column.type, Text)
        return column.collate("C") if by_alphabet else column

    def _read(self, table: str, statement: Select[tuple[object, ...]]) -> Iterator[Row]:
        """Give the rows; text that is no UTF-8 any more (bit rot) comes out as escapes.

        Raises:
            Unreadable: the database cannot give the rows.
        """
        given = 0
        # A damaged name makes an error text that the driver itself cannot decode.
        driver_errors = (self._connection.dialect.loaded_dbapi.Error, UnicodeDecodeError)
        try:
            for row in self._stream(statement):
                yield row
                given += 1
        except driver_errors as error:
            if self._on_postgresql:
                raise Unreadable(table, str(error)) from error
            yield from self._read_damaged(table, statement, given)

    def _read_damaged(
        self, table: str, statement: Select[tuple[object, ...]], given: int
    ) -> Iterator[Row]:
        driver_errors = (self._connection.dialect.loaded_dbapi.Error, UnicodeDecodeError)
        connection = self._connection.connection.driver_connection
        factory = getattr(connection, "text_factory", None)
        try:
            # The driver decodes whole rows, and gave up: now with a decoder that fails at nothing.
            if factory is not None:
                connection.text_factory = _with_escapes  # type: ignore[union-attr]
            yield from islice(self._stream(statement), given, None)
        except driver_errors as error:
            raise Unreadable(table, str(error)) from error
        finally:
            if factory is not None:
                connection.text_factory = factory  # type: ignore[union-attr]

    def _stream(self, statement: Select[tuple[object, ...]]) -> Iterator[Row]:
        """The driver's own tuples, a few hundred at a time."""
        compiled = statement.compile(dialect=self._connection.dialect)
        names = compiled.positiontup
        parameters = [compiled.params[name] for name in names] if names else compiled.params
        with closing(self._cursor()) as cursor:
            cursor.execute(str(compiled), parameters)
            while rows := cursor.fetchmany(_ROWS_AT_ONCE):
                yield from rows

    def _cursor(self) -> DBAPICursor:
        """A cursor that does not fetch everything at once: on PostgreSQL only a named one."""
        if not self._on_postgresql:
            return self._connection.connection.cursor()
        return self._connection.connection.cursor(f"ledger_{next(_numbers)}")


def _with_escapes(text: bytes) -> str:
    return text.decode(errors="backslashreplace")
