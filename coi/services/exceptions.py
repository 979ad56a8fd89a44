"""The exceptions of a therapy: what was seen, how grave it is, what it stops, and what was done."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from coi.services.therapies import TherapyView
from workflows.facts import Subject, Value
from workflows.model import Kind

_ORDER: Final = ("critical", "", "major", "minor")
"""What nobody has classified yet is looked at before what is less than critical."""


@dataclass(frozen=True, slots=True)
class Told:
    """One exception, as a page shows it."""

    id: str
    of_class: str  # '' as long as nobody has said
    is_open: bool
    seen: str
    stops: str  # 'nothing', 'item', 'therapy' or 'pairing'
    on: str  # the thing that it is about; '' for the therapy
    opened_in: int  # the entry
    resolution: str


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
    return Told(
        id=subject.id,
        of_class=texts.get("class", ""),
        is_open=not machine.states[subject.position.state].final,
        # A hold says why, and an exception what was seen.
        seen=texts.get("seen") or texts.get("cause", ""),
        stops=texts.get("stops", "nothing"),
        on="" if subject.origin == therapy.therapy.coi else subject.origin or "",
        opened_in=subject.born_seq,
        resolution=texts.get("resolution", ""),
    )


def _texts(therapy: TherapyView, subject: Subject) -> Iterator[tuple[str, str]]:
    """What is recorded of it, read where it is kept apart; what was erased says so."""
    for value in therapy.values:
        if value.subject == subject.id:
            yield value.field, _text(therapy, value)


def _text(therapy: TherapyView, value: Value) -> str:
    is_short = value.field in {"class", "stops"}
    return value.content if is_short else therapy.texts.get(value.content, "(erased)")
