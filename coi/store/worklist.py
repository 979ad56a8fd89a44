"""Reads one page of a work list: by the index of what is due, never the whole table.

Each place where a person has a role is a short walk along the index, which begins behind the last
row of the page before and ends when the page is full. What narrows the list down stands in the
index too; but how a COI begins is looked up among the therapies, where few begin so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    ScalarSelect,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
    union,
)

from coi.store import tables as t
from coi.store.statements import Statement
from coi.store.tasks import between_blanks
from coi.store.words import all_in_one, by_code_point
from workflows.on_paper import ENDED, ON_PAPER

PAGE = 50
ONE_MORE = PAGE + 1  # whether there is a next page
_AS_MANY: ColumnElement[int] = literal_column(str(ONE_MORE))
_BLANK: ColumnElement[str] = literal_column("' '", Text())
_FIRST: ColumnElement[int] = literal_column("1")
MOST_ONCE = 12  # pairs: each is compared with each, and a statement is no longer than that
FEW = 500
"""So many therapies are looked up; where more COIs begin alike, a walk soon meets one of them."""
SOONEST, FIRST_OF_SITE = 500, 50
"""In so many therapies of a place, and of a site, it is looked up which sites take part."""
_MORE_THAN_FEW: ColumnElement[int] = literal_column(str(FEW + 1))
_BEHIND_ALL_COIS = "~"  # the last sign of ASCII, in which a COI is written
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
    workflow: str = ""
    site: str = ""  # it takes part
    once: bool = False  # each therapy by its soonest deadline alone: this looks at each twice


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a page: in which therapy something is due, and when; and where that stands."""

    coi: str
    due_at: str
    held: str
    workflow: str
    version: int
    state: str


def listed(
    connection: Connection, pairs: Sequence[Pair], narrowed: Narrowed, after: tuple[str, str]
) -> list[Listed]:
    """The therapies with a task for one of these pairs, the soonest first, behind `after`.

    A therapy has one line for each deadline of its tasks, unless it is wanted `once`. There is one
    line more than a page holds, where there is a next page.
    """
    if not pairs:
        return []
    page = _page(len(pairs), narrowed.once, _are_few(connection, narrowed.coi))
    behind = {"after_due": after[0], "after_coi": after[1]}
    rows = page.rows(connection, **_values(pairs), **told(narrowed), **behind)
    return [Listed(*row) for row in rows]


def _are_few(connection: Connection, begins: str) -> bool:
    """No more therapies than are looked up have a COI that begins so; in the index of all COIs."""
    return bool(begins) and len(_beginning.rows(connection, **_from_to(begins))) <= FEW


def tasks_in(
    connection: Connection, pairs: Sequence[Pair], cois: Sequence[str]
) -> list[tuple[str, str, str, str]]:
    """COI, due at, place, actions of each task for one of these pairs in these therapies."""
    if not pairs or not cois:
        return []
    # As many as can be listed at once, so that the statement is the same for every page.
    asked = {f"coi{n}": coi for n, coi in enumerate([*cois, *[""] * (ONE_MORE - len(cois))])}
    found = _own(len(pairs)).rows(connection, **_values(pairs), **asked)
    return [(row[0], row[1], row[2], row[3]) for row in found]


def places_of_tasks(connection: Connection, cois: Sequence[str]) -> list[tuple[str, str, str]]:
    """COI, due at, place of every task in these therapies, of whomever; ONE_MORE at most."""
    asked = {f"coi{n}": coi for n, coi in enumerate([*cois, *[""] * (ONE_MORE - len(cois))])}
    return [(row[0], row[1], row[2]) for row in _of_all.rows(connection, **asked)]


_of_all = Statement(
    select(t.task.c.chain, t.task.c.due_at, t.task.c.place)
    .where(t.task.c.chain.in_([bindparam(f"coi{n}") for n in range(ONE_MORE)]))
    .order_by(t.task.c.chain, t.task.c.place, t.task.c.roles)
)


def copied_from_paper(connection: Connection, cois: Sequence[str]) -> dict[str, tuple[str, bool]]:
    """Those of these therapies that ran on paper: the reference, and whether two have ended it."""
    if not cois:
        return {}
    asked = {f"coi{n}": coi for n, coi in enumerate([*cois, *[""] * (ONE_MORE - len(cois))])}
    return {row[0]: (row[1], bool(row[2])) for row in _copied.rows(connection, **asked)}


_ended = (
    select(t.entry.c.seq)
    .where(t.entry.c.chain == t.value.c.chain, t.entry.c.transcription == literal(ENDED))
    .correlate(t.value)
    .exists()
)
_copied = Statement(
    # An order is entry 0, and its values are the first of its chain: a few rows of each.
    select(t.value.c.chain, t.value.c.content, _ended).where(
        t.value.c.chain.in_([bindparam(f"coi{n}") for n in range(ONE_MORE)]),
        t.value.c.seq == literal_column("0"),
        t.value.c.field == literal(ON_PAPER),
    )
)


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


def sites_in(connection: Connection, places: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Id and name of each site that takes part in a therapy with a task at one of these places.

    It is looked for in the SOONEST therapies of each place, and in the FIRST_OF_SITE of each site:
    a site that is in none of these is left out, however many therapies there are.
    """
    if not places:
        return ()
    asked = {f"place{n}": place for n, place in enumerate(places)}
    found = _taking_part(len(places)).rows(connection, **asked)
    return tuple((row[0], row[1]) for row in found)


@cache
def _taking_part(places: int) -> Statement:
    """No further than so many rows of an index for each place and each site."""
    told = _parts_of_soonest(places)
    named = func.replace(told.c.sites, _BLANK + t.site.c.id + _BLANK, _BLANK) != told.c.sites
    near = select(told.c.sites).where(named).limit(_FIRST).correlate(t.site).scalar_subquery()
    sites = select(t.site.c.id, t.site.c.name).where(
        or_(near.is_not(None), _seen_of_its_first(places).is_not(None))
    )
    return Statement(sites.order_by(t.site.c.name, t.site.c.id))


def _parts_of_soonest(places: int) -> CTE:
    """The sites of the therapies at the beginning of what is due at each place, between blanks.

    Asked for as one value for each therapy, so that no database reads all who take part.
    """
    c, takes_part = t.task.c, t.participation
    walks = [
        select(c.chain)
        .where(c.place == bindparam(f"place{n}"))
        .order_by(c.due_at, c.chain)
        .limit(literal_column(str(SOONEST)))
        .subquery(f"soonest{n}")
        for n in range(places)
    ]
    every = [select(walk.c.chain) for walk in walks]
    soonest = (every[0] if places == 1 else union(*every)).subquery("soonest")
    theirs = (
        select(all_in_one(takes_part.c.site))
        .where(takes_part.c.chain == soonest.c.chain)
        .correlate(soonest)
        .scalar_subquery()
    )
    told = select((_BLANK + theirs + _BLANK).label("sites")).select_from(soonest).distinct()
    return told.cte("told").prefix_with("MATERIALIZED")


def _seen_of_its_first(places: int) -> ScalarSelect[str]:
    """One of the first therapies of a site that has a task at one of these places.

    Asked for as one value each, so that no database puts the tables together as a whole.
    """
    task, takes_part = t.task, t.participation
    first = (
        select(takes_part.c.chain)
        .where(takes_part.c.site == t.site.c.id)
        .limit(literal_column(str(FIRST_OF_SITE)))
        .correlate(t.site)
        .subquery("first")
    )
    there = (
        select(task.c.chain)
        .where(
            task.c.chain == first.c.chain,
            task.c.place.in_([bindparam(f"place{n}") for n in range(places)]),
        )
        .limit(_FIRST)
        .correlate(first)
        .scalar_subquery()
    )
    seen = select(first.c.chain).where(there.is_not(None)).limit(_FIRST)
    return seen.correlate(t.site).scalar_subquery()


def named_sites(connection: Connection, sites: Sequence[str]) -> dict[str, str]:
    """The name of each of these sites that there is."""
    if not sites:
        return {}
    asked = {f"site{n}": site for n, site in enumerate(sites)}
    return {row[0]: row[1] for row in _sites_named(len(sites)).rows(connection, **asked)}


@cache
def _sites_named(sites: int) -> Statement:
    return Statement(
        select(t.site.c.id, t.site.c.name).where(
            t.site.c.id.in_([bindparam(f"site{n}") for n in range(sites)])
        )
    )


_installed = Statement(
    select(t.workflow.c.name, t.workflow.c.version).order_by(
        t.workflow.c.name, t.workflow.c.version
    )
)


def installed(connection: Connection) -> list[tuple[str, int]]:
    """Name and version of every definition that is installed."""
    return [(row[0], row[1]) for row in _installed.rows(connection)]


def _values(pairs: Sequence[Pair]) -> dict[str, str]:
    roles = {f"role{n}": between_blanks([role]) for n, (role, _place) in enumerate(pairs)}
    return roles | {f"place{n}": place for n, (_role, place) in enumerate(pairs)}


def told(narrowed: Narrowed) -> dict[str, object]:
    """The values of what narrows it down, as a statement is given them."""
    return {
        "phase": narrowed.phase,
        "held": "nothing" if narrowed.on_hold else "",
        "before": narrowed.due_before or _ALL_TIMES,
        "workflow": narrowed.workflow,
        "site": narrowed.site,
        "begins": narrowed.coi,
        "length": len(narrowed.coi),
        **_from_to(narrowed.coi),
    }


def _from_to(begins: str) -> dict[str, str]:
    return {"from_coi": begins, "to_coi": begins + _BEHIND_ALL_COIS}


_code = by_code_point(t.therapy.c.coi)
_begin = (
    select(t.therapy.c.coi)
    .where(_code >= bindparam("from_coi"), _code < bindparam("to_coi"))
    .limit(_MORE_THAN_FEW)
)
_beginning = Statement(_begin)


@cache
def _page(pairs: int, once: bool, few: bool) -> Statement:  # noqa: FBT001 - the cache knows places alone
    """One walk for each pair, put together: the soonest of all come first, each line once."""
    tasks = _of_few() if few else t.task
    every = [_walk(tasks, n, pairs if once else 0) for n in range(pairs)]
    walks = [select(walk.subquery(f"walk{n}")) for n, walk in enumerate(every)]
    found = (walks[0] if pairs == 1 else union(*walks)).subquery("found")
    at = t.position
    return Statement(
        select(
            found.c.chain,
            found.c.due_at,
            found.c.held,
            t.therapy.c.workflow,
            at.c.version,
            at.c.state,
        )
        .join_from(found, t.therapy, t.therapy.c.coi == found.c.chain)
        .join(at, and_(at.c.chain == found.c.chain, at.c.subject == found.c.chain))
        .order_by(found.c.due_at, found.c.chain)
        .limit(_AS_MANY)
    )


def _of_few() -> CTE:
    """The tasks of the few therapies whose COI begins so, read once, before anything is asked.

    Otherwise a database may rather walk along all that is due at a place, and look for them there.
    """
    few = _begin.subquery("few")
    tasks = select(t.task).join(few, few.c.coi == t.task.c.chain)
    return tasks.cte("of_few").prefix_with("MATERIALIZED")


def _walk(tasks: Table | CTE, n: int, pairs: int) -> Select[tuple[str, ...]]:
    """Along the index for one pair, as far as one page needs.

    With `pairs`, past every therapy of which something is due sooner for one of so many pairs.
    """
    task = tasks.alias(f"{tasks.name}{n}")
    c = task.c
    return (
        select(c.chain, c.due_at, c.held)
        .where(
            _is(task, n),
            tuple_(c.due_at, c.chain) > tuple_(bindparam("after_due"), bindparam("after_coi")),
            *fits(c),
            or_(bindparam("workflow") == "", _runs_by(c.chain)),
            or_(bindparam("site") == "", takes_part(c.chain)),
            *([_is_soonest(c, n, pairs)] if pairs else []),
        )
        .order_by(c.due_at, c.chain)
        .limit(_AS_MANY)
    )


def fits(c: Any) -> tuple[ColumnElement[bool], ...]:  # noqa: ANN401 - columns
    """What a row of `task` says by itself is what the list is narrowed down to."""
    length = bindparam("length", type_=Integer())
    return (
        c.due_at < bindparam("before"),
        or_(bindparam("begins") == "", func.substr(c.chain, 1, length) == bindparam("begins")),
        or_(bindparam("phase") == "", c.phase == bindparam("phase")),
        or_(bindparam("held") == "", c.held != bindparam("held")),
    )


def _runs_by(coi: ColumnElement[str]) -> ColumnElement[bool]:
    """The therapy runs by the workflow that is asked for, whichever version."""
    runs = and_(t.therapy.c.coi == coi, t.therapy.c.workflow == bindparam("workflow"))
    return select(t.therapy.c.coi).where(runs).correlate(coi.table).exists()


def takes_part(coi: ColumnElement[str]) -> ColumnElement[bool]:
    """The site that is asked for takes part in the therapy."""
    found = and_(t.participation.c.chain == coi, t.participation.c.site == bindparam("site"))
    return select(t.participation.c.chain).where(found).correlate(coi.table).exists()


def _is_soonest(c: Any, n: int, pairs: int) -> ColumnElement[bool]:  # noqa: ANN401 - columns
    """Nothing of the therapy is due before that for any of the pairs."""
    sooner = t.task.alias(f"sooner{n}")
    theirs = or_(*(_is(sooner, pair) for pair in range(pairs)))
    same = and_(sooner.c.chain == c.chain, sooner.c.due_at < c.due_at)
    return ~select(sooner.c.chain).where(same, theirs).correlate(c.chain.table).exists()


@cache
def _own(pairs: int) -> Statement:
    task = t.task
    return Statement(
        select(task.c.chain, task.c.due_at, task.c.place, task.c.actions).where(
            task.c.chain.in_([bindparam(f"coi{n}") for n in range(ONE_MORE)]),
            or_(*(_is(task, n) for n in range(pairs))),
        )
    )


def _is(task: FromClause, n: int) -> ColumnElement[bool]:
    """The task is for this pair."""
    others = func.replace(task.c.roles, bindparam(f"role{n}"), "")
    return and_(task.c.place == bindparam(f"place{n}"), others != task.c.roles)


@cache
def _named(units: int) -> Statement:
    return Statement(
        select(t.unit.c.id, t.unit.c.name, t.site.c.name, t.site.c.time_zone)
        .join_from(t.unit, t.site, t.site.c.id == t.unit.c.site)
        .where(t.unit.c.id.in_([bindparam(f"unit{n}") for n in range(units)]))
        .order_by(t.site.c.name, t.unit.c.name)
    )
