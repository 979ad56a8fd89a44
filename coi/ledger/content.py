"""What an entry says, before it is hashed: the values of format 1, and the text made of them.

Built from what the engine drafted and what the use case adds (who, when, scans, serials); the store
writes its rows from the same value, and the verifier reads them back from the text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from coi.ledger.entry import FORMAT, GENESIS
from workflows.draft import Birth, Move, NewLink
from workflows.facts import Position
from workflows.label_life import LabelTurn
from workflows.on_paper import NONE, ON_PAPER, transcription_after
from workflows.packing import NOTHING

OWN_KEY = "§"
"""How a key begins under which the record counts something (copies, looks): nobody's request can
take it, since callers' keys are ASCII."""


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a chain: what the next one must follow."""

    seq: int
    hash: str
    version: int
    stops: int
    shape: str
    recorded_at: str
    transcription: str = NONE


@dataclass(frozen=True, slots=True)
class WorkflowRef:
    """The definition that an entry was decided by."""

    name: str
    version: int
    hash: str


@dataclass(frozen=True, slots=True)
class RecordedValue:
    """A value as the ledger keeps it; `content` of a confidential one is its commitment."""

    subject: str
    field: str
    occurrence: int
    revision: int
    content: str
    unit: str
    method: str
    limits: str
    within: str
    reason: str = "-"


@dataclass(frozen=True, slots=True)
class IssuedLabel:
    """A bag label: its serial, its subject, and the template that it is printed by.

    The first label of a thing has issue 1; each later one replaces the one before, which is void.
    """

    serial: str
    subject: str
    template: str
    issue: int = 1
    replaces: str | None = None


@dataclass(frozen=True, slots=True)
class IssuedWristband:
    """A wristband: the n-th of its patient; only the newest is current."""

    serial: str
    patient: str
    issue: int


@dataclass(frozen=True, slots=True)
class Attestation:
    """What the organisation vouches for, until a day, or no longer (`holds` 0)."""

    kind: str
    about: str
    role: str = "-"
    unit: str = "-"
    holds: int = 1
    valid_until: str = "-"
    detail: str = "-"


@dataclass(frozen=True, slots=True)
class SignedBy:
    """One signature: the printed name is a salted commitment, the text stands apart."""

    person: str
    role: str
    printed_name: str
    meaning: str
    signed_at: str


@dataclass(frozen=True, slots=True)
class NewEntry:
    """Everything that one business action writes into one chain."""

    chain: str
    head: Head | None
    kind: str
    action: str
    actor: str
    role: str
    unit: str
    happened_at: str
    recorded_at: str
    workflow: WorkflowRef | None = None
    bench: str = ""
    device: str = ""
    request: Mapping[str, str] = field(default_factory=dict)
    therapy: Mapping[str, str] = field(default_factory=dict)
    scans: Sequence[Mapping[str, str]] = ()
    identity_checks: Sequence[Mapping[str, object]] = ()  # who compared which identifiers
    document: Mapping[str, str] = field(default_factory=dict)  # what was written out or printed
    attempted_by: Sequence[str] = ()  # of a refused attempt: the persons who would have signed
    moves: tuple[Move, ...] = ()
    births: tuple[Birth, ...] = ()
    sites: tuple[str, ...] = ()  # those that take part in the therapy from this entry on
    links: tuple[NewLink, ...] = ()
    values: tuple[RecordedValue, ...] = ()
    labels: tuple[IssuedLabel, ...] = ()
    label_turns: tuple[LabelTurn, ...] = ()
    wristbands: tuple[IssuedWristband, ...] = ()
    attestations: tuple[Attestation, ...] = ()
    registers: Mapping[str, Sequence[Mapping[str, object]]] = field(default_factory=dict)
    refusals: Sequence[Mapping[str, str]] = ()
    notices: tuple[str, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    signed: tuple[SignedBy, ...] = ()

    @property
    def seq(self) -> int:
        """The number of this entry in its chain, from 0."""
        return self.head.seq + 1 if self.head else 0

    @property
    def version(self) -> int:
        """The version of the workflow; 0 on site chains."""
        return self.workflow.version if self.workflow else 0

    @property
    def prev_stops(self) -> int:
        """The stops of the whole therapy before this entry."""
        return self.head.stops if self.head else 0

    @property
    def stops(self) -> int:
        """The stops of the whole therapy after this entry."""
        return self.prev_stops + {"hold": 1, "lift": -1}.get(self.kind, 0)

    @property
    def transcription(self) -> str:
        """How the therapy stands after this entry, as far as it was copied from paper."""
        before = self.head.transcription if self.head else NONE
        is_flagged = self.head is None and any(v.field == ON_PAPER for v in self.values)
        return transcription_after(before, self.kind, self.action, is_flagged=is_flagged)


def content_of(entry: NewEntry) -> dict[str, object]:
    """The entry's content as format 1 writes it; what is empty is left out."""
    always: dict[str, object] = {
        "format": FORMAT,
        "chain": entry.chain,
        "seq": entry.seq,
        "previous": entry.head.hash if entry.head else GENESIS,
        "kind": entry.kind,
        "action": entry.action,
        "actor": entry.actor,
        "role": entry.role,
        "unit": entry.unit,
        "happened_at": entry.happened_at,
        "recorded_at": entry.recorded_at,
        "stops": entry.stops,
    }
    # What says nothing could be spelt in two ways, empty or absent: there is one, absent.
    return always | {name: value for name, value in _sometimes(entry) if value}


def _sometimes(entry: NewEntry) -> tuple[tuple[str, object], ...]:
    """The members that an entry may lack."""
    reference = entry.workflow
    return (
        (
            "workflow",
            reference
            and {"name": reference.name, "version": reference.version, "hash": reference.hash},
        ),
        ("bench", entry.bench),
        ("device", entry.device),
        ("request", entry.request),
        ("therapy", entry.therapy),
        ("scans", entry.scans),
        ("identity_checks", entry.identity_checks),
        ("attempted_by", entry.attempted_by),
        ("document", entry.document),
        ("sites", entry.sites),
        ("moves", [_move(move) for move in entry.moves]),
        ("subjects", [_birth(birth) for birth in entry.births]),
        ("links", [_link(link) for link in entry.links]),
        ("values", [_value(value) for value in entry.values]),
        ("labels", [_label(label) for label in entry.labels]),
        ("label_turns", [_label_turn(turn) for turn in entry.label_turns]),
        (
            "wristbands",
            [
                {"serial": x.serial, "patient": x.patient, "issue": x.issue}
                for x in entry.wristbands
            ],
        ),
        ("attestations", [_attestation(attestation) for attestation in entry.attestations]),
        ("registers", entry.registers),
        ("refusals", entry.refusals),
        ("notices", entry.notices),
        ("notes", entry.notes),
    )


def _move(move: Move) -> dict[str, object]:
    """One subject's turn; evidence that was not asked for is left out."""
    told: dict[str, object] = {
        "subject": move.subject,
        "machine": move.machine,
        "action": move.action,
        "turn": move.after.turn,
        "from": _position(move.before),
        "to": _position(move.after),
        "holder_kind": move.holder_kind,
        "custody": move.custody,
    }
    if move.label:
        told["label"] = move.label
    if move.patient_id and move.wristband:
        told["patient"] = move.patient_id
        told["wristband"] = move.wristband
    return told


def _position(position: Position) -> dict[str, object]:
    """Where something stands; what is in no package leaves that out."""
    told: dict[str, object] = {
        "version": position.version,
        "state": position.state,
        "holder": position.holder,
        "consignee": position.consignee,
        "stops": position.stops,
    }
    return told if position.inside == NOTHING else told | {"inside": position.inside}


def _birth(birth: Birth) -> dict[str, object]:
    told: dict[str, object] = {"id": birth.id, "machine": birth.machine}
    return told | {"origin": birth.origin} if birth.origin else told


def _link(link: NewLink) -> dict[str, object]:
    return {"child": link.child, "parent": link.parent, "relation": link.relation}


def _value(value: RecordedValue) -> dict[str, object]:
    return {
        "subject": value.subject,
        "field": value.field,
        "occurrence": value.occurrence,
        "revision": value.revision,
        "content": value.content,
        "unit": value.unit,
        "method": value.method,
        "limits": value.limits,
        "within": value.within,
        "reason": value.reason,
    }


def _label(label: IssuedLabel) -> dict[str, object]:
    """One label; what it replaces is left out of a first one."""
    told: dict[str, object] = {
        "serial": label.serial,
        "subject": label.subject,
        "template": label.template,
    }
    return told | {"replaces": label.replaces} if label.replaces else told


def _label_turn(turn: LabelTurn) -> dict[str, object]:
    return {
        "serial": turn.serial,
        "turn": turn.turn,
        "before": turn.before,
        "after": turn.after,
        "how": turn.how,
        "reason": turn.reason,
        "pieces": turn.pieces,
    }


def _attestation(attestation: Attestation) -> dict[str, object]:
    return {
        "kind": attestation.kind,
        "about": attestation.about,
        "role": attestation.role,
        "unit": attestation.unit,
        "holds": attestation.holds,
        "valid_until": attestation.valid_until,
        "detail": attestation.detail,
    }


def signed_of(entry: NewEntry) -> list[dict[str, object]]:
    """The signatures as format 1 writes them, in the order of signing."""
    return [
        {
            "person": signature.person,
            "role": signature.role,
            "printed_name": signature.printed_name,
            "meaning": signature.meaning,
            "signed_at": signature.signed_at,
        }
        for signature in entry.signed
    ]
