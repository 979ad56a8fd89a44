"""The exceptions of a therapy: what was seen, how grave it is, who looks into it, how it ended."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from coi.ledger.shown import ENTRY
from coi.services.therapies import Happened, Signed, TherapyView
from workflows.facts import Subject, Value
from workflows.model import Action, Kind
from workflows.moves import OTHER
from workflows.remedy import FIELDS, next_step

_ORDER: Final = ("critical", "", "major", "minor")
"""What nobody has classified yet is looked at before what is less than critical."""


_INVESTIGATION: Final = (
    *(OTHER, "looked_into_by", "root_cause", "finding", "containment"),
    *("capa", "capa_number", "capa_reason"),
)
_IN_CLEAR: Final = {*FIELDS, OTHER, "looked_into_by", "capa_number"}


@dataclass(frozen=True, slots=True)
class Told:
    """One exception, as a page shows it."""

    id: str
    of_class: str  # '' as long as nobody has said
    kind: str
    is_open: bool
    seen: str
    stops: str  # 'nothing', 'item', 'therapy' or 'pairing'
    on: str  # the thing that it is about; '' for the therapy
    opened_in: int  # the entry
    owner: str  # the printed name; '' as long as nobody has taken it on
    investigation: tuple[tuple[str, str], ...]  # title and text of each thing that was found
    resolution: str
    closed_in: int | None  # the entry
    closed_by: tuple[Signed, ...]
    next: Action | None
    class_before: str = ""  # the class that it had before it was changed last; '' if it never was
    class_because: str = ""
    is_invalid: bool = False  # something of it is not what was signed


def exceptions_of(therapy: TherapyView) -> tuple[Told, ...]:
    """Every exception: the open ones first, of those the gravest, then the newest."""
    machines = therapy.workflow.machines
    subjects = [s for s in therapy.subjects.values() if machines[s.machine].kind is Kind.EXCEPTION]
    told = [_told(therapy, subject) for subject in subjects]
    return tuple(sorted(told, key=_attention))


def _attention(one: Told) -> tuple[bool, int, int]:
    grave = _ORDER.index(one.of_class) if one.of_class in _ORDER else 0
    return (not one.is_open, grave, -one.opened_in)


def _told(therapy: TherapyView, subject: Subject) -> Told:
    texts = dict(_texts(therapy, subject))
    machine = therapy.workflow.machines[subject.machine]
    is_open = not machine.states[subject.position.state].final
    said = {name: texts.get(name, "") for name in FIELDS}
    closed = None if is_open else _last_turn(therapy, subject)
    owner = said["owner"]
    return Told(
        id=subject.id,
        of_class=texts.get("class", ""),
        kind=said["kind"],
        is_open=is_open,
        # A hold says why, and an exception what was seen.
        seen=texts.get("seen") or texts.get("cause", ""),
        stops=texts.get("stops", "nothing"),
        on="" if subject.origin == therapy.therapy.coi else subject.origin or "",
        opened_in=subject.born_seq,
        owner=therapy.names.get(owner, "(erased)") if owner else "",
        investigation=tuple(_investigation(therapy, texts)),
        resolution=texts.get("resolution", ""),
        closed_in=closed.seq if closed else None,
        closed_by=closed.signatures if closed else (),
        next=next_step(therapy.workflow, said) if is_open else None,
        class_before=_class_before(therapy, subject),
        class_because=texts.get("class_because", ""),
        is_invalid=any(subject.id in one.key or one.sort == ENTRY for one in therapy.faults),
    )


def _class_before(therapy: TherapyView, subject: Subject) -> str:
    values = (v for v in therapy.values if (v.subject, v.field) == (subject.id, "class"))
    classes = [value.content for value in sorted(values, key=lambda value: value.occurrence)]
    return classes[-2] if len(classes) > 1 else ""


def _last_turn(therapy: TherapyView, subject: Subject) -> Happened | None:
    """The entry that moved it last."""
    moved = (e for e in reversed(therapy.history) if _moves(e, subject.id))
    return next(moved, None)


def _moves(event: Happened, subject: str) -> bool:
    return any(move["subject"] == subject for move in event.content.get("moves", ()))


def _investigation(therapy: TherapyView, texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What was found, and what follows from it, by the titles of the definition."""
    titles = {f.name: f.title for a in therapy.workflow.actions.values() for f in a.fields}
    titles[OTHER] = "Mixed up with"
    for name in _INVESTIGATION:
        if texts.get(name):
            yield titles.get(name, name), texts[name]


def _texts(therapy: TherapyView, subject: Subject) -> Iterator[tuple[str, str]]:
    """What is recorded of it, read where it is kept apart; what was erased says so."""
    for value in therapy.values:
        if value.subject == subject.id:
            yield value.field, _text(therapy, value)


def _text(therapy: TherapyView, value: Value) -> str:
    is_clear = value.field in _IN_CLEAR
    return value.content if is_clear else therapy.texts.get(value.content, "(erased)")
