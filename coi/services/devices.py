"""Registered devices: workstations and tablets at a unit, told apart by what their browser holds.

A device is registered from itself, signed by who answers for it (P11-10h). Its browser is given its
id and 32 random bytes; the record has their hash, and nobody else anything. What was attested last
is in force: a device that was lost is ended by a signature, and is none from that moment on
(P11-300c).
"""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from coi.errors import DataRefused, Problem, Unknown
from coi.ledger.content import Attestation
from coi.services.asked import bad_text, fingerprint
from coi.services.attesting import has_come_before
from coi.services.directory import ListedUnit, units_by_id
from coi.services.installation import Installation
from coi.services.keeping import Deed, keeper_of, keeping_role, write_signed
from coi.services.proofs import JustProven, Proven, acting
from coi.services.reasons import require_reason
from coi.store.kept import KeptRow, every_kept, kept
from coi.store.transactions import Transaction

KIND = "device"
REGISTERED, ENDED = "device registered", "device ended"
"""What a signature means here: it is shown to whoever is about to sign."""

SECOND_DEVICE_RULE, FEWEST_FOR_TWO = "second_device_rule", 2
"""By it a site has the second check made at another device: of so many, at the least."""

_HASH = "sha256:"


@dataclass(frozen=True, slots=True)
class Device:
    """One device, and the unit at which it stands."""

    id: str
    name: str
    unit: ListedUnit
    since: str

    def is_called(self, wanted: str) -> bool:
        """Its name, or where it stands, holds these letters."""
        return wanted.casefold() in f"{self.name} {self.unit.in_words}".casefold()


class DeviceNeeded(DataRefused):
    """With this device ended nobody could check second, as the site asks; nothing was saved."""

    code = "DEVICE_NEEDED"

    def __init__(self, site: str) -> None:
        told = (
            f"{site} has the second check made at another device; with this one ended fewer than"
            " two would be left, and every check would be refused"
        )
        super().__init__([Problem(told)])
        self.next_step = (
            "On the page Devices, register another device first, or let the second check be made at"
            " any device; then end this one at once."
        )
        self.args = (f"{self.sentence} {self.next_step}",)


def register_device(
    installation: Installation, by: JustProven, unit: str, name: str, held: str = ""
) -> str:
    """Register the device that is asked from; returns what its browser shall hold.

    What it held before is shown, so that one device is not registered twice.

    Raises:
        DataRefused: the name cannot be, the unit has a device of this name, or it is registered.
        Unknown: there is no such unit.
        CannotSign: what a signature takes is not on record.
    """
    if problems := [*bad_text({"name": name})]:
        raise DataRefused(problems)
    token = secrets.token_urlsafe(32)

    def work(tx: Transaction) -> str:
        keeper = keeper_of(tx, by, unit)
        _require_new(tx, unit, name, held)
        identifier = installation.new_id()
        told = Attestation(KIND, identifier, unit=unit, detail=f"{_HASH}{_hash(token)} {name}")
        write_signed(tx, installation, keeper, Deed("register_device", REGISTERED, told))
        return f"{identifier}.{token}"

    return installation.transact(work)


def _require_new(tx: Transaction, unit: str, name: str, held: str) -> None:
    registered = device_held(tx, held)
    if registered is not None:
        reason = f"this device is registered already, as {registered.name}; end that one first"
        raise DataRefused([Problem(reason)])
    others = (_told(row)[1] for row in every_kept(tx, KIND) if row.unit == unit)
    if name.casefold() in {other.casefold() for other in others}:
        reason = (
            "a device of this unit has this name already; if this one was registered and does not"
            " know it, end that one first"
        )
        raise DataRefused([Problem(reason, column="name")])


def end_device(
    installation: Installation, by: JustProven, device: str, *, key: str = "", why: str
) -> None:
    """Let a device be one no longer: whatever its browser holds is worth nothing from now on.

    With the `key` of a request it may come twice.

    Raises:
        ReasonMissing: nobody says why.
        Unknown: there is no such device, or none that this person keeps; nobody can tell which.
        CannotSign: what a signature takes is not on record.
        KeyReused: the key already stands for something else.
        DataRefused: it is no key.
        DeviceNeeded: the site has the second check made at another device, and too few would stay.
    """
    reason = require_reason(why)
    digest = fingerprint(installation.vault, "end device", device, by.person)
    keyed = (key, digest) if key else ("", "")

    def work(tx: Transaction) -> None:
        if has_come_before(tx, keyed):
            return
        row = kept(tx, KIND, device) if device.isprintable() else None
        if row is None:
            raise Unknown("device", device)
        keeper = keeper_of(tx, by, row.unit)
        _require_enough(tx, row)
        told = Attestation(KIND, row.id, unit=row.unit, holds=0, detail=row.detail)
        write_signed(tx, installation, keeper, Deed("end_device", ENDED, told, keyed, reason))

    installation.transact(work)


def _require_enough(tx: Transaction, ended: KeptRow) -> None:
    """Where a site has the second check made at another device, there is one without this too."""
    site = units_by_id(tx)[ended.unit].site
    is_asked = kept(tx, SECOND_DEVICE_RULE, site.id) is not None
    if is_asked and count_at(tx, site.id) - 1 < FEWEST_FOR_TWO:
        raise DeviceNeeded(site.name)


def count_at(tx: Transaction, site: str) -> int:
    """How many devices are registered at a site."""
    units = units_by_id(tx)
    return sum(units[row.unit].site.id == site for row in every_kept(tx, KIND))


def device_held(tx: Transaction, held: str) -> Device | None:
    """The device whose browser holds this; None where it is none, or none any more."""
    row = _row_held(tx, held)
    return _device(tx, row) if row else None


def device_named(tx: Transaction, identifier: str) -> Device | None:
    """The device of this identifier; None where it is none, or none any more."""
    row = kept(tx, KIND, identifier) if identifier else None
    return _device(tx, row) if row else None


def every_device(tx: Transaction) -> list[Device]:
    """Every device that is registered now."""
    units = units_by_id(tx)
    return [_known(units, row) for row in every_kept(tx, KIND)]


def registered_at(installation: Installation, held: str) -> Device | None:
    """The same, of whoever comes to the door; who holds nothing costs no look."""
    return installation.read(lambda tx: device_held(tx, held)) if held else None


def device_id_held(tx: Transaction, held: str) -> str:
    """The identifier of the same, which each request asks for; '' where it is none."""
    row = _row_held(tx, held)
    return row.id if row else ""


def _row_held(tx: Transaction, held: str) -> KeptRow | None:
    identifier, _dot, token = held.partition(".")
    row = kept(tx, KIND, identifier) if identifier.isascii() and identifier.isalnum() else None
    if row is None:
        return None
    of_token, _name = _told(row)
    return row if hmac.compare_digest(of_token, _hash(token)) else None


def device_of(tx: Transaction, by: Proven) -> str:
    """The device at which somebody acts; '' for none, or for one that was ended meanwhile."""
    return by.device if by.device and kept(tx, KIND, by.device) else ""


def devices_of(
    installation: Installation, by: Proven, held: str = ""
) -> tuple[tuple[Device, ...], tuple[ListedUnit, ...], Device | None]:
    """The devices that a person keeps, the units where they may register one, and this device."""

    def look(tx: Transaction) -> tuple[tuple[Device, ...], tuple[ListedUnit, ...], Device | None]:
        person, units = acting(tx, by).person, units_by_id(tx).values()
        at = tuple(unit for unit in units if keeping_role(person, unit.site.id))
        kept_ = [one for one in every_device(tx) if one.unit in at]
        return tuple(sorted(kept_, key=_by_name)), at, device_held(tx, held)

    return installation.read(look)


def _device(tx: Transaction, row: KeptRow) -> Device:
    return _known(units_by_id(tx), row)


def _known(units: Mapping[str, ListedUnit], row: KeptRow) -> Device:
    return Device(row.id, _told(row)[1], units[row.unit], row.since)


def _told(row: KeptRow) -> tuple[str, str]:
    """The hash of what its browser holds, and its name."""
    of_token, _blank, name = row.detail.removeprefix(_HASH).partition(" ")
    return of_token, name


def _hash(token: str) -> str:
    # A fast hash is enough: nobody can try out 32 random bytes, as they could try out passwords.
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _by_name(device: Device) -> tuple[str, str, str]:
    return device.unit.site.name, device.unit.name, device.name.casefold()
