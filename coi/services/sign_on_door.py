"""The door of the house's provider: somebody is led there, comes back, and is let in or is not.

What they were sent with is sealed into a cookie of their browser, is good once, and for ten
minutes: an answer that another browser brings, or brings again, opens nothing. Who comes in has an
account already, to which an administrator bound this identity. The first time it takes the password
too; and each time the second factor of ours, where there is one and the provider asked for none
that counts here. It opens the same session as a password does.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from coi.clock import parse_rfc3339, rfc3339
from coi.errors import CoiError, Crowded, OutsideWithoutFactor, WrongPassword
from coi.events import tell
from coi.interop.openid import Asked, Expected, Told
from coi.services.devices import device_id_held
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.factors import MOST_ASKED, Typed
from coi.services.installation import Installation
from coi.services.networks import is_outside
from coi.services.proofs import (
    ADMINISTRATOR,
    BySignOn,
    Proven,
    SecretExpired,
    factors_taken,
)
from coi.services.sessions import take_over
from coi.services.sign_on import confirm_sign_on, identity_at
from coi.services.sign_on_house import (
    ProviderNotBelieved,
    name_of,
    names_each_answer,
    where_to_ask,
    who_came,
)
from coi.services.tries import prove_at_door, show_factor_at_sign_on
from coi.services.vault import VaultClosed, seal_text, unseal_text
from coi.store import factors, people
from coi.store.facts import ORGANISATION
from coi.store.people import Enrolled, KnownPerson
from coi.store.registers import person_chain
from coi.store.sign_ons import person_bound_to, sign_on_of
from coi.store.transactions import Transaction

GOOD_FOR = timedelta(minutes=10)
LONGEST_WANTED = 500
_LED, _TOLD = "sign on: led there", "sign on: told who"
"""Where what is sealed stands: what is of the first stage opens nothing in the second."""

_USED = "sign on used"


class SignOnOver(WrongPassword):
    """Whoever comes back was not sent from this browser, or too long ago, or came back before."""

    code = "SIGN_ON_OVER"

    def __init__(self) -> None:
        CoiError.__init__(
            self,
            "This was not begun in this browser, began more than ten minutes ago, or was used.",
            "Begin again at the door.",
        )


class SignOnDeclined(WrongPassword):
    """The provider did not say who it is: they went back, or it let them not in."""

    code = "SIGN_ON_DECLINED"

    def __init__(self, name: str) -> None:
        CoiError.__init__(
            self,
            f"{name} did not say who you are. Nobody was signed in.",
            "Begin again, or sign in with name and password.",
        )


class NobodyHere(WrongPassword):
    """The provider told of somebody to whom no open account is bound."""

    code = "SIGN_ON_NOBODY"

    def __init__(self, name: str, subject: str) -> None:
        self.subject = subject
        CoiError.__init__(
            self,
            f"{name} says who you are, and no account here is bound to that identity.",
            "Sign in with name and password, or ask an administrator to bind it to your account:"
            f" it is {subject}.",
        )


class NotForAdministrators(WrongPassword):
    """Who gives others access comes in by nobody else's word."""

    code = "SIGN_ON_NOT_FOR_ADMINISTRATORS"

    def __init__(self) -> None:
        CoiError.__init__(
            self,
            "An administrator comes in by name and password, and a second factor, alone.",
            "Sign in with name and password.",
        )


@dataclass(frozen=True, slots=True)
class Stands:
    """Where somebody stands and what they want, as it was when they began."""

    wanted: str  # the page
    before: str  # what the browser held of a session
    device: str  # and of a registered device


@dataclass(frozen=True, slots=True)
class Led:
    """Where a browser is led, and what it holds meanwhile."""

    address: str
    held: str


@dataclass(frozen=True, slots=True)
class More:
    """Who came is known, and something is asked of them still; what their browser holds for it."""

    held: str
    username: str
    asks_password: bool


@dataclass(frozen=True, slots=True)
class Entered:
    """They are in: what the browser holds from now on, and the page that they wanted."""

    token: str
    wanted: str


@dataclass(frozen=True, slots=True)
class _Came:
    """Who came, after the provider said so; as it is looked at again in each transaction."""

    known: KnownPerson
    identity: str
    stands: Stands
    is_confirmed: bool
    factors: tuple[Enrolled, ...]  # of which one is asked for here

    @property
    def person(self) -> str:
        """Who it is."""
        return self.known.person.id


def begin(installation: Installation, stands: Stands) -> Led:
    """Lead somebody to the provider.

    Raises:
        ProviderAway, ProviderNotBelieved: it does not say where to.
    """
    asked = Asked(*(secrets.token_urlsafe(32) for _ in range(3)))
    address = where_to_ask(installation.settings, asked)
    if len(stands.wanted) > LONGEST_WANTED:
        stands = replace(stands, wanted="")
    kept = {"asked": asdict(asked), "stands": asdict(stands)}
    return Led(address, _sealed(installation, _LED, kept))


def come_back(
    installation: Installation, held: str, answer: Mapping[str, str], came_from: str | None = None
) -> Entered | More:
    """Let somebody in whom the provider tells of, or say what is asked of them still.

    Raises:
        SignOnOver: they were not sent from this browser, or too long ago, or came back before.
        SignOnDeclined: the provider did not say who it is.
        ProviderAway, ProviderNotBelieved: it does not answer, or not as it must.
        NobodyHere: nobody with an open account is bound to the identity.
        NotForAdministrators: an administrator is.
        OutsideWithoutFactor, SecretExpired: as `sign_in` says.
    """
    kept, at = _unsealed(installation, _LED, held)
    asked, stands = Asked(**kept["asked"]), Stands(**kept["stands"])
    if not secrets.compare_digest(_plain(answer, "state"), asked.state):
        raise SignOnOver
    _use_up(installation, asked.state)
    _require_own_answer(installation, answer)
    if "error" in answer or not answer.get("code"):
        tell("sign_on_failed", why="declined")
        raise SignOnDeclined(name_of(installation.settings))
    told = _asked_who(installation, asked, at, answer["code"])
    came = _met(installation, told.subject, stands)
    _require_may_come(installation, came, came_from)
    counts = bool(told.how & set(installation.settings.oidc_second_factor))
    if not came.is_confirmed or (came.factors and not counts):
        held = _sealed(installation, _TOLD, {"subject": told.subject, "stands": asdict(stands)})
        return More(held, came.known.person.username, not came.is_confirmed)
    return _let_in(installation, came, None)


def ask_more(installation: Installation, held: str) -> More:
    """What is asked of somebody of whom the provider told; asked again after a wrong answer.

    Raises:
        SignOnOver, NobodyHere: as `come_back` says.
    """
    kept, _at = _unsealed(installation, _TOLD, held)
    came = _met(installation, kept["subject"], Stands(**kept["stands"]))
    return More(held, came.known.person.username, not came.is_confirmed)


def show_more(
    installation: Installation, held: str, typed: Typed, came_from: str | None = None
) -> Entered:
    """Let somebody in who showed what was asked: the second factor, and first the password too.

    Raises:
        SignOnOver, NobodyHere, NotForAdministrators, OutsideWithoutFactor: as `come_back` says.
        WrongPassword, CodeNeeded, WrongCode, Locked, SecretExpired, Crowded: as `sign_in` says.
        OwnPasswordFirst: it is a one-time secret, which somebody else has seen.
    """
    kept, _at = _unsealed(installation, _TOLD, held)
    came = _met(installation, kept["subject"], Stands(**kept["stands"]))
    _require_may_come(installation, came, came_from)
    username = came.known.person.username
    proven: Proven | None = None
    if came.is_confirmed:
        show_factor_at_sign_on(installation, username, came, typed.code)
    else:
        proven = prove_at_door(installation, username, typed, came.stands.device, came_from)
    # Only now: whoever mistyped a code types the next one.
    _use_up(installation, held)
    return _let_in(installation, came, proven)


def _asked_who(installation: Installation, asked: Asked, at: datetime, code: str) -> Told:
    settings = installation.settings
    now = installation.clock.now()
    expected = Expected(
        *(settings.oidc_issuer, settings.oidc_client_id, asked.nonce),
        *(settings.oidc_algorithms, at, now),
    )
    return who_came(settings, asked, code, expected)


def _require_own_answer(installation: Installation, answer: Mapping[str, str]) -> None:
    """The answer is the provider's own, where it says whose it is: no other one is mixed in."""
    settings = installation.settings
    says = answer.get("iss")
    if says is None and not names_each_answer(settings):
        return
    if says != settings.oidc_issuer:
        tell("sign_on_failed", why="not believed: another provider")
        raise ProviderNotBelieved(name_of(settings))


def _met(installation: Installation, subject: str, stands: Stands) -> _Came:
    """Who is bound to an identity; an attempt by nobody's is on record."""
    identity = identity_at(installation, subject)

    def look(tx: Transaction) -> _Came | None:
        person = person_bound_to(tx, identity)
        known = people.person(tx, people.accounts_of(tx, person)[0]) if person else None
        bound = sign_on_of(tx, known.person.id) if known else None
        if known is None or bound is None or bound.identity != identity or not known.person.active:
            return None
        asked = factors_taken(installation, known)
        return _Came(known, identity, stands, bound.is_confirmed, asked)

    came = installation.read(look)
    if came is None:
        installation.transact_always(lambda tx: _refuse(tx, installation, identity))
        raise NobodyHere(name_of(installation.settings), subject)
    return came


def _require_may_come(installation: Installation, came: _Came, came_from: str | None) -> None:
    """They may come in by this door, from there."""
    known = came.known
    if ADMINISTRATOR in {role for role, _unit in known.person.roles}:
        installation.transact_always(lambda tx: _refuse(tx, installation, came.identity))
        raise NotForAdministrators
    if known.secret_until is not None and known.secret_until <= installation.clock.now():
        raise SecretExpired
    if not known.factors and is_outside(installation, came_from):
        person = came.person
        installation.transact_always(
            lambda tx: _write(tx, installation, "refuse_outside", person, came.identity)
        )
        raise OutsideWithoutFactor


def _refuse(tx: Transaction, installation: Installation, identity: str) -> None:
    """Somebody came by an identity that opens nothing: whose it is or was, where that is known."""
    _write(tx, installation, "refuse_sign_on", person_bound_to(tx, identity) or "-", identity)


def _write(
    tx: Transaction, installation: Installation, action: str, person: str, identity: str
) -> None:
    told = {"sign_ons": [{"person": person, "identity": identity}]}
    chain = person_chain(tx, person) or ORGANISATION
    occasion = Occasion(person, "-", installation.clock.now())
    write_site_entry(tx, action, occasion, Registered(registers=told), chain)


def _let_in(installation: Installation, came: _Came, confirmed_by: Proven | None) -> Entered:
    """Begin the session; who typed the password has said that the identity is their own."""
    known, stands = came.known, came.stands

    def work(tx: Transaction) -> str:
        device = device_id_held(tx, stands.device) if stands.device else ""
        if confirmed_by is not None:
            confirm_sign_on(tx, installation, confirmed_by, came.identity)
        account = known.person.username, known.person.id, known.credential
        by = BySignOn(*account, device=device, identity=came.identity)
        return take_over(tx, installation, by, stands.before)

    return Entered(installation.transact_always(work), stands.wanted)


def _sealed(installation: Installation, place: str, kept: Mapping[str, Any]) -> str:
    """What a browser holds of it, which it cannot read or change."""
    told = {"at": rfc3339(installation.clock.now()), "id": secrets.token_urlsafe(16), **kept}
    return seal_text(installation.vault, place, json.dumps(told))


def _unsealed(installation: Installation, place: str, held: str) -> tuple[dict[str, Any], datetime]:
    """What a browser held of it, and since when.

    Raises:
        SignOnOver: it holds nothing, or something else, or for too long.
    """
    try:
        kept: dict[str, Any] = json.loads(unseal_text(installation.vault, place, held))
    except VaultClosed as error:
        raise SignOnOver from error
    at = parse_rfc3339(kept["at"])
    if not at <= installation.clock.now() < at + GOOD_FOR:
        raise SignOnOver
    return kept, at


def _use_up(installation: Installation, what: str) -> None:
    """It is good no second time, on whichever server.

    Raises:
        SignOnOver: it was used.
        Crowded: so many came just now that somebody comes by the thousand.
    """
    used = sha256(what.encode()).hexdigest()

    def work(tx: Transaction) -> None:
        now = installation.clock.now()
        factors.forget_challenges(tx, rfc3339(now))
        if factors.is_kept(tx, used):
            raise SignOnOver
        if factors.challenges(tx, _USED) >= MOST_ASKED:
            raise Crowded
        # Of two who come at once one is not the first to write it, and looks again.
        factors.keep_challenge(tx, used, _USED, rfc3339(now + GOOD_FOR))

    installation.transact_always(work)


def _plain(answer: Mapping[str, str], name: str) -> str:
    told = answer.get(name, "")
    return told if told.isascii() else ""
