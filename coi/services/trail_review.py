"""The audit trail of a therapy is reviewed, and signed for, by somebody who took no part in it.

A review is an entry beside the therapy: who signed it, and how far they had read, by the number
and the hash of the last entry that they saw (A11d-12.6, DI-07). What comes after it was not
reviewed by it.
"""

from dataclasses import dataclass

from coi.errors import DataRefused, Problem
from coi.ledger.registered import REVIEW
from coi.services.asked import fingerprint
from coi.services.attempt import stand
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.installation import Installation
from coi.services.looking import require_seen_whole
from coi.services.numbered import numbered_key, times_before
from coi.services.permissions import EVERYWHERE, HOLDERS, Permission
from coi.services.proofs import QA, JustProven, NotAllowed, acting, signature_of
from coi.services.sessions import SignedIn
from coi.services.therapies import title_of
from coi.services.trail_reviews import Read, Review, asked_of, entries_since, reviews_of
from coi.store import facts
from coi.store.entries import entry_hash
from coi.store.facts import ORGANISATION
from coi.store.registers import person_chain
from coi.store.trail import count_since
from coi.store.transactions import Transaction
from workflows.facts import Deed, Person
from workflows.model import Workflow
from workflows.possible import decides_release

REVIEW_TRAIL = "review_trail"
REVIEWED = "I have reviewed the audit trail of this therapy"
"""What the signature means: it is shown to whoever is about to sign."""


class TookPart(DataRefused):
    """Whoever took part in a therapy does not review its trail; nothing was saved."""

    code = "TOOK_PART"


class Overtaken(DataRefused):
    """Something was recorded that whoever signs has not seen; nothing was saved."""

    code = "TRAIL_MOVED_ON"


@dataclass(frozen=True, slots=True)
class Reviewed:
    """How it stands with the review of one therapy's trail."""

    head: Read  # the newest entry
    reviews: tuple[Review, ...]  # the newest first
    since: int  # so many entries that count came after the newest review, or ever
    part: str  # the step by which whoever asks took part; '' where they may review

    @property
    def holds(self) -> bool:
        """Everything that counts was reviewed."""
        return bool(self.reviews) and not self.since


def reviewed(installation: Installation, signed_in: SignedIn, coi: str) -> Reviewed:
    """How it stands with the review of a therapy's trail.

    Raises:
        Unknown: there is no such therapy, or none that this person sees the whole of.
    """

    def work(tx: Transaction) -> Reviewed:
        require_seen_whole(tx, signed_in.person, coi)
        standing = stand(tx, installation, coi)
        reviews = reviews_of(tx, coi)
        since = entries_since(tx, coi, reviews)
        part = _part_of(tx, standing.workflow, signed_in.person, coi)
        return Reviewed(Read(standing.head.seq, standing.head.hash), reviews, since, part)

    return installation.read(work)


def review_trail(installation: Installation, by: JustProven, coi: str, read: Read) -> Review:
    """The trail is reviewed up to this entry: signed by somebody who took no part.

    Raises:
        Unknown: there is no such therapy, or none that this person sees the whole of.
        NotAllowed: the person reviews no trails at a site that takes part.
        CannotSign: what a signature takes is not on record.
        TookPart: the person took a step of the therapy, or signed for one.
        Overtaken: there is no such entry, or something that counts came after it.
    """

    def work(tx: Transaction) -> Review:
        known = acting(tx, by)
        person = known.person
        require_seen_whole(tx, person, coi)
        # Nothing is recorded of the therapy meanwhile, and two who review are counted in turn.
        facts.lock(tx, coi)
        role = _role_of(tx, person, coi)
        if part := _part_of(tx, stand(tx, installation, coi).workflow, person, coi):
            reason = f"{person.username} took part in “{part}”, and reviews no trail of it"
            raise TookPart([Problem(reason)])
        _require_newest(tx, coi, read)
        number = times_before(tx, asked_of(coi)) + 1
        now = installation.clock.now()
        digest = fingerprint(installation.vault, coi, read, person.id)
        key = numbered_key(asked_of(coi), number)
        told = {"kind": REVIEW, "about": coi, "entry": str(read.entry), "hash": read.hash}
        registered = Registered(
            signatures=(signature_of(known, role, REVIEWED, now),), document=told
        )
        occasion = Occasion(person.id, "-", now, key=key, digest=digest)
        chain = person_chain(tx, person.id) or ORGANISATION
        write_site_entry(tx, REVIEW_TRAIL, occasion, registered, chain)
        return reviews_of(tx, coi)[0]

    return installation.transact(work)


def _require_newest(tx: Transaction, coi: str, read: Read) -> None:
    if entry_hash(tx, coi, read.entry) != read.hash:
        raise Overtaken([Problem("there is no such entry", column="entry")])
    if since := count_since(tx, coi, read.entry):
        entries = "1 entry" if since == 1 else f"{since} entries"
        reason = f"{entries} came meanwhile; look at the trail again, and sign for all of it"
        raise Overtaken([Problem(reason, column="entry")])


def _role_of(tx: Transaction, person: Person, coi: str) -> str:
    """The role in which the person reviews: quality assurance first, at a site that takes part."""
    sites = {*facts.sites(tx, coi), EVERYWHERE}
    held = {role for role, site in person.site_roles if site in sites}
    held &= HOLDERS[Permission.REVIEW_TRAIL]
    if not held:
        raise NotAllowed([Problem(f"{person.username} reviews no trail of this therapy")])
    return QA if QA in held else min(held)


def _part_of(tx: Transaction, workflow: Workflow, person: Person, coi: str) -> str:
    """The first step that the person took or signed for, in words; '' where there is none.

    Who tried and was refused made nothing; who released the lot before has reviewed it.
    """
    for deed in facts.history(tx, coi):
        if deed.kind != "refused" and person.id in _persons(deed):
            action = workflow.actions.get(deed.action)
            if action is None or not decides_release(workflow, action):
                return title_of(workflow, deed.action)
    return ""


def _persons(deed: Deed) -> set[str]:
    return {deed.actor, *(person for person, _meaning in deed.persons)}
