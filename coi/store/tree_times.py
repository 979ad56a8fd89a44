"""When what stands in the tree was recorded, and what does not stand there yet."""

from typing import NamedTuple

from sqlalchemy import Connection, bindparam, exists, func, select

from coi.store import tables as t
from coi.store.statements import Statement

_leaf, _entry = t.tree_leaf.c, t.entry.c
_is_its_entry = (_leaf.chain == _entry.chain) & (_leaf.seq == _entry.seq)
_oldest_outside = Statement(
    select(func.min(_entry.recorded_at)).where(
        _entry.recorded_at >= bindparam("since"), ~exists().where(_is_its_entry)
    )
)
_dated_before = Statement(
    select(_entry.chain, _entry.seq, _entry.recorded_at)
    .join_from(t.tree_leaf, t.entry, _is_its_entry)
    .where(
        _leaf.n >= bindparam("begin"),
        _leaf.n < bindparam("end"),
        _entry.recorded_at < bindparam("moment"),
    )
    .order_by(_leaf.n)
)


class Dated(NamedTuple):
    """An entry, and when it says that it was recorded."""

    chain: str
    seq: int
    recorded_at: str


def oldest_outside(connection: Connection, since: str) -> str:
    """When the oldest entry was recorded, since then, that is not in the tree; '' for none."""
    row = _oldest_outside.row(connection, since=since)
    return str(row[0]) if row and row[0] else ""


def dated_before(connection: Connection, begin: int, end: int, moment: str) -> list[Dated]:
    """The entries of these places in the tree that say they were recorded before a moment."""
    rows = _dated_before.rows(connection, begin=begin, end=end, moment=moment)
    return [Dated(*row) for row in rows]
