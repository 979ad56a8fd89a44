"""Which labels of a therapy show what is otherwise on record since they were issued."""

from collections.abc import Mapping
from dataclasses import dataclass

from coi.services.therapies import TherapyView
from workflows.labelled import Known, old_values, step_that_labels_anew, way_out
from workflows.model import Action
from workflows.stating import is_donor_test


@dataclass(frozen=True, slots=True)
class OldLabel:
    """What a label shows an old value of, and what is done about it."""

    titles: tuple[str, ...]
    way: str
    step: Action | None  # that labels the thing anew; None where its label is printed anew

    @property
    def sentence(self) -> str:
        """`shows an old value of Expires at: relabel`."""
        return f"shows an old value of {', '.join(self.titles)}: {self.way}"


def old_labels(therapy: TherapyView) -> Mapping[str, OldLabel]:
    """For each thing that lives and whose newest label is old: what it shows an old value of."""
    if not any(value.revision > 1 or is_donor_test(value.field) for value in therapy.values):
        return {}
    known = known_of(therapy)
    issued = _issued(therapy)
    found = {
        subject: old_values(known, subject, issued[serials[-1]])
        for subject, serials in therapy.labels.items()
        if not _is_over(therapy, subject)
    }
    return {subject: _old(therapy, subject, titles) for subject, titles in found.items() if titles}


def known_of(therapy: TherapyView) -> Known:
    """What its labels show of a therapy, as it is known now."""
    found = (therapy.workflow, therapy.subjects, therapy.links, therapy.values)
    return Known(*found, therapy.earlier)


def _old(therapy: TherapyView, name: str, titles: tuple[str, ...]) -> OldLabel:
    workflow, subject = therapy.workflow, therapy.subjects[name]
    return OldLabel(titles, way_out(workflow, subject), step_that_labels_anew(workflow, subject))


def _issued(therapy: TherapyView) -> Mapping[str, int]:
    """The entry that issued each label, by its serial."""
    return {
        label["serial"]: event.seq
        for event in therapy.history
        for label in event.content.get("labels", ())
    }


def _is_over(therapy: TherapyView, name: str) -> bool:
    subject = therapy.subjects[name]
    return therapy.workflow.machines[subject.machine].states[subject.position.state].final
