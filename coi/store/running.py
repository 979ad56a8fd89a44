"""Reads what starts the clocks of the therapies of one page, in one look for all of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from sqlalchemy import (
    BindParameter,
    Connection,
    and_,
    bindparam,
    literal,
    literal_column,
    or_,
    select,
    union_all,
)

from coi.clock import parse_rfc3339
from coi.store import tables as t
from coi.store.statements import Statement
from coi.store.worklist import ONE_MORE
from workflows.alarms import Rings
from workflows.clocks import ENDED, ENTERED, FIELDS, PLANNED_ON, Planned, Told
from workflows.tasks import EVERY_SITE

_STEP = "-step"  # no field has a name that begins so
_COIS: list[BindParameter[str]] = [bindparam(f"coi{n}") for n in range(ONE_MORE)]

_entry = and_(t.entry.c.chain == t.value.c.chain, t.entry.c.seq == t.value.c.seq)
_own = (
    select(
        t.value.c.chain,
        t.value.c.subject,
        t.subject.c.machine,
        t.position.c.state,
        t.position.c.holder,
        t.value.c.field,
        t.value.c.content,
        t.entry.c.happened_at,
        t.value.c.seq,
    )
    .join_from(t.value, t.entry, _entry)
    .join(
        t.position,
        and_(t.position.c.chain == t.value.c.chain, t.position.c.subject == t.value.c.subject),
    )
    .join(t.subject, t.subject.c.id == t.value.c.subject)
    .where(
        t.value.c.chain.in_(_COIS),
        or_(
            t.value.c.field.in_([literal(name) for name in FIELDS]),
            t.value.c.field.like(literal(f"%{PLANNED_ON}")),
        ),
    )
)
"""What was recorded of a thing itself."""

_collected = (
    select(
        t.value.c.chain,
        t.lineage.c.child_id,
        t.subject.c.machine,
        t.position.c.state,
        t.position.c.holder,
        t.value.c.field,
        t.value.c.content,
        t.entry.c.happened_at,
        t.value.c.seq,
    )
    .join_from(t.value, t.entry, _entry)
    .join(
        t.lineage,
        and_(t.lineage.c.chain == t.value.c.chain, t.lineage.c.parent_id == t.value.c.subject),
    )
    .join(
        t.position,
        and_(t.position.c.chain == t.value.c.chain, t.position.c.subject == t.lineage.c.child_id),
    )
    .join(t.subject, t.subject.c.id == t.lineage.c.child_id)
    .where(
        t.value.c.chain.in_(_COIS),
        t.value.c.field == literal(ENDED),
        t.lineage.c.relation == literal("made_of"),
    )
)
"""When the collection ended of which a thing was made."""

_MOST_LOTS = 8
_LOTS: list[BindParameter[str]] = [bindparam(f"lot{n}") for n in range(_MOST_LOTS)]

_entered = (
    select(
        t.move.c.chain,
        t.move.c.subject,
        t.move.c.machine,
        t.position.c.state,
        t.position.c.holder,
        literal(ENTERED),
        t.move.c.to_state,
        t.entry.c.happened_at,
        t.move.c.seq,
    )
    .join_from(
        t.subject,
        t.move,
        and_(t.move.c.chain == t.subject.c.chain, t.move.c.subject == t.subject.c.id),
    )
    .join(t.entry, and_(t.entry.c.chain == t.move.c.chain, t.entry.c.seq == t.move.c.seq))
    .join(
        t.position,
        and_(t.position.c.chain == t.move.c.chain, t.position.c.subject == t.move.c.subject),
    )
    .where(t.subject.c.chain.in_(_COIS), t.subject.c.machine.in_(_LOTS))
)
"""Into which states the lots have come."""

_planned = select(
    t.alarm.c.chain,
    literal(""),
    literal(""),
    literal(""),
    t.alarm.c.unit,
    literal(_STEP),
    t.alarm.c.about,
    t.alarm.c.rings_at,
    literal_column("0"),
).where(
    t.alarm.c.chain.in_(_COIS),
    t.alarm.c.kind == literal(Rings.STEP.value),
    t.alarm.c.site == literal(EVERY_SITE),
)
"""What is due when, as it was planned with the newest entry."""

_every = union_all(_own, _collected, _entered, _planned).subquery("told")
_told = Statement(select(_every).order_by(_every.c.chain, _every.c.seq))


@dataclass(slots=True)
class Started:
    """What starts the clocks of one therapy."""

    told: list[Told] = field(default_factory=list)
    planned: list[Planned] = field(default_factory=list)


def started(
    connection: Connection,
    cois: Sequence[str],
    lots: Collection[str],
    units: Collection[str] | None = None,
) -> dict[str, Started]:
    """What starts clocks in each of these therapies, as many as a page lists; all, or at units.

    `lots` are the machines of lots, of which is told how they came where they are. What is due and
    lies at no unit is at each of them.
    """
    if not cois:
        return {}
    asked = {f"coi{n}": coi for n, coi in enumerate([*cois, *[""] * (ONE_MORE - len(cois))])}
    named = sorted(lots)[:_MOST_LOTS]
    asked |= {f"lot{n}": one for n, one in enumerate([*named, *[""] * (_MOST_LOTS - len(named))])}
    found: dict[str, Started] = {}
    for coi, subject, machine, state, unit, name, content, at, _seq in _told.rows(
        connection, **asked
    ):
        if units is not None and unit not in units and unit != EVERY_SITE:
            continue
        mine, moment = found.setdefault(coi, Started()), parse_rfc3339(at)
        if name == _STEP:
            mine.planned.append(Planned(tuple(content.split()), unit, moment))
        else:
            mine.told.append(Told(subject, machine, state, unit, name, content, moment))
    return found
