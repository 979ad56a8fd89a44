"""What rings, and when: pure, from how a therapy stands and what was told of its things.

`planned` says of each alarm when it would ring; `ringing` which of them do. As in
`workflows.tasks`, nothing here is a permission, and nothing bars a step.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from workflows.alarms import (
    CHECK_AFTER,
    CHECK_ESCALATES,
    CRITICAL_ESCALATES,
    KINDS,
    LABEL_AFTER,
    LABEL_ESCALATES,
    LEADS,
    OF_SHELF_LIFE,
    OVERSEERS,
    READING_AFTER,
    READING_ESCALATES,
    STEP_ESCALATES,
    THAW_ESCALATES,
    Rings,
)
from workflows.facts import Subject
from workflows.fields import is_number, read_time
from workflows.guards.time import shelf_life
from workflows.label_deeds import hands
from workflows.model import Action, Kind, Verb, Workflow
from workflows.tasks import Deadline, Standing, deadlines
from workflows.wrong import Wrong

EXPIRES, THAWED, HOLDS, LOGGER = "expires_at", "thawed_at", "hold_hours", "logger_serial"
READINGS = ("temperature_low_celsius", "temperature_high_celsius")
CLASS, SORT, OWNER = "class", "kind", "owner"  # of an exception
FIELDS = (EXPIRES, THAWED, HOLDS, LOGGER, *READINGS, CLASS, SORT, OWNER)
"""Fields by which an alarm is planned: their names are fixed, as guards fix those of others."""

_OWN_STOPS = frozenset({Wrong.QUALITY_STOP, Wrong.STOP_SHIP})
"""What quality assurance stopped itself: it is at it already, and is not called."""

_GONE = "gone"  # the phase of what is used for nobody any more


@dataclass(frozen=True, slots=True)
class Said:
    """The newest text of a field, when any was recorded first, and since when it is this one."""

    content: str
    first_at: datetime
    since: datetime  # the same text was told ever since
    since_seq: int = 0  # of the entry that told it first
    newest_seq: int = 0  # of the entry that told it last


@dataclass(frozen=True, slots=True)
class VoidLabel:
    """A label that is void, with pieces that nobody has accounted for."""

    serial: str
    subject: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Watched:
    """One therapy: how it stands, and what more there is to know of its things."""

    workflow: Workflow
    standing: Standing
    said: Mapping[tuple[str, str], Said] = field(default_factory=dict)  # by subject and field
    issued: Mapping[str, datetime] = field(default_factory=dict)  # handed on as it is, and since
    void: Sequence[VoidLabel] = ()

    def of_kind(self, kind: Kind) -> Iterator[Subject]:
        """Every subject of a kind."""
        for subject in self.standing.subjects.values():
            if self.workflow.machines[subject.machine].kind is kind:
                yield subject

    def is_final(self, subject: Subject) -> bool:
        """It has come to its end."""
        return self.workflow.machines[subject.machine].states[subject.position.state].final

    def is_given_up(self, subject: Subject) -> bool:
        """It is used for nobody any more, whether it still lies somewhere or not."""
        state = self.workflow.machines[subject.machine].states[subject.position.state]
        return state.final or state.phase == _GONE

    def steps_from(self, subject: Subject) -> list[Action]:
        """The usual steps that begin where it stands."""
        beginning = self.workflow.beginning.get((subject.machine, subject.position.state), ())
        return [self.workflow.usual[number] for number, _rule in beginning]

    def steps_of(self, verb: Verb, subject: Subject) -> list[Action]:
        """The usual steps of a verb that move things of its sort, wherever it stands."""
        return [
            step
            for step in self.workflow.usual
            if step.verb is verb and subject.machine in {rule.machine for rule in step.moves}
        ]


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm: of what, since when, when it rings, and who has to do what about it."""

    kind: Rings
    subject: str  # a thing of the therapy, the therapy itself, or a label
    since: datetime
    rings_at: datetime
    escalates_at: datetime
    about: tuple[str, ...] = ()  # the steps by which it could end now
    unit: str = "-"  # where it is
    owners: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # site -> roles

    @property
    def next_step(self) -> str:
        """What its owner does, as a sentence."""
        return KINDS[self.kind].next_step


def planned(watched: Watched) -> tuple[Alarm, ...]:
    """Every alarm that would ring if nobody did anything more."""
    things = (*_bags(watched), *_shippers(watched), *_readings(watched), *_labels(watched))
    return (*_critical(watched), *things, *_steps(watched))


def ringing(alarms: Iterable[Alarm], now: datetime) -> tuple[Alarm, ...]:
    """Those that ring now, the longest first."""
    return tuple(sorted((a for a in alarms if a.rings_at <= now), key=lambda a: a.rings_at))


def bedside_bags(watched: Watched) -> Iterator[Subject]:
    """The bags that are there, and are given to a patient after a check at the bedside."""
    for bag in watched.of_kind(Kind.CONTAINER):
        if not watched.is_given_up(bag) and watched.steps_of(Verb.CHECK, bag):
            yield bag


def _verbs(watched: Watched, subject: Subject) -> set[Verb]:
    return {step.verb for step in watched.steps_from(subject)}


def _critical(watched: Watched) -> Iterator[Alarm]:
    """A critical exception that nobody has taken on: it rings since it is critical (BD-03)."""
    steps = [step for step in watched.workflow.usual if step.verb is Verb.TAKE_ON]
    for exception in watched.of_kind(Kind.EXCEPTION):
        graded = watched.said.get((exception.id, CLASS))
        if graded is None or graded.content != "critical":
            continue
        if _is_taken_on(watched, exception, graded):
            continue
        since = graded.since
        on = watched.standing.subjects.get(exception.origin or "")
        holder = watched.standing.units.get(on.position.holder) if on else None
        yield Alarm(
            *(Rings.CRITICAL, exception.id, since, since, since + CRITICAL_ESCALATES),
            about=tuple(step.name for step in steps),
            unit=holder.id if holder else "-",
            owners=_owned(watched, _called_of_what_is_critical(watched, steps)),
        )


def _is_taken_on(watched: Watched, exception: Subject, graded: Said) -> bool:
    """It is closed, somebody took it on as what it is, or who would be called has opened it."""
    owner = watched.said.get((exception.id, OWNER))
    is_owned = owner is not None and owner.newest_seq >= graded.since_seq
    sort = watched.said.get((exception.id, SORT))
    is_own = sort is not None and sort.content in _OWN_STOPS
    return watched.is_final(exception) or is_owned or is_own


def _called_of_what_is_critical(
    watched: Watched, steps: Sequence[Action]
) -> Mapping[str, set[str]]:
    """At each site that sees the whole therapy: who takes it on, and who leads the site."""
    sites = watched.standing.sites
    return {
        site: {*LEADS, *(role for step in steps for role in step.roles_at(sites[site]))}
        for site in watched.standing.treatment.of_whole(frozenset(sites))
    }


def _bags(watched: Watched) -> Iterator[Alarm]:
    for bag in bedside_bags(watched):
        yield from _check_of(watched, bag)
        yield from _thaw_window_of(watched, bag)
    for bag in watched.of_kind(Kind.CONTAINER):
        if not watched.is_given_up(bag):
            yield from _expiry_of(watched, bag)


def _check_of(watched: Watched, bag: Subject) -> Iterator[Alarm]:
    """Thawed or issued, and not checked since: a check leads to where it can be infused."""
    thawed = watched.said.get((bag.id, THAWED))
    since = _thawed_at(thawed) if thawed else watched.issued.get(bag.id)
    if since is None or Verb.ADMINISTER in _verbs(watched, bag):
        return
    times = since, since + CHECK_AFTER, since + CHECK_ESCALATES
    yield _of_thing(watched, Rings.BEDSIDE_CHECK, bag, times)


def _thaw_window_of(watched: Watched, bag: Subject) -> Iterator[Alarm]:
    thawed = watched.said.get((bag.id, THAWED))
    minutes = watched.workflow.product.get("thaw_window_minutes")
    if thawed is None or minutes is None:
        return
    since = _thawed_at(thawed)
    ends = since + timedelta(minutes=int(str(minutes)))
    yield _of_thing(watched, Rings.THAW_WINDOW, bag, (since, ends, ends + THAW_ESCALATES))


def _thawed_at(thawed: Said) -> datetime:
    """When it was thawed: as it is told, or as it was recorded first, whichever is the earlier.

    Whoever errs makes the time that is left shorter, never longer.
    """
    return min(thawed.first_at, read_time(thawed.content))


def _expiry_of(watched: Watched, bag: Subject) -> Iterator[Alarm]:
    expires = watched.said.get((bag.id, EXPIRES))
    if expires is None:
        return
    ends = read_time(expires.content)
    rings = ends - shelf_life(watched.workflow) / OF_SHELF_LIFE
    yield _of_thing(watched, Rings.EXPIRY, bag, (expires.first_at, rings, ends))


def _shippers(watched: Watched) -> Iterator[Alarm]:
    margin = watched.workflow.product.get("transit_margin_hours")
    for shipment in watched.of_kind(Kind.SHIPMENT):
        holds = watched.said.get((shipment.id, HOLDS))
        if holds is None or watched.is_final(shipment) or not is_number(holds.content):
            continue
        warm = holds.first_at + _hours(holds.content)
        rings = warm - _hours(str(margin or 0))
        yield _of_thing(watched, Rings.SHIPPER, shipment, (holds.first_at, rings, warm))


def _readings(watched: Watched) -> Iterator[Alarm]:
    """Unpacked, and the logger that travelled with it was not read; until all is inspected."""
    waiting = [
        bag
        for bag in watched.of_kind(Kind.CONTAINER)
        if not watched.is_final(bag) and Verb.INSPECT in _verbs(watched, bag)
    ]
    for shipment in watched.of_kind(Kind.SHIPMENT):
        is_read = any((shipment.id, reading) in watched.said for reading in READINGS)
        travelled = (shipment.id, LOGGER) in watched.said and watched.is_final(shipment)
        if travelled and not is_read and waiting:
            since = watched.standing.since[shipment.id]
            times = since, since + READING_AFTER, since + READING_ESCALATES
            yield _of_thing(watched, Rings.LOGGER, shipment, times, at=waiting[0])


def _labels(watched: Watched) -> Iterator[Alarm]:
    keepers = set(hands(watched.workflow))
    for label in watched.void:
        position = watched.standing.subjects[label.subject].position
        holder = watched.standing.units.get(position.holder)
        sites = [holder.site] if holder else sorted(watched.standing.sites)
        since = label.since
        yield Alarm(
            *(Rings.LABEL, label.serial, since, since + LABEL_AFTER, since + LABEL_ESCALATES),
            unit=holder.id if holder else "-",
            owners=_owned(watched, dict.fromkeys(sites, keepers)),
        )


def _of_thing(
    watched: Watched,
    kind: Rings,
    thing: Subject,
    times: tuple[datetime, datetime, datetime],
    at: Subject | None = None,
) -> Alarm:
    """An alarm of what somebody has in hand: it is theirs, and theirs to whom it was sent."""
    there = at or thing
    units = watched.standing.units
    held = [units[p] for p in (there.position.holder, there.position.consignee) if p in units]
    verb, possible = KINDS[kind].verb, watched.steps_from(there)
    steps = watched.steps_of(verb, there) if verb else possible
    owners: dict[str, set[str]] = {}
    for unit in held:
        roles = {role for step in steps for role in step.roles_at(unit.site_kind)}
        owners.setdefault(unit.site, set()).update(roles)
    return Alarm(
        *(kind, thing.id, *times),
        about=tuple(step.name for step in steps if verb and step in possible),
        unit=held[0].id if held else "-",
        owners=_owned(watched, owners),
    )


def _owned(watched: Watched, owners: Mapping[str, set[str]]) -> dict[str, tuple[str, ...]]:
    """Who owns it at each site; what belongs to nobody belongs to who answers for the whole."""
    found = {site: tuple(sorted(roles)) for site, roles in owners.items() if roles}
    return found or dict.fromkeys(watched.standing.sites, OVERSEERS)


def _steps(watched: Watched) -> Iterator[Alarm]:
    """What is due at the same moment since the same moment is one alarm: one of it is done."""
    together: dict[tuple[datetime, datetime], list[Deadline]] = {}
    for one in deadlines(watched.workflow, watched.standing):
        # That a check is missing is an alarm of its own, and not that it was made some time ago.
        if one.action.verb is not Verb.CHECK:
            together.setdefault((one.since, one.due_at), []).append(one)
    coi = next(one.id for one in watched.of_kind(Kind.THERAPY))
    for (since, due_at), found in together.items():
        owners: dict[str, set[str]] = {}
        for one in found:
            owners.setdefault(one.site, set()).update(one.roles)
        least, most = STEP_ESCALATES
        wait = max(least, min(most, due_at - since))
        yield Alarm(
            *(Rings.STEP, coi, since, due_at, due_at + wait),
            about=tuple(dict.fromkeys(one.action.name for one in found)),
            unit=next((one.unit for one in found if one.unit), "-"),
            owners=_owned(watched, owners),
        )


def _hours(text: str) -> timedelta:
    return timedelta(seconds=int(Decimal(text) * 3600))
