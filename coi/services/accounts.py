"""Accounts: how people come in for the first time, and what an administrator can do for them.

An administrator knows nobody's password. Whoever is new, or cannot get in any more, is given a
one-time secret: drawn by the machine, shown once, kept as its hash, good for three days, and for
nothing but the choice of an own password (P11-200a3).
"""

from datetime import timedelta

from coi.clock import rfc3339
from coi.errors import DataRefused, Problem
from coi.ledger.commitment import credential_commitment
from coi.ledger.content import Attestation
from coi.services.asked import bad_text, fingerprint
from coi.services.attesting import attest, has_come_before
from coi.services.entries import Occasion, commit_text
from coi.services.installation import Installation
from coi.services.passwords import hash_password
from coi.services.people import NEW_SECRET, NewPerson, bad_username, enter_person
from coi.services.proofs import ADMINISTRATOR, Proven, holding, human, person_of
from coi.services.reasons import require_reason
from coi.services.tries import forget_tries
from coi.store import people, registers, sessions
from coi.store.transactions import Transaction
from workflows.facts import Person

SECRET_LASTS = timedelta(hours=72)
_GROUPS, _GROUP_BYTES = 5, 3


def draw_secret(installation: Installation) -> str:
    """A one-time secret in groups that can be read aloud; 120 random bits, seldom one of them."""
    return "-".join(installation.draw(_GROUP_BYTES).hex() for _ in range(_GROUPS))


def secret_attested(installation: Installation, person: str, password_hash: str) -> Attestation:
    """What says that a credential is a one-time secret, and until when."""
    until = rfc3339(installation.clock.now() + SECRET_LASTS)
    detail = people.secret_detail(credential_commitment(password_hash))
    return Attestation("secret", person, valid_until=until, detail=detail)


def open_account(installation: Installation, by: Proven, new: NewPerson) -> str:
    """Open an account for a new person; returns the one-time secret, which is nowhere else.

    Raises:
        DataRefused: the user name was given before, or the printed name cannot be printed.
    """
    secret = draw_secret(installation)
    password_hash = hash_password(installation.hasher, secret)

    def work(tx: Transaction) -> None:
        administrator = holding(tx, by, ADMINISTRATOR)[0].person
        occasion = Occasion(administrator.id, "-", installation.clock.now())
        also = [secret_attested(installation, "-", password_hash)]
        enter_person(tx, installation, occasion, new, password_hash, also)

    installation.transact(work)
    return secret


def issue_secret(
    installation: Installation, by: Proven, username: str, key: str = "", *, why: str
) -> str:
    """Give somebody who cannot get in a new one-time secret; returns it, and it is nowhere else.

    The password that was there is gone, with it every session, and so is every lock. Until somebody
    else has checked the identity anew, the person signs nothing.

    Raises:
        ReasonMissing: nobody says why.
        DataRefused: it would be the administrator's own, the account was closed, or the secret of
            this request was shown already.
    """
    reason = require_reason(why)
    keyed = (key, fingerprint(installation.vault, NEW_SECRET, by.person, username))
    secret = draw_secret(installation)
    password_hash = hash_password(installation.hasher, secret)

    def work(tx: Transaction) -> None:
        administrator = holding(tx, by, ADMINISTRATOR)[0].person
        target = human(tx, username).person
        _require_other(administrator, target, "gives themselves a secret; change your password")
        if not target.active:
            raise DataRefused([Problem("the account was closed, and stays so")])
        if has_come_before(tx, keyed):
            raise DataRefused([Problem("the secret was shown once already; ask for another one")])
        _replace_credential(tx, installation, (administrator, target), password_hash, keyed, reason)
        forget_tries(tx, installation, target.id)

    installation.transact(work)
    return secret


def _replace_credential(
    tx: Transaction,
    installation: Installation,
    persons: tuple[Person, Person],
    password_hash: str,
    keyed: tuple[str, str],
    reason: str,
) -> None:
    """The secret is in force, nothing proven before is, and the identity is to be checked anew."""
    administrator, target = persons
    told = {"person": target.id, "commitment": credential_commitment(password_hash)}
    entry = attest(
        tx,
        installation,
        administrator,
        NEW_SECRET,
        target.id,
        attestations=(
            secret_attested(installation, target.id, password_hash),
            Attestation("proofing", target.id, holds=0),
        ),
        registers_={"credentials": [told]},
        key=keyed,
        why=reason,
    )
    registers.keep_password(tx, target.id, password_hash, entry.recorded_at)
    sessions.end_all_of(tx, target.id, entry.recorded_at)


def rename(
    installation: Installation, by: Proven, username: str, printed_name: str, *, why: str
) -> None:
    """Change how a person's name is printed from now on; what was signed keeps the name it bore.

    Raises:
        ReasonMissing: nobody says why.
        DataRefused: it cannot be printed, or it would be the administrator's own.
    """
    reason = require_reason(why)
    if problems := [*bad_text({"printed_name": printed_name})]:
        raise DataRefused(problems)

    def work(tx: Transaction) -> None:
        administrator = holding(tx, by, ADMINISTRATOR)[0].person
        target = person_of(tx, username)
        _require_other(administrator, target.person, "changes their own printed name")
        if target.name == printed_name:
            return
        name = commit_text(tx, installation, printed_name)
        person = target.person.id
        told = (Attestation("name", person, detail=name),)
        attest(
            tx, installation, administrator, "rename_person", person, attestations=told, why=reason
        )

    installation.transact(work)


def add_account(installation: Installation, by: Proven, username: str, another: str) -> None:
    """Give a person one more user name, which the same password opens; it stays one person.

    Raises:
        DataRefused: the user name was given before, or the person's accounts were closed.
    """
    another = another.lower()

    def work(tx: Transaction) -> None:
        administrator = holding(tx, by, ADMINISTRATOR)[0].person
        target = human(tx, username).person
        _require_other(administrator, target, "gives themselves an account")
        if not target.active:
            raise DataRefused([Problem("the account was closed, and stays so")])
        if another in people.accounts_of(tx, target.id):
            return
        if problems := [*bad_username(tx, another)]:
            raise DataRefused(problems)
        told = {"accounts": [{"username": another, "person": target.id}]}
        entry = attest(
            tx,
            installation,
            administrator,
            "add_account",
            target.id,
            attestations=(),
            registers_=told,
        )
        registers.add_account(tx, another, target.id, entry.chain, entry.seq)

    installation.transact(work)


def _require_other(administrator: Person, target: Person, deed: str) -> None:
    """Nobody serves themselves: it takes another administrator."""
    if administrator.id == target.id:
        raise DataRefused([Problem(f"nobody {deed}")])
