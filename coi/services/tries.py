"""How often a password may be tried: wrong ones are counted, and five in a row lock an account.

A wrong code of a second factor counts as a wrong password does. Two counts are kept of each
account. Passwords typed at the door lock the door, passwords typed to sign in one's own session
lock both: so nobody without a session can keep a ward from signing (SEC-44). What is counted is
looked at before a password is checked, and again with the answer: of a hundred passwords that come
at once, five are answered.

Each registered device has a door of its own: whoever locks the accounts of a whole ward from
elsewhere keeps nobody from signing in at the ward's own devices (SEC-44). Who stands at such a
device has five tries of each account there, which its own person sees and quality assurance too.

Whoever is signed in and types wrong passwords of others raises no count of theirs, but one of
their own: so nobody with a session keeps a ward from signing either. Five of them, none a quarter
of an hour after the one before, and whoever typed them proves nobody else for that long; a right
password of an accomplice forgets none of them. That leaves somebody who guesses day and night
20 guesses an hour, 480 a day, against everybody together, each on record under their own name: for
the million commonest passwords they need five years, and the first five tell who it is.

Whoever tries one password of every account locks none: so wrong ones are counted by where they come
from too (`tried_from`).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeVar

from coi.clock import parse_rfc3339, rfc3339
from coi.errors import CoiError, DataRefused, Problem, WrongPassword
from coi.services.devices import KIND, device_id_held
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.factors import Holder, Secret, show_factor, typed_as
from coi.services.installation import Installation
from coi.services.passwords import AT_THE_DOOR
from coi.services.proofs import (
    ADMINISTRATOR,
    FactorFirst,
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
from coi.store.kept import every_kept
from coi.store.registers import person_chain
from coi.store.transactions import Transaction

TRIES = 5
LOCKED = timedelta(minutes=15)
_DOOR, _PEN, _BESIDE, _SIGN_ON = "sign-in", "sign", "sign beside", "sign on"
T = TypeVar("T")


class Locked(CoiError):
    """The account was tried in vain too often; for a while no password opens it (SEC-44)."""

    code = "LOCKED"

    def __init__(self) -> None:
        minutes = int(LOCKED.total_seconds() // 60)
        super().__init__(
            f"This account was tried {TRIES} times with a wrong password. It is locked.",
            f"Wait {minutes} minutes, or ask the administrator.",
        )


class LockedBeside(Locked):
    """Whoever is signed in typed too many wrong passwords of others; their own is still taken."""

    code = "LOCKED_BESIDE"

    def __init__(self) -> None:
        minutes = int(LOCKED.total_seconds() // 60)
        CoiError.__init__(
            self,
            f"Whoever is signed in here typed {TRIES} wrong passwords of others. For {minutes}"
            " minutes nobody else can sign here.",
            f"Wait {minutes} minutes, or sign where somebody else is signed in.",
        )


@dataclass(frozen=True, slots=True)
class _Tried:
    """Whose password is tried, and where a wrong one is counted; the first count decides."""

    username: str
    accounts: tuple[str, ...]
    typist: str = ""  # who types the password of somebody else; '' where that is not known
    pen: str = ""  # the other one's own count, which is looked at and not raised

    @property
    def locked(self) -> Locked:
        """What is said when the first count is full."""
        return LockedBeside() if self.typist else Locked()


def prove(
    installation: Installation, username: str, secret: Secret, typist: Proven | None = None
) -> JustProven:
    """Prove who somebody is, to sign; wrong passwords and codes are counted.

    The `typist` is signed in where the password is typed, and may be somebody else.

    Raises:
        Locked: the account was tried in vain too often.
        LockedBeside: the typist has tried too often in vain to prove somebody else.
        WrongPassword: name or password are wrong, or the account is closed.
        CodeNeeded, WrongCode: a second factor is enrolled, and its code is missing or wrong.
        OwnPasswordFirst: it is a one-time secret, which signs nothing.
        FactorFirst: a role of theirs needs a second factor, and none is enrolled.
        SecretExpired, Crowded: as `authenticate` says.
    """
    proven = prove_again(installation, username, secret, typist)
    if proven.one_time:
        raise OwnPasswordFirst(proven.username)
    if proven.lacks_factor:
        raise FactorFirst(proven.username)
    return proven


def prove_again(
    installation: Installation, username: str, secret: Secret, typist: Proven | None = None
) -> JustProven:
    """The same inside a session, to choose a first password or to enrol a second factor."""
    pen, door = (_account(installation, place, username) for place in (_PEN, _DOOR))
    if typist is None or _is_own(installation, username, typist):
        return _prove(installation, secret, _Tried(username, (pen, door)))
    beside = _account(installation, _BESIDE, typist.person)
    return _prove(installation, secret, _Tried(username, (beside,), typist.person, pen))


def prove_at_door(
    installation: Installation,
    username: str,
    secret: Secret,
    held: str = "",
    came_from: str | None = None,
) -> JustProven:
    """The same at the door, where anybody can come and try; at a registered device, at its own.

    What the browser `held` of one says which; whoever is proven there acts at it.

    Raises:
        TooManyFromHere: too many wrong passwords came from there, and from no registered device.
    """
    device = installation.read(lambda tx: device_id_held(tx, held)) if held else ""
    if not device:
        now = installation.clock.now()
        with installation.tried_from.counted(came_from, now), AT_THE_DOOR.passed():
            door = _account(installation, _DOOR, username)
            return _prove(installation, secret, _Tried(username, (door,)))
    # Not behind the crowd at the other door: whoever is there keeps nobody from this one.
    door = _account(installation, _door_of(device), username)
    pen = _account(installation, _PEN, username)
    proven = _prove(installation, secret, _Tried(username, (door,), pen=pen))
    return replace(proven, device=device)


def show_factor_at_sign_on(
    installation: Installation, username: str, holder: Holder, code: str
) -> None:
    """Go on where whoever comes by the house's provider shows a second factor of ours.

    Wrong ones are counted apart: whoever locks the door of passwords keeps nobody from this one.

    Raises:
        Locked: it was tried in vain too often.
        CodeNeeded, WrongCode: it is missing or wrong.
    """
    tried = _Tried(username, (_account(installation, _SIGN_ON, username),))
    installation.read(lambda tx: _require_open(tx, installation, tried))
    _counted(installation, tried, lambda: show_factor(installation, holder, code))


def _door_of(device: str) -> str:
    return f"{_DOOR} at {device}"


def _places(tx: Transaction) -> tuple[str, ...]:
    """Wherever an account can be locked for its own person."""
    return (_DOOR, _PEN, _SIGN_ON, *(_door_of(row.id) for row in every_kept(tx, KIND)))


def _is_own(installation: Installation, username: str, typist: Proven) -> bool:
    """It is one of the typist's accounts; nearly always the very one that they are signed in by."""
    if username == typist.username:
        return True
    known = installation.read(lambda tx: people.person(tx, username))
    return known is not None and known.person.id == typist.person


def _prove(installation: Installation, secret: Secret, tried: _Tried) -> JustProven:
    """Prove somebody; the first count says whether a password is looked at."""

    def require_open(tx: Transaction) -> None:
        """Before anything is hashed: a locked account keeps no processor busy (SEC-43)."""
        _require_open(tx, installation, tried)

    def prove_both() -> JustProven:
        typed = typed_as(secret)
        proven = authenticate(installation, tried.username, typed.password, require_open)
        # Only then: whoever does not know the password uses up no code of whoever does.
        show_factor(installation, proven, typed.code)
        return proven

    return _counted(installation, tried, prove_both)


def _counted(installation: Installation, tried: _Tried, proof: Callable[[], T]) -> T:
    """What is proven; where it is not, that is counted."""
    try:
        proven = proof()
    except WrongPassword:
        installation.transact_always(lambda tx: _count_failure(tx, installation, tried))
        raise
    # Whoever made no mistake before, which is nearly everybody, waits for no other writer here.
    if installation.read(lambda tx: sessions.failures(tx, tried.accounts[0])[0]):
        installation.transact_always(lambda tx: _begin_anew(tx, installation, tried))
    return proven


def _require_open(tx: Transaction, installation: Installation, tried: _Tried) -> None:
    """Neither the count that decides is full, nor that of whoever signs in somebody's session."""
    if is_locked(installation, sessions.failures(tx, tried.accounts[0])):
        raise tried.locked
    if tried.pen and is_locked(installation, sessions.failures(tx, tried.pen)):
        raise Locked


def _account(installation: Installation, place: str, username: str) -> str:
    """Under what an account is counted: people type passwords where names belong."""
    # Folded as accounts are: lowered alone, the Kelvin sign counted on somebody else's account.
    name = people.as_given(username) or username
    return fingerprint_of(installation.vault, f"{place} {name}")


def is_locked(installation: Installation, failures: tuple[int, str]) -> bool:
    """So many failures, the last one then, keep an account locked at this moment."""
    return failures[0] >= TRIES and _is_recent(installation, failures)


def _is_recent(installation: Installation, failures: tuple[int, str]) -> bool:
    """The last failure is less than a lock ago."""
    last_at = failures[1]
    return bool(last_at) and installation.clock.now() - parse_rfc3339(last_at) < LOCKED


def _count_failure(tx: Transaction, installation: Installation, tried: _Tried) -> None:
    """One more failure in a row; after a lock has run out, the count begins anew.

    Raises:
        Locked: others have tried in vain meanwhile; this password is answered like theirs.
    """
    number = _require_unlocked(tx, installation, tried) + 1
    now = rfc3339(installation.clock.now())
    sessions.keep_failures(tx, tried.accounts[0], number, now)
    for account in tried.accounts[1:]:
        before = sessions.failures_in_turn(tx, account)
        sessions.keep_failures(tx, account, _so_far(installation, before) + 1, now)
    _write_refused(tx, installation, tried, is_last=number == TRIES)


def _write_refused(
    tx: Transaction, installation: Installation, tried: _Tried, *, is_last: bool
) -> None:
    """The entry of a wrong password: whose it should have been, and who typed it, where known."""
    known = people.person(tx, tried.username)
    # Who is no user stays unnamed: people type their password where their name belongs.
    person = known.person.id if known else "-"
    lock = "lock_beside" if tried.typist else "lock_account"
    told = Registered(registers={"locks": [{"person": person}]} if tried.typist and known else {})
    chain = person_chain(tx, person) if known else person_chain(tx, tried.typist)
    occasion = Occasion(tried.typist or person, "-", installation.clock.now())
    action = lock if is_last else "refuse_sign_in"
    write_site_entry(tx, action, occasion, told, chain or ORGANISATION)


def _require_unlocked(tx: Transaction, installation: Installation, tried: _Tried) -> int:
    """How often in a row it was tried in vain, behind everybody else who counts."""
    failures = sessions.failures_in_turn(tx, tried.accounts[0])
    if is_locked(installation, failures):
        raise tried.locked
    if tried.typist and not _is_recent(installation, failures):
        return 0
    return _so_far(installation, failures)


def _so_far(installation: Installation, failures: tuple[int, str]) -> int:
    """The number of failures that still counts; a lock that has run out leaves none."""
    is_over = failures[0] >= TRIES and not is_locked(installation, failures)
    return 0 if is_over else failures[0]


def _begin_anew(tx: Transaction, installation: Installation, tried: _Tried) -> None:
    """The right password was typed: earlier mistakes with it are forgotten, there alone.

    Raises:
        Locked: others have tried in vain meanwhile; whoever guessed right learns nothing.
    """
    _require_unlocked(tx, installation, tried)
    # One right password of a colleague makes no guess at another one's undone; and whoever signs
    # says nothing of who stands at the door.
    if not tried.typist:
        sessions.forget_failures(tx, tried.accounts[:1])


def forget_tries(tx: Transaction, installation: Installation, person: str) -> bool:
    """Every account of a person is open again; returns whether one had been tried in vain."""
    usernames = people.accounts_of(tx, person)
    places = [(place, username) for place in _places(tx) for username in usernames]
    return sessions.forget_failures(tx, [_account(installation, *one) for one in places]) > 0


def locked_accounts(tx: Transaction, installation: Installation, person: str) -> tuple[str, ...]:
    """The user names of a person that are locked at this moment, at the door or for signing."""
    places = _places(tx)
    return tuple(
        username
        for username in people.accounts_of(tx, person)
        if any(
            is_locked(installation, sessions.failures(tx, _account(installation, place, username)))
            for place in places
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
