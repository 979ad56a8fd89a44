"""Enrolling second factors, and ending them: one's own, or what somebody lost (P11-300c).

An administrator who ends somebody's factors signs for it with the reason. From then on the person
signs nothing, and enrols nothing, before somebody else has checked the identity anew: nobody takes
over an account alone (P11-200a3).
"""

import base64
from dataclasses import dataclass

import pyotp

from coi.errors import DataRefused, Problem
from coi.ledger.content import Attestation
from coi.services.attesting import attest
from coi.services.entries import commit_text
from coi.services.factors import (
    TOTP,
    Secret,
    draw_challenge,
    enrolled,
    place_of,
    seal_factor,
    step_of,
    unseal_at,
    unseal_factor,
    use_up,
)
from coi.services.installation import Installation
from coi.services.passkeys import asked_to_enrol, challenge_in, made_by, party_of, passkey_of
from coi.services.people import END_FACTOR
from coi.services.proofs import (
    ADMINISTRATOR,
    PASSKEY,
    JustProven,
    OwnPasswordFirst,
    acting,
    holding,
    human,
    signature_of,
)
from coi.services.reasons import require_reason
from coi.services.sessions import SignedIn
from coi.services.tries import prove_again
from coi.services.vault import VaultClosed
from coi.store import factors, sessions
from coi.store.factors import FactorRow
from coi.store.people import Enrolled, KnownPerson
from coi.store.transactions import Transaction

ENDED = "second factor ended"
"""What a signature means with which somebody's factors are ended: it is shown before."""

MOST = 5
_NO_PASSKEY = Problem(
    "no passkey was made as it was asked for here: press Create once more, and confirm it on the"
    " device within two minutes"
)
_SECRET_BYTES = 20


@dataclass(frozen=True, slots=True)
class Offer:
    """A secret for an app that shows codes: as text, as an address, and sealed for this session."""

    secret: str
    uri: str
    sealed: str


def offer_app(installation: Installation, signed_in: SignedIn) -> Offer:
    """Draw a secret for an app; it is kept by nobody before its first code was shown."""
    secret = base64.b32encode(installation.draw(_SECRET_BYTES)).decode()
    return _offered(installation, signed_in, secret)


def offer_again(installation: Installation, signed_in: SignedIn, sealed: str) -> Offer:
    """The same secret once more, after something was mistyped.

    Raises:
        DataRefused: it was offered to somebody else, or in another session.
    """
    return _offered(installation, signed_in, _opened(installation, signed_in, sealed))


def _offered(installation: Installation, signed_in: SignedIn, secret: str) -> Offer:
    issuer = f"Chain of identity {installation.settings.issuer}"
    name = signed_in.proven.username
    uri = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)
    return Offer(secret, uri, seal_factor(installation.vault, _place(signed_in), secret))


def _place(signed_in: SignedIn) -> str:
    return f"offer:{signed_in.person.id}:{signed_in.session}"


def _opened(installation: Installation, signed_in: SignedIn, sealed: str) -> str:
    try:
        return unseal_at(installation.vault, _place(signed_in), sealed)
    except VaultClosed as error:
        reason = "this secret was offered to somebody else, or in another session; begin anew"
        raise DataRefused([Problem(reason)]) from error


def enrol_app(
    installation: Installation, signed_in: SignedIn, secret: Secret, sealed: str, first: str
) -> None:
    """Enrol an app that shows codes, whose `first` code was typed; other sessions end.

    Raises:
        WrongPassword, Locked, CodeNeeded: the password proves nothing, or a factor is there
            already, and was not shown.
        OwnPasswordFirst: it is a one-time secret.
        DataRefused: the code is none of the app's, or the identity is to be checked anew first.
    """
    proven = proven_to_enrol(installation, signed_in, secret)
    shared = _opened(installation, signed_in, sealed)
    step = step_of(installation, shared, first)
    if step is None:
        reason = "is not the code that the app shows now; its clock may be wrong"
        raise DataRefused([Problem(reason, column="first code")])
    identifier = installation.new_id()
    kept = seal_factor(installation.vault, place_of(identifier, proven.person), shared)
    row = FactorRow(identifier, proven.person, TOTP, kept, step)
    installation.transact(lambda tx: keep(tx, installation, proven, signed_in.session, row))


def ask_to_enrol(installation: Installation, signed_in: SignedIn) -> str:
    """What a browser is asked, to make a passkey for whoever is signed in.

    Raises:
        Crowded: so many were asked just now that somebody asks by the thousand.
    """
    known = installation.read(lambda tx: _passkeys(tx, installation, signed_in.person.id))
    challenge = draw_challenge(installation, _place(signed_in))
    who = (signed_in.person.id, signed_in.proven.username, signed_in.printed_name)
    return asked_to_enrol(party_of(installation.settings.public_url), challenge, who, known)


def _passkeys(tx: Transaction, installation: Installation, person: str) -> list[str]:
    """The passkeys that a device need not make twice."""
    rows = [row for row in factors.factors_of(tx, person) if row.kind == PASSKEY]
    return [passkey_of(unseal_factor(installation.vault, row), 0).id for row in rows]


def enrol_passkey(
    installation: Installation, signed_in: SignedIn, secret: Secret, answer: str
) -> None:
    """Enrol a passkey that a device has just made; other sessions end.

    Raises:
        WrongPassword, Locked, CodeNeeded: the password proves nothing, or a factor is there
            already, and was not shown.
        OwnPasswordFirst: it is a one-time secret.
        DataRefused: nothing of the kind was asked here, the device did not verify its user, or the
            identity is to be checked anew first.
    """
    proven = proven_to_enrol(installation, signed_in, secret)
    challenge, identifier = challenge_in(answer), installation.new_id()
    made = made_by(party_of(installation.settings.public_url), challenge, answer)
    if made is None:
        raise DataRefused([_NO_PASSKEY])
    place = place_of(identifier, proven.person)
    kept = seal_factor(installation.vault, place, made.text)
    row = FactorRow(identifier, proven.person, PASSKEY, kept, made.count)

    def work(tx: Transaction) -> None:
        if not use_up(tx, installation, challenge, _place(signed_in)):
            raise DataRefused([_NO_PASSKEY])
        keep(tx, installation, proven, signed_in.session, row)

    installation.transact(work)


def proven_to_enrol(installation: Installation, signed_in: SignedIn, secret: Secret) -> JustProven:
    """Whoever enrols has typed the password, and shown a factor that is there already."""
    proven = prove_again(installation, signed_in.proven.username, secret)
    if proven.one_time:
        raise OwnPasswordFirst(proven.username)
    return proven


def keep(
    tx: Transaction, installation: Installation, proven: JustProven, session: str, row: FactorRow
) -> None:
    """Keep a new factor, on record; the person's sessions elsewhere have shown none, and end."""
    known = acting(tx, proven)
    _require_may_enrol(known)
    told = (_told(known, enrolled(row)),)
    entry = attest(
        tx, installation, known.person, "enrol_factor", known.person.id, attestations=told
    )
    factors.keep_factor(tx, row)
    for other in sessions.sessions_of(tx, known.person.id):
        if other.id != session:
            sessions.end(tx, other.id, entry.recorded_at)


def _require_may_enrol(known: KnownPerson) -> None:
    if known.had_factor and not known.factors and not known.person.proofed:
        reason = "the second factor was ended: somebody checks the identity anew before another one"
        raise DataRefused([Problem(reason)])
    if len(known.factors) >= MOST:
        raise DataRefused([Problem(f"nobody has more than {MOST} second factors; give one up")])


def give_up(installation: Installation, signed_in: SignedIn, secret: Secret, factor: str) -> None:
    """End one of one's own factors; it takes the password, and a factor.

    Raises:
        WrongPassword, Locked, CodeNeeded: they prove nothing.
    """
    proven = prove_again(installation, signed_in.proven.username, secret)

    def work(tx: Transaction) -> None:
        known = acting(tx, proven)
        ended = tuple(one for one in known.factors if one.id == factor)
        if ended:
            told = tuple(_told(known, one, holds=0) for one in ended)
            person = known.person
            attest(tx, installation, person, "give_up_factor", person.id, attestations=told)
            factors.forget_factor(tx, factor)

    installation.transact(work)


def end_factors(installation: Installation, by: JustProven, username: str, why: str) -> None:
    """End all second factors of somebody who lost them, signed, with the reason.

    Every session ends; before somebody else has checked the identity anew the person signs
    nothing and enrols nothing.

    Raises:
        NotAllowed: only an administrator does.
        CannotSign: what a signature takes is not on record for the administrator.
        DataRefused: they are the administrator's own, there are none, or no reason is given.
    """
    why = require_reason(why)

    def work(tx: Transaction) -> None:
        known, held = holding(tx, by, ADMINISTRATOR)
        target = human(tx, username)
        person = target.person.id
        if person == known.person.id:
            raise DataRefused([Problem("nobody ends their own factors as lost; another one does")])
        if not target.factors:
            raise DataRefused([Problem("there is no second factor")])
        reason = commit_text(tx, installation, why)
        told = tuple(_told(target, one, holds=0) for one in target.factors)
        anew = Attestation("proofing", person, holds=0, detail=reason)
        signature = signature_of(known, held, ENDED, installation.clock.now())
        entry = attest(
            *(tx, installation, known.person, END_FACTOR, person),
            attestations=(*told, anew),
            signatures=(signature,),
        )
        for one in target.factors:
            factors.forget_factor(tx, one.id)
        sessions.end_all_of(tx, person, entry.recorded_at)

    installation.transact(work)


def _told(known: KnownPerson, factor: Enrolled, holds: int = 1) -> Attestation:
    return Attestation("factor", known.person.id, role=factor.id, holds=holds, detail=factor.detail)
