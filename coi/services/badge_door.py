"""The door for badges: a badge that is scanned and its PIN, at a registered device (DI-02).

People change there in a moment, so that nobody works under another's name. The badge is what
somebody has, the PIN what they know. Elsewhere it opens nothing, nor at a site where the person has
no role. Which of the two was wrong is not said. Five wrong PINs in a row end the PIN, and nothing
else: the password opens what it opened, and sets another one (SEC-44).
"""

from dataclasses import dataclass

from coi.clock import rfc3339
from coi.errors import CoiError, WrongPassword
from coi.services.badge_scans import serial_in
from coi.services.devices import Device, device_held
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.installation import Installation
from coi.services.networks import is_outside
from coi.services.passwords import check_password, spend_as_long
from coi.services.permissions import EVERYWHERE
from coi.services.pins import drop_pin, genuine_pin, tried_as
from coi.services.proofs import ADMINISTRATIVE, ByBadge
from coi.services.sessions import take_over
from coi.services.tries import TRIES
from coi.store import people, sessions
from coi.store.badges import badge_of, issued_badge
from coi.store.facts import ORGANISATION
from coi.store.people import KnownPerson
from coi.store.registers import person_chain
from coi.store.transactions import Transaction


class WrongPin(WrongPassword):
    """The badge and the PIN open nothing; which of the two was wrong, or why, is not said."""

    code = "WRONG_PIN"

    def __init__(self) -> None:
        CoiError.__init__(
            self,
            "This badge with this PIN opens nothing.",
            f"Scan the badge and type the PIN again. {TRIES} wrong ones in a row end the PIN: then"
            " sign in with the password, and set another PIN on the page of your account.",
        )


class BadgeNotHere(WrongPassword):
    """A badge opens nothing at this device."""

    code = "BADGE_NOT_HERE"

    def __init__(self, why: str) -> None:
        CoiError.__init__(
            self,
            f"A badge opens nothing here: {why}.",
            "Sign in with name and password, or go to a registered device of your site.",
        )


@dataclass(frozen=True, slots=True)
class Shown:
    """What somebody scanned and typed, at a browser that holds this of a device."""

    badge: str
    pin: str
    held: str


@dataclass(frozen=True, slots=True)
class _Wearer:
    """Whose badge it is, or was; and what the PIN is checked with, '' where nothing opens."""

    known: KnownPerson
    serial: str
    pin_hash: str

    @property
    def person(self) -> str:
        """The identifier of the person."""
        return self.known.person.id


def sign_in_by_badge(
    installation: Installation, shown: Shown, before: str = "", came_from: str | None = None
) -> str:
    """Begin a session of whoever wears a badge; returns what the browser shall hold.

    Whoever was here `before` is signed out in the same transaction.

    Raises:
        BadgeNotHere: this device is not registered, at no site where the person has a role, or in a
            network from which a second factor is asked (A11d-11.6).
        WrongPin: the badge is none that is worn, it has no PIN, or the PIN is wrong.
        Crowded: as `sign_in` says.
    """
    device, wearer = installation.read(lambda tx: _met(tx, shown))
    if device is None:
        raise BadgeNotHere("this device is not registered")
    try:
        met = _require_pin(installation, wearer, shown.pin)
    except WrongPin:
        installation.transact_always(lambda tx: _count(tx, installation, device, wearer))
        raise
    if is_outside(installation, came_from):
        _turn_away(installation, device, met, "refuse_outside")
        raise BadgeNotHere("from this network it takes the password and a second factor")
    if not _works_at(met.known, device):
        _turn_away(installation, device, met, "refuse_badge")
        raise BadgeNotHere("you have no role at the site of this device")
    return installation.transact_always(lambda tx: _let_in(tx, installation, device, met, before))


def _met(tx: Transaction, shown: Shown) -> tuple[Device | None, _Wearer | None]:
    """The device at which somebody stands, and whose badge they scanned; None where it is none."""
    device, serial = device_held(tx, shown.held), serial_in(shown.badge)
    issued = issued_badge(tx, serial) if device and serial else None
    known = people.person(tx, people.accounts_of(tx, issued[0])[0]) if issued else None
    if known is None:
        return device, None
    worn = badge_of(tx, known.person.id)
    opens = known.person.active and worn is not None and worn.serial == serial
    return device, _Wearer(known, serial, genuine_pin(tx, known) if opens else "")


def _require_pin(installation: Installation, wearer: _Wearer | None, pin: str) -> _Wearer:
    """The wearer, whose PIN was typed; whatever is wrong takes as long to say."""
    if wearer is None or not wearer.pin_hash:
        spend_as_long(installation.hasher, pin)
        raise WrongPin
    if not check_password(installation.hasher, wearer.pin_hash, pin):
        raise WrongPin
    return wearer


def _works_at(known: KnownPerson, device: Device) -> bool:
    """They hold a role that a badge opens, at the site of the device or at every site."""
    held = {site for _role, site in known.person.without(ADMINISTRATIVE).site_roles}
    return bool(held & {device.unit.site.id, EVERYWHERE})


def _count(
    tx: Transaction, installation: Installation, device: Device, wearer: _Wearer | None
) -> None:
    """One more wrong PIN in a row, on record; the last one ends the PIN."""
    if wearer is None or not wearer.pin_hash:
        _refuse(tx, installation, device, wearer, "refuse_pin")
        return
    account = tried_as(installation, wearer.person)
    number = sessions.failures_in_turn(tx, account)[0] + 1
    sessions.keep_failures(tx, account, number, rfc3339(installation.clock.now()))
    _refuse(tx, installation, device, wearer, "refuse_pin")
    if number == TRIES:
        drop_pin(tx, installation, wearer.known, "lock_pin")


def _turn_away(installation: Installation, device: Device, met: _Wearer, action: str) -> None:
    """Whoever showed a badge and its PIN does not come in, on record."""
    installation.transact_always(lambda tx: _refuse(tx, installation, device, met, action))


def _refuse(
    tx: Transaction,
    installation: Installation,
    device: Device,
    wearer: _Wearer | None,
    action: str,
) -> None:
    """The entry of a badge that opened nothing: whose it is or was, where that is known."""
    person = wearer.person if wearer else "-"
    told = {"badges": [{"person": person, "serial": wearer.serial}]} if wearer else {}
    chain = person_chain(tx, person) or ORGANISATION
    occasion = Occasion(person, "-", installation.clock.now(), device=device.id)
    write_site_entry(tx, action, occasion, Registered(registers=told), chain)


def _let_in(
    tx: Transaction, installation: Installation, device: Device, met: _Wearer, before: str
) -> str:
    """The session of whoever is met, unless the PIN was ended while it was checked.

    Raises:
        WrongPin: others have tried in vain meanwhile; whoever guessed right learns nothing.
    """
    known = people.person(tx, met.known.person.username)
    tried = tried_as(installation, met.person)
    if known is None or known.pin != met.known.pin:
        raise WrongPin
    if sessions.failures(tx, tried)[0]:
        sessions.forget_failures(tx, [tried])
    account = (known.person.username, met.person, known.credential)
    proven = ByBadge(*account, device=device.id, badge=met.serial)
    return take_over(tx, installation, proven, before, device.unit.id)
