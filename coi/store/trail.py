"""Reads a part of the trail, the newest entry first: along an index, from where another ended.

Of all chains it walks by the time of recording, of one chain by its numbers; never the whole table.
What a person may see of it is asked of each entry: of a therapy, whether a site of theirs takes
part; of a site's chain, whether it is one of those that are named.
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
    exists,
    false,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    tuple_,
    union,
)

from coi.store import tables as t
from coi.store.statements import Statement
from coi.store.unusual import is_marked
from workflows.alarms import AlarmDeed
from workflows.label_life import LabelDeed

AT_ONCE = 100
_AS_MANY: ColumnElement[int] = literal_column(str(AT_ONCE))
BEHIND_NOTHING = ("9999", "", 0)
"""Before the newest entry that there can be: times are texts of one form."""

OF_PEOPLE = ("active", "badge", "name", "policy", "proofing", "role", "secret", "training")
"""The kinds of attestation that are about a person."""

_CHANGES_NOTHING = (LabelDeed.CONFIRM.value, *(deed.value for deed in AlarmDeed))
_ORDER = ("recorded_at", "chain", "seq")
_COLUMNS = ("chain", "seq", "hash", "recorded_at", "content", "signed")

Place = tuple[str, str, int]
"""When an entry was recorded, and its place: chain and number."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What may be seen: the therapies of these sites, or all; these chains of sites, or all."""

    sites: tuple[str, ...] = ()
    chains: tuple[str, ...] = ()
    every_therapy: bool = False
    every_chain: bool = False


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What the trail is narrowed down to; nothing is left out where nothing is said."""

    unusual: bool = False
    chain: str = ""
    actor: str = ""
    concerned: bool = False  # also what was vouched for, or taken, about the actor by others
    actions: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """One entry as it was written."""

    chain: str
    seq: int
    hash: str
    recorded_at: str
    content: str
    signed: str

    @property
    def place(self) -> Place:
        """Behind what the next part begins."""
        return self.recorded_at, self.chain, self.seq


_before = Statement(
    select(t.value.c.content, t.value.c.unit_of_measure).where(
        *(t.value.c[name] == bindparam(name) for name in ("chain", "subject", "field")),
        *(t.value.c[name] == bindparam(name) for name in ("occurrence", "revision")),
    )
)


def value_before(
    connection: Connection, chain: str, value: Mapping[str, object]
) -> tuple[str, str]:
    """What stood where a value was corrected, and its unit of measure; '' where nothing did."""
    asked = {name: value[name] for name in ("subject", "field", "occurrence")}
    revision = int(str(value["revision"])) - 1
    row = _before.row(connection, chain=chain, revision=revision, **asked) if revision else None
    return (row[0], row[1]) if row else ("", "")


_told = t.attestation.c
_attested_before = Statement(
    select(_told.detail)
    .where(
        *(_told[name] == bindparam(name) for name in ("chain", "kind", "about")),
        _told.seq < bindparam("seq"),
    )
    .order_by(_told.seq.desc())
    .limit(1)
)


def attested_before(connection: Connection, chain: str, seq: int, kind: str, about: str) -> str:
    """What was said of something before an entry said it anew; '' where nothing was."""
    row = _attested_before.row(connection, chain=chain, seq=seq, kind=kind, about=about)
    return str(row[0]) if row else ""


_moved = exists().where(t.move.c.chain == bindparam("chain"), t.move.c.seq == t.entry.c.seq)
_since = Statement(
    select(func.count()).where(
        t.entry.c.chain == bindparam("chain"),
        t.entry.c.seq > bindparam("seq"),
        or_(
            _moved,
            and_(
                t.entry.c.kind != literal("refused"),
                t.entry.c.action.not_in([*map(literal, _CHANGES_NOTHING)]),
            ),
        ),
    )
)


def count_since(connection: Connection, coi: str, seq: int) -> int:
    """How many entries of a therapy came after this one that a review of its trail is about.

    What was refused and changed nothing is not, nor a label that was read
    back where it is, nor an alarm.
    """
    row = _since.row(connection, chain=coi, seq=seq)
    return int(row[0]) if row else 0


_counted = Statement(
    select(t.entry.c.kind, t.entry.c.action, func.count())
    .where(t.entry.c.recorded_at > bindparam("since"), t.entry.c.recorded_at <= bindparam("until"))
    .group_by(t.entry.c.kind, t.entry.c.action)
)


def counted_between(connection: Connection, since: str, until: str) -> list[tuple[str, str, int]]:
    """Kind, action and number of the entries that came after one moment, up to another."""
    rows = _counted.rows(connection, since=since, until=until)
    return sorted((row[0], row[1], int(row[2])) for row in rows)


def walked(
    connection: Connection, scope: Scope, narrowed: Narrowed, after: Place = BEHIND_NOTHING
) -> list[Found]:
    """The newest entries before `after`, so many at once; fewer where there are no more."""
    shape = _Shape(
        scope=(len(scope.sites), len(scope.chains), scope.every_therapy, scope.every_chain),
        unusual=narrowed.unusual,
        chain=bool(narrowed.chain),
        actor=bool(narrowed.actor),
        concerned=narrowed.concerned and bool(narrowed.actor),
        actions=len(narrowed.actions),
        units=len(narrowed.units),
        along_chains=_is_along_chains(scope, narrowed),
    )
    told: dict[str, object] = {
        **_numbered("site", scope.sites),
        **_numbered("scope", scope.chains),
        **_numbered("action", narrowed.actions),
        **_numbered("unit", narrowed.units),
        "chain": narrowed.chain,
        "actor": narrowed.actor,
        "since": narrowed.since,
        "until": narrowed.until or BEHIND_NOTHING[0],
        **dict(zip(("after_at", "after_chain", "after_seq"), after, strict=True)),
    }
    return [Found(*row) for row in _statement(shape).rows(connection, **told)]


def _is_along_chains(scope: Scope, narrowed: Narrowed) -> bool:
    """Nothing but a few chains is asked for, of which others may be a small part of all entries.

    A day, a person, one step or what is unusual has an index of its own, and is found sooner by it.
    """
    of_chains = bool(scope.chains) and not (
        scope.sites or scope.every_therapy or scope.every_chain or narrowed.chain
    )
    led = narrowed.actor or narrowed.since or narrowed.until or narrowed.unusual
    return of_chains and not led and len(narrowed.actions) != 1


def _numbered(name: str, values: Sequence[str]) -> dict[str, str]:
    return {f"{name}{n}": one for n, one in enumerate(values)}


def _one_of(column: ColumnElement[str], name: str, many: int) -> ColumnElement[bool]:
    return or_(false(), *(column == bindparam(f"{name}{n}") for n in range(many)))


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a statement asks for, without the values."""

    scope: tuple[int, int, bool, bool]
    unusual: bool
    chain: bool
    actor: bool
    concerned: bool
    actions: int
    units: int
    along_chains: bool = False


@cache
def _statement(shape: _Shape) -> Statement:
    """One walk, or several together: along a few chains, or what somebody did and got done."""
    if shape.along_chains:
        chains = (t.entry.c.chain == bindparam(f"scope{n}") for n in range(shape.scope[1]))
        return _together([_walk(shape, one) for one in chains])
    own = _walk(shape, t.entry.c.actor == bindparam("actor") if shape.actor else None)
    if not shape.concerned:
        return Statement(own)
    return _together([own, _walk(shape, _is_concerned())])


def _together(walks: Sequence[Select[tuple[object, ...]]]) -> Statement:
    """The newest of what several walks find, each as far as one part needs."""
    found = union(*(select(one.subquery()) for one in walks)).subquery("found").c
    every = select(*found).order_by(*(found[name].desc() for name in _ORDER)).limit(_AS_MANY)
    return Statement(every)


def _walk(shape: _Shape, whose: ColumnElement[bool] | None) -> Select[tuple[object, ...]]:
    """Along an index, behind the place that is told, as far as one part needs."""
    c = t.entry.c
    after = tuple_(bindparam("after_at"), bindparam("after_chain"), bindparam("after_seq"))
    conditions = (
        (True, c.recorded_at >= bindparam("since")),
        (True, c.recorded_at < bindparam("until")),
        (True, tuple_(*(c[name] for name in _ORDER)) < after),
        (shape.scope[2:] != (True, True) and not shape.along_chains, _is_in_scope(shape)),
        (shape.unusual, is_marked()),
        (shape.chain, c.chain == bindparam("chain")),
        (whose is not None, whose),
        (shape.actions, _one_of(c.action, "action", shape.actions)),
        (shape.units, _one_of(c.unit, "unit", shape.units)),
    )
    asked = select(*(c[name] for name in _COLUMNS)).where(
        *(condition for is_asked, condition in conditions if is_asked and condition is not None)
    )
    # Within one chain its numbers say it all: that is a walk along its key.
    keys = ("seq",) if shape.chain or shape.along_chains else _ORDER
    return asked.order_by(*(c[name].desc() for name in keys)).limit(_AS_MANY)


def _is_in_scope(shape: _Shape) -> ColumnElement[bool]:
    """A therapy in which one of the sites takes part, or one of the chains."""
    c, part = t.entry.c, t.participation.c
    sites, chains, every_therapy, every_chain = shape.scope
    takes_part = (
        select(part.chain)
        .where(part.chain == c.chain, _one_of(part.site, "site", sites))
        .correlate(t.entry)
        .exists()
    )
    of_a_site = c.kind == literal("site")
    return or_(
        not_(of_a_site) if every_therapy else takes_part,
        of_a_site if every_chain else _one_of(c.chain, "scope", chains),
    )


def _is_concerned() -> ColumnElement[bool]:
    """Somebody vouched for the person, or took that back."""
    told = t.attestation.c
    about = select(told.chain, told.seq).where(
        told.kind.in_([literal(kind) for kind in OF_PEOPLE]), told.about == bindparam("actor")
    )
    return tuple_(t.entry.c.chain, t.entry.c.seq).in_(about)
