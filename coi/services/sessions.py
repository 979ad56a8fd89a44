"""Signing in and out: a session is a row, so that it can be ended from anywhere, at once.

What the browser holds is 32 random bytes; the row has their hash. A session ends when it is idle,
at its absolute end, when its person signs out or changes the password, and with the account. A
wrong password and a lock are entries in the site's chain, as signing in and out are (A11d-11.7).
"""

import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256

from coi.clock import parse_rfc3339, rfc3339
from coi.errors import CoiError, NotSignedIn, Unknown, WrongPassword
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.installation import Installation
from coi.services.proofs import JustProven, Proven, acting, authenticate
from coi.services.vault import fingerprint_of
from coi.store import people, sessions
from coi.store.facts import ORGANISATION
from coi.store.registers import person_chain
from coi.store.sessions import SessionRow
from coi.store.transactions import Transaction
from workflows.facts import Person

TRIES = 5
LOCKED = timedelta(minutes=15)
NOTED_AFTER = timedelta(seconds=30)
"""A request is noted as use of its session no more often than this: reading stays reading."""


class Locked(CoiError):
    """The account was tried in vain too often; for a while no password opens it (SEC-44)."""

    code = "LOCKED"

    def __init__(self) -> None:
        minutes = int(LOCKED.total_seconds() // 60)
        super().__init__(
            f"This account was tried {TRIES} times with a wrong password. It is locked.",
            f"Wait {minutes} minutes, or ask the administrator.",
        )


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whoever is signed in, with what holds of them at this moment (SEC-09)."""

    person: Person
    printed_name: str
    proven: Proven
    unit: str  # where they work now; '-' before they chose
    session: str
    bench: str = "-"  # at which they work now; '-' for none


def sign_in(installation: Installation, username: str, password: str) -> str:
    """Begin a session; returns what the browser shall hold, which is nowhere else.

    Raises:
        Locked: the account was tried in vain too often.
        WrongPassword: name or password are wrong, or the account is closed.
    """
    proven = prove(installation, username, password)
    token = secrets.token_urlsafe(32)
    installation.transact(lambda tx: _begin(tx, installation, proven, token))
    return token


def prove(installation: Installation, username: str, password: str) -> JustProven:
    """Prove who somebody is, to sign in or to sign; wrong passwords are counted, wherever typed.

    Raises:
        Locked: the account was tried in vain too often.
        WrongPassword: name or password are wrong, or the account is closed.
    """
    account = fingerprint_of(installation.vault, f"sign-in {username.lower()}")
    # Asked before anything is hashed: a locked account keeps no processor busy (SEC-43).
    if installation.read(lambda tx: _is_locked(tx, installation, account)):
        raise Locked
    try:
        proven = authenticate(installation, username, password)
    except WrongPassword:
        installation.transact(lambda tx: _count_failure(tx, installation, account, username))
        raise
    # Whoever made no mistake before, which is nearly everybody, waits for no other writer here.
    if installation.read(lambda tx: sessions.failures(tx, account)[0]):
        installation.transact(lambda tx: _forget_failures(tx, account))
    return proven


def _is_locked(tx: Transaction, installation: Installation, account: str) -> bool:
    number, last_at = sessions.failures(tx, account)
    return number >= TRIES and installation.clock.now() - parse_rfc3339(last_at) < LOCKED


def _count_failure(
    tx: Transaction, installation: Installation, account: str, username: str
) -> None:
    """One more failure in a row; after a lock has run out, the count begins anew."""
    now = installation.clock.now()
    number, last_at = sessions.failures(tx, account)
    if number >= TRIES and now - parse_rfc3339(last_at) >= LOCKED:
        number = 0
    sessions.keep_failures(tx, account, number + 1, rfc3339(now))
    known = people.person(tx, username)
    # Who is no user stays unnamed: people type their password where their name belongs.
    action = "lock_account" if number + 1 == TRIES else "refuse_sign_in"
    _write(tx, installation, action, known.person.id if known else "-")


def _forget_failures(tx: Transaction, account: str) -> None:
    sessions.keep_failures(tx, account, 0, "-")


def _begin(tx: Transaction, installation: Installation, proven: Proven, token: str) -> None:
    known = acting(tx, proven)
    now = rfc3339(installation.clock.now())
    units = sorted({unit for _role, unit in known.person.roles} - {"-"})
    # Who works at several units chooses; a guess would put acts on record at the wrong one.
    unit = units[0] if len(units) == 1 else "-"
    began = SessionRow(
        _hash(token), proven.person, proven.username, proven.credential, unit, "-", now, now
    )
    sessions.begin(tx, began)
    _write(tx, installation, "sign_in", proven.person)


def _write(tx: Transaction, installation: Installation, action: str, person: str) -> None:
    """An entry in the chain of the person's site."""
    chain = person_chain(tx, person) or ORGANISATION
    occasion = Occasion(person, "-", installation.clock.now())
    write_site_entry(tx, action, occasion, Registered(), chain)


def _hash(token: str) -> str:
    # A fast hash is enough: nobody can try out 32 random bytes, as they could try out passwords.
    return sha256(token.encode()).hexdigest()


def resume(installation: Installation, token: str) -> SignedIn:
    """Who holds this, with what holds of them now.

    Raises:
        NotSignedIn: there is no such session, or it has ended.
        SignedOut: the account was closed, or its password changed, since.
    """
    found, signed_in = installation.read(lambda tx: _resumed(tx, installation, token))
    now = installation.clock.now()
    if now - parse_rfc3339(found.seen_at) >= NOTED_AFTER:
        installation.transact(lambda tx: sessions.note_seen(tx, found.id, rfc3339(now)))
    return signed_in


def _resumed(
    tx: Transaction, installation: Installation, token: str
) -> tuple[SessionRow, SignedIn]:
    found = sessions.session(tx, _hash(token))
    if found is None or not _goes_on(installation, found):
        raise NotSignedIn
    proven = Proven(found.username, found.person, found.credential)
    known = acting(tx, proven)
    signed_in = SignedIn(
        known.person, known.printed_name, proven, found.unit, found.id, found.bench
    )
    return found, signed_in


def _goes_on(installation: Installation, found: SessionRow) -> bool:
    """Neither idle for too long nor over (SEC-14)."""
    now, settings = installation.clock.now(), installation.settings
    idle = now - parse_rfc3339(found.seen_at)
    age = now - parse_rfc3339(found.started_at)
    return idle < timedelta(minutes=settings.idle_minutes) and age < timedelta(
        hours=settings.session_hours
    )


def sign_out(installation: Installation, token: str) -> None:
    """End the session; a second time does nothing."""

    def work(tx: Transaction) -> None:
        found = sessions.session(tx, _hash(token))
        if found is not None:
            sessions.end(tx, found.id, rfc3339(installation.clock.now()))
            _write(tx, installation, "sign_out", found.person)

    installation.transact(work)


def work_at(installation: Installation, signed_in: SignedIn, unit: str) -> SignedIn:
    """Work at another of one's units from now on.

    Raises:
        Unknown: the person holds no role there.
    """
    if unit not in {held for _role, held in signed_in.person.roles}:
        raise Unknown("unit", unit)
    installation.transact(lambda tx: sessions.choose_unit(tx, signed_in.session, unit))
    return replace(signed_in, unit=unit, bench="-")
