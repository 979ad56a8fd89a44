"""Reads what the record says of the clocks of its servers, and of when these recorded."""

from typing import Any

from sqlalchemy import Connection, Select, bindparam, select

from coi.store import tables as t
from coi.store.facts import ORGANISATION, attested
from coi.store.statements import Statement
from coi.store.words import ONE

STEP, FOLLOWED, GAP, SERVED = "step", "followed", "gap", "served"
"""What an attestation of the kind `clock` is about; `-` is the check by an administrator."""

_CLOCK, _CHECK = "clock", "-"
Told = tuple[str, bool, str]
"""When it was recorded, whether it is no reason for doubt, and the text of the entry."""

_check = Statement(
    attested(_CLOCK, t.attestation.c.valid_until, t.entry.c.recorded_at)
    .where(t.attestation.c.about == _CHECK)
    .order_by(t.attestation.c.seq.desc())
    .limit(ONE)
)


def clock_check(connection: Connection) -> tuple[str, str] | None:
    """How far the record was ahead when the clock was last checked, and the time of the check."""
    row = _check.row(connection)
    return (row[0], row[1]) if row else None


def _told() -> Select[Any]:
    columns = (t.entry.c.recorded_at, t.attestation.c.holds, t.entry.c.content)
    return (
        attested(_CLOCK, *columns)
        .where(t.attestation.c.about == bindparam("about"))
        .order_by(t.attestation.c.seq.desc())
    )


_every, _newest = Statement(_told()), Statement(_told().limit(ONE))


def clocks_told(connection: Connection, about: str) -> list[Told]:
    """Everything that was recorded of this, the newest first."""
    rows = _every.rows(connection, about=about)
    return [(row[0], bool(row[1]), row[2]) for row in rows]


def clock_told(connection: Connection, about: str) -> Told | None:
    """The newest of it; None where nothing was."""
    row = _newest.row(connection, about=about)
    return (row[0], bool(row[1]), row[2]) if row else None


_first = Statement(
    select(t.entry.c.recorded_at)
    .where(t.entry.c.chain == ORGANISATION)
    .order_by(t.entry.c.seq)
    .limit(ONE)
)


def began_at(connection: Connection) -> str:
    """When the record of this installation began; '' where it did not yet."""
    row = _first.row(connection)
    return str(row[0]) if row else ""
