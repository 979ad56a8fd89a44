"""What quality assurance looks at again and again, and signs for: by the SHA-256 of what was shown.

Each time is a numbered entry beside the therapies. What changed between the look and the signature
is not signed for unseen.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from coi.clock import parse_rfc3339
from coi.errors import DataRefused, Problem
from coi.services.asked import fingerprint
from coi.services.decoding import Content
from coi.services.entries import Occasion, Registered, commit_text, write_site_entry
from coi.services.installation import Installation
from coi.services.numbered import entries_before, numbered_key, times_before
from coi.services.proofs import QA, JustProven, holding, signature_of
from coi.services.signatures import signatures_in
from coi.services.therapies import Signed
from coi.settings import Settings
from coi.store.clocks import began_at
from coi.store.registers import text_of
from coi.store.transactions import Transaction

LONGEST_REMARK = 2_000


@dataclass(frozen=True, slots=True)
class Sort:
    """What is looked at: how its entries are called, what their signature means, how often."""

    kind: str  # of the entry's document, and of its number
    action: str
    meaning: str
    changed: str  # said to whoever signs for what is not so any more
    duty: str  # what quality assurance does, behind “it is overdue that quality assurance”
    days: Callable[[Settings], int] = lambda _settings: 0  # after how many it is overdue


@dataclass(frozen=True, slots=True)
class Review:
    """One time: who signed it, when, and what they wrote below it."""

    at: str
    about: str  # what was shown, as it was signed for
    remark: str
    signatures: tuple[Signed, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands with what is looked at again and again."""

    reviews: tuple[Review, ...]  # the newest first
    due_at: datetime
    is_overdue: bool


def standing(tx: Transaction, installation: Installation, sort: Sort) -> Standing:
    """Each time it was signed for, and when the next one is due."""
    due_at = _due_at(tx, installation, sort)
    reviews = tuple(reviews_of(tx, sort))
    return Standing(reviews, due_at, due_at < installation.clock.now())


def is_overdue(tx: Transaction, installation: Installation, sort: Sort) -> bool:
    """Nobody has signed for it for longer than is set."""
    return _due_at(tx, installation, sort) < installation.clock.now()


def _due_at(tx: Transaction, installation: Installation, sort: Sort) -> datetime:
    """Counted from the last time, or from the beginning of the record."""
    last = last_time(tx, sort) or began_at(tx)
    return parse_rfc3339(last) + timedelta(days=sort.days(installation.settings))


def digest_of(told: object) -> str:
    """The SHA-256 of what is shown, as JSON."""
    return sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def sign_for(
    installation: Installation,
    by: JustProven,
    sort: Sort,
    shown: tuple[str, str],
    found: Callable[[Transaction], str],
) -> None:
    """What was shown is signed for; `shown` says what, with the remark, `found` says what is now.

    Raises:
        NotAllowed: the person is no QA reviewer.
        CannotSign: what a signature takes is not on record.
        DataRefused: it has changed since it was shown, or the remark is too long.
    """
    about, remark = shown
    if len(remark) > LONGEST_REMARK:
        reason = f"say it in at most {LONGEST_REMARK} characters"
        raise DataRefused([Problem(reason, column="remark")])

    def work(tx: Transaction) -> None:
        known, role = holding(tx, by, QA)
        if found(tx) != about:
            raise DataRefused([Problem(sort.changed, column="digest")])
        now = installation.clock.now()
        key = numbered_key(sort.kind, times_before(tx, sort.kind) + 1)
        asked = fingerprint(installation.vault, about, remark, known.person.id)
        registered = Registered(
            signatures=(signature_of(known, role, sort.meaning, now),),
            document={"kind": sort.kind, "about": about},
            notes={"remark": commit_text(tx, installation, remark.strip())} if remark else {},
        )
        occasion = Occasion(known.person.id, "-", now, key=key, digest=asked)
        write_site_entry(tx, sort.action, occasion, registered)

    installation.transact(work)


def reviews_of(tx: Transaction, sort: Sort) -> list[Review]:
    """Each time it was signed for, the newest first."""
    return [_review(tx, one) for one in entries_before(tx, sort.kind)][::-1]


def last_time(tx: Transaction, sort: Sort) -> str:
    """When it was last signed for; '' for never."""
    last = _last(tx, sort)
    return str(last["recorded_at"]) if last else ""


def last_about(tx: Transaction, sort: Sort) -> str:
    """What was last signed for; '' for nothing."""
    last = _last(tx, sort)
    return str(last["document"]["about"]) if last else ""


def _last(tx: Transaction, sort: Sort) -> Content | None:
    told = [*entries_before(tx, sort.kind)]
    return told[-1] if told else None


def _review(tx: Transaction, one: Content) -> Review:
    signatures = signatures_in(tx, one["chain"], one["seq"])
    remark = note_of(tx, one, "remark")
    return Review(one["recorded_at"], one["document"]["about"], remark, signatures)


def note_of(tx: Transaction, content: Content, name: str) -> str:
    """A text that an entry commits to; '' where there is none of this name."""
    commitment = content.get("notes", {}).get(name, "")
    return (text_of(tx, commitment) or "(erased)") if commitment else ""
