"""What rings at the sites of a person: whose it is, what is to be done, who has heard it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from coi.clock import parse_rfc3339, rfc3339
from coi.errors import Unknown
from coi.services.installation import Installation
from coi.services.permissions import EVERYWHERE, HOLDERS, Permission
from coi.services.sessions import SignedIn
from coi.services.worklist import time_zone_of
from coi.store import alarm_list as store
from coi.store.alarm_list import FIRST, ONE_MORE, PAGE, AtSite, Behind, Listed
from coi.store.alarms import NOT_YET
from coi.store.people import printed_names
from coi.store.transactions import Transaction
from workflows.alarms import KINDS, OVERSEERS, AlarmKind, Key, Rings
from workflows.facts import Person
from workflows.model import Action

MINE, ALL = "mine", "all"

_BETWEEN = "~"
_NAMED = re.compile(_BETWEEN.join(["([A-Za-z0-9./:_-]{1,60})"] * len(Key._fields)))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person wants to see of what rings; nothing said is what is usual for them."""

    which: str = ""
    kind: str = ""
    after: Behind = FIRST


@dataclass(frozen=True, slots=True)
class Line:
    """One alarm that rings."""

    key: Key
    kind: AlarmKind
    thing: str  # as it is called within its therapy; '' for the therapy itself
    title: str  # of the therapy
    place: str  # where the thing is; '' where nobody has it in hand
    owners: tuple[str, ...]  # roles
    steps: tuple[Action, ...]
    is_mine: bool
    rings_at: datetime
    went_on_at: datetime | None
    is_recorded: bool
    heard_by: str
    heard_at: datetime | None


@dataclass(frozen=True, slots=True)
class AlarmList:
    """A page of what rings."""

    wanted: Wanted
    lines: tuple[Line, ...]
    last: Behind
    more: bool
    now: datetime
    time_zone: str


def ringing(installation: Installation, signed_in: SignedIn, wanted: Wanted) -> AlarmList:
    """One page of what rings at this person's sites."""
    usual = ALL if _oversees(signed_in.person) else MINE
    wanted = Wanted(wanted.which or usual, wanted.kind, wanted.after)

    def work(tx: Transaction) -> AlarmList:
        now = installation.clock.now()
        found = store.listed(
            tx,
            _sites(signed_in.person),
            rfc3339(now),
            wanted.after,
            mine=wanted.which == MINE,
            kind=wanted.kind,
        )
        shown = found[:PAGE]
        return AlarmList(
            wanted=wanted,
            lines=_lines(tx, installation, signed_in.person, shown),
            last=_place(shown[-1]) if shown else FIRST,
            more=len(found) == ONE_MORE,
            now=now,
            time_zone=time_zone_of(tx, signed_in.person, signed_in.unit),
        )

    return installation.read(work)


def one_that_rings(installation: Installation, signed_in: SignedIn, key: Key) -> Line:
    """One alarm, for whoever says that they heard it.

    Raises:
        Unknown: no such alarm rings, or none at the person's sites.
    """

    def work(tx: Transaction) -> Line:
        now, sites = rfc3339(installation.clock.now()), _sites(signed_in.person)
        level = KINDS[Rings(key.kind)].level.value
        before = (level, key.rings_at, key.chain, key.kind, key.subject, "")
        for found in store.listed(tx, sites, now, before)[:1]:
            if _key(found) == key:
                return _lines(tx, installation, signed_in.person, [found])[0]
        raise Unknown("alarm", key.subject)

    if key.kind not in set(Rings):
        raise Unknown("alarm", key.subject)
    return installation.read(work)


def name_of(key: Key) -> str:
    """An alarm by one text, in an address or for a program."""
    return _BETWEEN.join(key)


def alarm_named(text: str) -> Key:
    """Which alarm such a text names.

    Raises:
        Unknown: it names none.
    """
    found = _NAMED.fullmatch(text)
    if found is None:
        raise Unknown("alarm", text[:60])
    return Key(*found.groups())


def newest_mine(installation: Installation, signed_in: SignedIn) -> list[Key]:
    """The alarms that ring and are this person's, or went on to them; 100 stand for more."""
    now, sites = rfc3339(installation.clock.now()), _sites(signed_in.person)
    return installation.read(lambda tx: store.newest_mine(tx, sites, now)) if sites else []


def _sites(person: Person) -> tuple[AtSite, ...]:
    """The sites at which a person sees therapies, with what they are there."""
    sees = HOLDERS[Permission.SEE_THERAPIES]
    roles: dict[str, set[str]] = {}
    for role, site in person.site_roles:
        if role in sees:
            roles.setdefault(site, set()).add(role)
    return tuple(
        AtSite(site, tuple(sorted(held)), bool(held & set(OVERSEERS)))
        for site, held in sorted(roles.items())
    )


def _oversees(person: Person) -> bool:
    return any(role in OVERSEERS for role, _site in person.site_roles)


def _key(one: Listed) -> Key:
    return Key(one.coi, one.kind, one.subject, one.since, one.rings_at)


def _place(one: Listed) -> Behind:
    """Behind what the next page begins."""
    return one.level, one.rings_at, one.coi, one.kind, one.subject, one.since


def _lines(
    tx: Transaction, installation: Installation, person: Person, found: Sequence[Listed]
) -> tuple[Line, ...]:
    cois = list(dict.fromkeys(one.coi for one in found))
    owners: dict[Key, dict[str, set[str]]] = {}
    for *key, site, roles in store.owners_of(tx, cois) if cois else ():
        owners.setdefault(Key(*key), {}).setdefault(site, set()).update(roles.split())
    names = printed_names(tx, {one.heard_by for one in found} - {NOT_YET})
    return tuple(_line(tx, installation, person, one, owners, names) for one in found)


def _line(
    tx: Transaction,
    installation: Installation,
    person: Person,
    one: Listed,
    owners: Mapping[Key, Mapping[str, set[str]]],
    names: Mapping[str, str],
) -> Line:
    workflow = installation.workflow(tx, one.workflow, one.version)
    theirs = owners.get(_key(one), {})
    return Line(
        key=_key(one),
        kind=KINDS[Rings(one.kind)],
        thing=one.subject.removeprefix(one.coi),
        title=workflow.title,
        place=installation.place(one.unit) if one.unit != EVERYWHERE else "",
        owners=tuple(sorted({role for roles in theirs.values() for role in roles})),
        steps=tuple(workflow.actions[name] for name in one.about.split()),
        is_mine=any(role in theirs.get(site, ()) for role, site in person.site_roles),
        rings_at=parse_rfc3339(one.rings_at),
        went_on_at=_moment(one.escalated_at),
        is_recorded=one.raised_at != NOT_YET,
        heard_by=names.get(one.heard_by, "(erased)") if one.heard_by != NOT_YET else "",
        heard_at=_moment(one.heard_at),
    )


def _moment(text: str) -> datetime | None:
    return None if text == NOT_YET else parse_rfc3339(text)
