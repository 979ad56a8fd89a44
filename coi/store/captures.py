"""Reads what devices captured without a line: how far each device is, and what is not settled."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, exists, select

from coi.store import tables as t
from coi.store.statements import Row, Statement
from coi.store.words import ONE

CAPTURE, FORK = "capture", "capture_fork"
"""What was captured in its turn, and what is no part of its device's chain."""

_of = t.attestation.c
_is_capture = (_of.kind == CAPTURE) | (_of.kind == FORK)
_later = t.attestation.alias("later")
_same = and_(_later.c.kind == _of.kind, _later.c.about == _of.about, _later.c.holds == 0)
_is_open = ~exists(select(_later.c.about).where(_same))


@dataclass(frozen=True, slots=True)
class CaptureRow:
    """One capture as it was handed in: its id, of which kind, at which unit, its text, by whom."""

    id: str
    kind: str
    unit: str
    text: str
    since: str
    by: str


def _told(*conditions: ColumnElement[bool]) -> Select[tuple[str, str, str, str, str, str]]:
    same_entry = and_(t.entry.c.chain == _of.chain, t.entry.c.seq == _of.seq)
    return (
        select(_of.about, _of.kind, _of.unit, _of.detail, t.entry.c.recorded_at, t.entry.c.actor)
        .join_from(t.attestation, t.entry, same_entry)
        .where(_is_capture, _of.holds == 1, *conditions)
    )


_one = Statement(_told(_of.about == bindparam("id")))
_open = Statement(_told(_is_open).order_by(t.entry.c.recorded_at, _of.about))
_last = Statement(
    # Of one device all ids are equally long, so that they sort alike in every database.
    _told(_of.kind == CAPTURE, _of.about.like(bindparam("ids")))
    .order_by(_of.about.desc())
    .limit(ONE)
)
_settled = Statement(
    select(_of.detail).where(_is_capture, _of.about == bindparam("id"), _of.holds == 0)
)


def capture_named(connection: Connection, identifier: str) -> CaptureRow | None:
    """The capture of this id, settled or not; None where there is none."""
    row = _one.row(connection, id=identifier)
    return CaptureRow(*row) if row else None


def open_captures(connection: Connection) -> list[CaptureRow]:
    """Every capture that nobody has settled, in the order in which they were handed in."""
    return [CaptureRow(*row) for row in _open.rows(connection)]


def last_of(connection: Connection, device: str) -> CaptureRow | None:
    """The last that a device captured, of those in its turn; None of one that captured none."""
    row = _last.row(connection, ids=f"{device}-%")
    return CaptureRow(*row) if row else None


def settled_as(connection: Connection, identifier: str) -> str:
    """What became of a capture; '' where nobody has settled it."""
    row: Row | None = _settled.row(connection, id=identifier)
    return str(row[0]) if row else ""
