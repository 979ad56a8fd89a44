"""Reads by which identity at the house's provider a person signs on: the one that was bound last.

The record has no such identity in clear, but what is equal for the same one.
"""

from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select

from coi.store import tables as t
from coi.store.statements import Statement
from coi.store.words import ONE

KIND = "sign_on"
OWN = "confirmed"
"""In the place of a role: the person has said with their password that it is their own."""

_newest = Statement(
    select(t.attestation.c.detail, t.attestation.c.role, t.attestation.c.holds)
    # All that is attested of a person stands in one chain.
    .where(t.attestation.c.kind == KIND, t.attestation.c.about == bindparam("person"))
    .order_by(t.attestation.c.seq.desc(), t.attestation.c.n.desc())
    .limit(ONE)
)
_bound = Statement(
    select(t.attestation.c.about)
    .where(t.attestation.c.kind == KIND, t.attestation.c.detail == bindparam("identity"))
    .limit(ONE)
)


class SignOn(NamedTuple):
    """An identity that a person signs on by, and whether they have said that it is theirs."""

    identity: str
    is_confirmed: bool


def sign_on_of(connection: Connection, person: str) -> SignOn | None:
    """By which identity a person signs on; None where none was bound, or it was ended."""
    row = _newest.row(connection, person=person)
    return SignOn(row[0], row[1] == OWN) if row and row[2] else None


def person_bound_to(connection: Connection, identity: str) -> str | None:
    """To whom this identity was ever bound: it is nobody else's for ever; None for nobody."""
    row = _bound.row(connection, identity=identity)
    return str(row[0]) if row else None
