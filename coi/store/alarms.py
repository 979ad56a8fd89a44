"""Writes down the alarms of each therapy, and what a therapy's things say of when they ring."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    delete,
    exists,
    literal,
    literal_column,
    or_,
    select,
    union_all,
)

from coi.clock import parse_rfc3339, rfc3339
from coi.store import tables as t
from coi.store.append import add
from coi.store.statements import Statement
from coi.store.words import ONE
from workflows.alarms import AlarmDeed, Key, Level
from workflows.on_paper import OPEN, STEP
from workflows.ringing import FIELDS, Said, VoidLabel
from workflows.tasks import EVERY_SITE, NEVER

WAITING, RINGS, OVER = "waiting", "rings", "over"
NOT_YET = "-"
NEVER_MORE = rfc3339(NEVER)

PlannedRow = tuple[str, str, str, str, str, str, str, str, str, str]
"""Planned: kind, subject, since, rings and escalates at, site, unit, roles, about, level."""


@dataclass(frozen=True, slots=True)
class Became:
    """What became of an alarm so far."""

    state: str = WAITING
    raised_at: str = NOT_YET
    escalated_at: str = NOT_YET
    heard_by: str = NOT_YET
    heard_at: str = NOT_YET

    def next_at(self, since: str, rings_at: str, escalates_at: str) -> str:
        """When something is to be put on record of it again."""
        if self.state == OVER:
            return since
        if self.state == WAITING:
            return rings_at
        return escalates_at if self.escalated_at == NOT_YET else NEVER_MORE


_PLANNED = (
    *("kind", "subject", "since", "rings_at", "site"),
    *("escalates_at", "unit", "roles", "about", "level"),
)
_BECAME = ("state", "raised_at", "escalated_at", "heard_by", "heard_at")
_COLUMNS = (*_PLANNED, "next_at", *_BECAME)
_KEY = ("kind", "subject", "since", "rings_at", "site")
_OF_THERAPY, _OF_LABEL, _OF_VALUE = "therapy", "label", "value"

_later = t.label_turn.alias("later")
_void = select(
    literal(_OF_LABEL).label("what"),
    t.label.c.subject,
    t.label.c.serial.label("field"),
    literal("").label("content"),
    t.entry.c.happened_at,
    t.label_turn.c.seq,
).where(
    t.label_turn.c.chain == bindparam("coi"),
    t.label_turn.c.after == literal("voided"),
    t.label.c.serial == t.label_turn.c.serial,
    t.entry.c.chain == t.label_turn.c.chain,
    t.entry.c.seq == t.label_turn.c.seq,
    ~exists()
    .where(_later.c.chain == t.label_turn.c.chain, _later.c.serial == t.label_turn.c.serial)
    .where(_later.c.turn > t.label_turn.c.turn),
)
_values = (
    select(
        literal(_OF_VALUE),
        t.value.c.subject,
        t.value.c.field,
        t.value.c.content,
        t.entry.c.happened_at,
        t.value.c.seq,
    )
    .join_from(
        t.value,
        t.entry,
        and_(t.entry.c.chain == t.value.c.chain, t.entry.c.seq == t.value.c.seq),
    )
    .where(
        t.value.c.chain == bindparam("coi"),
        t.value.c.field.in_([literal(name) for name in FIELDS]),
    )
)
_newest = (
    select(
        literal(_OF_THERAPY),
        literal(""),
        literal(""),
        t.entry.c.transcription,
        t.entry.c.happened_at,
        t.entry.c.seq,
    )
    .where(t.entry.c.chain == bindparam("coi"))
    .order_by(t.entry.c.seq.desc())
    .limit(ONE)
    .subquery("newest")
)
_every = union_all(_void, _values, select(_newest)).subquery("told")
_told = Statement(select(_every).order_by(_every.c.seq))
"""What a therapy's things say of when something rings, in one look."""

_turns = Statement(
    select(
        t.move.c.to_state,
        t.move.c.from_state,
        t.move.c.holder_before,
        t.move.c.holder_after,
        t.entry.c.happened_at,
    )
    .join_from(
        t.move,
        t.entry,
        and_(t.entry.c.chain == t.move.c.chain, t.entry.c.seq == t.move.c.seq),
    )
    .where(t.move.c.chain == bindparam("coi"), t.move.c.subject == bindparam("subject"))
    .order_by(t.move.c.turn)
)
_rows = Statement(
    select(*(t.alarm.c[name] for name in _COLUMNS)).where(t.alarm.c.chain == bindparam("coi"))
)
_remove = Statement(
    delete(t.alarm).where(
        t.alarm.c.chain == bindparam("at_chain"),
        *(t.alarm.c[name] == bindparam(f"at_{name}") for name in _KEY),
    )
)
_AT_ONCE: ColumnElement[int] = literal_column("100")
_due = Statement(
    select(*(t.alarm.c[name] for name in ("chain", *_KEY[:-1])))
    .where(t.alarm.c.site == literal(EVERY_SITE), t.alarm.c.next_at <= bindparam("now"))
    .order_by(t.alarm.c.next_at)
    .limit(_AT_ONCE)
)


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of a therapy's things, beside how they stand."""

    said: dict[tuple[str, str], Said]
    void: tuple[VoidLabel, ...]
    is_on_paper: bool  # it is still being copied: what was due is told by the paper


def told_of_things(connection: Connection, coi: str) -> Told:
    """What the things of a therapy say of when something rings."""
    said: dict[tuple[str, str], Said] = {}
    void: list[VoidLabel] = []
    transcription = ""
    for what, subject, field, content, at, seq in _told.rows(connection, coi=coi):
        if what == _OF_LABEL:
            void.append(VoidLabel(field, subject, parse_rfc3339(at)))
        elif what == _OF_THERAPY:
            transcription = content
        else:
            known = said.get((subject, field))
            said[subject, field] = _after(known, content, parse_rfc3339(at), int(seq))
    return Told(said, tuple(void), transcription in {OPEN, STEP})


def _after(known: Said | None, content: str, at: datetime, seq: int) -> Said:
    """What is said of a field after this was told of it."""
    if known is None:
        return Said(content, at, at, seq, seq)
    if known.content == content:
        return replace(known, newest_seq=seq)
    return Said(content, known.first_at, at, seq, seq)


def issued_at(connection: Connection, coi: str, subject: str) -> str:
    """Since when a thing is in other hands than those in which it came to its state; or ''."""
    received, since, holder = "", "", ""
    for to_state, from_state, before, after, at in _turns.rows(
        connection, coi=coi, subject=subject
    ):
        if to_state != from_state:
            received, since = after, ""
        elif before != after and not since:
            since = at
        holder = after
    return since if holder != received else ""


def planned_rows(connection: Connection, coi: str) -> set[PlannedRow]:
    """The alarms of a therapy as they are stored, without what became of them."""
    length = len(_PLANNED)
    over = _COLUMNS.index("state")
    return {row[:length] for row in _rows.rows(connection, coi=coi) if row[over] != OVER}


def keep_alarms(connection: Connection, coi: str, planned: Iterable[PlannedRow]) -> None:
    """Let these be the alarms of a therapy: what became of each stays, and what rang is over."""
    stored = set(_rows.rows(connection, coi=coi))
    became = {row[:4]: Became(*row[len(_PLANNED) + 1 :]) for row in stored}
    wanted = {_whole(row, became.get(row[:4], Became())) for row in planned}
    still = {row[:4] for row in wanted}
    for row in stored:
        was = became[row[:4]]
        if row[:4] not in still and row[4] == EVERY_SITE and was.state != WAITING:
            wanted.add(_whole(row[: len(_PLANNED)], replace(was, state=OVER)))
    if gone := stored - wanted:
        _remove.write(connection, [_at(coi, row) for row in gone])
    new = [dict(zip(_COLUMNS, row, strict=True)) for row in wanted - stored]
    add(connection, t.alarm, [{"chain": coi, **row} for row in new])


def _whole(planned: PlannedRow, became: Became) -> tuple[str, ...]:
    """The row with what became of the alarm."""
    next_at = became.next_at(planned[2], planned[3], planned[5])
    told = (became.state, became.raised_at, became.escalated_at, became.heard_by, became.heard_at)
    return (*planned, next_at, *told)


def _at(coi: str, row: tuple[str, ...]) -> dict[str, str]:
    return {"at_chain": coi, **{f"at_{name}": row[n] for n, name in enumerate(_KEY)}}


def due_now(connection: Connection, now: str) -> list[Key]:
    """The alarms of which something is to be put on record by now, the first first."""
    return [Key(*row) for row in _due.rows(connection, now=now)]


@dataclass(frozen=True, slots=True)
class Stands:
    """One alarm with what became of it, and the sites that are told of it."""

    key: Key
    escalates_at: str
    unit: str
    about: str
    next_at: str
    became: Became


def stands(connection: Connection, key: Key) -> Stands | None:
    """How an alarm stands; None where it is none any more."""
    for row in _rows.rows(connection, coi=key.chain):
        if row[:4] == key[1:] and row[4] == EVERY_SITE:
            told = dict(zip(_COLUMNS, row, strict=True))
            became = Became(*(told[name] for name in _BECAME))
            told_of = (told["escalates_at"], told["unit"], told["about"], told["next_at"])
            return Stands(key, *told_of, became)
    return None


def keep_became(connection: Connection, key: Key, became: Became | None) -> None:
    """Write down what became of an alarm, for every site; None where it is none any more."""
    stored = [row for row in _rows.rows(connection, coi=key.chain) if row[:4] == key[1:]]
    _remove.write(connection, [_at(key.chain, row) for row in stored])
    if became is not None:
        whole = (_whole(row[: len(_PLANNED)], became) for row in stored)
        rows = [dict(zip(_COLUMNS, row, strict=True)) for row in whole]
        add(connection, t.alarm, [{"chain": key.chain, **row} for row in rows])


def sites_told(connection: Connection, key: Key) -> frozenset[str]:
    """The sites that are told of an alarm."""
    rows = _rows.rows(connection, coi=key.chain)
    return frozenset(row[4] for row in rows if row[:4] == key[1:]) - {EVERY_SITE}


def sites_owning(connection: Connection, key: Key) -> frozenset[str]:
    """The sites at which somebody owns an alarm: they hold the thing, or await it."""
    roles = _COLUMNS.index("roles")
    rows = _rows.rows(connection, coi=key.chain)
    return frozenset(row[4] for row in rows if row[:4] == key[1:] and row[roles].strip())


@dataclass(frozen=True, slots=True)
class Grave:
    """What rings and is told by e-mail: what it is, the last deed, when, and at which sites."""

    kind: str
    subject: str
    deed: AlarmDeed
    at: str
    sites: frozenset[str]


_MOST_GRAVE: ColumnElement[int] = literal_column("1000")
_grave = Statement(
    select(
        *(t.alarm.c[name] for name in ("kind", "subject", "raised_at", "escalated_at")),
        *(t.alarm.c[name] for name in ("chain", "since", "rings_at")),
    )
    .where(
        t.alarm.c.site == literal(EVERY_SITE),
        t.alarm.c.level.in_([literal(one.value) for one in Level]),
        t.alarm.c.rings_at <= bindparam("now"),
        t.alarm.c.state == literal(RINGS),
        or_(
            and_(
                t.alarm.c.level == literal(Level.ALARM.value),
                t.alarm.c.raised_at > bindparam("told"),
            ),
            and_(
                t.alarm.c.escalated_at != literal(NOT_YET),
                t.alarm.c.escalated_at > bindparam("told"),
            ),
        ),
    )
    .order_by(t.alarm.c.raised_at)
    .limit(_MOST_GRAVE)
)


def grave_since(connection: Connection, now: str, told: str) -> list[Grave]:
    """What rings and was raised, or went on to others, since then; the oldest first."""
    return [
        Grave(
            kind,
            subject,
            AlarmDeed.RAISE if escalated_at == NOT_YET else AlarmDeed.ESCALATE,
            max(raised_at, escalated_at) if escalated_at != NOT_YET else raised_at,
            sites_owning(connection, Key(chain, kind, subject, since, rings_at)),
        )
        for kind, subject, raised_at, escalated_at, chain, since, rings_at in _grave.rows(
            connection, now=now, told=told
        )
    ]
