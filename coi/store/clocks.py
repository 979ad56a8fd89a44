"""Reads what the record says of the clocks of its servers, and of when these recorded."""

from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, literal_column, select

from coi.store import tables as t
from coi.store.facts import ORGANISATION, attested
from coi.store.statements import Statement
from coi.store.words import ONE

STEP, FOLLOWED, GAP, SERVED = "step", "followed", "gap", "served"
"""What an attestation of the kind `clock` is about; `-` is the check by an administrator."""

_CLOCK, _CHECK = "clock", "-"
Told = tuple[str, bool, str]
"""When it was recorded, whether it is no reason for doubt, and the text of the entry."""

_TELLING = 7_061_963
"""A number of ours by which PostgreSQL tells one kind of waiting from another."""

_one_at_a_time = Statement(select(func.pg_advisory_xact_lock(literal_column(str(_TELLING)))))


def wait_for_turn(connection: Connection) -> None:
    """Wait until no other program is about to tell of clocks; its entry is seen from here on.

    Where it is not asked for first, two look, find nothing, and both write. SQLite has one writer.
    """
    if connection.dialect.name != "sqlite":
        _one_at_a_time.rows(connection)


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
