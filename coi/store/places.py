"""Reads which places there are: shelves, tank positions, benches."""

from collections.abc import Iterator

from sqlalchemy import Connection, bindparam, select

from coi.store import tables as t
from coi.store.statements import Statement

_places = (
    select(
        t.attestation.c.about, t.attestation.c.unit, t.attestation.c.holds, t.attestation.c.detail
    )
    .where(t.attestation.c.kind == "place")
    .order_by(t.attestation.c.chain, t.attestation.c.seq, t.attestation.c.n)
)
_every = Statement(_places)
_one = Statement(_places.where(t.attestation.c.about == bindparam("serial")))

PlaceRow = tuple[str, str, str]
"""Serial, unit and name."""


def places(connection: Connection) -> list[PlaceRow]:
    """Every place that is in use."""
    return list(_in_use(_every.rows(connection)))


def place(connection: Connection, serial: str) -> PlaceRow | None:
    """The place with this serial, or None when there is none."""
    return next(_in_use(_one.rows(connection, serial=serial)), None)


def _in_use(rows: list[tuple[str, str, int, str]]) -> Iterator[PlaceRow]:
    """Of each serial what was said last; a place that is no longer one is left out."""
    newest = {serial: (unit, holds, name) for serial, unit, holds, name in rows}
    return ((serial, unit, name) for serial, (unit, holds, name) in newest.items() if holds)
