"""Counts what was done between two moments, unit by unit, and reads what of it was unusual."""

from sqlalchemy import Connection, bindparam, func, literal, or_, select

from coi.store import tables as t
from coi.store.statements import Statement
from coi.store.unusual import is_marked
from workflows.alarms import AlarmDeed

_DONE = ("act", "late")  # but for what rings: that is no step of anybody
_c = t.entry.c
_within = (_c.recorded_at >= bindparam("since"), _c.recorded_at < bindparam("until"))
_steps = Statement(
    select(_c.unit, func.count())
    .where(
        *_within,
        or_(*(_c.kind == literal(kind) for kind in _DONE)),
        _c.action.not_in([*map(literal, AlarmDeed)]),
    )
    .group_by(_c.unit)
)
# What stands in the chain of a site is no step of a therapy.
_unusual = Statement(
    select(_c.unit, _c.content).where(*_within, is_marked(), _c.kind != literal("site"))
)


def steps_between(connection: Connection, since: str, until: str) -> dict[str, int]:
    """How many steps of therapies each unit took, from the one moment to before the other."""
    return {row[0]: int(row[1]) for row in _steps.rows(connection, since=since, until=until)}


def unusual_between(connection: Connection, since: str, until: str) -> list[tuple[str, str]]:
    """The unit and the bytes of each entry of a therapy that may be out of the common."""
    return [(row[0], row[1]) for row in _unusual.rows(connection, since=since, until=until)]
