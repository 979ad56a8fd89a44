"""How much there is in the record, and where each chain ends: what a copy of it is measured by."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from coi.ledger.findings import Head, Heads
from coi.store import tables as t
from coi.store.schema import schema_hash
from coi.store.statements import Statement
from coi.store.words import ONE

__all__ = [
    "chains_after",
    "chains_since",
    "entries_in",
    "hash_at",
    "heads_in",
    "missing_from",
    "schema_hash",
]

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
_every_head = select(t.chain.c.id, _last, _last_hash)
_heads = Statement(_every_head)
_head_of = Statement(_every_head.where(t.chain.c.id == bindparam("chain")))
_hash = Statement(
    select(t.entry.c.hash).where(
        t.entry.c.chain == bindparam("chain"), t.entry.c.seq == bindparam("seq")
    )
)

# Not DISTINCT: to have each chain once SQLite would walk along all entries, chain by chain.
_since = Statement(select(t.entry.c.chain).where(t.entry.c.recorded_at >= bindparam("moment")))

_next = select(t.chain.c.id).order_by(t.chain.c.id)


def chains_after(connection: Connection, chain: str, number: int) -> list[str]:
    """The next so many chains, in the order of the database; after the last comes the first."""
    found = [*connection.scalars(_next.where(t.chain.c.id > chain).limit(number))]
    first = connection.scalars(_next.limit(number - len(found)))
    return [*dict.fromkeys([*found, *first])]


def chains_since(connection: Connection, moment: str) -> list[str]:
    """The chains in which anything was recorded at this time or later, by their names."""
    return sorted({row[0] for row in _since.rows(connection, moment=moment)})


def entries_in(connection: Connection) -> int:
    """How many entries there are, in all chains."""
    (row,) = _entries.rows(connection)
    return int(row[0])


def heads_in(connection: Connection) -> Heads:
    """Where each chain ends, as the tables say it; whether it is true, the verifier finds."""
    return _as_heads(_heads.rows(connection))


def heads_of(connection: Connection, chains: Iterable[str]) -> Heads:
    """The same of some chains, looked up one by one."""
    return _as_heads(row for chain in chains for row in _head_of.rows(connection, chain=chain))


def _as_heads(rows: Iterable[tuple[Any, ...]]) -> Heads:
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
