"""People: their accounts, and what is attested about them.

Everything about a person is attested in the chain of their home site; nothing is ever taken out,
the newest attestation is in force. What holds already is not attested again, so that a repeated
request has no second effect.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from coi.clock import rfc3339
from coi.errors import DataRefused, Problem, Unknown
from coi.ledger.commitment import credential_commitment
from coi.ledger.content import Attestation, SignedBy
from coi.services.asked import bad_text
from coi.services.entries import Occasion, Registered, commit_text, write_site_entry
from coi.services.installation import Installation
from coi.services.passwords import require_good_password
from coi.services.permissions import ROLES
from coi.services.proofs import (
    ADMINISTRATIVE,
    ADMINISTRATOR,
    QA,
    JustProven,
    Proven,
    acting,
    holding,
    person_of,
    signature_of,
)
from coi.store import people, registers
from coi.store.facts import ORGANISATION
from coi.store.transactions import Transaction
from workflows.facts import Person

TRAINED = "training recorded"
"""What a signature means below a training record: it is shown to whoever is about to sign."""

# -- accounts --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person to register: account, printed name, first password, home unit ('-' for none)."""

    username: str
    printed_name: str
    password: str
    unit: str = "-"


def register_person(installation: Installation, by: Proven, new: NewPerson) -> str:
    """Open an account; user names are never used twice. Returns the person's id."""

    def work(tx: Transaction) -> str:
        administrator = holding(tx, by, ADMINISTRATOR)[0].person
        occasion = Occasion(administrator.id, "-", installation.clock.now())
        return enter_person(tx, installation, occasion, new)

    return installation.transact(work)


def enter_person(
    tx: Transaction,
    installation: Installation,
    occasion: Occasion,
    new: NewPerson,
    also: Sequence[Attestation] = (),
) -> str:
    """Write a new person into the registers and into the home site's chain."""
    username = new.username.lower()
    _require_new_username(tx, username)
    if problems := [*bad_text({"printed_name": new.printed_name})]:
        raise DataRefused(problems)
    shortest = installation.settings.password_min_length
    require_good_password(new.password, username, shortest)
    chain = _home_chain(tx, new.unit)
    person = installation.new_id()
    password_hash = installation.hasher.hash(new.password)
    name = commit_text(tx, installation, new.printed_name)
    entry = write_site_entry(
        tx,
        "register_person",
        occasion,
        Registered(
            attestations=(
                Attestation("active", person),
                Attestation("name", person, detail=name),
                *(replace_about(attestation, person) for attestation in also),
            ),
            registers={
                "persons": [{"id": person}],
                "accounts": [{"username": username, "person": person}],
                "credentials": [
                    {"person": person, "commitment": credential_commitment(password_hash)}
                ],
            },
        ),
        chain,
    )
    registers.add_person(tx, person, username, chain, entry.seq)
    registers.keep_password(tx, person, password_hash, entry.recorded_at)
    return person


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


def _require_new_username(tx: Transaction, username: str) -> None:
    """User names are ASCII, folded and never given twice (P11-100a, P11-300a)."""
    if not (username.isascii() and username.replace(".", "").replace("-", "").isalnum()):
        reason = "a user name has only letters a-z, digits, points and hyphens"
        raise DataRefused([Problem(reason, column="username")])
    if people.person(tx, username) is not None:
        raise DataRefused(
            [Problem(f"the user name {username} was given before", column="username")]
        )


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


def set_password(installation: Installation, by: JustProven, password: str) -> None:
    """Set one's own password; the one before is gone, and with it what was proven by it.

    The new one is hashed before the transaction: hashing takes long, and others want to write.

    Raises:
        SignedOut: the account was closed, or the password changed since it was proven.
        DataRefused: it is not a good password.
    """
    require_good_password(password, by.username, installation.settings.password_min_length)
    password_hash = installation.hasher.hash(password)

    def work(tx: Transaction) -> None:
        known = acting(tx, by).person
        commitment = credential_commitment(password_hash)
        entry = _attest(
            tx,
            installation,
            known,
            "set_password",
            known.id,
            attestations=(),
            registers_={"credentials": [{"person": known.id, "commitment": commitment}]},
        )
        registers.keep_password(tx, known.id, password_hash, entry)

    installation.transact(work)


# -- what is attested ------------------------------------------------------------------------------


def _attest(  # noqa: PLR0913
    tx: Transaction,
    installation: Installation,
    actor: Person,
    action: str,
    about: str,
    *,
    attestations: tuple[Attestation, ...],
    registers_: dict[str, list[dict[str, object]]] | None = None,
    signatures: tuple[SignedBy, ...] = (),
) -> str:
    """Write attestations about a person into that person's chain; returns the time of record."""
    chain = registers.person_chain(tx, about)
    if chain is None:
        raise Unknown("person", about)
    occasion = Occasion(actor.id, "-", installation.clock.now())
    registered = Registered(attestations, registers_ or {}, signatures)
    return write_site_entry(tx, action, occasion, registered, chain).recorded_at


def grant_role(
    installation: Installation,
    by: Proven,
    username: str,
    role: str,
    unit: str,
    *,
    holds: bool = True,
) -> None:
    """Give a role at a unit, or take it away (`holds=False`); it acts at once (SEC-09).

    Raises:
        DataRefused: an administrator would get a role in the record, or the other way round
            (A11d-11.10), or nobody gives themselves a role.
    """

    def work(tx: Transaction) -> None:
        administrator = holding(tx, by, ADMINISTRATOR)[0].person
        target = person_of(tx, username).person
        _require_separation(administrator, target, role)
        if ((role, unit) in target.roles) == holds:
            return
        _require_role_name(role)
        if unit != "-" and people.unit(tx, unit) is None:
            raise Unknown("unit", unit)
        attestation = Attestation("role", target.id, role, unit, int(holds))
        action = "grant_role" if holds else "revoke_role"
        _attest(tx, installation, administrator, action, target.id, attestations=(attestation,))

    installation.transact(work)


def _require_role_name(role: str) -> None:
    """The role is one that somebody can hold: a slip of the keyboard gives nobody a right."""
    if role not in ROLES:
        raise DataRefused([Problem(f"is none of {', '.join(sorted(ROLES))}", column="role")])


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
        target = person_of(tx, username).person
        if target.id == known.person.id:
            raise DataRefused([Problem("nobody records their own training")])
        _require_role_name(role)
        if target.trained_until.get(role) == until:
            return
        attestation = Attestation("training", target.id, role, valid_until=rfc3339(until))
        signature = signature_of(known, held, TRAINED, installation.clock.now())
        _attest(
            tx,
            installation,
            known.person,
            "record_training",
            target.id,
            attestations=(attestation,),
            signatures=(signature,),
        )

    installation.transact(work)


def record_proofing(installation: Installation, by: Proven, username: str, how: str) -> None:
    """Record who checked a person's identity, and how; before that nobody signs (P11-100b)."""

    def work(tx: Transaction) -> None:
        administrator = holding(tx, by, ADMINISTRATOR)[0].person
        target = person_of(tx, username).person
        if target.id == administrator.id:
            raise DataRefused([Problem("nobody checks their own identity")])
        detail = commit_text(tx, installation, how)
        attestation = Attestation("proofing", target.id, detail=detail)
        _attest(
            tx,
            installation,
            administrator,
            "record_proofing",
            target.id,
            attestations=(attestation,),
        )

    installation.transact(work)


def accept_policy(installation: Installation, by: JustProven) -> None:
    """Record that the person takes their electronic signature for binding (P11-10j)."""

    def work(tx: Transaction) -> None:
        known = acting(tx, by).person
        if known.accepted_policy:
            return
        attestation = Attestation("policy", known.id)
        _attest(tx, installation, known, "accept_policy", known.id, attestations=(attestation,))

    installation.transact(work)


def close_account(installation: Installation, by: Proven, username: str) -> None:
    """Close an account; it is never deleted, and its name never given again (P11-100a).

    Raises:
        DataRefused: nobody closes their own account, so that one administrator is always left.
    """

    def work(tx: Transaction) -> None:
        administrator = holding(tx, by, ADMINISTRATOR)[0].person
        target = person_of(tx, username).person
        if target.id == administrator.id:
            raise DataRefused([Problem("nobody closes their own account; another one does")])
        if not target.active:
            return
        attestation = Attestation("active", target.id, holds=0)
        _attest(
            tx, installation, administrator, "close_account", target.id, attestations=(attestation,)
        )

    installation.transact(work)
