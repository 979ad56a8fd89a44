"""The register of equipment: what a unit works with, until when it is calibrated, how it stands.

A piece of equipment is a place of its unit, with a label of its own, and is kept by those who keep
places. Who answers for quality at a site, or inspects it, sees all equipment there, and changes
none. The newest entry of its site's chain says how it stands; `equipment_keeping` writes them.
Which equipment a step may use is decided by `workflows.guards.equipment`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from json import JSONDecodeError, loads

from coi.clock import parse_rfc3339, rfc3339
from coi.errors import Unknown
from coi.services.decoding import content_of_text
from coi.services.directory import ListedUnit, units_by_id
from coi.services.installation import Installation
from coi.services.permissions import EVERYWHERE
from coi.services.places import keeps
from coi.services.proofs import QA
from coi.services.reasons import REASON
from coi.store import equipment as stored
from coi.store.people import printed_names
from coi.store.registers import text_of
from coi.store.transactions import Transaction
from labels.codes.aim import strip_aim
from labels.errors import NotACode
from labels.identifiers import parse_scan
from workflows.facts import Equipment, Person
from workflows.model import EquipmentKind

KIND = "equipment"
"""The kind of its attestations."""

SOON = timedelta(days=30)
"""So long before a calibration ends it is said to those who keep the equipment."""

OVERSEE = frozenset({"auditor", "qualified_person", QA})
"""The roles that see the equipment of all units of their sites."""

OUT, OVER, ENDS_SOON, IN_SERVICE = "out of service", "calibration over", "ends soon", "in service"
"""How a piece of equipment stands, in words: a colour alone says nothing."""

DETAIL = ("certificate", "maker_serial", "name", "number")
"""What an entry keeps of a piece beside its kind, its unit and the day."""


@dataclass(frozen=True, slots=True)
class KnownEquipment:
    """One piece of equipment as one entry says, and the unit that it is a part of."""

    piece: Equipment
    unit: ListedUnit
    maker_serial: str
    certificate: str  # the number of the one by which it is calibrated
    since: datetime

    def standing(self, now: datetime) -> str:
        """How it stands: out of service, calibration over, ending soon, or in service."""
        return standing_of(self.piece, now)


@dataclass(frozen=True, slots=True)
class Entered:
    """One entry of the register: what held from then on, who wrote it, and why."""

    known: KnownEquipment
    action: str
    by: str
    why: str


def standing_of(piece: Equipment, now: datetime) -> str:
    """How a piece of equipment stands at a time, in one of the words above."""
    if not piece.in_service:
        return OUT
    if piece.calibrated_until < now:
        return OVER
    return ENDS_SOON if piece.calibrated_until < now + SOON else IN_SERVICE


def equipment_named(
    tx: Transaction, unit: str, names: Iterable[str], until: str = ""
) -> dict[str, Equipment]:
    """What a unit has of what is named, each by its number or by the serial of its label."""
    wanted = {name: _as_registered(name) for name in names}
    known = pieces_of(tx, unit, until) if wanted else ()
    called = {name.casefold(): one for one in known for name in (one.number, one.serial)}
    return {name: called[folded] for name, folded in wanted.items() if folded in called}


def _as_registered(name: str) -> str:
    """What was typed or scanned, as it is compared: a serial of ours, or the number on it."""
    try:
        read = parse_scan(name)
    except NotACode:
        # A number on a label of the house comes with the scanner's own mark before it, or without.
        return strip_aim(name)[1].strip().casefold()
    return (read.serial.text if read.serial else name).casefold()


def equipment_at(installation: Installation, unit: str) -> tuple[Equipment, ...]:
    """The equipment of one unit, by number; none of a unit that has none, or is not known."""
    return installation.read(lambda tx: pieces_of(tx, unit))


def pieces_of(tx: Transaction, unit: str, until: str = "") -> tuple[Equipment, ...]:
    """The same, inside a transaction; `until` asks how they stood then."""
    found = map(_piece, stored.equipment_of_unit(tx, unit, until))
    return tuple(sorted(found, key=lambda one: one.number))


def equipment_of(installation: Installation, person: Person) -> tuple[KnownEquipment, ...]:
    """The equipment that a person sees: of what is in service, what ends first comes first."""
    return installation.read(lambda tx: equipment_seen(tx, person))


def equipment_seen(tx: Transaction, person: Person) -> tuple[KnownEquipment, ...]:
    """The same, inside a transaction."""
    units = units_by_id(tx)
    seen = {unit.id for unit in units.values() if sees(person, unit)}
    rows = stored.every_equipment(tx) if seen else []
    known = (_known(row, units[row.unit]) for row in rows if row.unit in seen)
    return tuple(sorted(known, key=_first_to_end))


def sees(person: Person, unit: ListedUnit) -> bool:
    """The person keeps the equipment of the unit, or oversees its site."""
    return keeps(person, unit.id) or bool({EVERYWHERE, unit.site.id} & oversees(person))


def oversees(person: Person) -> frozenset[str]:
    """The sites of which the person sees all equipment; `EVERYWHERE` where it is of all."""
    held = person.site_roles if person.active else ()
    return frozenset(site for role, site in held if role in OVERSEE)


def every_piece(installation: Installation) -> tuple[KnownEquipment, ...]:
    """All equipment, for whoever runs the installation: what ends first comes first."""

    def look(tx: Transaction) -> tuple[KnownEquipment, ...]:
        units = units_by_id(tx)
        known = (_known(row, units[row.unit]) for row in stored.every_equipment(tx))
        return tuple(sorted(known, key=_first_to_end))

    return installation.read(look)


def ending_soon(installation: Installation, person: Person) -> tuple[KnownEquipment, ...]:
    """What a person keeps that is in service, and whose calibration is over or ends soon."""
    before = rfc3339(installation.clock.now() + SOON)

    def look(tx: Transaction) -> tuple[KnownEquipment, ...]:
        rows = [row for row in stored.equipment_ending(tx, before) if keeps(person, row.unit)]
        # Where nothing ends, as on most days, nothing more is asked.
        units = units_by_id(tx) if rows else {}
        known = (_known(row, units[row.unit]) for row in rows)
        return tuple(sorted(known, key=_first_to_end))

    return installation.read(look)


def require_kept(tx: Transaction, person: Person, serial: str) -> KnownEquipment:
    """The piece of this serial as it stands, for somebody who keeps it.

    Raises:
        Unknown: there is no such equipment, or none that this person keeps; nobody can tell which.
    """
    entries, units = _entries(tx, serial), units_by_id(tx)
    known = _known(entries[-1].row, units[entries[-1].row.unit])
    if not keeps(person, known.unit.id):
        raise Unknown("equipment", serial)
    return known


def history_of(installation: Installation, person: Person, serial: str) -> tuple[Entered, ...]:
    """All that was ever entered of a piece, the newest first; for somebody who sees it.

    Raises:
        Unknown: there is no such equipment, or none that this person sees; nobody can tell which.
    """

    def look(tx: Transaction) -> tuple[Entered, ...]:
        entries, units = _entries(tx, serial), units_by_id(tx)
        if not sees(person, units[entries[-1].row.unit]):
            raise Unknown("equipment", serial)
        names = printed_names(tx, (one.actor for one in entries))
        return tuple(
            Entered(
                _known(one.row, units[one.row.unit]),
                one.action,
                names.get(one.actor, "(erased)"),
                _why(tx, one),
            )
            for one in reversed(entries)
        )

    return installation.read(look)


def _entries(tx: Transaction, serial: str) -> list[stored.EquipmentEntry]:
    entries = stored.entries_of(tx, serial) if serial.isprintable() else []
    if not entries:
        raise Unknown("equipment", serial)
    return entries


def _why(tx: Transaction, entry: stored.EquipmentEntry) -> str:
    """Why it was entered; what is registered for the first time takes no reason."""
    commitment = content_of_text(entry.content).get("notes", {}).get(REASON)
    return (text_of(tx, commitment) or "(erased)") if commitment else ""


def _known(row: stored.EquipmentRow, unit: ListedUnit) -> KnownEquipment:
    told = _detail(row)
    since = parse_rfc3339(row.since)
    return KnownEquipment(_piece(row), unit, told["maker_serial"], told["certificate"], since)


def _piece(row: stored.EquipmentRow) -> Equipment:
    told = _detail(row)
    return Equipment(
        serial=row.serial,
        number=told["number"],
        name=told["name"],
        kind=EquipmentKind(row.kind),
        unit=row.unit,
        calibrated_until=parse_rfc3339(row.valid_until),
        in_service=row.in_service,
    )


def _detail(row: stored.EquipmentRow) -> dict[str, str]:
    """What else an entry says of it.

    Raises:
        ValueError: the text is none that was written here.
    """
    try:
        told = loads(row.detail)
    except JSONDecodeError as error:
        raise ValueError(row.serial) from error
    if not isinstance(told, dict) or told.keys() != set(DETAIL):
        raise ValueError(row.serial)
    return told


def in_words(detail: str) -> str:
    """What an entry keeps of it, as a line; what is none of ours stays as it is."""
    try:
        told = loads(detail)
    except JSONDecodeError:
        return detail
    if not isinstance(told, dict) or told.keys() != set(DETAIL):
        return detail
    number = f"serial number {told['maker_serial']}"
    return f"{told['number']}, {told['name']}, {number}, certificate {told['certificate']}"


def _first_to_end(one: KnownEquipment) -> tuple[bool, datetime, str]:
    return not one.piece.in_service, one.piece.calibrated_until, one.piece.number
