"""Compare what a patient states with the vault; the answer never leaves the server in words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from coi.errors import DataRefused, Problem, Unknown
from coi.services.installation import Installation
from coi.services.proofs import human
from coi.services.vault import IDENTITY_FIELDS, folded, unseal
from coi.store import registers
from coi.store.facts import therapy
from coi.store.transactions import Transaction
from workflows.facts import IdentityCheck

SOURCES = ("patient", "representative", "read_by_two")
IDENTIFIERS: Mapping[str, str] = {
    "family_name": "Family name",
    "birth_date": "Birth date",
    "medical_record_number": "Medical record number",
}
"""What each of two asks the patient, on a screen of its own; what was not asked stays empty."""

_BIRTH_DATE = "birth_date"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Stated:
    """Identifiers that one person heard or read, and from whom."""

    username: str
    identifiers: Mapping[str, str] = field(default_factory=dict)
    source: str = "patient"

    def __post_init__(self) -> None:
        if self.source not in SOURCES:
            reason = f"identifiers come from one of: {', '.join(SOURCES)}"
            raise DataRefused([Problem(reason, column="source")])


def misspelt(heard: Mapping[str, str]) -> dict[str, str]:
    """What of it is written as no record has it, and why: it would differ whoever the patient is.

    It is told before anything is compared: how somebody writes a day must stop nobody.
    """
    day = heard.get(_BIRTH_DATE, "")
    if not day or _DAY.fullmatch(day):
        return {}
    return {_BIRTH_DATE: "is written as 1961-04-27: the year, the month, the day"}


def compare(
    tx: Transaction, installation: Installation, patient: str, stated: tuple[Stated, ...]
) -> tuple[IdentityCheck, ...]:
    """Which stated identifiers are the patient's; full texts are compared, never parts (BD-02)."""
    if not stated:
        return ()
    identity = identity_of(tx, installation, patient)
    return tuple(_compare(tx, identity, one) for one in stated)


def _compare(tx: Transaction, identity: Mapping[str, str], stated: Stated) -> IdentityCheck:
    matched = {
        name
        for name, text in stated.identifiers.items()
        # What is blank on record is matched by nothing, a blank answer least of all.
        if name in IDENTITY_FIELDS and folded(text) == folded(identity.get(name, "")) != ""
    }
    return IdentityCheck(
        person=human(tx, stated.username).person.id,
        source=stated.source,
        matched=frozenset(matched),
        differing=frozenset(
            # A name from outside may be anything, a person's too, and would stand in hashed bytes.
            name if name in IDENTITY_FIELDS else "unknown"
            for name in set(stated.identifiers) - matched
        ),
    )


def as_told(check: IdentityCheck) -> Mapping[str, object]:
    """A check as the entry keeps it: which identifiers were compared, never what they are."""
    return {
        "person": check.person,
        "source": check.source,
        "matched": sorted(check.matched),
        "differing": sorted(check.differing),
    }


def identity_of(tx: Transaction, installation: Installation, patient: str) -> Mapping[str, str]:
    """A patient's identity in clear; empty when it was erased.

    Raises:
        VaultClosed: it cannot be opened with this vault key.
    """
    sealed = registers.sealed_identity(tx, patient)
    return unseal(installation.vault, patient, *sealed) if sealed else {}


def patient_of(tx: Transaction, coi: str) -> str:
    """The patient of a therapy.

    Raises:
        Unknown: there is no such therapy.
    """
    found = therapy(tx, coi)
    if found is None:
        raise Unknown("therapy", coi)
    return found[0].patient
