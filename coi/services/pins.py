"""PINs: what somebody types beside their badge, and what a good one is (DI-02).

A PIN opens the door of registered devices, together with the badge, and signs nothing. It is set
with the password, and good as long as that: whoever has another password sets another PIN. The
record names the hash of what it is checked with, and the password it was set with.
"""

from collections.abc import Iterator
from datetime import datetime

from coi.errors import DataRefused, Problem
from coi.ledger.commitment import credential_commitment
from coi.ledger.content import Attestation
from coi.services.attesting import attest
from coi.services.factors import Secret
from coi.services.installation import Installation
from coi.services.passwords import hash_password
from coi.services.proofs import JustProven, Proven, acting
from coi.services.tries import prove
from coi.services.vault import fingerprint_of
from coi.store import people, pins, sessions
from coi.store.badges import badge_of
from coi.store.people import KnownPerson
from coi.store.transactions import Transaction

KIND = "pin"
SHORTEST, LONGEST = 6, 12
WHAT_IT_IS = f"{SHORTEST} to {LONGEST} digits; no run, no repetition and no date"
_FEWEST_DIGITS = 3
_DATES = ("%d%m%y", "%m%d%y", "%y%m%d", "%d%m%Y", "%m%d%Y", "%Y%m%d")
_UP = "01234567890123456789"


def set_pin(installation: Installation, by: Proven, secret: Secret, pin: str) -> None:
    """Set one's own PIN, with the password; the one before is gone, and what was tried of it.

    Raises:
        WrongPassword, Locked, CodeNeeded, OwnPasswordFirst, FactorFirst, SecretExpired, Crowded:
            as `prove` says.
        DataRefused: it is not a good one, no badge is worn, or the identity is to be checked first.
    """
    proven = prove(installation, by.username, secret, by)
    if problems := [*bad_pin(pin, by.username)]:
        raise DataRefused(problems)
    pin_hash = hash_password(installation.hasher, pin)
    installation.transact(lambda tx: _set(tx, installation, proven, (pin, pin_hash)))


def _set(
    tx: Transaction, installation: Installation, proven: JustProven, new: tuple[str, str]
) -> None:
    known, (pin, pin_hash) = acting(tx, proven), new
    person, badge = known.person, badge_of(tx, known.person.id)
    if badge is None:
        raise DataRefused([Problem("goes with a badge, and there is none yet", column="PIN")])
    if not person.proofed:
        raise DataRefused([Problem("somebody checks your identity before you set a PIN")])
    if pin in badge.serial.replace("-", ""):
        raise DataRefused([Problem("stands on the badge", column="PIN")])
    detail = people.pin_detail(credential_commitment(pin_hash), known.credential)
    told = (Attestation(KIND, person.id, detail=detail),)
    entry = attest(tx, installation, person, "set_pin", person.id, attestations=told)
    pins.keep_pin(tx, person.id, pin_hash, entry.recorded_at)
    sessions.forget_failures(tx, [tried_as(installation, person.id)])


def end_pin(installation: Installation, by: Proven) -> None:
    """Let one's own PIN open nothing any more; whoever has none is left alone."""

    def work(tx: Transaction) -> None:
        known = acting(tx, by)
        if known.pin:
            drop_pin(tx, installation, known, "end_pin")

    installation.transact(work)


def drop_pin(tx: Transaction, installation: Installation, known: KnownPerson, action: str) -> None:
    """The PIN opens nothing from now on, on record; what it was checked with is gone."""
    person = known.person
    told = (Attestation(KIND, person.id, holds=0),)
    attest(tx, installation, person, action, person.id, attestations=told)
    pins.forget_pin(tx, person.id)


def genuine_pin(tx: Transaction, known: KnownPerson) -> str:
    """The hash that a person's PIN is checked with; '' where it is not what the record names."""
    stored = pins.pin_of(tx, known.person.id) if known.pin else ""
    return stored if credential_commitment(stored) == known.pin else ""


def tried_as(installation: Installation, person: str) -> str:
    """Under what wrong PINs of a person are counted."""
    return fingerprint_of(installation.vault, f"pin {person}")


def bad_pin(pin: str, username: str) -> Iterator[Problem]:
    """Six digits or more, of which nobody who knows the person tries them first."""
    if not (SHORTEST <= len(pin) <= LONGEST and pin.isascii() and pin.isdigit()):
        yield Problem(f"is not {SHORTEST} to {LONGEST} digits", column="PIN")
    elif _is_trivial(pin):
        yield Problem("is one of those that are tried first: a run, a repetition", column="PIN")
    elif _is_a_date(pin):
        yield Problem("can be read as a date, and dates are tried first", column="PIN")
    elif pin in username:
        yield Problem("stands in the user name", column="PIN")


def _is_trivial(pin: str) -> bool:
    """Few digits, digits in a row, one half twice, or the same backwards."""
    is_repeated = pin in (pin + pin)[1:-1]
    is_run = pin in _UP or pin[::-1] in _UP
    return len({*pin}) < _FEWEST_DIGITS or is_repeated or is_run or pin == pin[::-1]


def _is_a_date(pin: str) -> bool:
    return any(_reads_as(pin, form) for form in _DATES)


def _reads_as(pin: str, form: str) -> bool:
    try:
        # What strptime mends, such as a day of one digit, is no date as somebody types it.
        return datetime.strptime(pin, form).strftime(form) == pin  # noqa: DTZ007 - no moment
    except ValueError:
        return False
