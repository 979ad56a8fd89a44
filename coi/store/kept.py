"""Reads what is registered at units, printers and devices: the newest that was attested of each."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, and_, bindparam, select

from coi.store import tables as t
from coi.store.statements import Row, Statement


@dataclass(frozen=True, slots=True)
class KeptRow:
    """One such thing: its id, the unit at which it stands, and what is known of it as a text."""

    id: str
    unit: str
    detail: str
    since: str


_kept = (
    select(
        t.attestation.c.about,
        t.attestation.c.unit,
        t.attestation.c.detail,
        t.entry.c.recorded_at,
        t.attestation.c.holds,
    )
    .join(
        t.entry,
        and_(t.entry.c.chain == t.attestation.c.chain, t.entry.c.seq == t.attestation.c.seq),
    )
    .where(t.attestation.c.kind == bindparam("kind"))
    # Each stays at its site: of what one chain says of it, the last comes last.
    .order_by(t.attestation.c.about, t.attestation.c.seq, t.attestation.c.n)
)
_every = Statement(_kept)
_one = Statement(_kept.where(t.attestation.c.about == bindparam("id")))


def every_kept(connection: Connection, kind: str) -> list[KeptRow]:
    """Everything of a kind that is in use."""
    return list(_in_use(_every.rows(connection, kind=kind)))


def kept(connection: Connection, kind: str, identifier: str) -> KeptRow | None:
    """The one of this id; None where there is none, or none any more."""
    return next(_in_use(_one.rows(connection, kind=kind, id=identifier)), None)


def _in_use(rows: list[Row]) -> Iterator[KeptRow]:
    newest = {about: (told, holds) for about, *told, holds in rows}
    return (KeptRow(about, *told) for about, (told, holds) in newest.items() if holds)
