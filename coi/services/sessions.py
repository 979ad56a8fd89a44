"""Signing in and out: a session is a row, so that it can be ended from anywhere, at once.

What the browser holds is 32 random bytes; the row has their hash. They are others after each
password that is typed for a signature. A session ends when it is idle,
at its absolute end, when its person signs out or changes the password, and with the account. One
person is at one workstation: whoever signs in ends their own session elsewhere (DI-01). A wrong
password and a lock are entries in the site's chain, as signing in and out are (A11d-11.7).
"""

import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256

from coi.clock import parse_rfc3339, rfc3339
from coi.errors import (
    NotSignedIn,
    NotWritten,
    OutsideWithoutFactor,
    SessionEnded,
    SignedInElsewhere,
    Unknown,
)
from coi.services.devices import device_id_held
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.factors import Secret
from coi.services.installation import Installation
from coi.services.networks import is_outside
from coi.services.people import set_password
from coi.services.proofs import (
    ADMINISTRATOR,
    ByBadge,
    BySignOn,
    JustProven,
    Proven,
    acting,
    entering,
    lacks_factor,
    require_role,
)
from coi.services.tries import LOCKED, TRIES, Locked, prove, prove_again, prove_at_door
from coi.store import sessions
from coi.store.badges import badge_of
from coi.store.facts import ORGANISATION
from coi.store.people import KnownPerson
from coi.store.registers import person_chain
from coi.store.sessions import BROWSER, GOES_ON, PROGRAM, SessionRow
from coi.store.transactions import Transaction
from workflows.facts import Person

__all__ = ["LOCKED", "TRIES", "Locked", "SessionRow", "SignedIn", "prove", "sign_in"]

NOTED_AFTER = timedelta(seconds=30)
"""A request is noted as use of its session no more often than this: reading stays reading."""


AT_ONCE = timedelta(seconds=10)
"""What two pages of one browser ask in this time may be asked with what it held before, too."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whoever is signed in, with what holds of them at this moment (SEC-09)."""

    person: Person
    printed_name: str
    proven: Proven
    unit: str  # where they work now; '-' before they chose
    session: str
    bench: str = "-"  # at which they work now; '-' for none
    one_time: bool = False  # they came with a one-time secret, and choose a password first
    scopes: frozenset[str] | None = None  # what a token is for; None for all that a person may
    service: bool = False  # a program, which shows a token and has no session
    held_by: str = BROWSER  # or a program that the person works with
    has_factor: bool = False  # a second one, which is shown beside each password
    factor_first: bool = False  # a role of theirs needs one, and they enrol it first


def sign_in(
    installation: Installation,
    username: str,
    secret: Secret,
    before: str = "",
    came_from: str | None = None,
    device: str = "",
) -> str:
    """Begin a session; returns what the browser shall hold, which is nowhere else.

    At a registered `device` (what the browser holds of it), whoever tried in vain elsewhere locks
    nobody out.

    What the browser held `before` is ended with it: one browser is one person's at a time. So are
    the sessions of this person in other browsers, which is on record; in a demonstration they go
    on, since whoever tries it is anybody.

    Raises:
        Locked: the account was tried in vain too often.
        WrongPassword: name or password are wrong, or the account is closed.
        CodeNeeded, WrongCode: a second factor is enrolled, and its code is missing or wrong.
        OutsideWithoutFactor: none is, and that is not enough where the person comes from.
        SecretExpired, Crowded: as `authenticate` says.
    """
    proven = _let_in(installation, username, secret, came_from, device)
    return installation.transact_always(lambda tx: take_over(tx, installation, proven, before))


def take_over(
    tx: Transaction, installation: Installation, proven: Proven, before: str, at: str = "-"
) -> str:
    """Begin the session of somebody who has proven who they are; returns what the browser holds.

    What it held `before` is ended with it, and so are their sessions in other browsers. Whoever
    works at several units works `at` this one, if it is one of them.
    """
    token = secrets.token_urlsafe(32)
    _end(tx, installation, before)
    began = _begin(tx, installation, proven, token, at=at)
    # After the entry of the new one: of two who sign in at once, the second waits for the chain's
    # turn there, and finds the first.
    _end_elsewhere(tx, installation, began)
    return token


def sign_in_program(
    installation: Installation, username: str, secret: Secret, came_from: str | None = None
) -> str:
    """Begin a session for a program that a person works with; returns what it shall hold.

    It ends no other, and none in a browser ends it: such programs stand beside the pages.

    Raises:
        Locked, WrongPassword, CodeNeeded, OutsideWithoutFactor, SecretExpired, Crowded: as
            `sign_in` says.
    """
    proven = _let_in(installation, username, secret, came_from)
    token = secrets.token_urlsafe(32)
    installation.transact_always(lambda tx: _begin(tx, installation, proven, token, PROGRAM))
    return token


def _let_in(
    installation: Installation,
    username: str,
    secret: Secret,
    came_from: str | None,
    device: str = "",
) -> JustProven:
    """Whoever may begin a session from there; who is turned away for it is on record."""
    proven = prove_at_door(installation, username, secret, device, came_from)
    if not proven.factors and is_outside(installation, came_from):
        person = proven.person
        installation.transact_always(lambda tx: _write(tx, installation, "refuse_outside", person))
        raise OutsideWithoutFactor
    return proven


def change_password(installation: Installation, signed_in: SignedIn, old: Secret, new: str) -> str:
    """Set one's own password, and go on in a new session; every other one of theirs ends.

    Returns what the browser shall hold now.

    Raises:
        Locked, WrongPassword, CodeNeeded, SecretExpired, Crowded: the old password does not
            prove it.
        DataRefused: it is not a good password, or the old one.
    """
    proven = prove_again(installation, signed_in.proven.username, old)
    chosen = set_password(installation, proven, new)
    token = secrets.token_urlsafe(32)

    def work(tx: Transaction) -> None:
        _begin(tx, installation, chosen, token, signed_in.held_by, signed_in.unit)

    installation.transact_always(work)
    return token


def _begin(
    tx: Transaction,
    installation: Installation,
    proven: Proven,
    token: str,
    held_by: str = BROWSER,
    at: str = "-",
) -> SessionRow:
    known = entering(tx, proven)
    moment = installation.clock.now()
    now = rfc3339(moment)
    units = sorted({unit for _role, unit in known.person.roles} - {"-"})
    # Who works at several units chooses; a guess would put acts on record at the wrong one.
    unit = units[0] if len(units) == 1 else at if at in units else "-"
    began = SessionRow(
        _hash(token),
        held_by,
        *(proven.person, proven.username, proven.credential),
        *(unit, "-", now, now),
        *((proven.badge, proven.device) if isinstance(proven, ByBadge) else ("-", "-")),
        proven.identity if isinstance(proven, BySignOn) else "-",
    )
    # What is over at its absolute end serves nobody; that it was there stands in the chain.
    over = moment - timedelta(hours=installation.settings.session_hours + 1)
    sessions.forget_sessions(tx, rfc3339(over))
    sessions.begin(tx, began)
    _write(tx, installation, "sign_in", proven.person, proven.device, by=_told_of(began))
    return began


def _end_elsewhere(tx: Transaction, installation: Installation, began: SessionRow) -> None:
    """End what goes on of this person in other browsers, at the moment at which this one began."""
    if installation.demonstration:
        return
    for other in _going_on(tx, installation, began.person, began.credential):
        if other.id != began.id and other.held_by == BROWSER:
            sessions.replace(tx, other.id, began)
            _write(tx, installation, "replace_session", began.person)


def _write(
    tx: Transaction,
    installation: Installation,
    action: str,
    person: str,
    device: str = "",
    by: Mapping[str, Sequence[Mapping[str, object]]] | None = None,
) -> None:
    """An entry in the chain of the person's site, with what opened the door beside a password."""
    chain = person_chain(tx, person) or ORGANISATION
    occasion = Occasion(person, "-", installation.clock.now(), device=device)
    write_site_entry(tx, action, occasion, Registered(registers=by or {}), chain)


def _told_of(began: SessionRow) -> Mapping[str, Sequence[Mapping[str, object]]]:
    """What opened a session, where that was no password: the badge, or the identity."""
    if began.badge != "-":
        return {"badges": [{"person": began.person, "serial": began.badge}]}
    if began.sign_on != "-":
        return {"sign_ons": [{"person": began.person, "identity": began.sign_on}]}
    return {}


def _end(tx: Transaction, installation: Installation, token: str) -> None:
    found = sessions.session(tx, _hash(token))
    if found is not None:
        sessions.end(tx, found.id, rfc3339(installation.clock.now()))
        _write(tx, installation, "sign_out", found.person)


def _hash(token: str) -> str:
    # A fast hash is enough: nobody can try out 32 random bytes, as they could try out passwords.
    return sha256(token.encode()).hexdigest()


def resume(
    installation: Installation,
    token: str,
    *,
    is_use: bool = True,
    came_from: str | None = None,
    device: str = "",
) -> SignedIn:
    """Who holds this, with what holds of them now.

    The `device` is what the browser holds of one: where it is registered, they act at it.

    What a page asks by itself `is_use` of nobody's: a session with it alone is idle (A11d-11.8).

    Raises:
        NotSignedIn: there is no such session, or it has ended.
        SessionEnded: it was left alone for too long, or is over.
        SignedInElsewhere: the person signed in at another workstation since.
        OutsideWithoutFactor: the account has no second factor, and is used from outside.
        SignedOut: the account was closed, or its password changed, since.
    """
    found, signed_in = installation.read(lambda tx: _resumed(tx, installation, token, device))
    if not signed_in.has_factor and is_outside(installation, came_from):
        raise OutsideWithoutFactor
    now = installation.clock.now()
    # What was held before lets nobody stay: whoever took it is out as soon as nobody else is here.
    is_use = is_use and found.held == _hash(token)
    noted_after = NOTED_AFTER if found.former == GOES_ON else AT_ONCE
    if is_use and now - parse_rfc3339(found.seen_at) >= noted_after:
        # Whoever is here goes on reading, also where nothing can be noted.
        with suppress(NotWritten):
            installation.transact_always(lambda tx: sessions.note_seen(tx, found.id, rfc3339(now)))
    return signed_in


def hold_anew(installation: Installation, token: str) -> str:
    """Whoever is here has proven anew who they are: what the browser shall hold from now on.

    What it held before is good until this is used after a moment, for an answer may be lost on its
    way, and keeps no session from becoming idle. '' where there is no session, or what it holds is
    new already.
    """
    anew = secrets.token_urlsafe(32)

    def work(tx: Transaction) -> bool:
        found, now = sessions.session(tx, _hash(token)), installation.clock.now()
        if found is None:
            return False
        # Of two forms that come at once with what was held before, one is answered so.
        if found.held != _hash(token) and now - parse_rfc3339(found.seen_at) < AT_ONCE:
            return False
        return sessions.hold_anew(tx, found, _hash(anew), _hash(token), rfc3339(now))

    return anew if installation.transact_always(work) else ""


def _resumed(
    tx: Transaction, installation: Installation, token: str, device: str
) -> tuple[SessionRow, SignedIn]:
    found = sessions.session(tx, _hash(token))
    if found is None:
        raise SignedInElsewhere if sessions.was_replaced(tx, _hash(token)) else NotSignedIn
    if why := _why_over(installation, found):
        raise SessionEnded(why)
    proven = _proven(tx, found, device_id_held(tx, device))
    known = entering(tx, proven)
    until = known.secret_until
    if until is not None and until <= installation.clock.now():
        raise NotSignedIn
    signed_in = SignedIn(
        known.person,
        known.name,
        proven,
        found.unit,
        found.id,
        found.bench,
        one_time=until is not None,
        held_by=found.held_by,
        has_factor=bool(known.factors),
        factor_first=lacks_factor(installation, known),
    )
    return found, signed_in


def _proven(tx: Transaction, found: SessionRow, device: str) -> Proven:
    """Who proved who they are when a session began, at the device that it is used at now.

    Raises:
        SessionEnded: a badge opened it, and it is worn no more, or this is not the device.
    """
    account = (found.username, found.person, found.credential)
    if found.sign_on != "-":
        return BySignOn(*account, device=device, identity=found.sign_on)
    if found.badge == "-":
        return Proven(*account, device=device)
    if device != found.device:
        raise SessionEnded("a badge opened it at a registered device, and this one is not that")
    worn = badge_of(tx, found.person)
    if worn is None or worn.serial != found.badge:
        raise SessionEnded("the badge that opened it was struck off")
    return ByBadge(*account, device=device, badge=found.badge)


def _why_over(installation: Installation, found: SessionRow) -> str:
    """Why a session does not go on: idle for too long, or over (SEC-14); '' where it does."""
    now, settings = installation.clock.now(), installation.settings
    if now - parse_rfc3339(found.started_at) >= timedelta(hours=settings.session_hours):
        return f"it had lasted {settings.session_hours} hours"
    if now - parse_rfc3339(found.seen_at) >= timedelta(minutes=settings.idle_minutes):
        return f"nobody used it for {settings.idle_minutes} minutes"
    return ""


def sign_out(installation: Installation, token: str) -> None:
    """End the session; a second time does nothing."""
    installation.transact_always(lambda tx: _end(tx, installation, token))


def open_sessions(
    tx: Transaction, installation: Installation, known: KnownPerson
) -> list[SessionRow]:
    """The sessions of a person that go on at this moment, oldest first.

    Those that began with an earlier password do not, wherever they are still open in a browser.
    """
    return _going_on(tx, installation, known.person.id, known.credential)


def _going_on(
    tx: Transaction, installation: Installation, person: str, credential: str
) -> list[SessionRow]:
    return [
        one
        for one in sessions.sessions_of(tx, person)
        if one.credential == credential and not _why_over(installation, one)
    ]


def end_session(installation: Installation, by: Proven, person: str, session: str) -> None:
    """End one session of one's own or, as an administrator, of somebody else; it acts at once.

    A session that is not there, or is somebody else's than the person's, is left as it is.

    Raises:
        NotAllowed: it is somebody else's session.
    """

    def work(tx: Transaction) -> None:
        acting_person = acting(tx, by).person
        if person != acting_person.id:
            require_role(acting_person, ADMINISTRATOR)
        if session not in {one.id for one in sessions.sessions_of(tx, person)}:
            return
        now = installation.clock.now()
        sessions.end(tx, session, rfc3339(now))
        told = Registered(registers={"sessions": [{"person": person}]})
        chain = person_chain(tx, person) or ORGANISATION
        write_site_entry(tx, "end_session", Occasion(acting_person.id, "-", now), told, chain)

    installation.transact_always(work)


def work_at(installation: Installation, signed_in: SignedIn, unit: str) -> SignedIn:
    """Work at another of one's units from now on.

    Raises:
        Unknown: the person holds no role there.
    """
    if unit not in {held for _role, held in signed_in.person.roles}:
        raise Unknown("unit", unit)
    installation.transact_always(lambda tx: sessions.choose_unit(tx, signed_in.session, unit))
    return replace(signed_in, unit=unit, bench="-")
