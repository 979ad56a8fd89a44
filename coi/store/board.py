"""Counts the therapies in each phase: in one walk along the index of what is due."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import Connection, Integer, bindparam, case, func, literal_column, or_, select

from coi.store import tables as t
from coi.store.statements import Statement
from coi.store.worklist import Narrowed, fits, takes_part, told

_ONE, _NOT = literal_column("1", Integer), literal_column("0", Integer)


def counted(
    connection: Connection, places: Sequence[str], narrowed: Narrowed, now: str
) -> dict[str, tuple[int, int, int]]:
    """Phase -> how many therapies stand there, how many are overdue, how many on hold or partly.

    Each therapy is counted once, from however many places it is seen. They are those of the list
    that is narrowed down alike: what is asked of one of its rows is asked within the index.
    """
    if not places:
        return {}
    asked = {f"place{n}": place for n, place in enumerate(places)}
    counts = _counted(len(places), bool(narrowed.workflow), bool(narrowed.site))
    rows = counts.rows(connection, **asked, **told(narrowed), now=now)
    return {row[0]: (int(row[1]), int(row[2]), int(row[3])) for row in rows}


@cache
def _counted(places: int, of_one: bool, at_site: bool) -> Statement:  # noqa: FBT001 - the cache knows places alone
    c = t.task.c
    once = (
        select(c.chain, c.phase, c.held, func.min(c.due_at).label("due_at"))
        .where(
            or_(*(c.place == bindparam(f"place{n}") for n in range(places))),
            *fits(c),
            *([takes_part(c.chain)] if at_site else []),
        )
        .group_by(c.chain, c.phase, c.held)
    )
    if of_one:
        runs = t.therapy.c.workflow == bindparam("workflow")
        once = once.join_from(t.task, t.therapy, t.therapy.c.coi == c.chain).where(runs)
    found = once.subquery("once")
    late = case((found.c.due_at < bindparam("now"), _ONE), else_=_NOT)
    held = case((found.c.held != "nothing", _ONE), else_=_NOT)
    return Statement(
        select(found.c.phase, func.count(), func.sum(late), func.sum(held)).group_by(found.c.phase)
    )
