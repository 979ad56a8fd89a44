"""Writes down the exceptions of each therapy for the list of all, and reads one page of that.

Each site at which a person sees therapies is a short walk along the index, which begins behind the
last row of the page before and ends when the page is full (as in `coi.store.worklist`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    delete,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
    union,
)

from coi.store import tables as t
from coi.store.append import add
from coi.store.statements import Statement
from workflows.remedy import FIELDS

PAGE = 50
ONE_MORE = PAGE + 1  # whether there is a next page
_AS_MANY: ColumnElement[int] = literal_column(str(ONE_MORE))
OPEN, CLOSED = "open", "closed"
BEHIND_ALL = "9999"  # digits, because a language may sort any sign before them

ExceptionRow = tuple[str, str, str, str, str, str, str, str, str]
"""Subject, site, list, attention, class, kind, owner, next, about: a row without its chain."""

_COLUMNS = ("subject", "site", "list", "attention", "class", "kind", "owner", "next", "about")
_SHOWN = ("chain", "subject", "attention", "class", "kind", "owner", "next", "about")


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What the list is narrowed down to; nothing is left out where nothing is said."""

    which: str = OPEN
    of_class: str = ""
    kind: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a page."""

    coi: str
    subject: str
    attention: str
    of_class: str
    kind: str
    owner: str
    next: str
    about: str
    workflow: str
    version: int


_said = Statement(
    select(t.value.c.subject, t.value.c.field, t.value.c.content)
    .join_from(
        t.value,
        t.subject,
        and_(t.subject.c.chain == t.value.c.chain, t.subject.c.id == t.value.c.subject),
    )
    .where(
        t.value.c.chain == bindparam("coi"),
        t.subject.c.machine == bindparam("machine"),
        or_(*(t.value.c.field == field for field in FIELDS)),
    )
    .order_by(t.value.c.seq, t.value.c.n)
)
_rows = Statement(
    select(*(t.exception.c[name] for name in _COLUMNS)).where(
        t.exception.c.chain == bindparam("coi")
    )
)
_remove = Statement(
    delete(t.exception).where(
        t.exception.c.chain == bindparam("at_chain"),
        t.exception.c.subject == bindparam("at_subject"),
        t.exception.c.site == bindparam("at_site"),
    )
)


_classes = Statement(
    select(t.value.c.subject, t.value.c.content)
    .where(
        t.value.c.chain.in_([bindparam(f"chain{n}") for n in range(ONE_MORE)]),
        t.value.c.subject.in_([bindparam(f"subject{n}") for n in range(ONE_MORE)]),
        t.value.c.field == literal("class"),
    )
    .order_by(t.value.c.seq)
)


def said_of_exceptions(connection: Connection, coi: str, machine: str) -> dict[str, dict[str, str]]:
    """Of each exception of a therapy the newest text of each field that says how far it is."""
    said: dict[str, dict[str, str]] = {}
    for subject, field, content in _said.rows(connection, coi=coi, machine=machine):
        said.setdefault(subject, {})[field] = content
    return said


def classes_before(connection: Connection, subjects: Sequence[str]) -> dict[str, str]:
    """Of each exception of a page whose class was changed, the one that it had before."""
    chains = {subject.partition("/")[0] for subject in subjects}
    asked = {**_as_many("chain", chains), **_as_many("subject", subjects)}
    told: dict[str, list[str]] = {}
    for subject, content in _classes.rows(connection, **asked) if subjects else ():
        told.setdefault(subject, []).append(content)
    return {subject: classes[-2] for subject, classes in told.items() if len(classes) > 1}


def _as_many(name: str, texts: Iterable[str]) -> dict[str, str]:
    """As many values as a page has lines, so that the statement is the same for every page."""
    told = sorted(texts)
    return {f"{name}{n}": text for n, text in enumerate([*told, *[""] * (ONE_MORE - len(told))])}


def exception_rows(connection: Connection, coi: str) -> set[ExceptionRow]:
    """The exceptions of a therapy, as they are stored for the list."""
    return set(_rows.rows(connection, coi=coi))


def keep_exceptions(connection: Connection, coi: str, rows: Iterable[ExceptionRow]) -> None:
    """Let these be the exceptions of a therapy; what stands there already is not touched."""
    wanted, stored = set(rows), exception_rows(connection, coi)
    if gone := stored - wanted:
        at = [{"at_chain": coi, "at_subject": row[0], "at_site": row[1]} for row in gone]
        _remove.write(connection, at)
    new = [dict(zip(_COLUMNS, row, strict=True)) for row in wanted - stored]
    add(connection, t.exception, [{"chain": coi, **row} for row in new])


def listed(
    connection: Connection, sites: Sequence[str], narrowed: Narrowed, after: tuple[str, str]
) -> list[Listed]:
    """The exceptions at these sites behind `after` (attention, subject), each once.

    Open ones come by what deserves attention, closed ones the newest first. There is one line more
    than a page holds, where there is a next page.
    """
    if not sites:
        return []
    closed = narrowed.which == CLOSED
    told: Mapping[str, object] = {
        "which": narrowed.which,
        "of_class": narrowed.of_class,
        "kind": narrowed.kind,
        "owner": narrowed.owner,
        "after_attention": after[0] or (BEHIND_ALL if closed else ""),
        "after_subject": after[1],
        **{f"site{n}": site for n, site in enumerate(sites)},
    }
    return [Listed(*row) for row in _page(len(sites), closed).rows(connection, **told)]


@cache
def _page(sites: int, closed: bool) -> Statement:  # noqa: FBT001 - the cache knows places alone
    """One walk for each site, put together: each line once."""
    walks = [select(_walk(n, closed=closed).subquery(f"walk{n}")) for n in range(sites)]
    found = (walks[0] if sites == 1 else union(*walks)).subquery("found")
    at = t.position
    keys: tuple[ColumnElement[str], ...] = (found.c.attention, found.c.subject)
    return Statement(
        select(*(found.c[name] for name in _SHOWN), t.therapy.c.workflow, at.c.version)
        .join_from(found, t.therapy, t.therapy.c.coi == found.c.chain)
        .join(at, and_(at.c.chain == found.c.chain, at.c.subject == found.c.chain))
        .order_by(*(key.desc() if closed else key for key in keys))
        .limit(_AS_MANY)
    )


def _walk(n: int, *, closed: bool) -> Select[tuple[str, ...]]:
    """Along the index for one site, as far as one page needs."""
    c = t.exception.alias(f"exception{n}").c
    keys = (c.attention, c.subject)
    here, after = tuple_(*keys), tuple_(bindparam("after_attention"), bindparam("after_subject"))
    narrowing = (("of_class", c["class"]), ("kind", c.kind), ("owner", c.owner))
    return (
        select(*(c[name] for name in _SHOWN))
        .where(
            c.site == bindparam(f"site{n}"),
            c.list == bindparam("which"),
            here < after if closed else here > after,
            *(or_(bindparam(name) == "", column == bindparam(name)) for name, column in narrowing),
        )
        .order_by(*(key.desc() if closed else key for key in keys))
        .limit(_AS_MANY)
    )
