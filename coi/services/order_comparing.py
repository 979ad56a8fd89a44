"""Orders of a file compared with what is known here: sites, people, workflows, patients, days."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from coi.errors import Problem
from coi.services.identity import identity_of
from coi.services.installation import Installation
from coi.services.order_file import OrderFile, OrderRow
from coi.services.ordering import CONSENT_FIELD, MANUFACTURING_FIELD, ORDER
from coi.services.proofs import Proven, acting
from coi.services.sites import Site
from coi.services.vault import IDENTITY_FIELDS, INDEX_FIELD, folded, index_of
from coi.store import facts, lists, registers
from coi.store.transactions import Transaction
from workflows.facts import Person
from workflows.model import Kind, SiteKind

ORDERING_ROLES = ("coordinator", "treating_physician")
OLDEST_YEARS = 130
WANTED_FIELD = "collection_wanted_on"
WARD, PRODUCTION, CLEAN_ROOM = "-ward", "-production", "-cleanroom"
"""How the id of the unit ends that is meant where an order names a site."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What rows are compared with: the moment, who imports, and the sites with their units."""

    tx: Transaction
    installation: Installation
    now: datetime
    person: Person
    sites: Mapping[str, Site]  # by name and by id
    units: Mapping[str, list[str]]  # site -> unit ids, in alphabetical order
    locks: bool  # what is found must still hold when it is ordered, in the same transaction
    strangers: set[str] = field(default_factory=set)  # indexed record numbers that are nobody's

    def today(self, site: Site | None) -> date:
        """The calendar day at a site; in UTC where the site is not known."""
        return self.now.astimezone(ZoneInfo(site.time_zone if site else "UTC")).date()

    def units_at(self, site: str) -> list[str]:
        """The units of a site, given by its name or id; none where the site is not known."""
        return self.units[self.sites[site].id] if site in self.sites else []

    def ordering_unit(self, site: str) -> str | None:
        """The site's first unit at which the person may order."""
        units = self.units_at(site)
        held = ((role, unit) for role in ORDERING_ROLES for unit in units)
        return next((unit for role, unit in held if self.person.has_role(role, unit)), None)

    def treating_unit(self, site: str) -> str | None:
        """The site's ward, or else its first unit."""
        return _ending(self.units_at(site), WARD)

    def manufacturing_unit(self, site: str) -> str | None:
        """The site's production, a hospital's clean room, or else its first unit."""
        return _ending(self.units_at(site), PRODUCTION, CLEAN_ROOM)


def _ending(units: Sequence[str], *end: str) -> str | None:
    """The unit whose id ends so, or else the first one."""
    return next((unit for unit in units if unit.endswith(end)), next(iter(units), None))


@dataclass(frozen=True, slots=True)
class Units:
    """Where a row is ordered, and the units that it names by their sites."""

    ordering: str
    treating: str
    manufacturing: str

    @classmethod
    def of(cls, known: _Known, row: OrderRow) -> "Units":
        """Those of a row; one that lacks any has a problem already, and is not ordered."""
        return cls(
            known.ordering_unit(row.ordering_site) or "-",
            known.treating_unit(row.treating_site) or "-",
            known.manufacturing_unit(row.manufacturing_site) or "-",
        )


def compared_in(
    tx: Transaction,
    installation: Installation,
    file: OrderFile,
    actor: Proven,
    *,
    locks: bool = True,
) -> tuple[list[Problem], dict[int, Units], set[str]]:
    """What is wrong with the rows; by line the units that are meant; the strangers."""
    known = _known(tx, installation, actor, locks=locks)
    problems = [*_repetitions(known, file.rows)]
    for row in file.rows:
        problems += _row_problems(known, row)
    return problems, {row.line: Units.of(known, row) for row in file.rows}, known.strangers


def _known(tx: Transaction, installation: Installation, actor: Proven, *, locks: bool) -> _Known:
    units: dict[str, list[str]] = defaultdict(list)
    for unit, site, _name in registers.units(tx):
        units[site].append(unit)
    person = acting(tx, actor).person
    sites = {key: site for site in registers.sites(tx) for key in (site.name, site.id)}
    return _Known(tx, installation, installation.clock.now(), person, sites, units, locks)


def _row_problems(known: _Known, row: OrderRow) -> Iterator[Problem]:
    """Everything that is wrong with one row; a cell that could not be read is wrong already."""
    ordering = known.sites.get(row.ordering_site)
    if row.therapy and registers.newest_version(known.tx, row.therapy) is None:
        yield Problem(f"no workflow “{row.therapy}” is installed here", row.line, "therapy")
    yield from _site_problems(known, row)
    yield from _day_problems(row, known.today(ordering))
    # Who may not order there is not told who is known there.
    if ordering and known.ordering_unit(ordering.id) and row.medical_record_number:
        yield from _patient_problems(known, row, ordering)


def _site_problems(known: _Known, row: OrderRow) -> Iterator[Problem]:
    """Each site is of its kind; the ordering one has the person, the others have a unit."""
    no_role = f"you are neither {' nor '.join(ORDERING_ROLES).replace('_', ' ')} at"
    no_unit = "there is no unit at"
    units, hospital = Units.of(known, row), SiteKind.HOSPITAL
    for column, kind, unit, lacks in (
        ("ordering_site", hospital, units.ordering, no_role),
        ("treating_site", hospital, units.treating, no_unit),
        ("manufacturing_site", _made_at(known, row), units.manufacturing, no_unit),
    ):
        name = getattr(row, column)
        site = known.sites.get(name)
        if name and site is None:
            yield Problem(f"no site “{name}” is known here", row.line, column)
        elif site and site.kind != kind:
            yield Problem(f"{site.name} is a {site.kind}, not a {kind}", row.line, column)
        elif site and unit == "-":
            yield Problem(f"{lacks} {site.name}", row.line, column)


def _made_at(known: _Known, row: OrderRow) -> SiteKind:
    """The kind of site that makes the therapy, as its definition says: a manufacturer mostly."""
    version = registers.newest_version(known.tx, row.therapy)
    if version is None:  # which therapy it is meant to be is a problem of its own
        return SiteKind.MANUFACTURER
    order = known.installation.workflow(known.tx, row.therapy, version).actions[ORDER]
    asked = (one.at for one in order.fields if one.name == MANUFACTURING_FIELD)
    return next((kind for kind in asked if kind), SiteKind.MANUFACTURER)


def _day_problems(row: OrderRow, today: date) -> Iterator[Problem]:
    """Birth and consent are past, the collection is not."""
    told = asdict(row)
    # What runs on paper already was collected on the day that was wanted, or late.
    if row.on_paper:
        del told[WANTED_FIELD]
    for column, reason in implausible_days(told, today):
        yield Problem(reason, row.line, column)


def implausible_days(told: Mapping[str, str], today: date) -> Iterator[tuple[str, str]]:
    """Each day of an order that cannot be, by its name, and why; days are in ISO 8601."""
    # Days in ISO 8601 stand in the order of their texts. The text of a cell that could not be read
    # is empty: it comes before every day, and must not be said to lie in the past as well.
    this_day, oldest = today.isoformat(), f"{today.year - OLDEST_YEARS}-01-01"
    birth = told.get("birth_date", "")
    if birth > this_day:
        yield "birth_date", "lies in the future"
    if "" < birth < oldest:
        yield "birth_date", f"is more than {OLDEST_YEARS} years ago"
    if told.get(CONSENT_FIELD, "") > this_day:
        yield CONSENT_FIELD, "lies in the future"
    if "" < told.get(WANTED_FIELD, "") < this_day:
        yield WANTED_FIELD, "lies in the past"


def _patient_problems(known: _Known, row: OrderRow, site: Site) -> Iterator[Problem]:
    """A record number that is known belongs to the same person, whose order is not there yet."""
    # The number is encrypted; its keyed index is the same whenever the same site writes it.
    index = index_of(known.installation.vault, site.id, row.medical_record_number)
    patients = registers.patients_with(known.tx, INDEX_FIELD, index)
    if not patients:
        known.strangers.add(index)
    for patient in patients:
        if known.locks:
            registers.lock_patient(known.tx, patient)
        identity = identity_of(known.tx, known.installation, patient)
        for column in _differing(identity, asdict(row)):
            reason = "the record number belongs to a patient whose record says otherwise"
            yield Problem(reason, row.line, column)
        for coi in _same_order(known, patient, row):
            yield Problem(f"this therapy is ordered already, as {coi}", row.line)


def _differing(identity: Mapping[str, str], stated: Mapping[str, str]) -> Iterator[str]:
    """The columns in which two descriptions of a person differ; what could not be read does not."""
    for name in IDENTITY_FIELDS:
        one, other = identity.get(name, ""), stated[name]
        if one and other and folded(one) != folded(other):
            yield name


def _same_order(known: _Known, patient: str, row: OrderRow) -> Iterator[str]:
    """The patient's running therapies of this sort for which collection is wanted on this day."""
    for coi, workflow, version, state in lists.therapies_of(known.tx, patient):
        definition = known.installation.workflow(known.tx, workflow, version)
        (root,) = definition.machine_of_kind(Kind.THERAPY)
        if workflow != row.therapy or root.states[state].final:
            continue
        recorded = {(value.field, value.content) for value in facts.values(known.tx, coi)}
        if (WANTED_FIELD, row.collection_wanted_on) in recorded:
            yield coi


def _repetitions(known: _Known, rows: Iterable[OrderRow]) -> Iterator[Problem]:
    """Within the file: an order that stands there twice, a record number with two names."""
    patients: dict[tuple[str, str], OrderRow] = {}
    orders: dict[tuple[str, ...], OrderRow] = {}
    for row in rows:
        # Rows whose number could not be read would all seem to be of one patient.
        if not row.medical_record_number:
            continue
        site = known.sites.get(row.ordering_site)
        patient = (site.id if site else row.ordering_site, folded(row.medical_record_number))
        first = patients.setdefault(patient, row)
        for column in _differing(asdict(first), asdict(row)):
            reason = f"line {first.line} has the same record number with another {column}"
            yield Problem(reason, row.line, column)
        order = (*patient, row.therapy, row.collection_wanted_on)
        earlier = orders.setdefault(order, row)
        if earlier is not row:
            yield Problem(f"repeats the order of line {earlier.line}", row.line)
