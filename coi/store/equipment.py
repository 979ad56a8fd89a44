"""Reads which equipment there is, how each piece stands, and how it stood before."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, and_, bindparam, func, select

from coi.store import tables as t
from coi.store.statements import Row, Statement
from coi.store.words import ONE

_KIND = "equipment"
_of = t.attestation.c


@dataclass(frozen=True, slots=True)
class EquipmentRow:
    """What one entry says of a piece of equipment; `detail` is what the services wrote."""

    serial: str
    kind: str
    unit: str
    in_service: bool
    valid_until: str
    detail: str
    since: str


@dataclass(frozen=True, slots=True)
class EquipmentEntry:
    """The same, with who wrote the entry, what it was called, and its text."""

    row: EquipmentRow
    action: str
    actor: str
    content: str


_columns = (
    *(_of.about, _of.role, _of.unit, _of.holds),
    *(_of.valid_until, _of.detail, t.entry.c.recorded_at),
)
_same_entry = and_(t.entry.c.chain == _of.chain, t.entry.c.seq == _of.seq)
_told = (
    select(*_columns)
    .join_from(t.attestation, t.entry, _same_entry)
    .where(_of.kind == _KIND)
    # Each piece stays at its site: of what one chain says of it, the last comes last.
    .order_by(_of.about, _of.seq, _of.n)
)
_in_unit = _told.where(_of.unit == bindparam("unit"))
_every = Statement(_told)
_of_unit = Statement(_in_unit)
_of_unit_then = Statement(_in_unit.where(t.entry.c.recorded_at <= bindparam("until")))
_later = t.attestation.alias("later")
_newest_seq = (
    select(func.max(_later.c.seq))
    .where(_later.c.kind == _KIND, _later.c.about == _of.about, _later.c.chain == _of.chain)
    .scalar_subquery()
)
_ending = Statement(
    _told.where(_of.holds == ONE, _of.valid_until < bindparam("before"), _of.seq == _newest_seq)
)
_one = Statement(
    select(*_columns, t.entry.c.action, t.entry.c.actor, t.entry.c.content)
    .join_from(t.attestation, t.entry, _same_entry)
    .where(_of.kind == _KIND, _of.about == bindparam("serial"))
    .order_by(_of.seq, _of.n)
)


def every_equipment(connection: Connection) -> list[EquipmentRow]:
    """Every piece of equipment, as the newest entry says."""
    return _newest(_every.rows(connection))


def equipment_of_unit(connection: Connection, unit: str, until: str = "") -> list[EquipmentRow]:
    """The same of one unit; `until` asks how it stood then."""
    if until:
        return _newest(_of_unit_then.rows(connection, unit=unit, until=until))
    return _newest(_of_unit.rows(connection, unit=unit))


def equipment_ending(connection: Connection, before: str) -> list[EquipmentRow]:
    """What is in service, and whose calibration is over by this time."""
    return _newest(_ending.rows(connection, before=before))


def entries_of(connection: Connection, serial: str) -> list[EquipmentEntry]:
    """All that was ever entered of one piece, the oldest first; nothing where there is none."""
    rows = _one.rows(connection, serial=serial)
    return [EquipmentEntry(_row(row[:7]), *row[7:]) for row in rows]


def _newest(rows: Iterable[Row]) -> list[EquipmentRow]:
    return [_row(row) for row in {row[0]: row for row in rows}.values()]


def _row(row: Row) -> EquipmentRow:
    serial, kind, unit, holds, *rest = row
    return EquipmentRow(serial, kind, unit, bool(holds), *rest)
