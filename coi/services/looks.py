"""Who a patient is, for those who meet the patient; each look is put on record first.

An entry says who looked, at the patient of which therapy, why and when, and nothing of what they
saw (SEC-08, SEC-33). A look that is asked for twice is two looks: nobody sees a name for nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from coi.errors import CoiError, DataRefused, Problem
from coi.services.asked import fingerprint
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.identity import identity_of, patient_of
from coi.services.installation import Installation
from coi.services.looking import require_seen_whole, therapies_seen_of
from coi.services.numbered import entries_before, numbered_key, times_before
from coi.services.printing_rights import require_to_know
from coi.services.proofs import Proven, acting
from coi.services.sessions import SignedIn
from coi.store.facts import ORGANISATION
from coi.store.people import printed_names
from coi.store.registers import person_chain
from coi.store.transactions import Transaction
from workflows.facts import Person

REASONS: Mapping[str, str] = {
    "treatment": "The patient is in front of me",
    "appointment": "I arrange an appointment",
    "chart": "I compare the order with the chart",
    "investigation": "Something went wrong, and I find out whom it concerns",
}
"""Why somebody looks, as the entry keeps it, and in words."""

EMERGENCY = "emergency"
"""The reason of whoever broke the glass (`coi.services.emergency`); nobody chooses it here."""

_IN_WORDS = {**REASONS, EMERGENCY: "In an emergency: the glass was broken"}
_IDENTITY = "identity"


class IdentityErased(CoiError):
    """The patient's identity was erased; nobody can read it any more."""

    code = "IDENTITY_ERASED"

    def __init__(self) -> None:
        super().__init__(
            "The patient's identity was erased.", "The therapy goes on under its COI alone."
        )


@dataclass(frozen=True, slots=True)
class Look:
    """One look: who, why, when."""

    by: str  # the printed name
    reason: str
    at: str


def therapies_beside(installation: Installation, signed_in: SignedIn, coi: str) -> tuple[str, ...]:
    """The other therapies of the same patient that this person may see.

    Raises:
        Unknown: there is no such therapy, or the person does not meet its patient.
    """

    def work(tx: Transaction) -> tuple[str, ...]:
        require_to_know(tx, signed_in.person, coi)
        found = therapies_seen_of(tx, signed_in.person, patient_of(tx, coi))
        return tuple(other for other in found if other != coi)

    return installation.read(work)


def look_at_patient(
    installation: Installation, by: Proven, coi: str, reason: str
) -> Mapping[str, str]:
    """The patient's identity, once it is on record that somebody looks, and why.

    Raises:
        DataRefused: no reason was chosen; nothing is shown.
        Unknown: there is no such therapy, or the person does not meet its patient.
        IdentityErased: there is nothing to be seen; nothing was recorded.
    """
    if reason not in REASONS:
        raise DataRefused([Problem("choose why you look", column="reason")])

    def work(tx: Transaction) -> Mapping[str, str]:
        person = acting(tx, by).person
        require_to_know(tx, person, coi)
        identity = identity_of(tx, installation, patient_of(tx, coi))
        if not identity:
            raise IdentityErased
        write_look(tx, installation, person, coi, reason)
        return identity

    return installation.transact(work)


def write_look(
    tx: Transaction, installation: Installation, person: Person, coi: str, reason: str
) -> None:
    """Put on record that somebody looks, and why; what they see is not."""
    what = f"{_IDENTITY}/{coi}"
    key = numbered_key(what, times_before(tx, what) + 1)
    digest = fingerprint(installation.vault, coi, reason, person.id)
    occasion = Occasion(person.id, "-", installation.clock.now(), key=key, digest=digest)
    document = {"kind": _IDENTITY, "about": coi, "reason": reason}
    chain = person_chain(tx, person.id) or ORGANISATION
    write_site_entry(tx, "view_identity", occasion, Registered(document=document), chain)


def looks_at(installation: Installation, signed_in: SignedIn, coi: str) -> tuple[Look, ...]:
    """Everybody who looked at the identity of this therapy's patient, the newest look first.

    Raises:
        Unknown: there is no such therapy, or none that this person may see.
    """
    return installation.read(lambda tx: looks_of(tx, signed_in.person, coi))


def looks_of(tx: Transaction, person: Person, coi: str) -> tuple[Look, ...]:
    """The same, inside a transaction."""
    require_seen_whole(tx, person, coi)
    found = list(entries_before(tx, f"{_IDENTITY}/{coi}"))
    names = printed_names(tx, (content["actor"] for content in found))
    looks = (
        Look(
            names.get(content["actor"], "(erased)"),
            _IN_WORDS[content["document"]["reason"]],
            content["recorded_at"],
        )
        for content in found
    )
    return tuple(looks)[::-1]
