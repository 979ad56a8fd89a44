"""Reads entries as they were written: their hash and their text."""

from collections.abc import Iterator

from sqlalchemy import Connection, bindparam, select

from coi.store import tables as t
from coi.store.statements import Statement

_entry = Statement(
    select(t.entry.c.hash, t.entry.c.content).where(
        t.entry.c.chain == bindparam("chain"), t.entry.c.seq == bindparam("seq")
    )
)
_chain = Statement(
    select(t.entry.c.hash, t.entry.c.content, t.entry.c.signed)
    .where(t.entry.c.chain == bindparam("chain"))
    .order_by(t.entry.c.seq)
)


def entry_text(connection: Connection, chain: str, seq: int) -> tuple[str, str]:
    """The hash and content of one entry that exists."""
    (row,) = _entry.rows(connection, chain=chain, seq=seq)
    return row[0], row[1]


def entries_of(connection: Connection, chain: str) -> Iterator[tuple[str, str, str]]:
    """Hash, content and signatures of each entry of a chain, in order."""
    for row in _chain.rows(connection, chain=chain):
        yield row[0], row[1], row[2]
