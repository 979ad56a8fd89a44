"""My work: what waits for a person at their units and sites; the soonest first, by pages."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from coi.clock import parse_rfc3339, rfc3339
from coi.services.installation import Installation
from coi.services.permissions import EVERYWHERE, HOLDERS, LOOKS_ON, Permission, sites_with
from coi.services.sessions import SignedIn
from coi.services.tasks import NOTHING
from coi.store import worklist
from coi.store.transactions import Transaction
from coi.store.worklist import PAGE, Listed, NamedUnit, Narrowed, Pair
from workflows.facts import Person
from workflows.model import Action, Kind, Workflow
from workflows.tasks import ANYBODY, EVERY_SITE, NEVER, at_site

MINE, ALL = "mine", "all"
_NEVER = rfc3339(NEVER)

_Tasks = Mapping[str, Sequence[tuple[str, str, str]]]
"""In each therapy: when something is due, for whom, and the names of what could be done."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person wants to see of the work; nothing said is everything."""

    which: str = ""  # MINE, or ALL at their sites; '' is what is usual for them
    unit: str = ""  # at this one of their units only
    phase: str = ""
    overdue: bool = False
    on_hold: bool = False
    coi: str = ""  # how the COI begins
    after: tuple[str, str] = ("", "")  # when the last one of the page before is due, and its COI

    @property
    def is_narrowed(self) -> bool:
        """It is not everything."""
        return bool(self.unit or self.phase or self.overdue or self.on_hold or self.coi)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One therapy in a list: where it stands, what is due there, what this person could do next."""

    coi: str
    title: str
    state: str
    held: str
    due_at: datetime | None  # None: for however long
    due: tuple[Action, ...]
    mine: tuple[Action, ...]

    @property
    def on_hold(self) -> bool:
        """All of it is, or a part."""
        return self.held != NOTHING


@dataclass(frozen=True, slots=True)
class WorkList:
    """A page of the list, and how it can be narrowed down."""

    wanted: Wanted
    waiting: tuple[Waiting, ...]
    more: bool
    now: datetime
    units: tuple[NamedUnit, ...]
    phases: tuple[str, ...]
    time_zone: str

    @property
    def last(self) -> tuple[str, str]:
        """Behind what the next page begins."""
        last = self.waiting[-1]
        return rfc3339(last.due_at or NEVER), last.coi


def my_work(installation: Installation, signed_in: SignedIn, wanted: Wanted) -> WorkList:
    """One page of what waits for this person, or of all therapies at their sites."""

    def work(tx: Transaction) -> WorkList:
        return _work(tx, installation, signed_in, _usual(signed_in.person, wanted))

    return installation.read(work)


def _usual(person: Person, wanted: Wanted) -> Wanted:
    """Who only looks on has nothing to do, and is shown all."""
    if wanted.which in {MINE, ALL}:
        return wanted
    roles = {role for role, _unit in person.roles}
    return replace(wanted, which=ALL if roles <= LOOKS_ON else MINE)


def _work(
    tx: Transaction, installation: Installation, signed_in: SignedIn, wanted: Wanted
) -> WorkList:
    person, now = signed_in.person, installation.clock.now()
    mine = _mine(tx, installation, person, wanted.unit)
    pairs = mine if wanted.which == MINE else _all(tx, installation, person, wanted.unit)
    overdue = rfc3339(now) if wanted.overdue else ""
    narrowed = Narrowed(wanted.phase, wanted.on_hold, overdue, wanted.coi)
    found = worklist.listed(tx, pairs, narrowed, wanted.after)
    tasks = _tasks(tx, {*pairs, *mine}, found[:PAGE])
    units = worklist.named_units(tx, _units(person, ""))
    return WorkList(
        wanted=wanted,
        waiting=tuple(_waiting(tx, installation, one, tasks) for one in found[:PAGE]),
        more=len(found) > PAGE,
        now=now,
        units=units,
        phases=tuple(dict.fromkeys(_phases(tx, installation))),
        time_zone=_time_zone(units, signed_in.unit),
    )


def _units(person: Person, only: str) -> list[str]:
    """The units at which the person has a role; or only this one of them."""
    units = {unit for _role, unit in person.roles} - {EVERYWHERE}
    return sorted(units & {only} if only else units)


def _mine(
    tx: Transaction, installation: Installation, person: Person, only: str
) -> tuple[Pair, ...]:
    """Each role of the person, at its unit and at the unit's site."""
    sees = HOLDERS[Permission.SEE_THERAPIES]
    units = {one: installation.unit(tx, one) for one in _units(person, only)}
    pairs = {
        (role, place)
        for role, held_at in person.roles
        if role in sees and (unit := units.get(held_at)) is not None
        for place in (unit.id, at_site(unit.site))
    }
    return tuple(sorted(pairs))


def _all(
    tx: Transaction, installation: Installation, person: Person, only: str
) -> tuple[Pair, ...]:
    """Everybody's soonest, at each site that the person sees."""
    sites = sites_with(person, Permission.SEE_THERAPIES)
    if only:
        found = (installation.unit(tx, one) for one in _units(person, only))
        sites &= {unit.site for unit in found if unit is not None}
    if EVERYWHERE in sites:
        return ((ANYBODY, EVERY_SITE),)
    return tuple((ANYBODY, at_site(site)) for site in sorted(sites))


def _tasks(tx: Transaction, pairs: Collection[Pair], found: Sequence[Listed]) -> _Tasks:
    """What there is to do in each of these therapies, the soonest first."""
    cois = list(dict.fromkeys(one.coi for one in found))
    tasks: dict[str, list[tuple[str, str, str]]] = {}
    for coi, *task in sorted(worklist.tasks_in(tx, sorted(pairs), cois)):
        tasks.setdefault(coi, []).append((task[0], task[1], task[2]))
    return tasks


def _waiting(tx: Transaction, installation: Installation, one: Listed, tasks: _Tasks) -> Waiting:
    workflow = installation.workflow(tx, one.workflow, one.version)
    (root,) = workflow.machine_of_kind(Kind.THERAPY)
    has_deadline = one.due_at != _NEVER
    told = tasks.get(one.coi, ())
    anybodys = [task for task in told if task[1] == ANYBODY]
    mine = [task for task in told if task[1] != ANYBODY]
    # In a list of one's own each line stands for what is due then; in a list of all, for all.
    due = anybodys or [task for task in mine if task[0] == one.due_at]
    return Waiting(
        coi=one.coi,
        title=workflow.title,
        state=root.states[one.state].title,
        held=one.held,
        due_at=parse_rfc3339(one.due_at) if has_deadline else None,
        due=_actions(workflow, due) if has_deadline else (),
        mine=_actions(workflow, mine if anybodys else due),
    )


def _actions(workflow: Workflow, tasks: Sequence[tuple[str, str, str]]) -> tuple[Action, ...]:
    """What could be done, each once, the soonest first."""
    names = dict.fromkeys(name for _due_at, _role, names in tasks for name in names.split())
    return tuple(workflow.actions[name] for name in names)


def _phases(tx: Transaction, installation: Installation) -> Iterator[str]:
    """The phases of a therapy in every definition that is installed."""
    for name, version in worklist.installed(tx):
        (root,) = installation.workflow(tx, name, version).machine_of_kind(Kind.THERAPY)
        yield from (state.phase for state in root.states.values())


def _time_zone(units: Sequence[NamedUnit], works_at: str) -> str:
    """The zone in which the person's own clock shows the time."""
    zones = {unit.id: unit.time_zone for unit in units}
    return zones.get(works_at, next(iter(zones.values()), "UTC"))
