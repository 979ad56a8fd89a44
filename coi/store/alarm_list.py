"""Reads what rings at some sites: a page of it, and how much of it is somebody's own.

Each site is a short walk along the index, which begins behind the last row of the page before and
ends when the page is full (as in `coi.store.exceptions`). What is not due yet lies behind its end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
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
from coi.store.alarms import NOT_YET, OVER
from coi.store.statements import Statement
from coi.store.tasks import between_blanks
from workflows.alarms import Key

PAGE = 50
ONE_MORE = PAGE + 1  # whether there is a next page
MOST_COUNTED = 100
_AS_MANY: ColumnElement[int] = literal_column(str(ONE_MORE))
_MOST: ColumnElement[int] = literal_column(str(MOST_COUNTED))
ON_A_WALL = 24  # lines: more is read by nobody from across a room, and is counted
_NO_ROLE = "-"
_ORDER = ("level", "rings_at", "chain", "kind", "subject", "since")
_SHOWN = (*_ORDER, "unit", "about", "raised_at", "escalated_at", "heard_by", "heard_at")
_NEWEST = ("rings_at", "chain", "kind", "subject", "since")  # each downwards, as the index runs
_LEVELS = ("alarm", "warning")

Behind = tuple[str, str, str, str, str, str]
"""The last line of the page before: level, rings at, chain, kind, subject, since."""

FIRST: Behind = ("", "", "", "", "", "")


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a page."""

    level: str
    rings_at: str
    coi: str
    kind: str
    subject: str
    since: str
    unit: str
    about: str
    raised_at: str
    escalated_at: str
    heard_by: str
    heard_at: str
    workflow: str
    version: int


@dataclass(frozen=True, slots=True)
class AtSite:
    """A site, the roles that somebody has there, and whether they answer for the whole."""

    site: str
    roles: tuple[str, ...]
    oversees: bool = False


def listed(
    connection: Connection,
    sites: Sequence[AtSite],
    now: str,
    after: Behind = FIRST,
    *,
    mine: bool = False,
    kind: str = "",
) -> list[Listed]:
    """What rings at these sites behind `after`, each once: alarms first, the longest first.

    There is one line more than a page holds, where there is a next page.
    """
    if not sites:
        return []
    told = {**_told(sites, now), "kind": kind, **{f"after{n}": one for n, one in enumerate(after)}}
    page = _page(len(sites), _most_roles(sites), mine)
    return [Listed(*row) for row in page.rows(connection, **told)]


def newest_mine(connection: Connection, sites: Sequence[AtSite], now: str) -> list[Key]:
    """What rings that somebody owns, or that went on to them: the newest first, 100 at most."""
    if not sites:
        return []
    found = _mine(len(sites), _most_roles(sites)).rows(connection, **_told(sites, now))
    return [Key(*row) for row in found]


def owners_of(connection: Connection, cois: Sequence[str]) -> list[tuple[str, ...]]:
    """Chain, kind, subject, since, rings at, site and roles of each alarm of these therapies."""
    asked = {f"coi{n}": coi for n, coi in enumerate([*cois, *[""] * (ONE_MORE - len(cois))])}
    return [tuple(row) for row in _owners.rows(connection, **asked)]


_owners = Statement(
    select(
        *(t.alarm.c[name] for name in ("chain", "kind", "subject", "since", "rings_at")),
        t.alarm.c.site,
        t.alarm.c.roles,
    ).where(
        t.alarm.c.chain.in_([bindparam(f"coi{n}") for n in range(ONE_MORE)]),
        t.alarm.c.roles != literal(between_blanks(())),
    )
)


def _most_roles(sites: Sequence[AtSite]) -> int:
    return max(len(one.roles) for one in sites)


def _told(sites: Sequence[AtSite], now: str) -> Mapping[str, object]:
    told: dict[str, object] = {"now": now}
    most = _most_roles(sites)
    for n, one in enumerate(sites):
        told[f"site{n}"] = one.site
        told[f"oversees{n}"] = "yes" if one.oversees else ""
        roles = [*one.roles, *[_NO_ROLE] * (most - len(one.roles))]
        told |= {f"role{n}_{k}": between_blanks([role]) for k, role in enumerate(roles)}
    return told


@cache
def _page(sites: int, roles: int, mine: bool) -> Statement:  # noqa: FBT001 - the cache knows places alone
    """One walk for each site and level, put together: each line once."""
    walks = [
        select(_walk(n, roles, level, mine=mine).subquery(f"rings{n}{level}"))
        for n in range(sites)
        for level in _LEVELS
    ]
    found = union(*walks).subquery("found")
    at = t.position
    return Statement(
        select(*(found.c[name] for name in _SHOWN), t.therapy.c.workflow, at.c.version)
        .join_from(found, t.therapy, t.therapy.c.coi == found.c.chain)
        .join(at, and_(at.c.chain == found.c.chain, at.c.subject == found.c.chain))
        .order_by(*(found.c[name] for name in _ORDER))
        .limit(_AS_MANY)
    )


def _walk(n: int, roles: int, level: str, *, mine: bool) -> Select[tuple[str, ...]]:
    """Along the index for one site and one level, as far as one page needs."""
    alarm = t.alarm.alias(f"alarm{n}{level}")
    c = alarm.c
    after = tuple_(*(bindparam(f"after{k}") for k in range(len(_ORDER))))
    conditions = [_is_owned(c.roles, n, roles)] if mine and roles else []
    return (
        select(*(c[name] for name in _SHOWN))
        .where(
            c.site == bindparam(f"site{n}"),
            c.level == literal(level),
            c.rings_at <= bindparam("now"),
            c.state != literal(OVER),
            tuple_(*(c[name] for name in _ORDER)) > after,
            or_(bindparam("kind") == "", c.kind == bindparam("kind")),
            *conditions,
        )
        .order_by(*(c[name] for name in _ORDER))
        .limit(_AS_MANY)
    )


@cache
def _mine(sites: int, roles: int) -> Statement:
    walks = [
        select(_mine_at(n, roles, level).subquery(f"rings{n}{level}"))
        for n in range(sites)
        for level in _LEVELS
    ]
    found = union(*walks).subquery("found")
    newest = (found.c[name].desc() for name in _NEWEST)
    return Statement(
        select(*(found.c[name] for name in Key._fields)).order_by(*newest).limit(_MOST)
    )


def _mine_at(n: int, roles: int, level: str) -> Select[tuple[str, ...]]:
    """Those of one site and level that are somebody's, or went on to them."""
    c = t.alarm.alias(f"alarm{n}{level}").c
    went_on = and_(bindparam(f"oversees{n}") != "", c.escalated_at != literal(NOT_YET))
    mine = or_(_is_owned(c.roles, n, roles), went_on) if roles else went_on
    return (
        select(*(c[name] for name in Key._fields))
        .where(
            c.site == bindparam(f"site{n}"),
            c.level == literal(level),
            c.rings_at <= bindparam("now"),
            c.state != literal(OVER),
            mine,
        )
        .order_by(*(c[name].desc() for name in _NEWEST))
        .limit(_MOST)
    )


def _is_owned(column: ColumnElement[str], n: int, roles: int) -> ColumnElement[bool]:
    """One of somebody's roles at the site is among those that own it."""
    return or_(
        *(func.replace(column, bindparam(f"role{n}_{k}"), "") != column for k in range(roles))
    )


@dataclass(frozen=True, slots=True)
class Soon:
    """One line of a wall: what rings or will, and where the thing stands."""

    rings_at: str
    coi: str
    subject: str
    kind: str
    about: str
    level: str
    heard_by: str
    machine: str
    state: str
    workflow: str
    version: int


def soon(
    connection: Connection, site: str, unit: str, kinds: Sequence[str], until: str
) -> list[Soon]:
    """What rings at a unit until then, and of some kinds at its whole site; the soonest first.

    Of each level there are no more than MOST_COUNTED.
    """
    rows = _soon(len(kinds)).rows(
        connection,
        site=site,
        unit=unit,
        until=until,
        **{f"kind{n}": kind for n, kind in enumerate(kinds)},
    )
    return [Soon(*row) for row in rows]


@cache
def _soon(kinds: int) -> Statement:
    walks = [select(_soon_of(level, kinds).subquery(f"soon{level}")) for level in _LEVELS]
    found = union(*walks).subquery("found")
    root, at = t.position.alias("root"), t.position.alias("at")
    return Statement(
        select(
            *(found.c[name] for name in ("rings_at", "chain", "subject", "kind", "about")),
            *(found.c[name] for name in ("level", "heard_by")),
            func.coalesce(t.subject.c.machine, ""),
            func.coalesce(at.c.state, ""),
            t.therapy.c.workflow,
            root.c.version,
        )
        .join_from(found, t.therapy, t.therapy.c.coi == found.c.chain)
        .join(root, and_(root.c.chain == found.c.chain, root.c.subject == found.c.chain))
        # A label stands nowhere by itself.
        .outerjoin(at, and_(at.c.chain == found.c.chain, at.c.subject == found.c.subject))
        .outerjoin(
            t.subject,
            and_(t.subject.c.chain == found.c.chain, t.subject.c.id == found.c.subject),
        )
        .order_by(found.c.rings_at, found.c.chain, found.c.subject, found.c.kind)
    )


def _soon_of(level: str, kinds: int) -> Select[tuple[str, ...]]:
    c = t.alarm.alias(f"alarm{level}").c
    wanted = [c.kind == bindparam(f"kind{n}") for n in range(kinds)]
    names = ("rings_at", "chain", "subject", "kind", "about", "level", "heard_by")
    return (
        select(*(c[name] for name in names))
        .where(
            c.site == bindparam("site"),
            c.level == literal(level),
            c.rings_at <= bindparam("until"),
            c.state != literal(OVER),
            or_(c.unit == bindparam("unit"), *wanted),
        )
        .order_by(c.rings_at, c.chain)
        .limit(_MOST)
    )
