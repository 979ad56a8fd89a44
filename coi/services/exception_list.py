"""The exceptions of all therapies that a person may see, by what deserves attention; by pages."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from coi.clock import parse_rfc3339
from coi.services.installation import Installation
from coi.services.permissions import EVERYWHERE, Permission, sites_with
from coi.services.sessions import SignedIn
from coi.services.worklist import time_zone_of
from coi.store import exceptions as store
from coi.store.exceptions import CLOSED, ONE_MORE, OPEN, PAGE, Listed, Narrowed
from coi.store.people import printed_names
from coi.store.transactions import Transaction
from workflows.facts import Person
from workflows.model import Action
from workflows.rights import ANY
from workflows.tasks import NEVER
from workflows.wrong import Wrong

CLASSES = ("critical", "major", "minor")
KINDS = tuple(kind.value for kind in Wrong)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person wants to see of the exceptions; nothing said is every open one."""

    closed: bool = False
    of_class: str = ""
    kind: str = ""
    mine: bool = False
    after: tuple[str, str] = ("", "")  # attention and id of the last one of the page before

    @property
    def is_narrowed(self) -> bool:
        """It is not everything."""
        return bool(self.of_class or self.kind or self.mine)


@dataclass(frozen=True, slots=True)
class Line:
    """One exception of the list."""

    coi: str
    id: str
    title: str  # of the therapy
    of_class: str
    kind: str
    about: str
    since: datetime
    due_at: datetime | None  # None: for however long
    owner: str
    next: Action | None
    is_mine_to_take: bool
    class_before: str = ""  # before it was changed last; '' if it never was


@dataclass(frozen=True, slots=True)
class ExceptionList:
    """A page of the list."""

    wanted: Wanted
    lines: tuple[Line, ...]
    last: tuple[str, str]
    more: bool
    now: datetime
    time_zone: str


def every_exception(
    installation: Installation, signed_in: SignedIn, wanted: Wanted
) -> ExceptionList:
    """One page of the exceptions of the therapies at this person's sites."""

    def work(tx: Transaction) -> ExceptionList:
        found = _found(tx, signed_in.person, wanted)
        return ExceptionList(
            wanted=wanted,
            lines=_lines(tx, installation, signed_in.person, found[:PAGE]),
            last=_last(found[:PAGE]),
            more=len(found) == ONE_MORE,
            now=installation.clock.now(),
            time_zone=time_zone_of(tx, signed_in.person, signed_in.unit),
        )

    return installation.read(work)


def every_line(
    tx: Transaction, installation: Installation, person: Person, wanted: Wanted
) -> Iterator[Line]:
    """The whole list from its beginning, read a page at a time."""
    more, wanted = True, replace(wanted, after=("", ""))
    while more:
        found = _found(tx, person, wanted)
        yield from _lines(tx, installation, person, found[:PAGE])
        more, wanted = len(found) == ONE_MORE, replace(wanted, after=_last(found[:PAGE]))


def _found(tx: Transaction, person: Person, wanted: Wanted) -> list[Listed]:
    """One page of what the person may see, and one line more where there is a next page."""
    sites = sites_with(person, Permission.SEE_THERAPIES)
    asked = [EVERYWHERE] if EVERYWHERE in sites else sorted(sites)
    return store.listed(tx, asked, _narrowed(person, wanted), wanted.after)


def _lines(
    tx: Transaction, installation: Installation, person: Person, found: Sequence[Listed]
) -> tuple[Line, ...]:
    """The lines of a page; those whose class was changed say so."""
    names = printed_names(tx, {one.owner for one in found if one.owner})
    lines = [_line(tx, installation, person, one, names) for one in found]
    changed = store.classes_before(tx, [one.id for one in lines])
    return tuple(replace(one, class_before=changed.get(one.id, "")) for one in lines)


def _narrowed(person: Person, wanted: Wanted) -> Narrowed:
    which, owner = CLOSED if wanted.closed else OPEN, person.id if wanted.mine else ""
    return Narrowed(which, wanted.of_class, wanted.kind, owner)


def _last(shown: list[Listed]) -> tuple[str, str]:
    """Behind what the next page begins."""
    return (shown[-1].attention, shown[-1].subject) if shown else ("", "")


def _line(
    tx: Transaction,
    installation: Installation,
    person: Person,
    one: Listed,
    names: Mapping[str, str],
) -> Line:
    workflow = installation.workflow(tx, one.workflow, one.version)
    machine, _blank, about = one.about.partition(" ")
    step = workflow.actions.get(one.next)
    held = {role for role, _unit in person.roles} | {ANY}
    *_, due_at, since = ("", *one.attention.split(" "))
    return Line(
        coi=one.coi,
        id=one.subject,
        title=workflow.title,
        of_class=one.of_class,
        kind=one.kind,
        about=f"{workflow.machines[machine].title} {about.removeprefix(one.coi)}".strip(),
        since=parse_rfc3339(since),
        due_at=_moment(due_at),
        owner=names.get(one.owner, "(erased)") if one.owner else "",
        next=step,
        is_mine_to_take=step is not None and any(who.role in held for who in step.who),
    )


def _moment(text: str) -> datetime | None:
    """When it is due; None for what has no deadline, or is closed."""
    if not text:
        return None
    moment = parse_rfc3339(text)
    return None if moment == NEVER else moment
