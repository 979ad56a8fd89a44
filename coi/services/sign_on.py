"""By which identity at the house's provider a person comes in: bound, confirmed, and ended.

An administrator binds an identity to a person who has an account already, with the reason; nobody
is found by an e-mail address, and no account begins by somebody coming. The person confirms it with
their password when they first come by it: so an administrator alone, or whoever rules over the
provider, makes nobody out of somebody else (P11-200a3). An identity that was bound is nobody else's
for ever. The record has of it what is equal for the same one, and needs the vault key.
"""

from coi.errors import DataRefused, Problem
from coi.interop.openid import LONGEST_SUBJECT, is_subject
from coi.ledger.content import Attestation
from coi.services.asked import bad_key, entry_answering, fingerprint
from coi.services.attesting import attest
from coi.services.entries import commit_text
from coi.services.installation import Installation
from coi.services.proofs import ADMINISTRATOR, Proven, acting, holding, human, require_role
from coi.services.reasons import require_reason
from coi.services.vault import fingerprint_of
from coi.store import sessions
from coi.store.sign_ons import KIND, OWN, person_bound_to, sign_on_of
from coi.store.transactions import Transaction
from workflows.facts import Person

_KEYED = "oidc "
"""How it begins in the record: it is no commitment to a text that may be erased."""


def identity_at(installation: Installation, subject: str) -> str:
    """What the record has of whoever the provider calls so."""
    issuer = installation.settings.oidc_issuer
    return _KEYED + fingerprint_of(installation.vault, f"sign on {issuer} {subject}")


def bind_sign_on(
    installation: Installation, by: Proven, username: str, subject: str, *, key: str, why: str
) -> None:
    """Let a person come in by this identity, once they have confirmed it; another one is ended.

    Raises:
        DataRefused: there is no provider, the identity is or was somebody else's, the account is
            closed, or it is an administrator's.
        NotForPrograms: a program shows a token, and nothing else.
        Unknown: there is no such account.
        KeyReused: the key already stands for another request.
    """
    reason = require_reason(why)
    if problems := [*bad_key(key), *_bad_subject(installation, subject)]:
        raise DataRefused(problems)
    identity = identity_at(installation, subject)
    digest = fingerprint(installation.vault, "sign on", username, identity, by.person, reason)

    def work(tx: Transaction) -> None:
        administrator = holding(tx, by, ADMINISTRATOR)[0].person
        target = human(tx, username).person
        if entry_answering(tx, key, digest) is not None:
            return
        # Of two who bind one identity at once, the second finds what the first has written.
        with sessions.in_turn(tx, identity):
            if problems := _why_not(target):
                raise DataRefused(problems)
            if person_bound_to(tx, identity) not in {None, target.id}:
                told = "is bound to somebody else, or was: it is never given to another person"
                raise DataRefused([Problem(told, column="subject")])
            attest(
                *(tx, installation, administrator, "bind_sign_on", target.id),
                attestations=(*_ended(tx, target.id), _told(target.id, identity)),
                key=(key, digest),
                why=reason,
                notes={"subject": commit_text(tx, installation, subject)},
            )

    installation.transact(work)


def end_sign_on(installation: Installation, by: Proven, username: str, *, why: str) -> None:
    """Let nobody come in as this person by an identity of the provider any more, at once.

    The password opens what it opened. Whose it is ends it too; without one, nothing is done.

    Raises:
        Unknown: there is no such account.
        NotAllowed: it is somebody else's, and an administrator alone ends that.
        DataRefused: no reason is given.
    """
    reason = require_reason(why)

    def work(tx: Transaction) -> None:
        known = acting(tx, by)
        person = human(tx, username).person
        if person.id != known.person.id:
            require_role(known.person, ADMINISTRATOR)
        if told := _ended(tx, person.id):
            attest(
                *(tx, installation, known.person, "end_sign_on", person.id),
                attestations=told,
                why=reason,
            )

    installation.transact(work)


def confirm_sign_on(tx: Transaction, installation: Installation, by: Proven, identity: str) -> None:
    """The person says, with the password that they just typed, that this identity is their own."""
    person = acting(tx, by).person
    told = (_told(person.id, identity, OWN),)
    attest(*(tx, installation, person, "confirm_sign_on", person.id), attestations=told)


def _told(person: str, identity: str, role: str = "-", holds: int = 1) -> Attestation:
    return Attestation(KIND, person, role=role, holds=holds, detail=identity)


def _ended(tx: Transaction, person: str) -> tuple[Attestation, ...]:
    bound = sign_on_of(tx, person)
    return (_told(person, bound.identity, holds=0),) if bound else ()


def _why_not(person: Person) -> list[Problem]:
    """Why nothing is bound to a person."""
    if not person.active:
        return [Problem("the account is closed", column="username")]
    if person.without(frozenset({ADMINISTRATOR})) != person:
        told = "is an administrator, who comes in by name and password alone"
        return [Problem(told, column="username")]
    return []


def _bad_subject(installation: Installation, subject: str) -> list[Problem]:
    if not installation.settings.oidc_issuer:
        return [Problem("there is no provider here: COI_OIDC_ISSUER is empty")]
    if not is_subject(subject):
        told = f"is not 1 to {LONGEST_SUBJECT} plain characters, as the provider writes it"
        return [Problem(told, column="subject")]
    return []
