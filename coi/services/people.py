"""People: their accounts, and what is attested about them.

Everything about a person is attested in the chain of their home site; nothing is ever taken out,
the newest attestation is in force. What holds already is not attested again, so that a repeated
request has no second effect.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from coi.clock import rfc3339
from coi.errors import DataRefused, Problem, Unknown
from coi.ledger.commitment import credential_commitment
from coi.ledger.content import Attestation, NewEntry
from coi.services.asked import bad_text, fingerprint
from coi.services.attesting import attest, has_come_before
from coi.services.entries import Occasion, Registered, commit_text, write_site_entry
from coi.services.installation import Installation
from coi.services.passwords import check_password, hash_password, require_good_password
from coi.services.permissions import OF_PROGRAMS, ROLES
from coi.services.proofs import (
    ADMINISTRATIVE,
    ADMINISTRATOR,
    QA,
    JustProven,
    NotForPrograms,
    Proven,
    acting,
    entering,
    holding,
    human,
    person_of,
    signature_of,
)
from coi.services.reasons import require_reason
from coi.store import people, pins, registers, tokens
from coi.store.facts import ORGANISATION
from coi.store.people import PERSON, SERVICE
from coi.store.transactions import Transaction
from workflows.facts import Person

LONGEST_USERNAME = 64
TRAINED = "training recorded"
"""What a signature means below a training record: it is shown to whoever is about to sign."""

PROOFED = "identity checked"
"""What a signature means below an identity check."""

POLICY = "My electronic signature is as binding as my signature by hand."
"""What everybody accepts before they sign for the first time (P11-10j)."""

NEW_SECRET = "new_secret"  # noqa: S105 - the name of an action
"""Somebody was given a new one-time secret, and is to be checked anew by somebody else."""

END_FACTOR = "end_factor"
"""Somebody's second factors were ended, and the identity is to be checked anew likewise."""

# -- accounts --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person to register: account, printed name, password, home unit ('-' for none).

    An administrator knows nobody's password: on the pages and at the command line the account is
    opened with a one-time secret, and the password is left out here.
    """

    username: str
    printed_name: str
    password: str = ""
    unit: str = "-"


def register_person(installation: Installation, by: Proven, new: NewPerson) -> str:
    """Open an account with a lasting password, for programs; user names are never used twice.

    Returns the person's id.
    """
    password_hash = first_password(installation, new)

    def work(tx: Transaction) -> str:
        administrator = holding(tx, by, ADMINISTRATOR)[0].person
        occasion = Occasion(administrator.id, "-", installation.clock.now())
        return enter_person(tx, installation, occasion, new, password_hash)

    return installation.transact(work)


def first_password(installation: Installation, new: NewPerson) -> str:
    """The hash of a new person's lasting password.

    Raises:
        DataRefused: it is not a good one.
    """
    require_good(installation, new.password, new.username, new.printed_name)
    return hash_password(installation.hasher, new.password)


def enter_person(
    tx: Transaction,
    installation: Installation,
    occasion: Occasion,
    new: NewPerson,
    password_hash: str,
    also: Sequence[Attestation] = (),
) -> str:
    """Write a new person into the registers and into the home site's chain."""
    commitment = credential_commitment(password_hash)
    person, entry = _entered(tx, installation, occasion, new, (PERSON, commitment, also))
    registers.keep_password(tx, person, password_hash, entry.recorded_at)
    return person


def enter_program(
    tx: Transaction, installation: Installation, occasion: Occasion, new: NewPerson
) -> str:
    """Write a new program, which has no password, into the same registers (SEC-39)."""
    return _entered(tx, installation, occasion, new, (SERVICE, "", ()))[0]


def _entered(
    tx: Transaction,
    installation: Installation,
    occasion: Occasion,
    new: NewPerson,
    told: tuple[str, str, Sequence[Attestation]],
) -> tuple[str, NewEntry]:
    """Whoever is new, and the entry that says so: of which kind, with which password, what else."""
    kind, commitment, also = told
    username = new.username.lower()
    problems = [*bad_username(tx, username), *bad_text({"printed_name": new.printed_name})]
    if problems:
        raise DataRefused(problems)
    chain = _home_chain(tx, new.unit)
    person = installation.new_id()
    name = commit_text(tx, installation, new.printed_name)
    attested = (Attestation("active", person), Attestation("name", person, detail=name))
    registered: dict[str, Sequence[Mapping[str, object]]] = {
        "persons": [{"id": person, "kind": kind}],
        "accounts": [{"username": username, "person": person}],
    }
    if commitment:
        registered["credentials"] = [{"person": person, "commitment": commitment}]
    more = tuple(replace_about(attestation, person) for attestation in also)
    action = "register_person" if kind == PERSON else "register_program"
    told_ = Registered(attestations=(*attested, *more), registers=registered)
    entry = write_site_entry(tx, action, occasion, told_, chain)
    registers.add_person(tx, {"id": person, "kind": kind}, username, chain, entry.seq)
    return person, entry


def replace_about(attestation: Attestation, person: str) -> Attestation:
    """The same attestation about this person."""
    return Attestation(
        attestation.kind,
        person,
        attestation.role,
        attestation.unit,
        attestation.holds,
        attestation.valid_until,
        attestation.detail,
    )


def bad_username(tx: Transaction, username: str) -> Iterator[Problem]:
    """User names are ASCII, folded and never given twice (P11-100a, P11-300a)."""
    plain = username.isascii() and username.replace(".", "").replace("-", "").isalnum()
    if not (plain and len(username) <= LONGEST_USERNAME):
        longest = f"at most {LONGEST_USERNAME}"
        reason = f"a user name has only letters a-z, digits, points and hyphens, {longest}"
        yield Problem(reason, column="username")
    elif people.person(tx, username) is not None:
        yield Problem(f"the user name {username} was given before", column="username")


def _home_chain(tx: Transaction, unit: str) -> str:
    """The chain of the unit's site; of the organisation where there is no unit."""
    if unit == "-":
        return ORGANISATION
    found = people.unit(tx, unit)
    if found is None:
        raise Unknown("unit", unit)
    return site_chain(found.site)


def site_chain(site: str) -> str:
    """The chain of what belongs to one site and to no therapy."""
    return f"site:{site}"


def require_good(
    installation: Installation, password: str, username: str, printed_name: str
) -> None:
    """Refuse a password that is none for this person at these sites.

    Raises:
        DataRefused: with every reason.
    """

    def names(tx: Transaction) -> list[str]:
        return [
            printed_name,
            *(site.name for site in registers.sites(tx)),
            *(name for _unit, _site, name in registers.units(tx)),
        ]

    shortest = installation.settings.password_min_length
    require_good_password(password, username, shortest, installation.read(names))


def set_password(installation: Installation, by: JustProven, password: str) -> JustProven:
    """Set one's own password; the one before is gone, and with it what was proven by it.

    The new one is hashed before the transaction: hashing takes long, and others want to write.
    Returns the proof that was made with it.

    Raises:
        SignedOut: the account was closed, or the password changed since it was proven.
        DataRefused: it is not a good password, or the one before, which may be known to others.
    """
    known_as = installation.read(lambda tx: entering(tx, by)).name
    require_good(installation, password, by.username, known_as)
    before = installation.read(lambda tx: people.credential(tx, by.username))
    if before is not None and check_password(installation.hasher, before[1], password):
        raise DataRefused([Problem("the password is the one before", column="password")])
    password_hash = hash_password(installation.hasher, password)
    commitment = credential_commitment(password_hash)

    def work(tx: Transaction) -> None:
        known = entering(tx, by).person
        entry = attest(
            tx,
            installation,
            known,
            "set_password",
            known.id,
            attestations=(),
            registers_={"credentials": [{"person": known.id, "commitment": commitment}]},
        )
        registers.keep_password(tx, known.id, password_hash, entry.recorded_at)

    installation.transact(work)
    return JustProven(by.username, by.person, commitment)


# -- what is attested ------------------------------------------------------------------------------


def grant_role(  # noqa: PLR0913 - who gives whom which role where, and under which key
    installation: Installation,
    by: Proven,
    username: str,
    role: str,
    unit: str,
    *,
    holds: bool = True,
    key: str = "",
    why: str = "",
) -> None:
    """Give a role at a unit, or take it away (`holds=False`); it acts at once (SEC-09).

    Under a `key`, what was recorded is not recorded again, also if it was taken back meanwhile.
    Whoever takes one away says why; whoever gives one may.

    Raises:
        ReasonMissing: one is taken away, and nobody says why.
        DataRefused: an administrator would get a role in the record, or the other way round
            (A11d-11.10), or nobody gives themselves a role.
    """
    keyed = (key, fingerprint(installation.vault, by.person, username, role, unit, holds))
    reason = require_reason(why) if why or not holds else ""

    def work(tx: Transaction) -> None:
        administrator = holding(tx, by, ADMINISTRATOR)[0].person
        target = person_of(tx, username).person
        _require_role_of(target, role)
        _require_separation(administrator, target, role)
        if has_come_before(tx, keyed) or ((role, unit) in target.roles) == holds:
            return
        _require_role_name(role)
        if unit != "-" and people.unit(tx, unit) is None:
            raise Unknown("unit", unit)
        attestation = Attestation("role", target.id, role, unit, int(holds))
        action = "grant_role" if holds else "revoke_role"
        attest(
            tx,
            installation,
            administrator,
            action,
            target.id,
            attestations=(attestation,),
            key=keyed,
            why=reason,
        )

    installation.transact(work)


def _require_role_name(role: str) -> None:
    """The role is one that somebody can hold: a slip of the keyboard gives nobody a right."""
    if role not in ROLES:
        raise DataRefused([Problem(f"is none of {', '.join(sorted(ROLES))}", column="role")])


def _require_role_of(target: Person, role: str) -> None:
    """A program holds no role in which somebody decides, checks or signs."""
    if target.is_service and role not in OF_PROGRAMS:
        listed = ", ".join(sorted(OF_PROGRAMS))
        raise NotForPrograms([Problem(f"a program can be {listed}", column="role")])


def _require_separation(administrator: Person, target: Person, role: str) -> None:
    """Who administers accounts does not act in the record, and nobody serves themselves."""
    held = {r for r, _ in target.roles}
    if administrator.id == target.id:
        raise DataRefused([Problem("nobody gives a role to themselves")])
    if (role == ADMINISTRATOR and held - ADMINISTRATIVE) or (
        ADMINISTRATOR in held and role not in ADMINISTRATIVE
    ):
        raise DataRefused([Problem("an administrator has no role in the record of therapies")])


def record_training(
    installation: Installation, by: JustProven, username: str, role: str, until: datetime
) -> None:
    """Record, with a signature of QA or of an administrator, that somebody is trained until a day.

    Raises:
        CannotSign: identity check or signature statement of whoever records it are missing.
        DataRefused: nobody records their own training.
    """

    def work(tx: Transaction) -> None:
        known, held = holding(tx, by, QA, ADMINISTRATOR)
        target = human(tx, username).person
        if target.id == known.person.id:
            raise DataRefused([Problem("nobody records their own training")])
        _require_role_name(role)
        if target.trained_until.get(role) == until:
            return
        attestation = Attestation("training", target.id, role, valid_until=rfc3339(until))
        signature = signature_of(known, held, TRAINED, installation.clock.now())
        attest(
            tx,
            installation,
            known.person,
            "record_training",
            target.id,
            attestations=(attestation,),
            signatures=(signature,),
        )

    installation.transact(work)


def record_proofing(installation: Installation, by: JustProven, username: str, how: str) -> None:
    """Record, with the checker's signature, how an identity was checked (P11-100b).

    Raises:
        CannotSign: identity check or signature statement of the checker are missing.
        DataRefused: nobody checks their own identity; and whoever gave somebody a new secret does
            not check that the right one uses it, so that misuse takes two (P11-200a3).
    """
    if problems := [*bad_text({"how": how})]:
        raise DataRefused(problems)

    def work(tx: Transaction) -> None:
        known, held = holding(tx, by, ADMINISTRATOR, QA)
        checker = known.person
        target = human(tx, username).person
        if target.id == checker.id:
            raise DataRefused([Problem("nobody checks their own identity")])
        if people.newest_secret(tx, target.id) == (NEW_SECRET, checker.id):
            reason = "who gave somebody a new secret does not check the identity; another one does"
            raise DataRefused([Problem(reason)])
        if people.newest_factor(tx, target.id) == (END_FACTOR, checker.id):
            reason = "who ended somebody's second factor does not check the identity; another does"
            raise DataRefused([Problem(reason)])
        detail = commit_text(tx, installation, how)
        attestation = Attestation("proofing", target.id, detail=detail)
        signature = signature_of(known, held, PROOFED, installation.clock.now())
        attest(
            tx,
            installation,
            checker,
            "record_proofing",
            target.id,
            attestations=(attestation,),
            signatures=(signature,),
        )

    installation.transact(work)


def accept_policy(installation: Installation, by: JustProven) -> None:
    """Record that the person takes their electronic signature for binding (P11-10j)."""

    def work(tx: Transaction) -> None:
        known = acting(tx, by).person
        if known.accepted_policy:
            return
        attestation = Attestation("policy", known.id)
        attest(tx, installation, known, "accept_policy", known.id, attestations=(attestation,))

    installation.transact(work)


def close_account(installation: Installation, by: Proven, username: str, *, why: str) -> None:
    """Close an account; it is never deleted, and its name never given again (P11-100a).

    Every token of a program ends with it, and the PIN of a person.

    Raises:
        ReasonMissing: nobody says why.
        DataRefused: nobody closes their own account, so that one administrator is always left.
    """
    reason = require_reason(why)

    def work(tx: Transaction) -> None:
        administrator = holding(tx, by, ADMINISTRATOR)[0].person
        target = person_of(tx, username).person
        if target.id == administrator.id:
            raise DataRefused([Problem("nobody closes their own account; another one does")])
        if not target.active:
            return
        attestation = Attestation("active", target.id, holds=0)
        entry = attest(
            tx,
            installation,
            administrator,
            "close_account",
            target.id,
            attestations=(attestation,),
            why=reason,
        )
        tokens.revoke_all_of(tx, target.id, entry.recorded_at)
        pins.forget_pin(tx, target.id)

    installation.transact(work)
