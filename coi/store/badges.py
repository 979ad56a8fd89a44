"""Reads which badge a person wears: the one that was issued last, unless it was struck off."""

from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select

from coi.store import tables as t
from coi.store.statements import Statement
from coi.store.words import ONE

KIND = "badge"

_newest = Statement(
    select(
        *(t.attestation.c.detail, t.attestation.c.role),
        *(t.attestation.c.unit, t.attestation.c.holds),
    )
    # All that is attested of a person stands in one chain.
    .where(t.attestation.c.kind == KIND, t.attestation.c.about == bindparam("person"))
    .order_by(t.attestation.c.seq.desc(), t.attestation.c.n.desc())
    .limit(ONE)
)

_issued = Statement(
    select(
        *(t.attestation.c.about, t.attestation.c.detail),
        *(t.attestation.c.role, t.attestation.c.unit),
    )
    # All badges are few beside what else is attested, and the index knows them.
    .where(t.attestation.c.kind == KIND, t.attestation.c.detail == bindparam("serial"))
    .limit(ONE)
)


class Badge(NamedTuple):
    """A badge: its serial, and the role at a unit that stands on it."""

    serial: str
    role: str
    unit: str


def badge_of(connection: Connection, person: str) -> Badge | None:
    """The badge that a person wears; None where none was issued, or it was struck off."""
    row = _newest.row(connection, person=person)
    return Badge(*row[:3]) if row and row[3] else None


def issued_badge(connection: Connection, serial: str) -> tuple[str, Badge] | None:
    """For whom a badge with this serial was issued, and what stands on it; None if none was."""
    row = _issued.row(connection, serial=serial)
    return (row[0], Badge(*row[1:])) if row else None
