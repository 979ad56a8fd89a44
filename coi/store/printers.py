"""Reads which printers there are: the newest that was attested of each."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, and_, bindparam, select

from coi.store import tables as t
from coi.store.statements import Row, Statement

KIND = "printer"


@dataclass(frozen=True, slots=True)
class PrinterRow:
    """One printer: its id, the unit at which it stands, and what is known of it as a text."""

    id: str
    unit: str
    detail: str
    since: str


_printers = (
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
    .where(t.attestation.c.kind == KIND)
    # A printer stays at its site: of what one chain says of it, the last comes last.
    .order_by(t.attestation.c.about, t.attestation.c.seq, t.attestation.c.n)
)
_every = Statement(_printers)
_one = Statement(_printers.where(t.attestation.c.about == bindparam("id")))


def printers(connection: Connection) -> list[PrinterRow]:
    """Every printer that is in use."""
    return list(_in_use(_every.rows(connection)))


def printer(connection: Connection, identifier: str) -> PrinterRow | None:
    """The printer of this id; None where there is none, or none any more."""
    return next(_in_use(_one.rows(connection, id=identifier)), None)


def _in_use(rows: list[Row]) -> Iterator[PrinterRow]:
    newest = {about: (told, holds) for about, *told, holds in rows}
    return (PrinterRow(about, *told) for about, (told, holds) in newest.items() if holds)
