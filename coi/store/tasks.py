"""Writes down what could be done next in a therapy, and reads what that is worked out from."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, delete, func, or_, select

from coi.clock import parse_rfc3339
from coi.store import tables as t
from coi.store.append import add
from coi.store.facts import standing_with
from coi.store.statements import Statement
from coi.store.words import ONE
from workflows.facts import Position, Subject

TaskRow = tuple[str, str, str, str, str, str]
"""Place, roles, due at, phase, held, actions: a row of `task`, without its chain."""

_COLUMNS = ("place", "roles", "due_at", "phase", "held", "actions")

_came = (
    select(t.move.c.seq)
    .where(
        t.move.c.subject == t.subject.c.id,
        or_(
            t.move.c.from_state != t.move.c.to_state,
            t.move.c.holder_before != t.move.c.holder_after,
            t.move.c.consignee_before != t.move.c.consignee_after,
        ),
    )
    .order_by(t.move.c.turn.desc())
    .limit(ONE)
    .correlate(t.subject)
    .scalar_subquery()
)
"""The entry in which a subject came to where it stands; what only touched it does not count."""

_since = (
    select(t.entry.c.happened_at)
    .where(t.entry.c.chain == t.subject.c.chain, t.entry.c.seq == _came)
    .correlate(t.subject)
    .scalar_subquery()
)
_standing = Statement(standing_with(_since))
_stayed = Statement(
    select(t.move.c.subject, t.entry.c.action, func.max(t.entry.c.happened_at))
    .join_from(
        t.move,
        t.entry,
        and_(t.entry.c.chain == t.move.c.chain, t.entry.c.seq == t.move.c.seq),
    )
    .where(
        t.move.c.chain == bindparam("coi"),
        t.move.c.from_state == t.move.c.to_state,
        t.move.c.holder_before == t.move.c.holder_after,
        t.move.c.consignee_before == t.move.c.consignee_after,
    )
    .group_by(t.move.c.subject, t.entry.c.action)
)
_rows = Statement(
    select(*(t.task.c[name] for name in _COLUMNS)).where(t.task.c.chain == bindparam("coi"))
)
_due = Statement(
    select(t.task.c.chain, t.task.c.due_at, t.task.c.actions)
    .where(t.task.c.place == bindparam("place"), t.task.c.due_at < bindparam("until"))
    .order_by(t.task.c.due_at, t.task.c.chain)
)
_remove = Statement(
    delete(t.task).where(
        t.task.c.chain == bindparam("at_chain"),
        t.task.c.place == bindparam("at_place"),
        t.task.c.roles == bindparam("for_roles"),
    )
)


def standing(connection: Connection, coi: str) -> dict[str, tuple[Subject, datetime]]:
    """Every subject of a therapy, oldest first, with the time since which it stands there."""
    return {
        identifier: (
            Subject(identifier, machine, born, origin, origin_born, Position(*position)),
            parse_rfc3339(since),
        )
        for identifier, machine, born, origin, origin_born, since, *position in _standing.rows(
            connection, coi=coi
        )
    }


def taken(connection: Connection, coi: str) -> dict[tuple[str, str], datetime]:
    """When each step was taken last that left a subject of a therapy where it stood."""
    rows = _stayed.rows(connection, coi=coi)
    return {(subject, action): parse_rfc3339(at) for subject, action, at in rows}


def between_blanks(roles: Iterable[str]) -> str:
    """Roles as they stand in a row: between blanks, so that no role is found within another."""
    return f" {' '.join(roles)} "


def task_rows(connection: Connection, coi: str) -> set[TaskRow]:
    """The tasks of a therapy, as they are stored."""
    return set(_rows.rows(connection, coi=coi))


def keep_tasks(connection: Connection, coi: str, rows: Iterable[TaskRow]) -> None:
    """Let these be the tasks of a therapy; what stands there already is not touched."""
    wanted, stored = set(rows), task_rows(connection, coi)
    if gone := stored - wanted:
        at = [{"at_chain": coi, "at_place": place, "for_roles": roles} for place, roles, *_ in gone]
        _remove.write(connection, at)
    new = [dict(zip(_COLUMNS, row, strict=True)) for row in wanted - stored]
    add(connection, t.task, [{"chain": coi, **row} for row in new])


def due_before(connection: Connection, place: str, until: str) -> list[tuple[str, str, str]]:
    """COI, deadline and actions of what was due at a place before this moment, the first first."""
    found = _due.rows(connection, place=place, until=until)
    return [(row[0], row[1], row[2]) for row in found]
