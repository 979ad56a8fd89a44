"""Quality assurance looks at every emergency in which a name was read, and signs what it finds.

Until then it stands on the first page of quality assurance and of the coordinators at the sites of
the therapy; after a day it is overdue, and `coi doctor` and a gauge say so. Whoever broke the glass
does not review it, under whichever account.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from coi.clock import parse_rfc3339
from coi.errors import DataRefused, Problem, Unknown
from coi.services.asked import fingerprint
from coi.services.decoding import Content, content_of_text
from coi.services.emergency import BREAK_GLASS, REASONS
from coi.services.entries import Occasion, Registered, commit_text, write_site_entry
from coi.services.installation import Installation
from coi.services.looking import seen_of
from coi.services.numbered import numbered_key
from coi.services.permissions import EVERYWHERE
from coi.services.proofs import QA, JustProven, NotAllowed, acting, signature_of
from coi.services.sessions import SignedIn
from coi.services.signatures import signatures_in
from coi.services.therapies import Signed
from coi.store.entries import answers_to, entries_with
from coi.store.facts import ORGANISATION, sites
from coi.store.people import printed_names
from coi.store.registers import answered, person_chain, text_of
from coi.store.transactions import Transaction
from workflows.facts import Person

REVIEW_GLASS = "review_break_glass"
KIND = "emergency_review"
WITHIN = timedelta(hours=24)
REVIEWED = "I have reviewed this emergency access"
"""What the signature means: it is shown to whoever is about to sign."""

VERDICTS: Mapping[str, str] = {
    "justified": "It was justified",
    "not_justified": "It was not justified",
}
"""What quality assurance finds, as the entry keeps it, and in words."""

LONGEST_REMARK = 2_000
_TOLD = frozenset({QA, "coordinator"})


class OwnEmergency(DataRefused):
    """Whoever broke the glass does not review that; nothing was saved."""

    code = "OWN_EMERGENCY"


@dataclass(frozen=True, slots=True)
class Review:
    """What quality assurance found, and who signed for it."""

    verdict: str
    remark: str
    at: str
    signatures: tuple[Signed, ...]


@dataclass(frozen=True, slots=True)
class Broken:
    """One emergency: who read whose name, when and why, and what was found of it."""

    chain: str
    seq: int
    coi: str
    by: str  # the printed name
    person: str
    at: str
    reason: str
    why: str
    is_overdue: bool
    review: Review | None = None

    @property
    def place(self) -> str:
        """How it is named in an address."""
        return f"{self.chain}~{self.seq}"


@dataclass(frozen=True, slots=True)
class Finding:
    """What quality assurance signs: of which emergency, which verdict, and why."""

    chain: str
    seq: int
    verdict: str
    remark: str


def emergencies(installation: Installation, signed_in: SignedIn) -> tuple[Broken, ...]:
    """Every emergency at the person's sites, the newest first; with its review, where there is one.

    What waits for a review comes first.
    """

    def work(tx: Transaction) -> tuple[Broken, ...]:
        found = [one for one in _every(tx) if _is_told(tx, signed_in.person, one)]
        told = _broken(tx, found, installation.clock.now())
        return tuple(sorted(told, key=lambda one: (one.review is not None, _backwards(one.at))))

    return installation.read(work)


def emergencies_waiting(installation: Installation, signed_in: SignedIn) -> tuple[Broken, ...]:
    """Those of the person's sites of which nobody has signed a review yet."""

    def work(tx: Transaction) -> tuple[Broken, ...]:
        found = [one for one in _waiting(tx) if _is_told(tx, signed_in.person, one)]
        return tuple(_broken(tx, found, installation.clock.now()))

    return installation.read(work)


def overdue(installation: Installation) -> int:
    """How many emergencies nobody has reviewed within a day."""
    now = installation.clock.now()
    return sum(_is_overdue(one, now) for one in installation.read(_waiting))


def review_emergency(installation: Installation, by: JustProven, found: Finding) -> None:
    """Quality assurance has looked at one emergency, and signs what it found.

    Raises:
        DataRefused: no verdict, or nothing is said of it; or it was reviewed already.
        Unknown: there is no such emergency, or none at the person's sites.
        NotAllowed: the person is no QA reviewer at a site of the therapy.
        OwnEmergency: they broke the glass themselves, with this account or another.
        CannotSign: what a signature takes is not on record.
    """
    if problems := [*_problems(found)]:
        raise DataRefused(problems)

    def work(tx: Transaction) -> None:
        known = acting(tx, by)
        content = _found(tx, known.person, found)
        _require_reviewer(tx, known.person, content)
        if answered(tx, _key(content)) is not None:
            raise DataRefused([Problem("somebody has reviewed it already", column="verdict")])
        now = installation.clock.now()
        registered = Registered(
            signatures=(signature_of(known, QA, REVIEWED, now),),
            document={
                "kind": KIND,
                "about": content["document"]["about"],
                "entry": f"{found.chain}/{found.seq}",
                "verdict": found.verdict,
            },
            notes={"remark": commit_text(tx, installation, found.remark.strip())},
        )
        digest = fingerprint(installation.vault, found, known.person.id)
        occasion = Occasion(known.person.id, "-", now, key=_key(content), digest=digest)
        chain = person_chain(tx, known.person.id) or ORGANISATION
        write_site_entry(tx, REVIEW_GLASS, occasion, registered, chain)

    installation.transact(work)


def _problems(found: Finding) -> Iterator[Problem]:
    if found.verdict not in VERDICTS:
        yield Problem("say whether it was justified", column="verdict")
    if not found.remark.strip() or len(found.remark) > LONGEST_REMARK:
        yield Problem(f"say in at most {LONGEST_REMARK} characters why", column="remark")


def _found(tx: Transaction, person: Person, found: Finding) -> Content:
    every = (one for one in _every(tx) if (one["chain"], one["seq"]) == (found.chain, found.seq))
    content = next(every, None)
    if content is None or not _is_told(tx, person, content):
        raise Unknown("emergency", f"{found.chain}~{found.seq}")
    return content


def _require_reviewer(tx: Transaction, person: Person, content: Content) -> None:
    if person.id == content["actor"]:
        reason = f"{person.username} broke the glass, and does not review it"
        raise OwnEmergency([Problem(reason)])
    there = {*sites(tx, content["document"]["about"]), EVERYWHERE}
    if not any(role == QA and site in there for role, site in person.site_roles):
        reason = f"{person.username} is no quality assurance at a site of this therapy"
        raise NotAllowed([Problem(reason)])


def _every(tx: Transaction) -> list[Content]:
    return [content_of_text(text) for text in entries_with(tx, BREAK_GLASS)]


def _waiting(tx: Transaction) -> list[Content]:
    every = _every(tx)
    reviewed = answers_to(tx, [_key(one) for one in every])
    return [one for one in every if _key(one) not in reviewed]


def _is_told(tx: Transaction, person: Person, content: Content) -> bool:
    """Quality assurance and coordinators at the sites of the therapy, or of every site."""
    told = {site for role, site in person.site_roles if role in _TOLD}
    try:
        seen = seen_of(tx, person, content["document"]["about"])
    except Unknown:
        return False
    return bool(told & {*seen.sites, EVERYWHERE})


def _broken(tx: Transaction, found: Iterable[Content], now: datetime) -> Iterator[Broken]:
    contents = [*found]
    names = printed_names(tx, (one["actor"] for one in contents))
    for one in contents:
        document = one["document"]
        review = _review(tx, one)
        yield Broken(
            one["chain"],
            one["seq"],
            document["about"],
            names.get(one["actor"], "(erased)"),
            one["actor"],
            one["recorded_at"],
            REASONS[document["reason"]],
            text_of(tx, one["notes"]["reason"]) or "(erased)",
            review is None and _is_overdue(one, now),
            review,
        )


def _review(tx: Transaction, broken: Content) -> Review | None:
    found = answers_to(tx, [_key(broken)]).get(_key(broken))
    if found is None:
        return None
    content = content_of_text(found.content)
    return Review(
        VERDICTS[content["document"]["verdict"]],
        text_of(tx, content["notes"]["remark"]) or "(erased)",
        content["recorded_at"],
        signatures_in(tx, content["chain"], content["seq"]),
    )


def _is_overdue(content: Content, now: datetime) -> bool:
    return parse_rfc3339(content["recorded_at"]) + WITHIN < now


def _backwards(moment: str) -> float:
    return -parse_rfc3339(moment).timestamp()


def _key(broken: Content) -> str:
    return numbered_key(f"{KIND}/{broken['chain']}/{broken['seq']}", 1)
