"""What an allowed action would write, before anyone has hashed, signed or stored it."""

from dataclasses import dataclass

from workflows.facts import Position
from workflows.refusal import WRONG_PATIENT, Notice, Refusal


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


@dataclass(frozen=True, slots=True)
class NewLink:
    """A line of the family tree, written with the child's birth."""

    child: str
    parent: str
    parent_born: int
    relation: str


@dataclass(frozen=True, slots=True)
class NewValue:
    """A recorded value; a confidential one reaches the ledger as a salted commitment only."""

    subject: str
    field: str
    content: str
    occurrence: int
    unit: str = "-"
    method: str = "-"
    limits: str = "-"
    within: str = "-"
    confidential: bool = False


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


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A scan that belongs elsewhere: what was scanned, and the bag to hold in its own chain."""

    coi: str
    subject: str
    serial: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Either a draft, or every reason why not; never both."""

    draft: Draft | None
    refusals: tuple[Refusal, ...] = ()
    mismatches: tuple[Mismatch, ...] = ()

    @property
    def allowed(self) -> bool:
        """Nothing stands against the action."""
        return self.draft is not None

    @property
    def mispaired(self) -> bool:
        """Another's bag, or another patient's wristband, was in hand: these people stop here."""
        strange_band = any(refusal.code == WRONG_PATIENT for refusal in self.refusals)
        return strange_band or bool(self.mismatches)
