"""Proof of who acts: made with name and password, and looked at again in each transaction.

Between the proof and its use an account may be closed, its password changed, a role taken away. So
a proof says which password it was made with, and no use case takes it without reading the account
again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from coi.clock import rfc3339
from coi.errors import CoiError, DataRefused, Problem, SignedOut, Unknown, WrongPassword
from coi.ledger.content import SignedBy
from coi.services.installation import Installation
from coi.services.passwords import check_password, spend_as_long
from coi.store import grants, people, tokens
from coi.store.badges import badge_of
from coi.store.people import Enrolled, KnownPerson
from coi.store.sign_ons import sign_on_of
from coi.store.transactions import Transaction
from workflows.facts import Person
from workflows.guards.people import signing_role
from workflows.model import SignatureRule

ADMINISTRATOR = "administrator"
ADMINISTRATIVE = frozenset({ADMINISTRATOR, "auditor", "sponsor_viewer"})
QA = "qa_reviewer"
LONGEST_MEANING = 200
PASSKEY = "passkey"
"""The kind of second factor that is a key which its holder's device keeps."""


class NotAllowed(DataRefused):
    """The person lacks the role for this; nothing was saved."""

    code = "ROLE_LACKING"


class NotForPrograms(DataRefused):
    """This is done by a person, or to a person, and by or to no program; nothing was saved."""

    code = "NOT_FOR_PROGRAMS"


class CannotSign(DataRefused):
    """What a signature takes is not all on record for this person; nothing was saved."""

    code = "SIGNER_NOT_ENABLED"


class OwnPasswordFirst(CoiError):
    """A one-time secret opens the choice of an own password, and nothing else (P11-200a3)."""

    code = "OWN_PASSWORD_FIRST"

    def __init__(self, username: str) -> None:
        super().__init__(
            f"{username} still has the one-time secret that somebody else has seen. It signs and"
            " opens nothing. Nothing was saved.",
            f"{username} signs in and chooses an own password first.",
        )


class FactorFirst(CoiError):
    """A role of this person needs a second factor, and none is enrolled; nothing else opens."""

    code = "FACTOR_FIRST"

    def __init__(self, username: str) -> None:
        super().__init__(
            f"A role of {username} needs a second factor, and there is none yet. Nothing was"
            " saved.",
            f"{username} enrols one first, on the page of their own account.",
        )


class SecretExpired(CoiError):
    """A one-time secret was not used in time; it opens nothing any more."""

    code = "SECRET_EXPIRED"

    def __init__(self) -> None:
        super().__init__(
            "This one-time secret was not used in time. It opens nothing any more.",
            "Ask an administrator for a new one.",
        )


@dataclass(frozen=True, slots=True)
class Proven:
    """Somebody who has proven who they are with name and password, and with which one.

    That may have been hours ago, when a session began: it lets a person act, and sign nothing.
    """

    username: str
    person: str
    credential: str  # the commitment to the password's hash
    device: str = field(default="", kw_only=True)  # the registered one at which they act, if any

    @property
    def account(self) -> tuple[str, str, str]:
        """Whose account was opened, and with which password; whenever that was."""
        return self.username, self.person, self.credential


@dataclass(frozen=True, slots=True)
class JustProven(Proven):
    """Somebody who has typed name and password for what is about to be done (21 CFR 11.200).

    Nothing else signs: a signature takes the password each time. Who typed a one-time secret signs
    nothing either.
    """

    one_time: bool = False
    factors: tuple[Enrolled, ...] = ()  # of which one is shown beside the password (SEC-11)
    lacks_factor: bool = False  # a role of theirs needs one, and none is enrolled


@dataclass(frozen=True, slots=True)
class Granted(JustProven):
    """Somebody who typed name and password for exactly one request, minutes ago.

    Where an entry is written by it, the grant is used up in the same transaction.
    """

    grant: str = field(kw_only=True)  # its hash


@dataclass(frozen=True, slots=True)
class ByToken(Proven):
    """A program that showed its token; the credential is the token's hash.

    It is no proof of a person, and nothing makes it one: it signs nothing.
    """


@dataclass(frozen=True, slots=True)
class ByBadge(Proven):
    """Somebody who showed a badge and typed its PIN, at a registered device (DI-02).

    Whose badge is struck off is nobody by it from that moment on. What is done to accounts and for
    the whole house takes the password: of administrative roles such a person has none.
    """

    badge: str = field(kw_only=True)  # its serial


@dataclass(frozen=True, slots=True)
class BySignOn(Proven):
    """Somebody of whom the house's provider said who they are, and who has a password here too.

    It lets them act, and signs nothing. Whose identity there is ended is nobody by it from that
    moment on. Who may give others access is let in by nobody else's word: of that role such a
    person has none.
    """

    identity: str = field(kw_only=True)  # at the provider, as the record has it


@dataclass(frozen=True, slots=True)
class Signer:
    """Somebody who was shown a meaning, and has proven who they are to sign with it (11.50)."""

    proven: JustProven
    meaning: str
    at: datetime | None = None  # when they signed, where others sign later; None is now

    def __post_init__(self) -> None:
        said = self.meaning.strip()
        if not (said and len(said) <= LONGEST_MEANING and said.isprintable()):
            reason = f"{self.proven.username} signs without saying what the signature means"
            raise DataRefused([Problem(reason, column="meaning")])

    @property
    def username(self) -> str:
        """Whose account it is."""
        return self.proven.username

    @property
    def person(self) -> str:
        """Who it is."""
        return self.proven.person


def authenticate(
    installation: Installation,
    username: str,
    password: str,
    ask_first: Callable[[Transaction], None] = lambda _tx: None,
) -> JustProven:
    """Prove a person by name and password; outside any transaction, since hashing takes long.

    Whether this password is looked at at all is asked first, together with what is stored of it.

    Raises:
        WrongPassword: whichever of the two is wrong, or the account is closed; it takes as long as
            a right one.
        SecretExpired: it is the one-time secret of the account, and was not used in time.
        Crowded: too many passwords are being checked.
    """

    def look(tx: Transaction) -> tuple[str, KnownPerson] | None:
        ask_first(tx)
        return people.account(tx, username)

    found = installation.read(look)
    if found is None:
        spend_as_long(installation.hasher, password)
        raise WrongPassword
    password_hash, known = found
    fits = check_password(installation.hasher, password_hash, password)
    if not fits or not known.person.active:
        raise WrongPassword
    if known.secret_until is not None and known.secret_until <= installation.clock.now():
        raise SecretExpired
    one_time = known.secret_until is not None
    lacks = lacks_factor(installation, known)
    account = username.lower(), known.person.id, known.credential
    return JustProven(*account, one_time, factors_taken(installation, known), lacks)


def lacks_factor(installation: Installation, known: KnownPerson) -> bool:
    """A role of this person needs a second factor, and none of its kind is enrolled (SEC-11)."""
    if installation.demonstration:
        return False
    if _takes_passkey(installation, known):
        return all(one.kind != PASSKEY for one in known.factors)
    needing = installation.settings.factor_roles
    return not known.factors and any(role in needing for role, _unit in known.person.roles)


def factors_taken(installation: Installation, known: KnownPerson) -> tuple[Enrolled, ...]:
    """Of which second factors one is asked for: a passkey alone, of whose role takes that.

    Who has none yet comes in by what there is, to enrol one, and signs nothing before.
    """
    keys = tuple(one for one in known.factors if one.kind == PASSKEY)
    return keys if keys and _takes_passkey(installation, known) else known.factors


def _takes_passkey(installation: Installation, known: KnownPerson) -> bool:
    """A role of theirs takes a key that they hold, which no page can ask for but ours (SEC-11)."""
    taking = installation.settings.passkey_roles
    return any(role in taking for role, _unit in known.person.roles)


def may_sign(installation: Installation, username: str, rule: SignatureRule, unit: str) -> bool:
    """The account is somebody's who could give this signature here; asked before any password.

    Of who is no user it says the same as of who may not: nobody learns from it who has an account.
    """

    def look(tx: Transaction) -> bool:
        known, place = people.person(tx, username), installation.unit(tx, unit)
        if known is None or place is None:
            return False
        return signing_role(known.person, rule, place) is not None

    return installation.read(look)


def person_of(tx: Transaction, username: str) -> KnownPerson:
    """A person with what holds at this moment; whoever acts is read with `still_proven`.

    Raises:
        Unknown: there is no such account.
    """
    known = people.person(tx, username)
    if known is None:
        raise Unknown("user", username)
    return known


def still_proven(tx: Transaction, by: Proven) -> KnownPerson:
    """The person behind a proof, with what holds at this moment.

    A closed account is told as it is: the engine refuses it, and puts the attempt on record.

    Raises:
        SignedOut: the password was changed since the proof.
        OwnPasswordFirst: it was proven with a one-time secret.
    """
    known = _behind(tx, by)
    if known.secret_until is not None:
        raise OwnPasswordFirst(by.username)
    return known


def acting(tx: Transaction, by: Proven) -> KnownPerson:
    """The person behind a proof, whose account is open, with what holds at this moment.

    Raises:
        SignedOut: the account was closed, or the password changed since the proof.
        OwnPasswordFirst: it was proven with a one-time secret.
        NotForPrograms: it is a program.
    """
    return _human(_open(still_proven(tx, by)))


def acting_or_program(tx: Transaction, by: Proven) -> KnownPerson:
    """The same where a program may act too; everywhere else it may not (SEC-38).

    Raises:
        SignedOut: the account was closed, the token revoked, or the password changed.
        OwnPasswordFirst: it was proven with a one-time secret.
    """
    return _open(still_proven(tx, by))


def entering(tx: Transaction, by: Proven) -> KnownPerson:
    """The same at the door, where a one-time secret is enough.

    Raises:
        SignedOut: the account was closed, or the password changed since the proof.
    """
    return _open(_behind(tx, by))


def _behind(tx: Transaction, by: Proven) -> KnownPerson:
    known = person_of(tx, by.username)
    if isinstance(by, ByToken):
        return _program_behind(tx, known, by)
    # A program has no password, and so nothing that could be compared with one.
    is_somebody_else = (known.person.id, known.credential) != (by.person, by.credential)
    if known.person.is_service or is_somebody_else:
        raise SignedOut(by.username)
    present(tx, by)
    if isinstance(by, BySignOn):
        return _signed_on(tx, known, by)
    return _wearer(tx, known, by) if isinstance(by, ByBadge) else known


def _signed_on(tx: Transaction, known: KnownPerson, by: BySignOn) -> KnownPerson:
    """The person to whom this identity is bound, without the role that gives others access."""
    bound = sign_on_of(tx, known.person.id)
    if bound is None or not bound.is_confirmed or bound.identity != by.identity:
        raise SignedOut(by.username)
    return replace(known, person=known.person.without(frozenset({ADMINISTRATOR})))


def _wearer(tx: Transaction, known: KnownPerson, by: ByBadge) -> KnownPerson:
    """The person who wears this badge, without their administrative roles."""
    worn = badge_of(tx, known.person.id)
    if worn is None or worn.serial != by.badge:
        raise SignedOut(by.username)
    return replace(known, person=known.person.without(ADMINISTRATIVE))


def _program_behind(tx: Transaction, known: KnownPerson, by: ByToken) -> KnownPerson:
    """The program of a token that goes on, with its roles at the token's sites alone."""
    token = tokens.token(tx, by.credential)
    if token is None or not token.goes_on or {token.person, known.person.id} != {by.person}:
        raise SignedOut(by.username)
    person = known.person
    return replace(
        known,
        person=replace(
            person,
            roles=frozenset(one for one in person.roles if known.sites[one[1]] in token.sites),
            site_roles=frozenset(one for one in person.site_roles if one[1] in token.sites),
        ),
    )


def present(tx: Transaction, by: Proven) -> None:
    """What is written in this transaction from now on uses up the grant, if it is one."""
    if isinstance(by, Granted):
        grants.present(tx, by.grant)


def _open(known: KnownPerson) -> KnownPerson:
    if not known.person.active:
        raise SignedOut(known.person.username)
    return known


def _human(known: KnownPerson) -> KnownPerson:
    if known.person.is_service:
        raise NotForPrograms([Problem(f"{known.person.username} is a program")])
    return known


def human(tx: Transaction, username: str) -> KnownPerson:
    """A person with what holds at this moment, and no program.

    Raises:
        Unknown: there is no such account.
        NotForPrograms: it is a program's.
    """
    return _human(person_of(tx, username))


def holding(tx: Transaction, by: Proven, *roles: str) -> tuple[KnownPerson, str]:
    """The person behind a proof, and the first of these roles that they hold, wherever.

    Raises:
        SignedOut: the account was closed, or the password changed since the proof.
        NotAllowed: none of the roles is held.
    """
    known = acting(tx, by)
    return known, require_role(known.person, *roles)


def require_role(person: Person, *roles: str) -> str:
    """The first of these roles that the person holds, at whichever unit.

    Raises:
        NotAllowed: none of them.
    """
    held = {role for role, _ in person.roles}
    for role in roles:
        if role in held and person.active:
            return role
    raise NotAllowed([Problem(f"{person.username} is no {' or '.join(roles)}".replace("_", " "))])


def signature_of(known: KnownPerson, role: str, meaning: str, now: datetime) -> SignedBy:
    """A person's signature at this moment, outside of any therapy.

    Raises:
        CannotSign: identity check, signature statement or training are not on record (P11-100b,
            P11-10j, hard guard 10).
    """
    if lacking := [*_lacking(known.person, role, now)]:
        raise CannotSign([Problem(f"{known.person.username} {reason}") for reason in lacking])
    return SignedBy(known.person.id, role, known.printed_name, meaning, rfc3339(now))


def _lacking(person: Person, role: str, now: datetime) -> Sequence[str]:
    """What is not on record; administrative roles have no training."""
    until = person.trained_until.get(role)
    trained = role in ADMINISTRATIVE or (until is not None and until > now)
    needed = {
        "has no identity check on record": person.proofed,
        "has not accepted the signature statement": person.accepted_policy,
        f"has no current training as {role.replace('_', ' ')}": trained,
    }
    return [reason for reason, holds in needed.items() if not holds]
