"""Entering equipment: registered, calibrated anew, out of service and back (21 CFR 211.68).

Each change is an entry of the chain of its site, with its reason; it says all that holds from then
on, and what was entered before stays as it is.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from json import dumps

from coi.clock import rfc3339
from coi.errors import DataRefused, Problem, Unknown
from coi.ledger.content import Attestation
from coi.services.asked import bad_key, bad_text, entry_answering, fingerprint
from coi.services.attesting import has_come_before
from coi.services.directory import ListedUnit, units_by_id
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.equipment import (
    DETAIL,
    IN_SERVICE,
    KIND,
    OUT,
    KnownEquipment,
    pieces_of,
    require_kept,
)
from coi.services.installation import Installation
from coi.services.people import site_chain
from coi.services.places import LOCATION, keeps, names_taken
from coi.services.proofs import Proven, acting
from coi.services.reasons import noted, require_reason
from coi.store.facts import head
from coi.store.transactions import Transaction
from labels.identifiers import issue_serial
from workflows.facts import Person
from workflows.model import EquipmentKind

MOST_YEARS = 20
"""No calibration holds for so long: a digit was typed wrongly."""

LONGEST_NUMBER = 30


@dataclass(frozen=True, slots=True)
class About:
    """What is said of a piece of equipment when it is registered."""

    number: str
    kind: str
    name: str
    maker_serial: str
    calibrated_until: str  # its last day
    certificate: str


@dataclass(frozen=True, slots=True)
class Calibration:
    """A calibration: its last day, and the number of its certificate."""

    until: str
    certificate: str


def register_equipment(
    installation: Installation, by: Proven, unit: str, about: About, *, key: str
) -> str:
    """Register a piece of equipment of a unit, in service; returns the serial for its label.

    Raises:
        DataRefused: something of it cannot be, or the unit gave its number or name before.
        Unknown: there is no such unit, or none whose equipment this person keeps.
        KeyReused: the key already stands for something else.
    """
    day = read_day(about.calibrated_until)
    if problems := [*bad_key(key), *_bad(about), *_bad_day(day, installation.clock.now())]:
        raise DataRefused(problems)
    digest = fingerprint(installation.vault, KIND, unit, about, by.person)

    def work(tx: Transaction) -> str:
        person = acting(tx, by).person
        earlier = entry_answering(tx, key, digest)
        if earlier is not None:
            return str(earlier["attestations"][0]["about"])
        site = _require_new(tx, person, unit, about).site.id
        serial = issue_serial(LOCATION, installation.settings.issuer, installation.draw).text
        detail = {name: text for name, text in asdict(about).items() if name in DETAIL}
        told = (
            Attestation("place", serial, unit=unit, detail=_called(about)),
            _attested(serial, about.kind, unit, day, detail),
        )
        occasion = Occasion(person.id, unit, installation.clock.now(), key=key, digest=digest)
        write_site_entry(tx, "register_equipment", occasion, Registered(told), site_chain(site))
        return serial

    return installation.transact(work)


def renew_calibration(
    installation: Installation,
    by: Proven,
    serial: str,
    new: Calibration,
    *,
    key: str = "",
    why: str,
) -> None:
    """Let it be calibrated to the end of this day, as the certificate of this number says.

    With the `key` of a request it may come twice.

    Raises:
        ReasonMissing: nobody says why.
        DataRefused: the day or the number cannot be, or this is on record already.
        Unknown: there is no such equipment, or none that this person keeps.
        KeyReused: the key already stands for something else.
    """
    reason, day, certificate = require_reason(why), read_day(new.until), new.certificate
    bad_day = _bad_day(day, installation.clock.now())
    if problems := [*bad_text({"certificate": certificate}), *bad_day]:
        raise DataRefused(problems)
    digest = fingerprint(installation.vault, "calibration", serial, new, by.person)

    def changed(known: KnownEquipment) -> Attestation:
        if (known.piece.calibrated_until, known.certificate) == (_end_of(day), certificate):
            raise DataRefused([Problem("this calibration is on record already", column="until")])
        detail = _detail_of(known) | {"certificate": certificate}
        return _attested_anew(known, detail, day, in_service=known.piece.in_service)

    deed = _Deed(serial, "renew_calibration", (key, digest) if key else NO_KEY, reason)
    _change(installation, by, deed, changed)


def put_in_service(
    installation: Installation,
    by: Proven,
    serial: str,
    *,
    in_service: bool,
    key: str = "",
    why: str,
) -> None:
    """Let it be in service from now on, or out of service.

    With the `key` of a request it may come twice.

    Raises:
        ReasonMissing: nobody says why.
        DataRefused: it is so already.
        Unknown: there is no such equipment, or none that this person keeps.
        KeyReused: the key already stands for something else.
    """
    reason = require_reason(why)
    digest = fingerprint(installation.vault, "service", serial, in_service, by.person)
    action = "put_equipment_in_service" if in_service else "put_equipment_out_of_service"

    def changed(known: KnownEquipment) -> Attestation:
        if known.piece.in_service == in_service:
            said = IN_SERVICE if in_service else OUT
            raise DataRefused([Problem(f"it is {said} already", column="service")])
        day = known.piece.calibrated_until.date()
        return _attested_anew(known, _detail_of(known), day, in_service=in_service)

    deed = _Deed(serial, action, (key, digest) if key else NO_KEY, reason)
    _change(installation, by, deed, changed)


NO_KEY = ("", "")


@dataclass(frozen=True, slots=True)
class _Deed:
    """What is done to which piece, for which request, and why."""

    serial: str
    action: str
    key: tuple[str, str]
    why: str


def _change(
    installation: Installation,
    by: Proven,
    deed: _Deed,
    changed: Callable[[KnownEquipment], Attestation],
) -> None:
    """Write what holds of a piece from now on, after all that was said of it before."""

    def work(tx: Transaction) -> None:
        person = acting(tx, by).person
        if has_come_before(tx, deed.key):
            return
        chain = site_chain(require_kept(tx, person, deed.serial).unit.site.id)
        last = head(tx, chain)
        # Read behind its head: whatever is told of it meanwhile overtakes this.
        known = require_kept(tx, person, deed.serial)
        told = Registered((changed(known),), notes=noted(tx, installation, deed.why))
        key, digest = deed.key
        now = installation.clock.now()
        occasion = Occasion(person.id, known.unit.id, now, key=key, digest=digest)
        write_site_entry(tx, deed.action, occasion, told, chain, last)

    installation.transact(work)


def read_day(text: str) -> date:
    """A day as it is typed.

    Raises:
        DataRefused: it is none.
    """
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError as error:
        raise DataRefused([Problem("is not a day, as in 2027-12-31", column="until")]) from error


def _require_new(tx: Transaction, person: Person, unit: str, about: About) -> ListedUnit:
    """The unit, which the person keeps, and which never gave this number."""
    found = units_by_id(tx).get(unit)
    if found is None or not keeps(person, unit):
        raise Unknown("unit", unit)
    if about.number.casefold() in {piece.number.casefold() for piece in pieces_of(tx, unit)}:
        reason = f"{found.name} has equipment of this number already"
        raise DataRefused([Problem(reason, column="number")])
    if _called(about).casefold() in names_taken(tx, unit):
        reason = f"{found.name} has a place of this name already"
        raise DataRefused([Problem(reason, column="name")])
    return found


def _bad(about: About) -> Iterator[Problem]:
    """What cannot be said of a piece of equipment."""
    yield from bad_text({name: getattr(about, name) for name in DETAIL})
    if len(about.number) > LONGEST_NUMBER:
        yield Problem(f"is longer than {LONGEST_NUMBER} characters", column="number")
    if about.kind not in set(EquipmentKind):
        yield Problem("is no kind of equipment", column="kind")


def _bad_day(day: date, now: datetime) -> Iterator[Problem]:
    if abs(day.year - now.year) > MOST_YEARS:
        yield Problem(f"is more than {MOST_YEARS} years away", column="until")


def _called(about: About) -> str:
    """What its label says."""
    return f"{about.number}, {about.name}"


def _end_of(day: date) -> datetime:
    """A calibration holds to the end of its last day, as a training does (UTC)."""
    return datetime.combine(day, time(23, 59, 59), UTC)


def _detail_of(known: KnownEquipment) -> dict[str, str]:
    return {
        "certificate": known.certificate,
        "maker_serial": known.maker_serial,
        "name": known.piece.name,
        "number": known.piece.number,
    }


def _attested_anew(
    known: KnownEquipment, detail: dict[str, str], day: date, *, in_service: bool
) -> Attestation:
    piece = known.piece
    return _attested(piece.serial, piece.kind, piece.unit, day, detail, in_service=in_service)


def _attested(
    serial: str,
    kind: str,
    unit: str,
    day: date,
    detail: dict[str, str],
    *,
    in_service: bool = True,
) -> Attestation:
    """What the record says of a piece of equipment from now on."""
    return Attestation(
        KIND,
        serial,
        role=kind,
        unit=unit,
        holds=int(in_service),
        valid_until=rfc3339(_end_of(day)),
        detail=dumps(detail, sort_keys=True, ensure_ascii=False),
    )
