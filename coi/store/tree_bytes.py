"""The bytes of all entries, in the order of the tree."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, select

from coi.store import tables as t
from coi.store.read_ledger import bytes_of
from coi.store.statements import Statement

AT_ONCE = 1_000
_leaf, _entry = t.tree_leaf.c, t.entry.c


@cache
def _bytes_from(dialect: str) -> Statement:
    columns: Sequence[Any] = [bytes_of(one, dialect) for one in (_entry.content, _entry.signed)]
    return Statement(
        select(*columns)
        .join_from(t.tree_leaf, t.entry, (_leaf.chain == _entry.chain) & (_leaf.seq == _entry.seq))
        .where(_leaf.n >= bindparam("begin"), _leaf.n < bindparam("end"))
        .order_by(_leaf.n)
    )


def bytes_in_tree(connection: Connection, size: int) -> Iterator[tuple[bytes, bytes]]:
    """The content and the signatures of each of the first so many entries that is there.

    Some hundred at a time, so that a record of any size fits.
    """
    statement = _bytes_from(connection.dialect.name)
    for begin in range(0, size, AT_ONCE):
        end = min(begin + AT_ONCE, size)
        for content, signed in statement.rows(connection, begin=begin, end=end):
            yield bytes(content), bytes(signed)
