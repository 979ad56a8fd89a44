"""Reads the permits that devices were given and that have not expired."""

from sqlalchemy import Connection, and_, bindparam, select

from coi.store import tables as t
from coi.store.statements import Statement

PERMIT = "permit"
_of = t.attestation.c
_same_entry = and_(t.entry.c.chain == _of.chain, t.entry.c.seq == _of.seq)
_valid = Statement(
    select(_of.detail, t.entry.c.actor)
    .join_from(t.attestation, t.entry, _same_entry)
    .where(_of.kind == PERMIT, _of.unit == bindparam("unit"))
    # All times are texts of one form, so that they compare as texts.
    .where(_of.valid_until > bindparam("now"))
    .order_by(_of.about)
)


def permits_at(connection: Connection, unit: str, now: str) -> list[tuple[str, str]]:
    """The texts of those given at a unit, each with the person who asked for it."""
    return [(str(text), str(by)) for text, by in _valid.rows(connection, unit=unit, now=now)]
