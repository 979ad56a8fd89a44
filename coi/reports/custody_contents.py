"""What a custody record says, as plain values: nobody is looked up here, nothing is decided.

Times are aware and in the zone of the place where it happened; the document shows each in local
time and in UTC. Texts are printed as they are given; '' means that there is nothing to say.
"""

from dataclasses import dataclass
from datetime import datetime

SHOWN = 16
"""So many digits of a root stand on paper to be typed."""


@dataclass(frozen=True, slots=True)
class Place:
    """A site that took part, with those of its units that did: (id, name)."""

    name: str
    id: str
    kind: str
    country: str
    time_zone: str
    units: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Item:
    """Anything that was made, held or moved: what it is called here, and what names it elsewhere.

    `numbers` are (title, text): donation number, batch number, shipper, seal. `labels` are serials,
    oldest first. `inside` is what is closed around it, from the innermost layer on.
    """

    name: str
    id: str
    state: str
    held_by: str
    numbers: tuple[tuple[str, str], ...] = ()
    labels: tuple[str, ...] = ()
    inside: str = ""


@dataclass(frozen=True, slots=True)
class Descent:
    """A line of the family tree: the child is made of its parents, or they are packed in it."""

    child: str
    relation: str
    parents: tuple[str, ...]
    entry: int


@dataclass(frozen=True, slots=True)
class Result:
    """One test of one lot; without an `entry` it has no result."""

    lot: str
    test: str
    method: str
    limits: str
    result: str = ""
    unit: str = ""
    within: bool | None = None
    entry: int | None = None
    revision: int = 1
    is_invalid: bool = False  # its row is not what was signed


@dataclass(frozen=True, slots=True)
class Signature:
    """Printed name, role, meaning and time (21 CFR 11.50), and the name that was signed in with."""

    meaning: str
    printed_name: str
    role: str
    at: datetime
    username: str = ""
    deputy_of: str = ""  # for whom they stood in, who signed in their own name


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of a lot, and who signed for it."""

    lot: str
    decision: str
    action: str
    entry: int
    at: datetime
    signatures: tuple[Signature, ...]


@dataclass(frozen=True, slots=True)
class TrailReview:
    """Somebody reviewed the audit trail up to an entry, and signed for it.

    It stands in the chain of a site, under a number of its own there.
    """

    until: int  # the last entry that was read
    chain: str
    entry: int
    at: datetime
    signatures: tuple[Signature, ...]
    is_invalid: bool = False  # it is not what was signed, or of an entry that is another one now


@dataclass(frozen=True, slots=True)
class Departure:
    """An exception or a dispensation; `told` are (title, text). Not `closed` is still open."""

    name: str
    on: str
    state: str
    is_open: bool
    opened: int
    opened_at: datetime
    opened_by: str
    of_class: str = ""  # of an exception; '' as long as nobody has said
    is_exception: bool = True
    other_coi: str = ""  # of a mix-up: the other therapy
    opening: tuple[Signature, ...] = ()
    told: tuple[tuple[str, str], ...] = ()
    closed: int | None = None
    closed_at: datetime | None = None
    closed_by: tuple[Signature, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """A value that was changed since its original entry (EU GMP Annex 11, 8.2)."""

    item: str
    title: str
    original: str
    current: str
    revision: int
    reason: str
    entry: int
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class IssuedLabel:
    """A label or wristband, how often it was read back afterwards, and what became of a label.

    An open one is not accounted for; nobody accounts for wristbands.
    """

    serial: str
    on: str
    template: str
    entry: int
    at: datetime
    scanned: int = 0
    typed: int = 0
    became: tuple[str, ...] = ()
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Movement:
    """What one event did to some items: their state and their custody, before and after."""

    items: tuple[str, ...]
    state_from: str = ""
    state_to: str = ""
    custody_from: str = ""
    custody_to: str = ""
    stop: str = ""


@dataclass(frozen=True, slots=True)
class Value:
    """A recorded value; `within` is None where there is no limit. Revision 2 and on are changes."""

    items: tuple[str, ...]
    title: str
    content: str
    unit: str = ""
    within: bool | None = None
    revision: int = 1
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Scan:
    """What was read, raw, and how: scanned, by camera, or typed by hand."""

    means: str
    raw: str
    how: str
    device: str = ""
    drift: str = ""  # by how much its clock differed, as it claimed


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an attempt was refused."""

    code: str
    sentence: str
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the chain."""

    entry: int
    title: str
    happened_at: datetime
    recorded_at: datetime
    unit: str
    site: str
    actor: str
    role: str
    late: bool = False
    refused: bool = False
    marks: tuple[str, ...] = ()
    movements: tuple[Movement, ...] = ()
    values: tuple[Value, ...] = ()
    scans: tuple[Scan, ...] = ()
    issued: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()  # what became of which
    signatures: tuple[Signature, ...] = ()
    reasons: tuple[Reason, ...] = ()

    @property
    def has_typed_codes(self) -> bool:
        """A code came from the keyboard, which does not show that the label was in hand."""
        return any(scan.how == "typed" for scan in self.scans)


@dataclass(frozen=True, slots=True)
class Recording:
    """Since when there is a record, and what casts a doubt on its times.

    `gaps` are (server, since, until), the newest first, as far as they concern the document;
    `alone` are (server, since) of clocks that follow no other.
    """

    began_at: datetime
    gaps: tuple[tuple[str, datetime, datetime], ...] = ()
    alone: tuple[tuple[str, datetime], ...] = ()
    clock_in_doubt: str = ""


@dataclass(frozen=True, slots=True)
class SignedTree:
    """A checkpoint: how many entries, the root of the tree in hex, whose key, and until when."""

    size: int
    root: str
    key_id: str
    until: datetime

    @property
    def payload(self) -> str:
        """All of it, to be scanned: in the characters of which a symbol holds most."""
        return f"{self.size}/{self.root}".upper()

    @property
    def digest(self) -> str:
        """As much of it as people type, in groups of four."""
        groups = (self.root[at : at + 4] for at in range(0, SHOWN, 4))
        return f"{self.size} / {' '.join(groups)}"


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether the chain was verified for this document: in few words, and in a sentence."""

    holds: bool
    verdict: str
    statement: str


@dataclass(frozen=True, slots=True)
class Before:
    """A version that the therapy followed before, from one entry to another."""

    version: int
    hash: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Workflow:
    """The definition that the therapy follows, and since when."""

    title: str
    name: str
    version: int
    hash: str
    since: int
    since_at: datetime
    earlier: tuple[Before, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyRecord:
    """Everything that the custody record of one therapy says."""

    coi: str
    transcription: str = ""  # of a therapy that was copied from paper: how far, and who compared it
    workflow: Workflow
    state: str
    places: tuple[Place, ...]
    items: tuple[Item, ...]
    descents: tuple[Descent, ...]
    results: tuple[Result, ...]
    decisions: tuple[Decision, ...]
    reviews: tuple[TrailReview, ...]
    departures: tuple[Departure, ...]
    changes: tuple[Change, ...]
    labels: tuple[IssuedLabel, ...]
    events: tuple[Event, ...]
    head_entry: int
    head_hash: str
    verification: Verification
    generated_at: datetime
    generated_by: str
    recording: Recording
    software: str
    demonstration: bool = False
    copy: int = 0  # the number of this copy; 0 is one that nobody counts
    tree: SignedTree | None = None  # what was signed last of all chains together
