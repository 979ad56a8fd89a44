"""Reads one page of a work list: by the index of what is due, never the whole table.

Each place where a person has a role is a short walk along the index, which begins behind the last
row of the page before and ends when the page is full. What narrows the list down stands in the
index too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    bindparam,
    exists,
    literal_column,
    or_,
    select,
    tuple_,
    union_all,
)

from coi.store import tables as t
from coi.store.statements import Statement

PAGE = 50
_ONE_MORE: ColumnElement[int] = literal_column(str(PAGE + 1))  # whether there is a next page
_ALL_TIMES = "9999-12-31T23:59:59.999999Z~"  # after every time that there is

Pair = tuple[str, str]
"""A role and a place."""


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What a list is narrowed down to; nothing is left out where nothing is said."""

    phase: str = ""
    on_hold: bool = False
    due_before: str = ""
    coi: str = ""  # how the COI begins


@dataclass(frozen=True, slots=True)
class Listed:
    """One therapy of a page: when something is due, what that is, and where the therapy stands."""

    coi: str
    due_at: str
    held: str
    due: str
    workflow: str
    version: int
    state: str


def listed(
    connection: Connection, pairs: Sequence[Pair], narrowed: Narrowed, after: tuple[str, str]
) -> list[Listed]:
    """The therapies with a task for one of these pairs, the soonest first, behind `after`.

    Each therapy stands where its soonest task of all the pairs stands. There is one more than a
    page holds, where there is a next page.
    """
    if not pairs:
        return []
    rows = _page(len(pairs)).rows(connection, **_values(pairs), **_told(narrowed, after))
    return [Listed(*row) for row in rows]


def own_tasks(
    connection: Connection, pairs: Sequence[Pair], cois: Sequence[str]
) -> list[tuple[str, str, str]]:
    """COI, due at, actions of each task for one of these pairs in these therapies."""
    if not pairs or not cois:
        return []
    # As many as a page can hold, so that the statement is the same for every page.
    asked = {f"coi{n}": coi for n, coi in enumerate([*cois, *[""] * (PAGE - len(cois))])}
    found = _own(len(pairs)).rows(connection, **_values(pairs), **asked)
    return [(row[0], row[1], row[2]) for row in found]


@dataclass(frozen=True, slots=True)
class NamedUnit:
    """A unit as people call it, with the time zone of its site."""

    id: str
    name: str
    site_name: str
    time_zone: str


def named_units(connection: Connection, units: Sequence[str]) -> tuple[NamedUnit, ...]:
    """These units, by the names of their sites and their own."""
    if not units:
        return ()
    asked = {f"unit{n}": unit for n, unit in enumerate(units)}
    return tuple(NamedUnit(*row) for row in _named(len(units)).rows(connection, **asked))


_installed = Statement(
    select(t.workflow.c.name, t.workflow.c.version).order_by(
        t.workflow.c.name, t.workflow.c.version
    )
)


def installed(connection: Connection) -> list[tuple[str, int]]:
    """Name and version of every definition that is installed."""
    return [(row[0], row[1]) for row in _installed.rows(connection)]


def _values(pairs: Sequence[Pair]) -> dict[str, str]:
    roles = {f"role{n}": role for n, (role, _place) in enumerate(pairs)}
    return roles | {f"place{n}": place for n, (_role, place) in enumerate(pairs)}


def _told(narrowed: Narrowed, after: tuple[str, str]) -> dict[str, str]:
    return {
        "phase": narrowed.phase,
        "held": "nothing" if narrowed.on_hold else "",
        "before": narrowed.due_before or _ALL_TIMES,
        "begins": f"{narrowed.coi}%",
        "after_due": after[0],
        "after_coi": after[1],
    }


@cache
def _page(pairs: int) -> Statement:
    """One walk for each pair, put together: the soonest of all come first."""
    walks = [select(_walk(n, pairs).subquery(f"walk{n}")) for n in range(pairs)]
    found = (walks[0] if pairs == 1 else union_all(*walks)).subquery("found")
    at = t.position
    return Statement(
        select(
            found.c.chain,
            found.c.due_at,
            found.c.held,
            found.c.actions,
            t.therapy.c.workflow,
            at.c.version,
            at.c.state,
        )
        .join_from(found, t.therapy, t.therapy.c.coi == found.c.chain)
        .join(at, and_(at.c.chain == found.c.chain, at.c.subject == found.c.chain))
        .order_by(found.c.due_at, found.c.chain)
        .limit(_ONE_MORE)
    )


def _walk(n: int, pairs: int) -> Select[tuple[str, ...]]:
    """Along the index for one pair, as far as one page needs."""
    task = t.task.alias(f"task{n}")
    c = task.c
    walk = (
        select(c.chain, c.due_at, c.held, c.actions)
        .where(
            _is(task, n),
            tuple_(c.due_at, c.chain) > tuple_(bindparam("after_due"), bindparam("after_coi")),
            c.due_at < bindparam("before"),
            c.chain.like(bindparam("begins")),
            or_(bindparam("phase") == "", c.phase == bindparam("phase")),
            or_(bindparam("held") == "", c.held != bindparam("held")),
        )
        .order_by(c.due_at, c.chain)
        .limit(_ONE_MORE)
    )
    if pairs == 1:
        return walk
    other = t.task.alias(f"other{n}")
    sooner = tuple_(other.c.due_at, other.c.role, other.c.place) < tuple_(c.due_at, c.role, c.place)
    mine = or_(*(_is(other, k) for k in range(pairs) if k != n))
    # A therapy that stands on an earlier page, by another of its tasks, does not come again.
    return walk.where(~exists().where(other.c.chain == c.chain, mine, sooner).correlate(task))


@cache
def _own(pairs: int) -> Statement:
    task = t.task
    return Statement(
        select(task.c.chain, task.c.due_at, task.c.actions).where(
            task.c.chain.in_([bindparam(f"coi{n}") for n in range(PAGE)]),
            or_(*(_is(task, n) for n in range(pairs))),
        )
    )


def _is(task: FromClause, n: int) -> ColumnElement[bool]:
    """The task is for this pair."""
    return and_(task.c.role == bindparam(f"role{n}"), task.c.place == bindparam(f"place{n}"))


@cache
def _named(units: int) -> Statement:
    return Statement(
        select(t.unit.c.id, t.unit.c.name, t.site.c.name, t.site.c.time_zone)
        .join_from(t.unit, t.site, t.site.c.id == t.unit.c.site)
        .where(t.unit.c.id.in_([bindparam(f"unit{n}") for n in range(units)]))
        .order_by(t.site.c.name, t.unit.c.name)
    )
