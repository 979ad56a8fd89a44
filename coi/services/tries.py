"""How often a password may be tried: wrong ones are counted, and five in a row lock an account.

Two counts are kept of each account. Passwords typed at the door lock the door, passwords typed to
sign lock both: so nobody without a session can keep a ward from signing (SEC-44). What is counted
is looked at before a password is checked, and again with the answer: of a hundred passwords that
come at once, five are answered.
"""

from collections.abc import Sequence
from datetime import timedelta

from coi.clock import parse_rfc3339, rfc3339
from coi.errors import CoiError, DataRefused, Problem, WrongPassword
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.installation import Installation
from coi.services.passwords import AT_THE_DOOR
from coi.services.proofs import (
    ADMINISTRATOR,
    JustProven,
    OwnPasswordFirst,
    Proven,
    authenticate,
    holding,
    person_of,
)
from coi.services.vault import fingerprint_of
from coi.store import people, sessions
from coi.store.facts import ORGANISATION
from coi.store.registers import person_chain
from coi.store.transactions import Transaction

TRIES = 5
LOCKED = timedelta(minutes=15)
_DOOR, _PEN = "sign-in", "sign"


class Locked(CoiError):
    """The account was tried in vain too often; for a while no password opens it (SEC-44)."""

    code = "LOCKED"

    def __init__(self) -> None:
        minutes = int(LOCKED.total_seconds() // 60)
        super().__init__(
            f"This account was tried {TRIES} times with a wrong password. It is locked.",
            f"Wait {minutes} minutes, or ask the administrator.",
        )


def prove(installation: Installation, username: str, password: str) -> JustProven:
    """Prove who somebody is, to sign; wrong passwords are counted.

    Raises:
        Locked: the account was tried in vain too often.
        WrongPassword: name or password are wrong, or the account is closed.
        OwnPasswordFirst: it is a one-time secret, which signs nothing.
        SecretExpired, Crowded: as `authenticate` says.
    """
    proven = prove_again(installation, username, password)
    if proven.one_time:
        raise OwnPasswordFirst(proven.username)
    return proven


def prove_again(installation: Installation, username: str, password: str) -> JustProven:
    """The same inside a session, where a one-time secret is enough to choose a password."""
    return _prove(installation, username, password, (_PEN, _DOOR))


def prove_at_door(installation: Installation, username: str, password: str) -> JustProven:
    """The same at the door, where anybody can come and try."""
    with AT_THE_DOOR.passed():
        return _prove(installation, username, password, (_DOOR,))


def _prove(
    installation: Installation, username: str, password: str, places: Sequence[str]
) -> JustProven:
    """Prove somebody; the first place's count says whether a password is looked at."""
    accounts = [_account(installation, place, username) for place in places]
    # Asked before anything is hashed: a locked account keeps no processor busy (SEC-43).
    if installation.read(lambda tx: is_locked(installation, sessions.failures(tx, accounts[0]))):
        raise Locked
    try:
        proven = authenticate(installation, username, password)
    except WrongPassword:
        installation.transact(lambda tx: _count_failure(tx, installation, accounts, username))
        raise
    # Whoever made no mistake before, which is nearly everybody, waits for no other writer here.
    if installation.read(lambda tx: sessions.failures(tx, accounts[0])[0]):
        installation.transact(lambda tx: _begin_anew(tx, installation, accounts))
    return proven


def _account(installation: Installation, place: str, username: str) -> str:
    """Under what an account is counted: people type passwords where names belong."""
    return fingerprint_of(installation.vault, f"{place} {username.lower()}")


def is_locked(installation: Installation, failures: tuple[int, str]) -> bool:
    """So many failures, the last one then, keep an account locked at this moment."""
    number, last_at = failures
    return number >= TRIES and installation.clock.now() - parse_rfc3339(last_at) < LOCKED


def _count_failure(
    tx: Transaction, installation: Installation, accounts: Sequence[str], username: str
) -> None:
    """One more failure in a row; after a lock has run out, the count begins anew.

    Raises:
        Locked: others have tried in vain meanwhile; this password is answered like theirs.
    """
    number = _require_unlocked(tx, installation, accounts[0]) + 1
    now = installation.clock.now()
    sessions.keep_failures(tx, accounts[0], number, rfc3339(now))
    for account in accounts[1:]:
        before = sessions.failures_in_turn(tx, account)
        sessions.keep_failures(tx, account, _so_far(installation, before) + 1, rfc3339(now))
    known = people.person(tx, username)
    # Who is no user stays unnamed: people type their password where their name belongs.
    person = known.person.id if known else "-"
    chain = person_chain(tx, person) or ORGANISATION
    action = "lock_account" if number == TRIES else "refuse_sign_in"
    write_site_entry(tx, action, Occasion(person, "-", now), Registered(), chain)


def _require_unlocked(tx: Transaction, installation: Installation, account: str) -> int:
    """How often in a row the account was tried in vain, behind everybody else who counts."""
    failures = sessions.failures_in_turn(tx, account)
    if is_locked(installation, failures):
        raise Locked
    return _so_far(installation, failures)


def _so_far(installation: Installation, failures: tuple[int, str]) -> int:
    """The number of failures that still counts; a lock that has run out leaves none."""
    is_over = failures[0] >= TRIES and not is_locked(installation, failures)
    return 0 if is_over else failures[0]


def _begin_anew(tx: Transaction, installation: Installation, accounts: Sequence[str]) -> None:
    """The right password was typed: earlier mistakes are forgotten.

    Raises:
        Locked: others have tried in vain meanwhile; whoever guessed right learns nothing.
    """
    _require_unlocked(tx, installation, accounts[0])
    sessions.forget_failures(tx, accounts)


def forget_tries(tx: Transaction, installation: Installation, person: str) -> bool:
    """Every account of a person is open again; returns whether one had been tried in vain."""
    usernames = people.accounts_of(tx, person)
    places = [(place, username) for place in (_DOOR, _PEN) for username in usernames]
    return sessions.forget_failures(tx, [_account(installation, *one) for one in places]) > 0


def locked_accounts(tx: Transaction, installation: Installation, person: str) -> tuple[str, ...]:
    """The user names of a person that are locked at this moment, at the door or for signing."""
    return tuple(
        username
        for username in people.accounts_of(tx, person)
        if any(
            is_locked(installation, sessions.failures(tx, _account(installation, place, username)))
            for place in (_DOOR, _PEN)
        )
    )


def unlock_account(installation: Installation, by: Proven, username: str) -> None:
    """Open an account that was tried in vain too often, before its time; it is on record.

    Raises:
        DataRefused: the account was closed, which is no lock.
    """

    def work(tx: Transaction) -> None:
        administrator = holding(tx, by, ADMINISTRATOR)[0].person
        target = person_of(tx, username).person
        if not target.active:
            raise DataRefused([Problem("the account was closed, and stays so")])
        if not forget_tries(tx, installation, target.id):
            return
        told = Registered(registers={"locks": [{"person": target.id}]})
        chain = person_chain(tx, target.id) or ORGANISATION
        occasion = Occasion(administrator.id, "-", installation.clock.now())
        write_site_entry(tx, "unlock_account", occasion, told, chain)

    installation.transact(work)
