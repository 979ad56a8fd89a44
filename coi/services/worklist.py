"""My work: what waits for a person at their units and sites; the soonest first, by pages."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from coi.clock import parse_rfc3339, rfc3339
from coi.services.going_on import UnderWay, mine_in
from coi.services.installation import Installation
from coi.services.permissions import EVERYWHERE, HOLDERS, LOOKS_ON, Permission, sites_with
from coi.services.running import Runs, clocks_in, runs
from coi.services.sessions import SignedIn
from coi.services.tasks import NOTHING
from coi.store import worklist
from coi.store.transactions import Transaction
from coi.store.worklist import MOST_ONCE, ONE_MORE, PAGE, Listed, NamedUnit, Narrowed, Pair
from workflows.facts import Person
from workflows.model import Action, Kind, Workflow
from workflows.tasks import ANYBODY, EVERY_SITE, NEVER, desk, is_of_anybody

MINE, ALL = "mine", "all"
_NEVER = rfc3339(NEVER)

_Told = Sequence[tuple[str, str, str]]
"""Of one therapy: when something is due, where, and the names of what could be done."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person wants to see of the work; nothing said is everything."""

    which: str = ""  # MINE, or ALL at their sites; '' is what is usual for them
    unit: str = ""  # at this one of their units only
    phase: str = ""
    overdue: bool = False
    on_hold: bool = False
    coi: str = ""  # how the COI begins
    workflow: str = ""
    site: str = ""  # it takes part
    soon: int = 0  # due within so many hours, or overdue; 0 is whenever
    after: tuple[str, str] = ("", "")  # when the last one of the page before is due, and its COI
    most: int = PAGE  # so many on a page, and never more than PAGE

    @property
    def is_narrowed(self) -> bool:
        """It is not everything."""
        by_time = self.overdue or self.soon
        where = self.unit or self.phase or self.site
        return bool(where or by_time or self.on_hold or self.coi or self.workflow)


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
    paper: str = ""  # the reference of the paper from which it was copied
    is_copied: bool = False  # it still is: nothing else can be done before
    clock: Runs | None = None  # of what is in the hands of their units, the one that ends first

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
    ended: frozenset[str]  # the phases in which nothing goes on any more
    workflows: tuple[tuple[str, str], ...]  # each product: name and title
    time_zone: str
    sites: tuple[tuple[str, str], ...] = ()  # id and name; told where somebody chooses one

    @property
    def last(self) -> tuple[str, str]:
        """Behind what the next page begins."""
        last = self.waiting[-1]
        return rfc3339(last.due_at or NEVER), last.coi


def my_work(installation: Installation, signed_in: SignedIn, wanted: Wanted) -> WorkList:
    """One page of what waits for this person, or of all therapies at their sites."""
    return installation.read(lambda tx: work_of(tx, installation, signed_in, wanted))


def my_page(
    installation: Installation, signed_in: SignedIn, wanted: Wanted, *, narrows: bool = True
) -> tuple[WorkList, tuple[UnderWay, ...]]:
    """The same with the clocks that run, and the steps that this person is in the middle of.

    Unless it `narrows`, nobody is asked which sites take part: the list alone is looked at.
    """

    def work(tx: Transaction) -> tuple[WorkList, tuple[UnderWay, ...]]:
        usual = _usual(signed_in.person, wanted)
        waiting = _work(tx, installation, signed_in, usual, clocks=True)
        if narrows:
            waiting = with_sites(tx, installation, signed_in.person, waiting)
        return waiting, mine_in(tx, installation, signed_in)

    return installation.read(work)


def every_waiting(
    tx: Transaction, installation: Installation, person: Person, wanted: Wanted
) -> Iterator[Waiting]:
    """The whole list from its beginning, read a page at a time."""
    wanted = _usual(person, wanted)
    narrowed = narrowed_to(wanted, installation.clock.now())
    handlers = _handlers(_workflows(tx, installation))
    pairs = _pairs(tx, installation, person, wanted, handlers)
    # Each later deadline of a therapy is read and left out: whoever reads all of them passes them
    # anyway, and to look at each twice costs more the longer the list is.
    lines = _lines(tx, pairs, narrowed, ("", ""), most_once=0)
    while some := [*islice(lines, PAGE)]:
        yield from _of_paper(tx, (_waiting(tx, installation, *one) for one in some))


def work_of(
    tx: Transaction, installation: Installation, signed_in: SignedIn, wanted: Wanted
) -> WorkList:
    """The same page, where more is looked at beside it; which clocks run is not."""
    return _work(tx, installation, signed_in, _usual(signed_in.person, wanted), clocks=False)


def with_sites(
    tx: Transaction, installation: Installation, person: Person, work: WorkList
) -> WorkList:
    """The same page, with the sites that take part in what this person sees.

    The one to which the list is narrowed down is among them where it takes part in any of it.
    """
    sites = worklist.sites_in(tx, places_seen(tx, installation, person, ""))
    asked = work.wanted.site
    if asked and work.waiting and asked not in dict(sites):
        more = (*sites, *worklist.named_sites(tx, [asked]).items())
        sites = tuple(sorted(more, key=lambda site: (site[1], site[0])))
    return replace(work, sites=sites)


def places_seen(
    tx: Transaction, installation: Installation, person: Person, only: str
) -> tuple[str, ...]:
    """Where the soonest deadline of each therapy lies that the person sees; at one unit, or all."""
    return tuple(place for _role, place in _all(tx, installation, person, only))


def time_zone_of(tx: Transaction, person: Person, works_at: str) -> str:
    """The zone in which the person's own clock shows the time, at the unit where they work now."""
    return _time_zone(worklist.named_units(tx, _units(person, "")), works_at)


def _usual(person: Person, wanted: Wanted) -> Wanted:
    """Who only looks on has nothing to do, and is shown all."""
    if wanted.which in {MINE, ALL}:
        return wanted
    roles = {role for role, _unit in person.roles}
    return replace(wanted, which=ALL if roles <= LOOKS_ON else MINE)


def _work(
    tx: Transaction,
    installation: Installation,
    signed_in: SignedIn,
    wanted: Wanted,
    *,
    clocks: bool,
) -> WorkList:
    person, now = signed_in.person, installation.clock.now()
    workflows = _workflows(tx, installation)
    pairs = _pairs(tx, installation, person, wanted, _handlers(workflows))
    most = min(wanted.most, PAGE)
    found = [*islice(_lines(tx, pairs, narrowed_to(wanted, now), wanted.after), most + 1)]
    units = worklist.named_units(tx, _units(person, ""))
    lines = _of_paper(tx, (_waiting(tx, installation, *one) for one in found[:most]))
    if clocks:
        workflows_of = {
            one.coi: installation.workflow(tx, one.workflow, one.version)
            for one, _told in found[:most]
        }
        lines = _with_clocks(tx, person, lines, workflows_of, now)
    return WorkList(
        wanted=wanted,
        waiting=lines,
        more=len(found) > most,
        now=now,
        units=units,
        phases=tuple(dict.fromkeys(_phases(workflows))),
        ended=frozenset(_ended(workflows)),
        workflows=tuple({one.name: one.title for one in workflows}.items()),
        time_zone=_time_zone(units, signed_in.unit),
    )


def _workflows(tx: Transaction, installation: Installation) -> list[Workflow]:
    return [installation.workflow(tx, *one) for one in worklist.installed(tx)]


def _handlers(workflows: Sequence[Workflow]) -> frozenset[str]:
    return frozenset[str]().union(*(workflow.handlers for workflow in workflows))


def narrowed_to(wanted: Wanted, now: datetime) -> Narrowed:
    """What a list is narrowed down to, at this moment."""
    until = now + timedelta(hours=0 if wanted.overdue else wanted.soon)
    before = rfc3339(until) if wanted.overdue or wanted.soon else ""
    return Narrowed(wanted.phase, wanted.on_hold, before, wanted.coi, wanted.workflow, wanted.site)


def _pairs(
    tx: Transaction,
    installation: Installation,
    person: Person,
    wanted: Wanted,
    handlers: frozenset[str],
) -> tuple[Sequence[Pair], Sequence[Pair]]:
    """The pairs of the list, and those of what the person could do."""
    mine = _mine(tx, installation, person, wanted.unit, handlers)
    return mine if wanted.which == MINE else _all(tx, installation, person, wanted.unit), mine


def _of_paper(tx: Transaction, waiting: Iterable[Waiting]) -> tuple[Waiting, ...]:
    """The lines of a page; those of therapies that were copied from paper say so."""
    lines = tuple(waiting)
    papers = worklist.copied_from_paper(tx, list(dict.fromkeys(one.coi for one in lines)))
    return tuple(
        replace(one, paper=papers[one.coi][0], is_copied=not papers[one.coi][1])
        if one.coi in papers
        else one
        for one in lines
    )


def _with_clocks(
    tx: Transaction,
    person: Person,
    lines: Sequence[Waiting],
    workflows: Mapping[str, Workflow],
    now: datetime,
) -> tuple[Waiting, ...]:
    """The lines of a page, each with the clock that ends first; all are read in one look."""
    clocks = clocks_in(tx, workflows, {unit for _role, unit in person.roles})

    def with_clock(line: Waiting) -> Waiting:
        # What stands there as the deadline already is not said twice.
        every = clocks.get(line.coi, ())
        mine = (one for one in every if one.ends_at is None or one.ends_at != line.due_at)
        first = next(mine, None)
        if first is None or line.is_copied:
            return line
        return replace(line, clock=runs(first, workflows[line.coi], None, now))

    return tuple(map(with_clock, lines))


def _units(person: Person, only: str) -> list[str]:
    """The units at which the person has a role; or only this one of them."""
    units = {unit for _role, unit in person.roles} - {EVERYWHERE}
    return sorted(units & {only} if only else units)


def _mine(
    tx: Transaction, installation: Installation, person: Person, only: str, handlers: frozenset[str]
) -> tuple[Pair, ...]:
    """Each role of the person, at its desk; and at its unit, where it handles what lies there."""
    sees = HOLDERS[Permission.SEE_THERAPIES]
    units = {one: installation.unit(tx, one) for one in _units(person, only)}
    pairs: set[Pair] = set()
    for role, held_at in person.roles:
        unit = units.get(held_at)
        if role in sees and unit is not None:
            pairs.add((role, desk(role, unit.site)))
            pairs |= {(role, unit.id)} if role in handlers else set()
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
    return tuple((ANYBODY, desk(ANYBODY, site)) for site in sorted(sites))


def _lines(
    tx: Transaction,
    pairs: tuple[Sequence[Pair], Sequence[Pair]],
    narrowed: Narrowed,
    after: tuple[str, str],
    most_once: int = MOST_ONCE,
) -> Iterator[tuple[Listed, _Told]]:
    """The therapies behind `after` with what is to be done; each once, by its soonest deadline.

    The pairs are those of the list, and those of what the person could do. It is asked again only
    where a therapy that waits at several places fills the page with its later deadlines; and then
    past all of these, however many they are, for all but who has a role at very many places.
    """
    while True:
        found = worklist.listed(tx, pairs[0], narrowed, after)
        tasks = _tasks(tx, {*pairs[0], *pairs[1]}, found)
        for one in found:
            soonest, *_ = told = tasks[one.coi]
            if one.due_at == soonest[0]:
                yield one, told
        if len(found) < ONE_MORE:
            return
        after = found[-1].due_at, found[-1].coi
        narrowed = replace(narrowed, once=len(pairs[0]) <= most_once)


def _tasks(
    tx: Transaction, pairs: Collection[Pair], found: Sequence[Listed]
) -> Mapping[str, _Told]:
    """What there is to do in each of these therapies, the soonest first."""
    cois = list(dict.fromkeys(one.coi for one in found))
    tasks: dict[str, list[tuple[str, str, str]]] = {}
    for coi, *task in sorted(worklist.tasks_in(tx, sorted(pairs), cois)):
        tasks.setdefault(coi, []).append((task[0], task[1], task[2]))
    return tasks


def _waiting(tx: Transaction, installation: Installation, one: Listed, told: _Told) -> Waiting:
    workflow = installation.workflow(tx, one.workflow, one.version)
    (root,) = workflow.machine_of_kind(Kind.THERAPY)
    has_deadline = one.due_at != _NEVER
    anybodys: list[tuple[str, str, str]] = []
    mine: list[tuple[str, str, str]] = []
    for task in told:
        (anybodys if is_of_anybody(task[1]) else mine).append(task)
    return Waiting(
        coi=one.coi,
        title=workflow.title,
        state=root.states[one.state].title,
        held=one.held,
        due_at=parse_rfc3339(one.due_at) if has_deadline else None,
        due=_actions(workflow, anybodys) if has_deadline else (),
        mine=_actions(workflow, mine),
    )


def _actions(workflow: Workflow, tasks: _Told) -> tuple[Action, ...]:
    """What could be done, each once: what is due first at each place, the soonest before others."""
    steps = [names.split() for _due_at, _place, names in tasks]
    urgent = [name for found in steps for name in found[:1]]
    behind = [name for found in steps for name in found[1:]]
    return tuple([workflow.actions[name] for name in dict.fromkeys([*urgent, *behind])])


def _phases(workflows: Sequence[Workflow]) -> Iterator[str]:
    """The phases of a therapy in every definition that is installed."""
    for workflow in workflows:
        (root,) = workflow.machine_of_kind(Kind.THERAPY)
        yield from (state.phase for state in root.states.values())


def _ended(workflows: Sequence[Workflow]) -> Iterator[str]:
    """The phases of which every state is final, in every definition."""
    roots = (one.machine_of_kind(Kind.THERAPY)[0] for one in workflows)
    states = [state for root in roots for state in root.states.values()]
    yield from {s.phase for s in states} - {s.phase for s in states if not s.final}


def _time_zone(units: Sequence[NamedUnit], works_at: str) -> str:
    """The zone in which the person's own clock shows the time."""
    zones = {unit.id: unit.time_zone for unit in units}
    return zones.get(works_at, next(iter(zones.values()), "UTC"))
