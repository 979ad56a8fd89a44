"""In an emergency somebody else reads who a patient is: for a reason, shortly, loudly, reviewed.

HIPAA asks for such a way (164.312(a)(2)(ii)); SEC-31 for one that nobody walks unseen. It opens the
name of one therapy's patient in one session for a quarter of an hour, and nothing else: no step
asks less because of it, and a mix-up stays a mix-up. Quality assurance looks at each time, and it
waits on their first page until they have signed for it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from coi.clock import parse_rfc3339
from coi.errors import CoiError, DataRefused, Problem, Unknown
from coi.services.asked import fingerprint
from coi.services.decoding import Content
from coi.services.entries import Occasion, Registered, commit_text, write_site_entry
from coi.services.identity import identity_of, patient_of
from coi.services.installation import Installation
from coi.services.looking import require_seen
from coi.services.looks import EMERGENCY, IdentityErased, write_look
from coi.services.numbered import entries_before, numbered_key, times_before
from coi.services.permissions import Permission, may, sites_with
from coi.services.printing_rights import require_to_know
from coi.services.proofs import JustProven, Proven, acting
from coi.services.vault import fingerprint_of
from coi.store.facts import ORGANISATION
from coi.store.registers import person_chain
from coi.store.transactions import Transaction
from workflows.facts import Person

BREAK_GLASS = "break_glass"
KIND = "emergency"
LASTS = timedelta(minutes=15)
"""So long the name can be looked at, in the session in which the glass was broken."""

REASONS: Mapping[str, str] = {
    "danger": "Somebody's life or health is at stake now",
    "mix_up": "Patients may have been mixed up, and it must be known at once who this is",
    "reach": "The patient must be reached at once",
}
"""What the emergency is, as the entry keeps it, and in words."""

LONGEST_REASON = 2_000


class NotNeeded(CoiError):
    """Whoever may see the name anyhow breaks no glass; nothing was recorded."""

    code = "GLASS_NOT_NEEDED"

    def __init__(self) -> None:
        super().__init__(
            "You may see who the patient is without an emergency.",
            "Open “Who the patient is” on the therapy's page.",
        )


class GlassClosed(CoiError):
    """It is not open here: it never was, or its time is over, or it was in another session."""

    code = "GLASS_CLOSED"

    def __init__(self) -> None:
        super().__init__(
            "Nothing is open here: the time is over, or it was opened in another session.",
            "If the emergency goes on, say so once more.",
        )


@dataclass(frozen=True, slots=True)
class Emergency:
    """What is at stake, of which therapy's patient, and why in somebody's own words."""

    coi: str
    reason: str
    why: str


@dataclass(frozen=True, slots=True)
class Opened:
    """Who the patient is, and until when it can be looked at in this session."""

    identity: Mapping[str, str]
    until: datetime


def break_glass(
    installation: Installation, by: JustProven, session: str, told: Emergency
) -> Opened:
    """Put on record that there is an emergency, and show who the patient is.

    Raises:
        DataRefused: no emergency is named, or nothing is said of it; nothing is shown.
        Unknown: there is no such therapy, or the person has nothing to do with it.
        NotNeeded: they may see the name anyhow.
        IdentityErased: there is nothing to be seen; nothing was recorded.
    """
    if problems := [*_problems(told)]:
        raise DataRefused(problems)

    def work(tx: Transaction) -> Opened:
        person = acting(tx, by).person
        _require_entitled(tx, person, told.coi)
        identity = identity_of(tx, installation, patient_of(tx, told.coi))
        if not identity:
            raise IdentityErased
        now = installation.clock.now()
        key = numbered_key(_what(told.coi), times_before(tx, _what(told.coi)) + 1)
        digest = fingerprint(installation.vault, told, person.id)
        registered = Registered(
            document={
                "kind": KIND,
                "about": told.coi,
                "reason": told.reason,
                "session": _named(installation, session),
            },
            notes={"reason": commit_text(tx, installation, told.why.strip())},
        )
        chain = person_chain(tx, person.id) or ORGANISATION
        occasion = Occasion(person.id, "-", now, key=key, digest=digest)
        written = write_site_entry(tx, BREAK_GLASS, occasion, registered, chain)
        write_look(tx, installation, person, told.coi, EMERGENCY)
        return Opened(identity, parse_rfc3339(written.recorded_at) + LASTS)

    return installation.transact(work)


def look_again(installation: Installation, by: Proven, session: str, coi: str) -> Opened:
    """Who the patient is, once more; each look is on record.

    Raises:
        GlassClosed: it is not open in this session, or not any more; nothing is shown.
        IdentityErased: there is nothing to be seen any more.
    """

    def work(tx: Transaction) -> Opened:
        person = acting(tx, by).person
        until = _open_until(tx, installation, person.id, session, coi)
        if until is None:
            raise GlassClosed
        _require_entitled(tx, person, coi)
        identity = identity_of(tx, installation, patient_of(tx, coi))
        if not identity:
            raise IdentityErased
        write_look(tx, installation, person, coi, EMERGENCY)
        return Opened(identity, until)

    return installation.transact(work)


def open_until(installation: Installation, by: Proven, session: str, coi: str) -> datetime | None:
    """Until when this session can look; None where nothing is open in it."""
    return installation.read(lambda tx: _open_until(tx, installation, by.person, session, coi))


def emergencies_of(tx: Transaction, coi: str) -> Iterator[Content]:
    """What each entry says by which the glass before this patient's name was broken."""
    return entries_before(tx, _what(coi))


def _problems(told: Emergency) -> Iterator[Problem]:
    if told.reason not in REASONS:
        yield Problem("choose what the emergency is", column="reason")
    if not told.why.strip() or len(told.why) > LONGEST_REASON:
        yield Problem(f"say in at most {LONGEST_REASON} characters what happens", column="why")


def _require_entitled(tx: Transaction, person: Person, coi: str) -> None:
    """They see the therapy, or meet patients elsewhere; and are not told the name anyhow.

    Whose identity is not checked may be anybody who knows the secret of a new account.
    """
    if not (person.proofed and may(person, Permission.BREAK_GLASS)):
        raise Unknown("therapy", coi)
    if not sites_with(person, Permission.SEE_IDENTITY):
        require_seen(tx, person, coi)
    try:
        require_to_know(tx, person, coi)
    except Unknown:
        return
    raise NotNeeded


def _open_until(
    tx: Transaction, installation: Installation, person: str, session: str, coi: str
) -> datetime | None:
    named, now = _named(installation, session), installation.clock.now()
    ends = (
        parse_rfc3339(content["recorded_at"]) + LASTS
        for content in emergencies_of(tx, coi)
        if (content["actor"], content["document"]["session"]) == (person, named)
    )
    return max((end for end in ends if end > now), default=None)


def _named(installation: Installation, session: str) -> str:
    """A session, so that it is found again and nobody else is told of it."""
    return fingerprint_of(installation.vault, f"emergency {session}")[:32]


def _what(coi: str) -> str:
    return f"{KIND}/{coi}"
