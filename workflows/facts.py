"""What `decide` is told: who asks, what was scanned, how things stand. Plain values, no look-ups.

A section that an action's guards do not need may be left out by the caller; it is then `None`, and
a guard that touches it fails, which is a refusal (SEC-45), never a pass.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from workflows.label_life import DEAD, LabelLife, LabelState
from workflows.model import EquipmentKind
from workflows.on_paper import NONE, OPEN, STEP
from workflows.treating import Treatment
from workflows.versions import Earlier


@dataclass(frozen=True, slots=True)
class Position:
    """Where a subject stands: turn, state, holder, consignee, count of stops, what it is in."""

    turn: int
    version: int
    state: str
    holder: str
    consignee: str
    stops: int
    inside: str = "-"  # the package or shipment that is closed around it

    @property
    def in_transit(self) -> bool:
        """Released, and neither accepted nor taken back."""
        return self.consignee != "-"


def unborn(version: int) -> Position:
    """Where a subject stands before its birth: nowhere, in the version that it is born into."""
    return Position(0, version, "", "-", "-", 0)


@dataclass(frozen=True, slots=True)
class Subject:
    """Anything that has a position."""

    id: str
    machine: str
    born_seq: int
    origin: str | None
    origin_born: int | None
    position: Position


@dataclass(frozen=True, slots=True)
class Link:
    """The child is made of the parent, or the parent is packed in the child."""

    child: str
    parent: str
    relation: str


@dataclass(frozen=True, slots=True)
class Value:
    """The current revision of one recorded value."""

    subject: str
    field: str
    occurrence: int
    revision: int
    content: str
    unit: str = "-"
    method: str = "-"
    limits: str = "-"
    within: str = "-"  # 'yes', 'no' or '-'
    recorded_in: int = -1  # the entry of this revision


@dataclass(frozen=True, slots=True)
class Deed:
    """One earlier entry of this therapy, as far as guards look back."""

    seq: int
    kind: str
    action: str
    actor: str
    happened_at: datetime
    subjects: tuple[str, ...]
    persons: tuple[tuple[str, str], ...]  # (person, meaning): who signed, or had it in hand before


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts: a human being with an account, or a program; two accounts of one share the id."""

    id: str
    username: str
    active: bool
    proofed: bool  # someone checked who this is (P11-100b)
    accepted_policy: bool  # the e-signature statement (P11-10j)
    roles: frozenset[tuple[str, str]]  # (role, unit)
    trained_until: Mapping[str, datetime]  # role -> end of the training record
    site_roles: frozenset[tuple[str, str]] = frozenset()  # (role, site of the unit)
    is_service: bool = False  # a program: no human being, who could look, check or sign

    def has_role(self, role: str, unit: str) -> bool:
        """The role is held at this unit."""
        return (role, unit) in self.roles

    def without(self, roles: frozenset[str]) -> "Person":
        """The same person with all roles but these."""
        return replace(
            self,
            roles=frozenset(one for one in self.roles if one[0] not in roles),
            site_roles=frozenset(one for one in self.site_roles if one[0] not in roles),
        )


@dataclass(frozen=True, slots=True)
class Unit:
    """A part of a site that can hold things."""

    id: str
    site: str
    site_kind: str
    country: str


@dataclass(frozen=True, slots=True)
class Label:
    """A scanned bag label, and the container that it was printed for; a newer one replaces it."""

    serial: str
    coi: str
    subject: str
    patient: str
    current: bool = True
    issued_in: int = 0  # the entry
    changed_in: int = -1  # the newest entry that could make it old
    state: LabelState = LabelState.ISSUED

    @property
    def is_dead(self) -> bool:
        """It is void, or was: no scan of it is ever taken again."""
        return self.state in DEAD

    @property
    def may_be_old(self) -> bool:
        """Since then something was corrected, an infection test told, or the version changed."""
        return self.changed_in > self.issued_in


@dataclass(frozen=True, slots=True)
class OverLabel:
    """Where the code of another's label is on record: on which container, of which patient."""

    coi: str
    subject: str
    patient: str


@dataclass(frozen=True, slots=True)
class Donation:
    """Where a donation number is on record: on which collection, of which patient."""

    coi: str
    subject: str
    patient: str


@dataclass(frozen=True, slots=True)
class Wristband:
    """A scanned wristband; only the newest one of a patient is current (BD-10)."""

    serial: str
    patient: str
    current: bool
    cois: tuple[str, ...] = ()  # the patient's therapies, where it is not the one in hand


@dataclass(frozen=True, slots=True)
class Order:
    """A scanned COI identifier of a known therapy."""

    coi: str


@dataclass(frozen=True, slots=True)
class Shipper:
    """A scanned transport container with its qualification."""

    serial: str
    qualified_until: datetime | None
    hold_hours: int | None


@dataclass(frozen=True, slots=True)
class Place:
    """A scanned location label: a shelf, a tank position."""

    serial: str


@dataclass(frozen=True, slots=True)
class Bench:
    """A registered bench of a unit, and the therapy that is on it."""

    serial: str
    name: str
    unit: str
    holds: str  # the COI of the therapy; '-' when it is cleared
    since: datetime


@dataclass(frozen=True, slots=True)
class Equipment:
    """A registered piece of equipment of a unit, and what was attested of it last."""

    serial: str  # of the label that was printed here
    number: str  # as it stands on it; a unit gives none twice
    name: str
    kind: EquipmentKind
    unit: str
    calibrated_until: datetime
    in_service: bool = True


Meaning = Label | Wristband | Order | Shipper | Place


@dataclass(frozen=True, slots=True)
class Scan:
    """What the scanner read, raw, with how it was entered, by which device and what it means."""

    raw: str
    how: str  # 'scanned', 'camera' or 'typed'
    device: str
    means: Meaning | None  # None: nothing we know, or nothing this person may know of (SEC-27)
    by: str = ""  # the person who scanned it, where several do; '' for whoever takes the step
    confirmed_by: str = ""  # of a typed code: the second person, who read the same characters
    device_time: str = ""  # what the clock of the device showed, as it claims


@dataclass(frozen=True, slots=True)
class Signing:
    """A person who has just proven who they are, about to sign with this meaning."""

    person: Person
    meaning: str


@dataclass(frozen=True, slots=True)
class IdentityCheck:
    """Identifiers that one person compared with the patient; the comparison was the server's."""

    person: str
    source: str  # 'patient', 'representative' or 'read_by_two'
    matched: frozenset[str]
    differing: frozenset[str]


class Mode(StrEnum):
    """How one speaks to the engine: may I, it happened, or what must never be has been."""

    ASK = "ask"
    LATE = "late"
    INCIDENT = "incident"


@dataclass(frozen=True, slots=True)
class NewSubject:
    """A subject that the request brings into being, with its recorded values."""

    machine: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Request:
    """One person's wish to take one action of one therapy."""

    coi: str
    action: str
    actor: Person
    unit: Unit
    scans: tuple[Scan, ...] = ()
    named: tuple[str, ...] = ()  # subject ids, for what carries no label
    births: tuple[NewSubject, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    consignee: str = "-"
    bench: str = "-"  # the serial of the bench at which it is done
    signings: tuple[Signing, ...] = ()
    identity_checks: tuple[IdentityCheck, ...] = ()
    happened_at: datetime | None = None  # a claim, for late facts
    mode: Mode = Mode.ASK
    seen: Mapping[str, int] = field(default_factory=dict)  # subject -> turn on the caller's screen
    took_part: tuple[str, ...] = ()  # persons who entered something in it, and handed it over
    checked_at: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """At which registered devices of the site each person checked; '' is one that is none."""


@dataclass(frozen=True, slots=True)
class Therapy:
    """The batch of one, and the head of its chain."""

    coi: str
    patient: str
    workflow: str
    version: int
    next_seq: int
    stops: int
    transcription: str = NONE

    @property
    def is_copied(self) -> bool:
        """The therapy ran on paper, and is still being copied from it."""
        return self.transcription in {OPEN, STEP}


@dataclass(frozen=True, slots=True)
class Facts:
    """How things stand, as one consistent reading of the store."""

    now: datetime
    therapy: Therapy
    subjects: Mapping[str, Subject]
    consignee: Unit | None = None
    sites: frozenset[str] | None = None  # those that take part in the therapy so far
    treatment: Treatment | None = None  # which of them treats, and which no longer do
    units: Mapping[str, Unit] | None = None  # of those named in fields, the ones that are known
    links: tuple[Link, ...] | None = None
    values: tuple[Value, ...] | None = None
    history: tuple[Deed, ...] | None = None
    templates: Mapping[str, bool] | None = None  # template name -> approved now
    benches: tuple[Bench, ...] | None = None  # those of the acting unit
    equipment: Mapping[str, Equipment] | None = None  # of what fields name, what the unit has
    files: Mapping[str, str] | None = None  # of those named, the ones held: behind what commitment
    earlier: tuple[Earlier, ...] = ()  # the versions by which it ran before this one, oldest first
    labels: Mapping[str, tuple[str, int]] | None = None  # subject -> newest serial, its entry
    label_lives: tuple[LabelLife, ...] | None = None  # every label, in the order of issue
    over_labels: tuple[OverLabel, ...] | None = None  # that carry the code which is given
    donations: tuple[Donation, ...] | None = None  # on record under the number that is given
    donations_said: frozenset[str] = frozenset()  # the numbers that labels can say in ISBT 128
    reads_isbt128: bool = False  # the acting site does
    own_isbt128: frozenset[str] = frozenset()  # a site's own templates that say it so
    own_numbers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # what those need
    over_labels_scanned: tuple[OverLabel, ...] = ()  # another's label, in the place of ours
    told_apart: tuple[frozenset[str], ...] = ()  # for each who looks alike: by which identifiers
    wristband: Wristband | None = None  # the patient's current one, when it has been issued
    asks_other_device: bool | None = None  # the acting site has the second check made at another
