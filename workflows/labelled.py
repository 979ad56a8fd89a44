"""What a bag label says that was recorded, and what of it was corrected since the label was issued.

A label cannot change: what was printed before a correction shows the old value until the bag is
labelled anew. `coi.services.labelling` draws these values, and no other ones that can be corrected.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from workflows.facts import Link, Subject, Value
from workflows.model import Kind, Relation, Workflow

MILLILITRES = "mL"
SAYS = "label_says"
_ITS_OWN = ("expires_at", SAYS)
_OF_ITS_ORIGIN: Mapping[Kind, tuple[str, ...]] = {
    Kind.LOT: ("batch_number",),
    Kind.COLLECTION: ("donation_number", "ended_at"),
}


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a therapy, as far as its labels say it."""

    workflow: Workflow
    subjects: Mapping[str, Subject]
    links: tuple[Link, ...]
    values: tuple[Value, ...]


def old_values(known: Known, subject: str, issued_in: int) -> tuple[str, ...]:
    """The titles of what a label that was issued in this entry shows, and was corrected since."""
    stale = [v for v in _shown(known, subject) if v.revision > 1 and v.recorded_in > issued_in]
    return tuple(_title(known.workflow, value.field) for value in stale)


def _shown(known: Known, subject: str) -> Iterator[Value]:
    """Each value that the label of a container shows."""
    own = [value for value in known.values if value.subject == subject]
    yield from _newest(own, _ITS_OWN)
    # With how much it was filled; what was taken out of it later comes after that.
    volumes = [value for value in own if value.unit == MILLILITRES]
    yield from sorted(volumes, key=lambda value: value.occurrence)[:1]
    for origin in _made_of(known, subject):
        fields = _OF_ITS_ORIGIN.get(known.workflow.machines[origin.machine].kind, ())
        yield from _newest((v for v in known.values if v.subject == origin.id), fields)


def _newest(values: Iterable[Value], fields: tuple[str, ...]) -> Iterator[Value]:
    newest: dict[str, Value] = {}
    for value in sorted(values, key=lambda value: (value.occurrence, value.revision)):
        newest[value.field] = value
    return (newest[field] for field in fields if field in newest)


def _made_of(known: Known, subject: str) -> Iterator[Subject]:
    made_of = (link for link in known.links if link.relation == Relation.MADE_OF)
    return (known.subjects[link.parent] for link in made_of if link.child == subject)


def _title(workflow: Workflow, name: str) -> str:
    every = (field for action in workflow.actions.values() for field in action.fields)
    return next((field.title for field in every if field.name == name), name)
