"""Which labels of a therapy show what is otherwise on record since they were issued."""

from collections.abc import Mapping

from coi.services.therapies import TherapyView
from workflows.labelled import Known, old_values
from workflows.stating import is_donor_test


def old_labels(therapy: TherapyView) -> Mapping[str, tuple[str, ...]]:
    """For each thing that lives and whose newest label is old: what it shows an old value of."""
    if not any(value.revision > 1 or is_donor_test(value.field) for value in therapy.values):
        return {}
    known = Known(therapy.workflow, therapy.subjects, therapy.links, therapy.values)
    issued = _issued(therapy)
    found = {
        subject: old_values(known, subject, issued[serials[-1]])
        for subject, serials in therapy.labels.items()
        if not _is_over(therapy, subject)
    }
    return {subject: titles for subject, titles in found.items() if titles}


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
