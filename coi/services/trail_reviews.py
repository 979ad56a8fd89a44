"""The reviews of a therapy's trail that are on record, and how much came since the newest.

Each is an entry of a site's chain, and names the last entry of the therapy that was read.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from coi.errors import CoiError
from coi.ledger.entry import entry_hash as hash_of
from coi.ledger.registered import REVIEW
from coi.services.decoding import content_of_text, signatures_of_text
from coi.services.numbered import answers_of
from coi.services.therapies import Signed, signed_of
from coi.store.entries import Answer, entry_hash, signed_text
from coi.store.people import printed_names, usernames_of
from coi.store.registers import texts_of
from coi.store.trail import count_since
from coi.store.transactions import Transaction


@dataclass(frozen=True, slots=True)
class Read:
    """How far somebody has read: the last entry that they were shown."""

    entry: int
    hash: str


@dataclass(frozen=True, slots=True)
class Review:
    """One review: who signed, when, and how far they had read; with the entry that says so."""

    person: str
    by: str  # the printed name
    at: str
    read: Read
    signatures: tuple[Signed, ...]  # as they are shown
    chain: str
    seq: int
    hash: str
    content: str  # the entry, as it was hashed
    signed: str

    @property
    def is_whole(self) -> bool:
        """Its entry still has the hash under which it stands."""
        return hash_of(self.content, self.signed) == self.hash


def reviews_of(tx: Transaction, coi: str) -> tuple[Review, ...]:
    """Each review of a therapy's trail, the newest first."""
    return tuple(_review(tx, one) for one in answers_of(tx, [asked_of(coi)]))[::-1]


def read_in_reviews(tx: Transaction, coi: str) -> frozenset[str]:
    """The hash of each entry up to which somebody read the trail, and signed for it.

    A review that is not as it was hashed, that cannot be read, or that somebody else signed than
    who made it, is none.
    """
    found = set()
    for one in answers_of(tx, [asked_of(coi)]):
        with suppress(KeyError, TypeError, ValueError, CoiError):
            review = _review(tx, one)
            content = content_of_text(review.content)
            signers = [signed["person"] for signed in signatures_of_text(review.signed)]
            if review.is_whole and signers == [content["actor"]]:
                found.add(review.read.hash)
    return frozenset(found)


def entries_since(tx: Transaction, coi: str, reviews: Sequence[Review]) -> int:
    """How many entries that count came after the newest review; of none reviewed, all.

    What was reviewed is told by its hash too: of an entry that is another one now, nothing was.
    """
    newest = reviews[0].read if reviews else None
    holds = newest is not None and entry_hash(tx, coi, newest.entry) == newest.hash
    return count_since(tx, coi, newest.entry if newest and holds else -1)


def asked_of(coi: str) -> str:
    """What is numbered, and so found again, of a therapy's reviews."""
    return f"{REVIEW}/{coi}"


def _review(tx: Transaction, one: Answer) -> Review:
    content, signed = content_of_text(one.content), signed_text(tx, one.chain, one.seq)
    person, told = content["actor"], signatures_of_text(signed)
    texts = texts_of(tx, (by["printed_name"] for by in told))
    return Review(
        person=person,
        by=printed_names(tx, [person]).get(person, "(erased)"),
        at=content["recorded_at"],
        read=Read(int(content["document"]["entry"]), content["document"]["hash"]),
        signatures=signed_of(told, texts, usernames_of(tx, (by["person"] for by in told))),
        chain=one.chain,
        seq=one.seq,
        hash=one.hash,
        content=one.content,
        signed=signed,
    )
