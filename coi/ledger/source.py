"""Where stored rows come from: what the verifier asks of whoever reads them.

`coi.store.read_ledger` answers from a database. All rows come as plain tuples in the order of the
asked columns, sorted by code point (not by a language's alphabet), as one consistent reading.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Protocol, TypeAlias

Row: TypeAlias = tuple[Any, ...]


class Unreadable(Exception):
    """The database cannot give a table's rows, or not all of them."""

    def __init__(self, table: str, reason: str) -> None:
        super().__init__(f"{table} cannot be read: {reason}")
        self.table = table
        self.reason = reason


class Source(Protocol):
    """One consistent reading of the stored tables; every method may raise Unreadable."""

    def leaves(self, chain: str | None = None, from_seq: int = 0) -> Iterator[Row]:
        """Give (chain, seq, hash, prev_hash, content bytes, signed bytes) by chain and seq."""

    def heads(self) -> Iterator[Row]:
        """Give (chain, greatest seq) of every chain that has entries."""

    def rows(
        self,
        table: str,
        columns: Sequence[str],
        order: Sequence[str],
        chain: str | None = None,
    ) -> Iterator[Row]:
        """Give a table's rows, or those of one chain, sorted by the columns of `order`."""


class Alongside:
    """Rows that are read alongside others in the same order, like two sorted piles of cards."""

    __slots__ = ("_next", "_rows")

    def __init__(self, rows: Iterator[Row]) -> None:
        self._rows = rows
        self._next: Row | None = next(rows, None)

    def through(self, key: Row) -> list[Row]:
        """Take what is left up to and including this key."""
        taken: list[Row] = []
        row, width = self._next, len(key)
        try:
            while row is not None and row[:width] <= key:
                taken.append(row)
                row = self._next = next(self._rows, None)
        except TypeError:
            # A key with a part of another type has no place in the order, nor has what follows.
            return taken + self.rest()
        return taken

    def rest(self) -> list[Row]:
        """Take everything that is left."""
        taken = [] if self._next is None else [self._next, *self._rows]
        self._next = None
        return taken
