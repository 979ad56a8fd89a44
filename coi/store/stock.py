"""Reads and writes stock-takes under way, and reads what the record says that a unit has."""

from dataclasses import dataclass, fields

from sqlalchemy import Connection, and_, bindparam, func, literal, or_, select, update

from coi.store import tables as t
from coi.store.append import add
from coi.store.statements import Statement
from coi.store.words import ONE
from workflows.packing import NOTHING

OPEN = "-"
_MOST = 50


@dataclass(frozen=True, slots=True)
class TakeRow:
    """One stock-take as it is stored; its times in text."""

    id: str
    unit: str
    place: str
    opened_by: str
    opened_at: str
    closed_at: str = OPEN
    closed_in: str = OPEN
    closed_seq: int = 0


@dataclass(frozen=True, slots=True)
class ScanRow:
    """One code that was scanned in it, and what the record said of it then."""

    stock_take: str
    code: str
    finding: str
    serial: str
    chain: str
    subject: str
    place: str
    how: str
    person: str
    scanned_at: str
    n: int


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A labelled thing that a unit has in hand, its newest label, and where it was put last."""

    chain: str
    subject: str
    serial: str
    place: str | None
    placed_in: int | None
    came_in: int
    touched_at: str
    inside: str


_take, _scan = t.stock_take.c, t.stock_scan.c
_takes = select(*(_take[one.name] for one in fields(TakeRow)))
_scans = select(*(_scan[one.name] for one in fields(ScanRow)))
_one = Statement(_takes.where(_take.id == bindparam("id")))
_held = Statement(_takes.where(_take.id == bindparam("id")).with_for_update())
_of_unit = _takes.where(_take.unit == bindparam("unit")).order_by(_take.opened_at.desc())
_open = Statement(_of_unit.where(_take.closed_at == literal(OPEN)))
_closed = Statement(_of_unit.where(_take.closed_at != literal(OPEN)).limit(_MOST))
_close = Statement(
    update(t.stock_take).where(_take.id == bindparam("of"), _take.closed_at == literal(OPEN)),
    ("closed_at", "closed_in", "closed_seq"),
)
_found = Statement(
    _scans.where(_scan.stock_take == bindparam("take"), _scan.code == bindparam("code"))
)
_numbered = Statement(
    _scans.where(_scan.stock_take == bindparam("take"), _scan.n == bindparam("number"))
)
_every = Statement(_scans.where(_scan.stock_take == bindparam("take")).order_by(_scan.n))
_last = Statement(
    select(_scan.n).where(_scan.stock_take == bindparam("take")).order_by(_scan.n.desc()).limit(ONE)
)
_compared = tuple(
    one.name for one in fields(ScanRow) if one.name not in {"stock_take", "code", "n"}
)
_anew = Statement(
    update(t.stock_scan).where(
        _scan.stock_take == bindparam("of"), _scan.code == bindparam("scanned")
    ),
    _compared,
)
_counts = Statement(
    select(_scan.finding, func.count())
    .where(_scan.stock_take == bindparam("take"))
    .group_by(_scan.finding)
)

_at, _move, _label, _newer = t.position, t.move.c, t.label, t.label.alias("newer")
_theirs = and_(_move.chain == _at.c.chain, _move.subject == _at.c.subject)
_came_in = (
    select(func.max(_move.seq))
    .where(_theirs, or_(_move.turn == ONE, _move.holder_before != _move.holder_after))
    .scalar_subquery()
)
# A decision on paper, such as a hold, takes nothing out of a freezer.
_touched_at = (
    select(func.max(t.entry.c.recorded_at))
    .join_from(t.move, t.entry, and_(t.entry.c.chain == _move.chain, t.entry.c.seq == _move.seq))
    .where(_theirs, _move.custody != "none")
    .scalar_subquery()
)
_is_packed = _at.c.inside != NOTHING
_in_hand = (
    select(
        *(_at.c.chain, _at.c.subject, _label.c.serial, t.value.c.content, t.value.c.seq),
        _came_in.label("came_in"),
        _touched_at.label("touched_at"),
        _at.c.inside,
    )
    .join_from(_at, _label, and_(_label.c.chain == _at.c.chain, _label.c.subject == _at.c.subject))
    .join(
        _newer,
        and_(
            _newer.c.chain == _label.c.chain,
            _newer.c.subject == _label.c.subject,
            _newer.c.issue > _label.c.issue,
        ),
        isouter=True,
    )
    .join(
        t.value,
        and_(
            t.value.c.chain == _at.c.chain,
            t.value.c.subject == _at.c.subject,
            t.value.c.field == "place",
        ),
        isouter=True,
    )
    .where(_newer.c.serial.is_(None), _at.c.consignee == "-")
    .order_by(_at.c.chain, _at.c.subject, t.value.c.seq, t.value.c.revision)
)
_of_holder = Statement(_in_hand.where(_at.c.holder == bindparam("unit"), ~_is_packed))
_packed = _in_hand.where(_at.c.holder == bindparam("unit"), _is_packed)
_packed_of_unit = Statement(_packed)
_packed_of_therapy = Statement(_packed.where(_at.c.chain == bindparam("coi")))
_of_thing = Statement(
    _in_hand.where(
        _at.c.chain == bindparam("coi"),
        _at.c.subject == bindparam("subject"),
        _at.c.holder == bindparam("unit"),
    )
)


def stock_take(connection: Connection, identifier: str) -> TakeRow | None:
    """The stock-take of this id."""
    row = _one.row(connection, id=identifier)
    return TakeRow(*row) if row else None


def hold(connection: Connection, identifier: str) -> TakeRow | None:
    """The same, which nobody else adds to or closes before the transaction ends."""
    row = _held.row(connection, id=identifier)
    return TakeRow(*row) if row else None


def of_unit(connection: Connection, unit: str) -> list[TakeRow]:
    """Every open stock-take of a unit, then the last that were closed; the newest first."""
    rows = (*_open.rows(connection, unit=unit), *_closed.rows(connection, unit=unit))
    return [TakeRow(*row) for row in rows]


def begin(connection: Connection, take: TakeRow) -> None:
    """Keep a new one."""
    add(connection, t.stock_take, [{one.name: getattr(take, one.name) for one in fields(take)}])


def close(connection: Connection, identifier: str, at: str, entry: tuple[str, int]) -> None:
    """Say which entry closed it, and when."""
    told = {"closed_at": at, "closed_in": entry[0], "closed_seq": entry[1]}
    _close.write(connection, [{"of": identifier, **told}])


def scanned(connection: Connection, take: str, code: str) -> ScanRow | None:
    """What was found by this code, if it was scanned before."""
    row = _found.row(connection, take=take, code=code)
    return ScanRow(*row) if row else None


def scan_numbered(connection: Connection, take: str, number: int) -> ScanRow | None:
    """What was found by the scan of this number."""
    row = _numbered.row(connection, take=take, number=number)
    return ScanRow(*row) if row else None


def scans(connection: Connection, take: str) -> list[ScanRow]:
    """Everything that was scanned, in its order."""
    return [ScanRow(*row) for row in _every.rows(connection, take=take)]


def last_number(connection: Connection, take: str) -> int:
    """The number of the last scan; 0 before the first."""
    row = _last.row(connection, take=take)
    return int(row[0]) if row else 0


def counts(connection: Connection, take: str) -> dict[str, int]:
    """How many codes were found so, by finding."""
    return {finding: count for finding, count in _counts.rows(connection, take=take)}  # noqa: C416


def keep_scan(connection: Connection, scan: ScanRow) -> None:
    """Keep one more scan."""
    add(connection, t.stock_scan, [{one.name: getattr(scan, one.name) for one in fields(scan)}])


def replace_scan(connection: Connection, scan: ScanRow) -> None:
    """Let a code that was scanned before be found so now; its number stays."""
    told = {name: getattr(scan, name) for name in _compared}
    _anew.write(connection, [{"of": scan.stock_take, "scanned": scan.code, **told}])


def held(connection: Connection, unit: str) -> list[HeldRow]:
    """What a unit has in hand and has labelled, neither sent nor packed, each thing once."""
    return _newest([HeldRow(*row) for row in _of_holder.rows(connection, unit=unit)])


def packed(connection: Connection, unit: str) -> list[HeldRow]:
    """What a unit has in hand inside of something that is closed, each thing once."""
    return _newest([HeldRow(*row) for row in _packed_of_unit.rows(connection, unit=unit)])


def packed_of(connection: Connection, coi: str, unit: str) -> list[HeldRow]:
    """The same of one therapy."""
    rows = _packed_of_therapy.rows(connection, coi=coi, unit=unit)
    return _newest([HeldRow(*row) for row in rows])


def standing(connection: Connection, coi: str, subject: str, unit: str) -> HeldRow | None:
    """The same of one thing, packed or not; None where the unit does not have it."""
    rows = _of_thing.rows(connection, coi=coi, subject=subject, unit=unit)
    return next(iter(_newest([HeldRow(*row) for row in rows])), None)


def _newest(rows: list[HeldRow]) -> list[HeldRow]:
    """Of a thing that was put somewhere more than once, the last time."""
    return list({row.subject: row for row in rows}.values())
