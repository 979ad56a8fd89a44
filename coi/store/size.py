"""How much there is in the record, and where each chain ends: what a copy of it is measured by."""

from collections.abc import Iterator

from sqlalchemy import Connection, bindparam, func, select

from coi.ledger.findings import Head, Heads
from coi.store import tables as t
from coi.store.schema import schema_hash
from coi.store.statements import Statement
from coi.store.words import ONE

__all__ = ["entries_in", "hash_at", "heads_in", "missing_from", "schema_hash"]

# Chain by chain, at the end of each: counting rows would read all of them.
_last = (
    select(func.max(t.entry.c.seq)).where(t.entry.c.chain == t.chain.c.id).correlate(t.chain)
).scalar_subquery()
_entries = Statement(select(func.coalesce(func.sum(_last + 1), 0)).select_from(t.chain))
_last_hash = (
    select(t.entry.c.hash)
    .where(t.entry.c.chain == t.chain.c.id)
    .order_by(t.entry.c.seq.desc())
    .limit(ONE)
    .correlate(t.chain)
).scalar_subquery()
# Looked up for each chain, and not joined: SQLite would begin with the entries, and read them all.
_heads = Statement(select(t.chain.c.id, _last, _last_hash))
_hash = Statement(
    select(t.entry.c.hash).where(
        t.entry.c.chain == bindparam("chain"), t.entry.c.seq == bindparam("seq")
    )
)


def entries_in(connection: Connection) -> int:
    """How many entries there are, in all chains."""
    (row,) = _entries.rows(connection)
    return int(row[0])


def heads_in(connection: Connection) -> Heads:
    """Where each chain ends, as the tables say it; whether it is true, the verifier finds."""
    rows = _heads.rows(connection)
    return {chain: Head(seq, hash_) for chain, seq, hash_ in rows if seq is not None}


def hash_at(connection: Connection, chain: str, seq: int) -> str:
    """The hash of one entry; '' where there is none."""
    row = _hash.row(connection, chain=chain, seq=seq)
    return str(row[0]) if row else ""


def missing_from(connection: Connection, heads: Heads) -> Iterator[str]:
    """The chains in which one of these heads is not what it was."""
    for chain, head in heads.items():
        if hash_at(connection, chain, head.seq) != head.hash:
            yield chain
