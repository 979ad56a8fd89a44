"""What an allowed action would write, before anyone has hashed, signed or stored it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from workflows.facts import Position
from workflows.refusal import (
    IDENTITY_DIFFERS,
    OVER_LABEL_OF_ANOTHER,
    SCANNED_OTHERWISE,
    WRONG_ORDER,
    WRONG_PATIENT,
    Notice,
    Refusal,
)


@dataclass(frozen=True, slots=True)
class Birth:
    """A subject that comes into being: '<COI>/<entry>.<n>', below an older one of its therapy."""

    id: str
    machine: str
    origin: str | None
    origin_born: int | None


@dataclass(frozen=True, slots=True)
class Move:
    """One subject's turn, with the evidence that was scanned for it."""

    subject: str
    machine: str
    action: str
    born_seq: int
    before: Position
    after: Position
    holder_kind: str
    custody: str
    stop_effect: int
    while_stopped: int
    scans: int
    patient: int
    label: str | None = None
    patient_id: str | None = None
    wristband: str | None = None
    packing: str = "outside"
    on_paper: int = 0


@dataclass(frozen=True, slots=True)
class NewLink:
    """A line of the family tree, written with the child's birth."""

    child: str
    parent: str
    parent_born: int
    relation: str


@dataclass(frozen=True, slots=True)
class NewValue:
    """A recorded value; a confidential one reaches the ledger as a salted commitment only.

    A correction is a new revision of the same occurrence, and says why.
    """

    subject: str
    field: str
    content: str
    occurrence: int
    unit: str = "-"
    method: str = "-"
    limits: str = "-"
    within: str = "-"
    confidential: bool = False
    revision: int = 1
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """One entry in the making."""

    kind: str
    action: str
    role: str
    moves: tuple[Move, ...] = ()
    births: tuple[Birth, ...] = ()
    links: tuple[NewLink, ...] = ()
    values: tuple[NewValue, ...] = ()
    to_label: tuple[str, ...] = ()  # subjects that get a new bag label
    new_wristband: bool = False
    sites: tuple[str, ...] = ()  # those that take part from here on
    notices: tuple[Notice, ...] = ()
    document: Mapping[str, str] = field(default_factory=dict)


class Strange(StrEnum):
    """What of another therapy was scanned in this one's place."""

    BAG = "bag"
    ORDER = "order"
    BAND = "band"
    OVER_LABEL = "over-label"
    DONATION = "donation number"


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A scan that belongs elsewhere: to which therapy, and of a bag which one, to be held there."""

    coi: str
    subject: str = ""
    serial: str = ""
    what: Strange = Strange.BAG


_MISPAIRING = {
    WRONG_PATIENT: "Another patient's wristband was scanned",
    OVER_LABEL_OF_ANOTHER: "Another's label on a bag of another therapy was scanned",
}
_MISPAIRING_AT_PATIENT = {
    WRONG_ORDER: "Another therapy's order was scanned at the patient",
    SCANNED_OTHERWISE: "Two people did not scan the same things at the patient",
    IDENTITY_DIFFERS: "What the patient stated differs from the record",
}


@dataclass(frozen=True, slots=True)
class Decision:
    """Either a draft, or every reason why not; never both."""

    draft: Draft | None
    refusals: tuple[Refusal, ...] = ()
    mismatches: tuple[Mismatch, ...] = ()
    at_patient: bool = False  # the step is one at the patient

    @property
    def allowed(self) -> bool:
        """Nothing stands against the action."""
        return self.draft is not None

    @property
    def mispairing(self) -> str:
        """What these people were at, so that they stop here and two others check; '' if nothing.

        A replaced wristband is the same patient's, and of an unknown code nobody knows whose it is:
        both stop the hand, and not the people.
        """
        told = _MISPAIRING | (_MISPAIRING_AT_PATIENT if self.at_patient else {})
        strange_bag = any(found.what is Strange.BAG for found in self.mismatches)
        found = ["A bag of another therapy was scanned"] if strange_bag else []
        found += [told[refusal.code] for refusal in self.refusals if refusal.code in told]
        return "; ".join(dict.fromkeys(found))
