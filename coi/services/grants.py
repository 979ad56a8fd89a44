"""One-time grants: a person signs exactly one request of a program, with their password (11.200).

Whoever uses a program that speaks to this one is shown there what is to be signed, and types name
and password here, in a session of their own. What they get signs one request: this method, this
path, this key, these bytes; once, and within two minutes. The program never sees a password, and
has nothing with which it could sign a second thing.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from coi.clock import rfc3339
from coi.errors import DataRefused, Problem
from coi.services.factors import Secret
from coi.services.installation import Installation
from coi.services.proofs import CannotSign, Granted, JustProven, Signer, acting
from coi.services.sessions import SignedIn
from coi.services.spending import GrantExpired, GrantOfOtherRequest
from coi.services.tries import prove
from coi.store import grants
from coi.store.grants import GrantRow
from coi.store.transactions import Transaction

LASTS = timedelta(minutes=2)
REMEMBERED = timedelta(days=1)
"""So long a grant that has expired is still told from one that never was, for who sends again."""

PREFIX = "coig_"
"""By this a grant is recognized wherever it was left lying."""

_SHA256 = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person is about to sign: its meaning, and the SHA-256 of exactly one request."""

    meaning: str
    digest: str

    def __post_init__(self) -> None:
        if not _SHA256.fullmatch(self.digest):
            reason = "is no SHA-256 of a request: 64 digits 0-9 and a-f"
            raise DataRefused([Problem(reason, column="digest")])


def give(installation: Installation, signed_in: SignedIn, secret: Secret, wanted: Wanted) -> str:
    """Let one request be signed by whoever is signed in; returns the grant, which is nowhere else.

    Raises:
        CannotSign: it is a program that asks.
        DataRefused: the meaning is none that can stand below a signature.
        Locked, WrongPassword, CodeNeeded, OwnPasswordFirst, FactorFirst, SecretExpired, Crowded: as
            `prove` says.
    """
    if signed_in.service:
        raise CannotSign([Problem(f"{signed_in.proven.username} is a program, which cannot sign")])
    by = signed_in.proven
    proven = prove(installation, by.username, secret, by)
    # What is no meaning is refused now, and not when it is used.
    Signer(proven, wanted.meaning)
    grant = PREFIX + secrets.token_urlsafe(32)
    installation.transact_always(lambda tx: _keep(tx, installation, proven, wanted, grant))
    return grant


def _keep(
    tx: Transaction, installation: Installation, proven: JustProven, wanted: Wanted, grant: str
) -> None:
    acting(tx, proven)
    now = installation.clock.now()
    grants.forget_grants(tx, rfc3339(now - REMEMBERED))
    row = GrantRow(
        _hash(grant), *(proven.person, proven.username, proven.credential),
        *(wanted.meaning, wanted.digest, rfc3339(now), rfc3339(now + LASTS)),
    )  # fmt: skip
    grants.keep_grant(tx, row)


def signer_of(installation: Installation, grant: str, digest: str) -> Signer:
    """Who signs this request, and with which meaning; nothing is used up by asking.

    A grant that is used, or not any more fresh, is told so only where something would be written:
    whoever sends again what was answered gets that answer.

    Raises:
        GrantExpired: there is no such grant, or none any more.
        GrantOfOtherRequest: it signs another request.
    """
    return installation.read(lambda tx: signer_in(tx, grant, digest))


def signer_in(tx: Transaction, grant: str, digest: str) -> Signer:
    """The same inside a transaction."""
    found = grants.grant(tx, _hash(grant))
    if found is None:
        raise GrantExpired
    if not secrets.compare_digest(found.digest, digest):
        raise GrantOfOtherRequest
    proven = Granted(found.username, found.person, found.credential, grant=found.id)
    return Signer(proven, found.meaning)


def _hash(grant: str) -> str:
    # A fast hash is enough: nobody can try out 32 random bytes, as they could try out passwords.
    return sha256(grant.encode()).hexdigest()
