"""Tokens: what a program shows in the place of a password (SEC-38).

A token is one program's, for some sites and scopes, until a day. It is 32 random bytes, shown once;
the row has their hash. It is looked at again in each transaction, so that it acts no more from the
moment at which it is revoked or its program's account closed. It never becomes a proof by which
somebody could sign.
"""

import re
import secrets
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from coi.clock import parse_rfc3339, rfc3339
from coi.errors import DataRefused, NotSignedIn, NotWritten, Problem, SignedOut
from coi.services.asked import bad_text, fingerprint
from coi.services.attesting import attest, has_come_before
from coi.services.installation import Installation
from coi.services.proofs import (
    ADMINISTRATOR,
    ByToken,
    JustProven,
    Proven,
    entering,
    holding,
    person_of,
)
from coi.services.reasons import require_reason
from coi.services.sessions import NOTED_AFTER, SignedIn
from coi.store import tokens
from coi.store.people import KnownPerson
from coi.store.tokens import TokenRow
from coi.store.transactions import Transaction
from workflows.facts import Person

PREFIX = "coi_"
"""By this a token is recognized wherever it was left lying: scanners for secrets look for it."""

DAYS, MOST_DAYS = 90, 365
EXPIRES_SOON = timedelta(days=14)
MADE, REVOKED = "make_token", "revoke_token"
"""The actions of the entries that say so."""

SHOWN = 12
"""So much of a token's hash stands on record and on the pages: enough to tell one from another."""

_TOKEN = re.compile(f"{PREFIX}[A-Za-z0-9_-]{{43}}")


class Scope(StrEnum):
    """What a token is for; within it the roles of its program decide, as they do for people."""

    THERAPIES_READ = "therapies:read"
    THERAPIES_ACT = "therapies:act"
    ORDERS_WRITE = "orders:write"
    LABELS_PRINT = "labels:print"
    EXPORTS_READ = "exports:read"
    DIRECTORY_READ = "directory:read"


SCOPES = {
    Scope.THERAPIES_READ: "Read therapies, what happened in them, and what is next.",
    Scope.THERAPIES_ACT: "Take the steps of a therapy that a program may take.",
    Scope.ORDERS_WRITE: "Order therapies; who the patient is goes in, and never comes out.",
    Scope.LABELS_PRINT: "Fetch labels and sheets to be printed.",
    Scope.EXPORTS_READ: "Fetch custody records, downtime kits, and letters about a lot.",
    Scope.DIRECTORY_READ: "Read which sites, units and workflows there are.",
}
"""Each scope in one sentence; who administers people, sites or programs is always a person."""


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token to be made: for which program, called what, for what and where, for how many days."""

    username: str
    name: str
    scopes: Collection[str]
    sites: Collection[str]
    days: int = DAYS
    key: str = ""  # makes a repetition harmless: the token of a request is shown once

    def __post_init__(self) -> None:
        problems = [*bad_text({"name": self.name}), *self._bad_scopes()]
        if not 1 <= self.days <= MOST_DAYS:
            problems.append(Problem(f"is not 1 to {MOST_DAYS} days", column="days"))
        if problems:
            raise DataRefused(problems)

    def _bad_scopes(self) -> Iterator[Problem]:
        """What a token is for is said, in words that are known."""
        if not self.scopes:
            yield Problem("says nothing that the token is for", column="scopes")
        for word in sorted({*self.scopes} - {*Scope}):
            yield Problem(f"{word[:40]!r} is none of {', '.join(Scope)}", column="scopes")


def make_token(installation: Installation, by: JustProven, new: NewToken) -> str:
    """Make a token for a program; returns it, and it is nowhere else.

    It takes the password (SEC-15): a token goes on when the session has ended long ago.

    Raises:
        DataRefused: it is no program, or it is closed, or holds no role at one of the sites; or the
            token of this request was shown already.
        Unknown: there is no such account.
    """
    told = (new.username, new.name, sorted(new.scopes), sorted(new.sites), new.days)
    keyed = (new.key, fingerprint(installation.vault, "make_token", by.person, *told))
    token = PREFIX + secrets.token_urlsafe(32)

    def work(tx: Transaction) -> None:
        administrator = holding(tx, by, ADMINISTRATOR)[0].person
        target = _program(tx, new.username)
        if has_come_before(tx, keyed):
            reason = "the token was shown once already; revoke it, and make another one"
            raise DataRefused([Problem(reason)])
        if problems := [*_bad_sites(target, new.sites)]:
            raise DataRefused(problems)
        row = _row(installation, target, new, token)
        attest(
            tx, installation, administrator, MADE, target.person.id,
            attestations=(), registers_={"tokens": [as_told(row)]}, key=keyed,
        )  # fmt: skip
        tokens.keep_token(tx, row)

    installation.transact(work)
    return token


def _program(tx: Transaction, username: str) -> KnownPerson:
    """The program of this name, whose account is open."""
    known = person_of(tx, username)
    if not known.person.is_service:
        raise DataRefused([Problem(f"{username} is a person, and no program", column="username")])
    if not known.person.active:
        raise DataRefused([Problem("the account was closed, and stays so", column="username")])
    return known


def _bad_sites(target: KnownPerson, sites: Collection[str]) -> Iterator[Problem]:
    """A token is for sites at which its program holds a role."""
    held = {site for _role, site in target.person.site_roles}
    for site in sorted({*sites} - held):
        yield Problem(f"the program holds no role at {site[:40]!r}", column="sites")


def _row(installation: Installation, target: KnownPerson, new: NewToken, token: str) -> TokenRow:
    now = installation.clock.now()
    return TokenRow(
        id=_hash(token),
        name=new.name,
        person=target.person.id,
        username=target.person.username,
        scopes=frozenset(new.scopes),
        sites=frozenset(new.sites),
        made_at=rfc3339(now),
        expires_at=rfc3339(now + timedelta(days=new.days)),
        revoked_at=tokens.GOES_ON,
        used_at=tokens.NEVER,
    )


def as_told(row: TokenRow) -> dict[str, object]:
    """What the record says of a token: never the token, nor the hash by which it is found."""
    return {
        "token": row.id[:SHOWN],
        "hash": told_hash(row.id),
        "person": row.person,
        "scopes": sorted(row.scopes),
        "sites": sorted(row.sites),
        "expires_at": row.expires_at,
    }


def told_hash(identifier: str) -> str:
    """The hash of the hash by which a token is found: it tells each from every other one."""
    return sha256(f"coi token\n{identifier}".encode()).hexdigest()


def revoke_token(
    installation: Installation, by: Proven, username: str, token: str, *, why: str
) -> None:
    """End a token of a program, at once; `token` is the beginning of its hash, as it is shown.

    What is revoked already, or not there, is left as it is. It works while the record is only read:
    a token that was seen by others ends now.

    Raises:
        ReasonMissing: nobody says why.
    """
    reason = require_reason(why)

    def work(tx: Transaction) -> None:
        administrator = holding(tx, by, ADMINISTRATOR)[0].person
        target = person_of(tx, username).person
        for row in tokens.tokens_of(tx, target.id):
            if token and row.id.startswith(token) and row.goes_on:
                _revoke(tx, installation, administrator, row, reason)

    installation.transact_always(work)


def _revoke(
    tx: Transaction, installation: Installation, administrator: Person, row: TokenRow, reason: str
) -> None:
    said = {"token": row.id[:SHOWN], "hash": told_hash(row.id), "person": row.person}
    told = {"tokens": [said]}
    entry = attest(
        tx, installation, administrator, REVOKED, row.person,
        attestations=(), registers_=told, why=reason,
    )  # fmt: skip
    tokens.revoke(tx, row.id, entry.recorded_at)


def resume_token(installation: Installation, token: str) -> SignedIn:
    """Which program holds this, with what holds of it now, at the sites that the token is for.

    Raises:
        NotSignedIn: there is no such token, or it has expired or was revoked, or its program's
            account was closed; which of these, nobody is told.
    """
    if not _TOKEN.fullmatch(token):
        raise NotSignedIn
    try:
        found, signed_in = installation.read(lambda tx: _resumed(tx, installation, token))
    except SignedOut:
        raise NotSignedIn from None
    now = installation.clock.now()
    if _is_long_ago(found.used_at, now):
        # Whoever may come in goes on reading, also where nothing can be noted.
        with suppress(NotWritten):
            installation.transact_always(lambda tx: tokens.note_used(tx, found.id, rfc3339(now)))
    return signed_in


def _resumed(tx: Transaction, installation: Installation, token: str) -> tuple[TokenRow, SignedIn]:
    found = tokens.token(tx, _hash(token))
    if found is None or parse_rfc3339(found.expires_at) <= installation.clock.now():
        raise NotSignedIn
    proven = ByToken(found.username, found.person, found.id)
    known = entering(tx, proven)
    units = sorted({unit for _role, unit in known.person.roles} - {"-"})
    signed_in = SignedIn(
        known.person,
        known.name,
        proven,
        units[0] if len(units) == 1 else "-",
        session="-",
        scopes=found.scopes,
        service=True,
    )
    return found, signed_in


def _is_long_ago(used_at: str, now: datetime) -> bool:
    return used_at == tokens.NEVER or now - parse_rfc3339(used_at) >= NOTED_AFTER


def _hash(token: str) -> str:
    # A fast hash is enough: nobody can try out 32 random bytes, as they could try out passwords.
    return sha256(token.encode()).hexdigest()
