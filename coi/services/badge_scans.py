"""A badge that is scanned: whose it is, for people of its site, and whether it is still worn.

Another site's badge answers as a code that does not exist. Scanned here it opens nothing, and it
stands for no signature: whoever signs types a password.
"""

from dataclasses import dataclass

from coi.services.directory import units_by_id
from coi.services.permissions import EVERYWHERE
from coi.store.badges import Badge, badge_of, issued_badge
from coi.store.people import printed_names
from coi.store.transactions import Transaction
from labels.errors import NotACode
from labels.identifiers import parse_scan
from workflows.facts import Person

BADGE = "S"  # what its serials begin with
_EVERY_SITE = "every site"
_ERASED = "(erased)"


@dataclass(frozen=True, slots=True)
class BadgeSeen:
    """A badge: who wears or wore it, and the role and the place that stand on it."""

    serial: str
    name: str
    role: str
    place: str
    is_worn: bool


def badge_seen(tx: Transaction, person: Person, raw: str) -> BadgeSeen | None:
    """The badge behind a code, as far as this person may know; None where it is no such badge."""
    found = _issued(tx, raw)
    return _told(tx, *found) if found and _knows(tx, person, found[1]) else None


def badge_named(tx: Transaction, raw: str) -> BadgeSeen | None:
    """The same, for whoever has the machine and may know everything on it."""
    found = _issued(tx, raw)
    return _told(tx, *found) if found else None


def _issued(tx: Transaction, raw: str) -> tuple[str, Badge] | None:
    serial = serial_in(raw)
    return issued_badge(tx, serial) if serial else None


def serial_in(raw: str) -> str:
    """The serial of the badge that a code is; '' where it is none."""
    try:
        read = parse_scan(raw.strip("\r\n"))
    except NotACode:
        return ""
    is_badge = read.serial is not None and read.serial.kind == BADGE and read.coi is None
    return read.serial.text if read.serial and is_badge else ""


def _knows(tx: Transaction, person: Person, badge: Badge) -> bool:
    """They work at its site, or one of the two works at every site."""
    own = {site for _role, site in person.site_roles}
    unit = units_by_id(tx).get(badge.unit)
    return unit is None or EVERYWHERE in own or unit.site.id in own


def _told(tx: Transaction, owner: str, badge: Badge) -> BadgeSeen:
    unit, worn = units_by_id(tx).get(badge.unit), badge_of(tx, owner)
    return BadgeSeen(
        badge.serial,
        printed_names(tx, [owner]).get(owner, _ERASED),
        badge.role,
        f"{unit.name}, {unit.site.name}" if unit else _EVERY_SITE,
        worn is not None and worn.serial == badge.serial,
    )
