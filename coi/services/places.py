"""Places: shelves, tank positions and benches of a unit, each with a label that can be scanned.

A place is kept by those who work at its unit, and by administrators. It says where something lies,
which is not who holds it: moving a bag to another shelf is no handoff.
"""

from dataclasses import dataclass

from coi.errors import DataRefused, Problem, Unknown
from coi.ledger.content import Attestation
from coi.services.approvals import template_in_place
from coi.services.asked import bad_key, bad_text, entry_answering, fingerprint
from coi.services.directory import ListedUnit, units_by_id
from coi.services.drawing import FILE, Drawn, Medium, drawn
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.installation import Installation
from coi.services.people import site_chain
from coi.services.permissions import HOLDERS, Permission
from coi.services.proofs import ADMINISTRATOR, Proven, acting
from coi.services.sessions import SignedIn
from coi.store import places as stored
from coi.store.transactions import Transaction
from labels.identifiers import Serial, issue_serial, parse_code
from labels.layout import Template
from labels.location_label import LOCATION_LABEL, LocationLabel, location_label
from workflows.facts import Person

LOCATION = "L"  # what its serials begin with


@dataclass(frozen=True, slots=True)
class KnownPlace:
    """One place, and the unit that it is a part of."""

    serial: str
    name: str
    unit: ListedUnit


@dataclass(frozen=True, slots=True)
class UnitPlaces:
    """A unit with its places, by name."""

    unit: ListedUnit
    places: tuple[KnownPlace, ...]

    def called(self, wanted: str) -> tuple[KnownPlace, ...]:
        """Those whose name or serial holds these letters."""
        letters = wanted.casefold()
        return tuple(
            one
            for one in self.places
            if letters in one.name.casefold() or letters in one.serial.casefold()
        )


def register_place(
    installation: Installation, by: Proven, unit: str, name: str, *, key: str
) -> str:
    """Register a place of a unit; returns its serial, the same one whenever the request comes.

    Raises:
        DataRefused: the name cannot be printed, or the unit has a place of this name.
        Unknown: there is no such unit, or none whose places this person keeps.
        KeyReused: the key already stands for another place.
    """
    if problems := [*bad_key(key), *bad_text({"name": name})]:
        raise DataRefused(problems)
    digest = fingerprint(installation.vault, unit, name, by.person)

    def work(tx: Transaction) -> str:
        person = acting(tx, by).person
        earlier = entry_answering(tx, key, digest)
        if earlier is not None:
            return str(earlier["attestations"][0]["about"])
        site = _require_new(tx, person, unit, name).site.id
        serial = issue_serial(LOCATION, installation.settings.issuer, installation.draw).text
        occasion = Occasion(person.id, "-", installation.clock.now(), key=key, digest=digest)
        told = Registered((Attestation("place", serial, unit=unit, detail=name),))
        write_site_entry(tx, "register_place", occasion, told, site_chain(site))
        return serial

    return installation.transact(work)


def _require_new(tx: Transaction, person: Person, unit: str, name: str) -> ListedUnit:
    """The unit, which the person keeps, and which has no place of this name."""
    found = units_by_id(tx).get(unit)
    if found is None or not keeps(person, unit):
        raise Unknown("unit", unit)
    if name.casefold() in names_taken(tx, unit):
        reason = f"{found.name} has a place of this name already"
        raise DataRefused([Problem(reason, column="name")])
    return found


def names_taken(tx: Transaction, unit: str) -> set[str]:
    """The names of the places of a unit, as they are compared."""
    return {known.casefold() for _serial, at, known in stored.places(tx) if at == unit}


def keeps(person: Person, unit: str) -> bool:
    """The person works at the unit in a role that keeps places, or administers."""
    held = {role for role, at in person.roles if at == unit or role == ADMINISTRATOR}
    return person.active and bool(held & HOLDERS[Permission.KEEP_PLACES])


def require_keeper(tx: Transaction, person: Person, serial: str) -> None:
    """The place is one that the person keeps.

    Raises:
        Unknown: it is not, or there is no such place; nobody can tell which.
    """
    found = stored.place(tx, serial)
    if found is None or not keeps(person, found[1]):
        raise Unknown("place", serial)


def places_of(installation: Installation, signed_in: SignedIn) -> tuple[UnitPlaces, ...]:
    """The units whose places this person keeps, each with its places."""
    return installation.read(lambda tx: places_kept(tx, signed_in.person))


def places_kept(tx: Transaction, person: Person) -> tuple[UnitPlaces, ...]:
    """The same, inside a transaction."""
    units = units_by_id(tx)
    at: dict[str, list[KnownPlace]] = {}
    for serial, unit, name in stored.places(tx):
        at.setdefault(unit, []).append(KnownPlace(serial, name, units[unit]))
    kept = (one for one in units.values() if keeps(person, one.id))
    return tuple(
        UnitPlaces(unit, tuple(sorted(at.get(unit.id, ()), key=lambda one: one.name)))
        for unit in sorted(kept, key=lambda unit: (unit.site.name, unit.name))
    )


def place_named(tx: Transaction, serial: str) -> KnownPlace | None:
    """The place with this serial, with its unit; None when there is none."""
    found = stored.place(tx, serial)
    return KnownPlace(found[0], found[2], units_by_id(tx)[found[1]]) if found else None


def known_place(installation: Installation, serial: str) -> KnownPlace:
    """The place with this serial, with its unit.

    Raises:
        Unknown: there is no such place.
    """
    found = installation.read(lambda tx: place_named(tx, serial))
    if found is None:
        raise Unknown("place", serial)
    return found


def draw_location_label(installation: Installation, serial: str, on: Medium = FILE) -> Drawn:
    """Draw the label of a place.

    Raises:
        Unknown: there is no such place.
        NotPrinted: QA has not approved the template as it is, or a text does not fit.
    """
    label, template = installation.read(lambda tx: _label(tx, installation, serial))
    return drawn(lambda: location_label(label, template), on)


def _label(
    tx: Transaction, installation: Installation, serial: str
) -> tuple[LocationLabel, Template]:
    """What the label of a place says, and the template that it is drawn with."""
    place, code = place_named(tx, serial), parse_code(serial)
    if place is None or not isinstance(code, Serial):
        raise Unknown("place", serial)
    label = LocationLabel(
        serial=code,
        name=place.name,
        unit=place.unit.name,
        site=place.unit.site.name,
        demonstration=installation.demonstration,
    )
    return label, template_in_place(tx, LOCATION_LABEL)
