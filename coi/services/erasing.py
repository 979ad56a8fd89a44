"""A patient is erased: the key is destroyed, and with it who they are; two people sign (SEC-36).

Who gave and who got cells is kept for thirty years, by law: so long it is refused, with the day
until which it is kept, and the refusal is on record. A therapy that ended before anything was
collected leaves nothing to be traced. What is erased are the identity and the texts about the
patient; the chain of custody stays, under the COI, and holds without them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from coi.errors import CoiError, DataRefused, Problem, Unknown
from coi.services.drivers import pictures_in
from coi.services.entries import Occasion, Registered, commit_text, write_site_entry
from coi.services.erased_log import ERASE_PATIENT, ERASURE, Gone, erase, registers_of, settle_erased
from coi.services.installation import Installation
from coi.services.looking import require_seen_whole, sees
from coi.services.looks import IdentityErased
from coi.services.proofs import (
    ADMINISTRATOR,
    QA,
    JustProven,
    NotAllowed,
    holding,
    signature_of,
)
from coi.services.retention import is_traced, kept_until
from coi.services.step_files import files_in
from coi.services.therapies import TherapyView, commitments_in, view
from coi.store import facts, lists
from coi.store.people import KnownPerson
from coi.store.registers import lock_patient
from coi.store.transactions import Transaction

ERASED = "this patient is erased"
"""What the signatures mean: it is shown to whoever is about to sign."""

REASONS: Mapping[str, str] = {
    "asked": "The patient asked for it",
    "mistaken": "The order was a mistake, or of the wrong patient",
    "over": "The time for which it is kept is over",
    "authority": "An authority or a court ordered it",
}
"""Why somebody is erased, as the entry keeps it, and in words."""

REFUSE_ERASURE = "refuse_erasure"
LONGEST_REASON = 2_000
_SECOND = (ADMINISTRATOR, QA, "qualified_person")


class StillTraced(CoiError):
    """The patient is to be found by their cells yet: nothing was erased, and that is on record."""

    code = "STILL_TRACED"

    def __init__(self, kept: Mapping[str, str]) -> None:
        told = "; ".join(f"{coi} {why}" for coi, why in kept.items())
        super().__init__(
            f"Nothing was erased: {told}. What is asked for, and this answer, are on record.",
            "Tell whoever asked for it. Until then only those who meet the patient see the name,"
            " and each look is on record.",
        )


@dataclass(frozen=True, slots=True)
class Wish:
    """Whose identity is to be erased, by the COI of one of their therapies, and why."""

    coi: str
    reason: str
    why: str


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased: fields of the identity and texts, of which therapies."""

    therapies: tuple[str, ...]
    fields: int
    texts: int


def erase_patient(
    installation: Installation, wish: Wish, by: JustProven, second: JustProven
) -> Erased:
    """Destroy a patient's key, and erase the texts about them; two people sign for it.

    Raises:
        DataRefused: no reason is given, or both signers are one person.
        Unknown: there is no such therapy, or none that the QA reviewer may see.
        NotAllowed: a role is lacking, or the patient has a therapy that the reviewer may not see.
        CannotSign: what a signature takes is not on record.
        IdentityErased: there is nothing left to be erased.
        StillTraced: by law it is kept; that it was asked for is on record.
        LogDamaged: it is erased, and the file beside the key cannot be written.
    """
    if problems := [*_problems(wish, by, second)]:
        raise DataRefused(problems)

    def work(tx: Transaction) -> Erased | StillTraced:
        signers = holding(tx, by, QA), holding(tx, second, *_SECOND)
        views = _views(tx, installation, signers[0][0], wish.coi)
        now = installation.clock.now()
        asked = _asked(tx, installation, wish)
        occasion = Occasion(signers[0][0].person.id, "-", now)
        if kept := dict(_kept(views, now)):
            write_site_entry(tx, REFUSE_ERASURE, occasion, asked)
            return StillTraced(kept)
        gone = _gone(views)
        registers = registers_of(tx, gone)
        if not {"erased_keys", "erased_identities"} & registers.keys():
            raise IdentityErased
        erase(tx, gone)
        signed = tuple(signature_of(known, role, ERASED, now) for known, role in signers)
        registered = replace(asked, registers=registers, signatures=signed)
        write_site_entry(tx, ERASE_PATIENT, occasion, registered)
        fields, texts = (registers.get(f"erased_{one}", ()) for one in ("identities", "texts"))
        return Erased(tuple(one.therapy.coi for one in views), len(fields), len(texts))

    found = installation.transact(work)
    if isinstance(found, StillTraced):
        raise found
    settle_erased(installation)
    return found


def _problems(wish: Wish, by: JustProven, second: JustProven) -> Iterator[Problem]:
    if wish.reason not in REASONS:
        yield Problem(f"is one of {', '.join(REASONS)}", column="reason")
    if not wish.why.strip() or len(wish.why) > LONGEST_REASON:
        yield Problem(f"say in at most {LONGEST_REASON} characters why", column="why")
    if by.person == second.person:
        yield Problem(f"{by.username} cannot sign as both")


def _views(
    tx: Transaction, installation: Installation, known: KnownPerson, coi: str
) -> Sequence[TherapyView]:
    """Every therapy of the patient, once nobody else orders for them."""
    require_seen_whole(tx, known.person, coi)
    found = facts.therapy(tx, coi)
    if found is None:
        raise Unknown("therapy", coi)
    patient = found[0].patient
    lock_patient(tx, patient)
    every = [one for one, *_ in lists.therapies_of(tx, patient)]
    if not all(sees(tx, known.person, one) for one in every):
        reason = "the patient has a therapy at other sites; their quality assurance is to be asked"
        raise NotAllowed([Problem(reason)])
    return [view(tx, installation, one) for one in every]


def _asked(tx: Transaction, installation: Installation, wish: Wish) -> Registered:
    """What either entry says of what was asked for."""
    return Registered(
        document={"kind": ERASURE, "about": wish.coi, "reason": wish.reason},
        notes={"reason": commit_text(tx, installation, wish.why.strip())},
    )


def _gone(views: Sequence[TherapyView]) -> Gone:
    """The patient, and every text that their therapies committed to, but for the names of staff."""
    every = [event.content for one in views for event in one.history]
    texts = {
        text
        for content in every
        for text in (*commitments_in(content), *pictures_in(content), *files_in(content))
    }
    return Gone("", (views[0].therapy.patient,), tuple(sorted(texts)))


def _kept(views: Sequence[TherapyView], now: datetime) -> Iterator[tuple[str, str]]:
    """Each therapy by which the patient is still to be found, and how long."""
    for one in views:
        if not is_traced(one) and not _has_ended(one):
            yield one.therapy.coi, "has not ended"
        until = kept_until(one)
        if is_traced(one) and now < until:
            yield one.therapy.coi, f"is traced to the patient until {until:%Y-%m-%d}"


def _has_ended(one: TherapyView) -> bool:
    """The therapy itself goes on no more."""
    itself = one.subjects[one.therapy.coi]
    return one.workflow.machines[itself.machine].states[itself.position.state].final
