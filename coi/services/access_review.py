"""Who has which access is looked at again and again, and signed for (11.300(b), Annex 11).

A review is an entry beside the therapies: who signed it, when, and for which list, by its SHA-256.
A role that was given or taken away while somebody read makes another list, and is not signed for
unseen. Nobody is shut out because nobody reviewed: patients wait for these people. It is told to
those who answer for it, each day, until it is done.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from coi.clock import parse_rfc3339
from coi.services.installation import Installation
from coi.services.periodic import Sort, Standing, digest_of, sign_for, standing
from coi.services.proofs import JustProven
from coi.store import people
from coi.store.badges import badge_of
from coi.store.entries import last_time_of
from coi.store.people import KnownPerson
from coi.store.sign_ons import sign_on_of
from coi.store.transactions import Transaction

REVIEWED = "I have reviewed who has which access"
"""What the signature means: it is shown to whoever is about to sign."""

ACCESS = Sort(
    "access_review",
    "review_access",
    REVIEWED,
    "an account or a role changed meanwhile; look at the list again",
    "reviews who has which access",
    lambda settings: settings.access_review_days,
)

QUIET = timedelta(days=90)
"""Whoever has not signed in for so long is looked at first."""


@dataclass(frozen=True, slots=True)
class Access:
    """What one account opens, and when it was used last."""

    username: str
    printed_name: str
    is_program: bool
    roles: tuple[tuple[str, str], ...]  # role and unit, sorted
    factors: tuple[str, ...]  # the kinds of second factors
    signed_in_at: str  # '' for never, and for programs, which do not sign in
    is_quiet: bool  # a person who has not signed in for 90 days, or ever
    wears_badge: bool = False
    has_pin: bool = False  # so that the badge opens the door of registered devices
    signs_on: bool = False  # comes in by the house's provider too


@dataclass(frozen=True, slots=True)
class Reviewed:
    """Who has access now, and how it stands with the review of it."""

    every: tuple[Access, ...]  # the active accounts; who was not here for long comes first
    digest: str  # of accounts and roles, as they are shown
    stands: Standing


def access_reviewed(installation: Installation) -> Reviewed:
    """Every active account with what it opens, and when that is to be reviewed next."""
    now = installation.clock.now()

    def work(tx: Transaction) -> Reviewed:
        known = _active(tx)
        every = sorted((_access(tx, one, now) for one in known), key=_quiet_first)
        return Reviewed(tuple(every), _digest(known), standing(tx, installation, ACCESS))

    return installation.read(work)


def review_access(installation: Installation, by: JustProven, digest: str, remark: str) -> None:
    """The list of accounts and roles as it was shown is reviewed: signed by quality assurance.

    Raises:
        NotAllowed: the person is no QA reviewer.
        CannotSign: what a signature takes is not on record.
        DataRefused: the list has changed since it was shown, or the remark is too long.
    """
    sign_for(installation, by, ACCESS, (digest, remark), lambda tx: _digest(_active(tx)))


def _active(tx: Transaction) -> Sequence[KnownPerson]:
    return [one for one in people.everybody(tx) if one.person.active]


def _access(tx: Transaction, known: KnownPerson, now: datetime) -> Access:
    person = known.person
    at = "" if person.is_service else last_time_of(tx, person.id, "sign_in")
    return Access(
        person.username,
        people.named(known.name, people.SERVICE if person.is_service else people.PERSON),
        person.is_service,
        tuple(sorted(person.roles)),
        tuple(sorted({one.kind for one in known.factors})),
        at,
        not person.is_service and (not at or now - parse_rfc3339(at) > QUIET),
        badge_of(tx, person.id) is not None,
        bool(known.pin),
        sign_on_of(tx, person.id) is not None,
    )


def _quiet_first(access: Access) -> tuple[bool, bool, str]:
    return access.is_program, not access.is_quiet, access.username


def _digest(known: Sequence[KnownPerson]) -> str:
    """The SHA-256 of who has which roles where."""
    return digest_of(
        sorted((one.person.id, one.person.username, sorted(one.person.roles)) for one in known)
    )
