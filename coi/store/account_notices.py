"""Reads what was done to somebody's account by which people come in, and when they read of it."""

from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, bindparam, literal_column, select

from coi.store import tables as t
from coi.store.statements import Statement
from coi.store.words import ONE

# Written into the statement: a list of parameters would be written anew each time.
_KINDS: list[ColumnElement[str]] = [
    literal_column(f"'{kind}'") for kind in ("secret", "factor", "badge", "pin")
]

_attested = Statement(
    select(
        *(t.attestation.c.seq, t.attestation.c.kind, t.attestation.c.holds),
        *(t.entry.c.action, t.entry.c.actor, t.entry.c.recorded_at, t.entry.c.content),
    )
    .join_from(
        t.attestation,
        t.entry,
        and_(t.entry.c.chain == t.attestation.c.chain, t.entry.c.seq == t.attestation.c.seq),
    )
    # All that is attested of a person stands in one chain.
    .where(t.attestation.c.kind.in_(_KINDS), t.attestation.c.about == bindparam("person"))
    .order_by(t.attestation.c.seq, t.attestation.c.n)
)
_read = Statement(
    select(t.entry.c.seq)
    .where(
        t.entry.c.actor == bindparam("person"),
        t.entry.c.action == bindparam("action"),
        t.entry.c.recorded_at >= bindparam("since"),
    )
    .order_by(t.entry.c.recorded_at.desc(), t.entry.c.seq.desc())
    .limit(ONE)
)


class Attested(NamedTuple):
    """One attestation of what opens an account, with the entry in which it stands."""

    seq: int
    kind: str
    holds: int
    action: str
    actor: str
    at: str
    content: str


def attested_of(connection: Connection, person: str) -> list[Attested]:
    """Each secret, second factor, badge and PIN of a person, as it was given and ended."""
    return [Attested(*row) for row in _attested.rows(connection, person=person)]


def last_read(connection: Connection, person: str, action: str, since: str) -> int:
    """The number of the last entry by which a person said that they read it; -1 for none."""
    row = _read.row(connection, person=person, action=action, since=since)
    return int(row[0]) if row else -1
