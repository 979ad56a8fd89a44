"""Import orders from a file: every problem at once, all rows or none.

`order_file` says what each row means; here it is compared with sites, people, workflows and the
vault, and ordered through the same use case as an order from a page.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from coi.errors import DataRefused, Problem
from coi.services.identity import identity_of
from coi.services.installation import Installation
from coi.services.order_file import OrderFile, OrderRow, in_order, read_order_file
from coi.services.ordering import (
    CONSENT_FIELD,
    MANUFACTURING_FIELD,
    ORDER,
    TREATING_FIELD,
    NewOrder,
    order_in,
)
from coi.services.proofs import Proven, acting
from coi.services.sites import Site
from coi.services.taking_in import Asked, Outcome, Row, taken_in
from coi.services.vault import IDENTITY_FIELDS, INDEX_FIELD, folded, index_of
from coi.store import facts, lists, registers
from coi.store.transactions import Transaction
from workflows.facts import Person
from workflows.model import Kind, SiteKind

ORDERS = "orders"
HEADINGS = ("Patient", "Therapy", "Ordered at", "COI identifier")
ORDERING_ROLES = ("coordinator", "treating_physician")
OLDEST_YEARS = 130
WANTED_FIELD = "collection_wanted_on"
WARD, PRODUCTION, CLEAN_ROOM = "-ward", "-production", "-cleanroom"
"""How the id of the unit ends that is meant where an order names a site."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """One row's outcome: its line, for whom, what and where; the COI it got (none when dry)."""

    line: int
    patient: str
    therapy: str
    unit: str
    coi: str


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What was imported, or would be, and how the file was read."""

    encoding: str
    separator: str
    orders: tuple[Ordered, ...]
    dry_run: bool
    read_as: str = ""


def read_orders(data: bytes) -> list[OrderRow]:
    """The orders of a file, each cell in its canonical form.

    Raises:
        DataRefused: every cell that cannot be read, with its line and column.
    """
    file = read_order_file(data)
    if file.problems:
        raise DataRefused(in_order(file.problems))
    return list(file.rows)


def import_orders(
    installation: Installation, data: bytes, actor: Proven, *, key: str = "", dry_run: bool = False
) -> ImportResult:
    """Order every therapy of a file, all or none; a dry run passes every check and keeps nothing.

    The same file under the same `key` is answered with the therapies that it made before; without
    a key, what is ordered already is told as a problem.

    Raises:
        DataRefused: everything that is wrong, by line and column; nothing was saved.
        KeyReused: the key already stands for another file.
        Refused: the engine refuses an order; nothing was saved.
    """
    return ordered(installation, Asked(actor, data, key, dry_run))


def ordered(installation: Installation, asked: Asked) -> ImportResult:
    """The same for whoever wants to be told how far it is."""
    file = read_order_file(asked.content)
    keys = _keys(asked.key or f"import-{installation.new_id()}", file)
    placed: dict[int, Ordered] = {}

    def work(tx: Transaction, *, again: bool) -> tuple[Row, ...]:
        # Compared where it is ordered, so that the same file handed in twice at once is seen. Of
        # who is no patient yet nothing can be locked: who becomes one meanwhile is noticed.
        found, known, strangers = _compared(tx, installation, file, asked.by)
        # What was right on that day need not be right today: it is not compared again.
        if problems := in_order((*file.problems, *(() if again else found))):
            raise DataRefused(problems)
        orders = [_new_order(row, known[row.line], keys[row.line]) for row in file.rows]
        receipts = order_in(tx, installation, asked.counted(orders), asked.by, strangers)
        for row, receipt in zip(file.rows, receipts, strict=True):
            # A rehearsed order had a COI, but it is rolled back: told, it could be written down.
            coi = "" if asked.dry_run else receipt.coi
            placed[row.line] = _ordered(row, known[row.line].ordering, coi)
        return tuple(_told(one) for one in placed.values())

    taken_in(installation, ORDERS, asked, work)
    orders = tuple(placed.values())
    return ImportResult(file.encoding, file.separator, orders, asked.dry_run, file.read_as)


def import_order_table(installation: Installation, asked: Asked) -> Outcome:
    """The same as any other import tells it.

    Raises:
        DataRefused: everything that is wrong, by line and column; nothing was saved.
        KeyReused: the key already stands for another file.
    """
    result = ordered(installation, asked)
    rows = tuple(_told(one) for one in result.orders)
    return Outcome(result.read_as, HEADINGS, rows, asked.dry_run)


def _told(order: Ordered) -> Row:
    return Row(order.line, (order.patient, order.therapy, order.unit, order.coi or "-"))


def _ordered(row: OrderRow, unit: str, coi: str) -> Ordered:
    """What became of a row, for whoever handed the file in."""
    patient = f"{row.family_name}, {row.given_name} ({row.medical_record_number})"
    return Ordered(row.line, patient, row.therapy, unit, coi)


def _keys(key: str, file: OrderFile) -> Mapping[int, str]:
    """By line, the key of its order: of this row of so many."""
    return {row.line: f"{key}/{row.line} of {len(file.rows)}" for row in file.rows}


def _new_order(row: OrderRow, units: "_Units", key: str) -> NewOrder:
    """The order of one row that has no problems."""
    told = asdict(row)
    return NewOrder(
        identity={name: told[name] for name in IDENTITY_FIELDS},
        workflow=row.therapy,
        unit=units.ordering,
        values={
            TREATING_FIELD: units.treating,
            MANUFACTURING_FIELD: units.manufacturing,
            "prescriber": row.prescriber,
            "weight_kg": row.weight_kg,
            WANTED_FIELD: row.collection_wanted_on,
        },
        consent_signed_on=row.consent_signed_on,
        key=key,
    )


# -- compared with what is known here --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Known:
    """What rows are compared with: the moment, who imports, and the sites with their units."""

    tx: Transaction
    installation: Installation
    now: datetime
    person: Person
    sites: Mapping[str, Site]  # by name and by id
    units: Mapping[str, list[str]]  # site -> unit ids, in alphabetical order
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
class _Units:
    """Where a row is ordered, and the units that it names by their sites."""

    ordering: str
    treating: str
    manufacturing: str

    @classmethod
    def of(cls, known: _Known, row: OrderRow) -> "_Units":
        """Those of a row; one that lacks any has a problem already, and is not ordered."""
        return cls(
            known.ordering_unit(row.ordering_site) or "-",
            known.treating_unit(row.treating_site) or "-",
            known.manufacturing_unit(row.manufacturing_site) or "-",
        )


def _compared(
    tx: Transaction, installation: Installation, file: OrderFile, actor: Proven
) -> tuple[list[Problem], dict[int, _Units], set[str]]:
    """What is wrong with the rows; by line the units that are meant; the strangers."""
    known = _known(tx, installation, actor)
    problems = [*_repetitions(known, file.rows)]
    for row in file.rows:
        problems += _row_problems(known, row)
    return problems, {row.line: _Units.of(known, row) for row in file.rows}, known.strangers


def _known(tx: Transaction, installation: Installation, actor: Proven) -> _Known:
    units: dict[str, list[str]] = defaultdict(list)
    for unit, site, _name in registers.units(tx):
        units[site].append(unit)
    person = acting(tx, actor).person
    sites = {key: site for site in registers.sites(tx) for key in (site.name, site.id)}
    return _Known(tx, installation, installation.clock.now(), person, sites, units)


def _row_problems(known: _Known, row: OrderRow) -> Iterator[Problem]:
    """Everything that is wrong with one row; a cell that could not be read is wrong already."""
    ordering = known.sites.get(row.ordering_site)
    if row.therapy and registers.newest_version(known.tx, row.therapy) is None:
        yield Problem(f"no workflow “{row.therapy}” is installed here", row.line, "therapy")
    yield from _site_problems(known, row)
    yield from _day_problems(row, known.today(ordering))
    if ordering and row.medical_record_number:
        yield from _patient_problems(known, row, ordering)


def _site_problems(known: _Known, row: OrderRow) -> Iterator[Problem]:
    """Each site is of its kind; the ordering one has the person, the others have a unit."""
    no_role = f"you are neither {' nor '.join(ORDERING_ROLES).replace('_', ' ')} at"
    no_unit = "there is no unit at"
    units, hospital = _Units.of(known, row), SiteKind.HOSPITAL
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
    for column, reason in implausible_days(asdict(row), today):
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
