"""What a stop-ship is about: a lot, a shipper, a unit, a site; and the therapies that it concerns.

Whoever answers for quality sees those in which their own site takes part, and no patient's name.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from coi.clock import rfc3339
from coi.errors import DataRefused, Problem
from coi.services.asked import too_long, unreadable
from coi.services.directory import units_by_id
from coi.services.installation import Installation
from coi.services.permissions import HOLDERS, Permission
from coi.services.proofs import NotAllowed, Proven, acting
from coi.services.signatures import signatures_in
from coi.services.therapies import Outline, Signed, outline
from coi.store import facts, worklist
from coi.store.concerned import SITE, UNIT, WORKFLOW, concerned
from coi.store.people import unit as unit_known
from coi.store.transactions import Transaction
from workflows.facts import Person, Subject, Value
from workflows.guards.investigating import CRITERION
from workflows.model import FieldKind, Kind, SiteKind, Workflow

_EVER = ("", "9999")  # before the first time, and after the last one, as times are written
_ASKED_APART = {UNIT: "Unit that worked on it", SITE: "Site that takes part", WORKFLOW: "Workflow"}
_KNOWN_BY_THE_ENGINE = {"shipper": "Shipper"}


@dataclass(frozen=True, slots=True)
class Criterion:
    """What is concerned: whatever has this content in this field, recorded in this period."""

    what: str
    content: str
    since: str = ""  # days, '' for no end
    until: str = ""

    def __post_init__(self) -> None:
        problems = [*unreadable({"what": self.what, "content": self.content})]
        problems += too_long((self.what, self.content))
        if not (self.what and self.content.strip()):
            problems.append(Problem("say what is concerned", column="content"))
        problems += [
            Problem("is no day such as 2026-11-30", column=name)
            for name, day in (("since", self.since), ("until", self.until))
            if day and not _is_day(day)
        ]
        if problems:
            raise DataRefused(problems)

    @property
    def period(self) -> tuple[str, str]:
        """The first moment, and the first one after it, as times are written; days of UTC."""
        since = rfc3339(_midnight(self.since)) if self.since else _EVER[0]
        after = _midnight(self.until) + timedelta(days=1) if self.until else None
        return since, rfc3339(after) if after else _EVER[1]

    @property
    def text(self) -> str:
        """As each exception records it, so that all of one stop-ship can be found again."""
        days = f", {self.since or '…'} to {self.until or '…'}" if self.since or self.until else ""
        return f"{self.what} = {self.content.strip()}{days}"


@dataclass(frozen=True, slots=True)
class Concerned:
    """One therapy that was found: where it stands, and what of this stop-ship holds it."""

    coi: str
    title: str
    state: str
    on_its_way: tuple[str, ...]  # what is in transit, in words
    stops: int
    held_by: tuple[str, ...]  # the open exceptions of this criterion
    stopped: tuple[Signed, ...]  # who signed for the stop that still holds it
    time_zone: str  # of whoever looks


def _is_day(text: str) -> bool:
    """It is written as one, and another day comes after it."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return False
    return day.isoformat() == text and day < date.max


def _midnight(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(), UTC)


# -- what can be asked for -------------------------------------------------------------------------


def criteria(installation: Installation) -> tuple[tuple[str, str], ...]:
    """What can be asked for: each plain text that some definition records; unit, site, workflow.

    What is about a person is on record as a commitment, and cannot be looked for.
    """

    def work(tx: Transaction) -> tuple[tuple[str, str], ...]:
        found = dict(_KNOWN_BY_THE_ENGINE)
        for one in worklist.installed(tx):
            found |= dict(_plain_fields(installation.workflow(tx, *one)))
        return (*sorted(found.items(), key=lambda one: one[1].lower()), *_ASKED_APART.items())

    return installation.read(work)


_ASKED_FOR = frozenset({FieldKind.TEXT, FieldKind.UNIT, FieldKind.EQUIPMENT})


def _plain_fields(workflow: Workflow) -> Iterator[tuple[str, str]]:
    for action in workflow.actions.values():
        for one in action.fields:
            is_plain = one.kind in _ASKED_FOR and not one.confidential
            if is_plain and one.name != CRITERION:
                yield one.name, one.title


def units_of(installation: Installation, person: Person) -> tuple[tuple[str, str], ...]:
    """The units at which the person may stop something, with their words."""
    held = {unit for role, unit in person.roles if role in HOLDERS[Permission.STOP_SHIP]}
    known = installation.read(units_by_id)
    return tuple((u.id, f"{u.site.name}, {u.name}") for u in known.values() if u.id in held)


# -- what is found ---------------------------------------------------------------------------------


def find(
    installation: Installation, by: Proven, criterion: Criterion, unit: str
) -> tuple[Concerned, ...]:
    """The therapies that are concerned, of those in which the unit's site takes part.

    Raises:
        NotAllowed: the person may stop nothing at this unit.
    """

    def work(tx: Transaction) -> tuple[Concerned, ...]:
        site = require_unit(tx, acting(tx, by).person, unit)
        return tuple(
            _found(tx, installation, coi, (criterion, unit)) for coi in cois_of(tx, criterion, site)
        )

    return installation.read(work)


def require_unit(tx: Transaction, person: Person, unit: str) -> str:
    """The site of the unit, at which the person may stop what is concerned."""
    held = {at for role, at in person.roles if role in HOLDERS[Permission.STOP_SHIP]}
    known = unit_known(tx, unit) if unit in held else None
    if known is None or not person.active:
        raise NotAllowed([Problem("choose a unit at which you answer for quality", column="unit")])
    return known.site


def cois_of(tx: Transaction, criterion: Criterion, site: str) -> list[str]:
    """What is concerned, as far as the site goes on with it: who treats no more stops nothing."""
    content = criterion.content.strip()
    found = concerned(tx, criterion.what, content, site, criterion.period)
    return [coi for coi in found if site not in facts.parts(tx, coi)[1].aside]


def _found(
    tx: Transaction, installation: Installation, coi: str, asked: tuple[Criterion, str]
) -> Concerned:
    (criterion, unit), now = asked, outline(tx, installation, coi)
    machines = now.workflow.machines
    moving = [s for s in now.subjects.values() if _is_on_its_way(tx, installation, s)]
    root, held = now.subjects[coi], tuple(held_by(tx, now, criterion))
    signed = (signatures_in(tx, coi, now.subjects[one].born_seq) for one in held)
    return Concerned(
        coi=coi,
        title=now.workflow.title,
        state=machines[root.machine].states[root.position.state].title,
        on_its_way=tuple(dict.fromkeys(machines[one.machine].title for one in moving)),
        stops=now.therapy.stops,
        held_by=held,
        stopped=tuple(one for each in signed for one in each),
        time_zone=units_by_id(tx)[unit].site.time_zone,
    )


def _is_on_its_way(tx: Transaction, installation: Installation, subject: Subject) -> bool:
    """It is between two hands, or in those of a courier."""
    holder = installation.unit(tx, subject.position.holder)
    is_driven = holder is not None and holder.site_kind == SiteKind.COURIER
    return subject.position.in_transit or is_driven


def held_by(tx: Transaction, now: Outline, criterion: Criterion) -> Iterator[str]:
    """The open exceptions that this stop-ship opened in a therapy."""
    named = {v.subject for v in facts.values(tx, now.therapy.coi) if _is_of(v, criterion)}
    for subject in now.subjects.values():
        machine = now.workflow.machines[subject.machine]
        is_open = not machine.states[subject.position.state].final
        if subject.id in named and machine.kind is Kind.EXCEPTION and is_open:
            yield subject.id


def _is_of(value: Value, criterion: Criterion) -> bool:
    return value.field == CRITERION and value.content == criterion.text
