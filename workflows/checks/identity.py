"""Whether the definition asks who the patient is, and which bag it is, wherever the two meet."""

from collections.abc import Iterator

from workflows.model import Custody, Kind, Pick, Verb, Workflow
from workflows.paths import every_move
from workflows.problem import Problem

# By these verbs, these kinds of subject touch the patient.
AT_THE_PATIENT: dict[Verb, frozenset[Kind]] = {
    Verb.COLLECT: frozenset({Kind.COLLECTION, Kind.CONTAINER}),
    Verb.CHECK: frozenset({Kind.CONTAINER}),
    Verb.ADMINISTER: frozenset({Kind.CONTAINER}),
}


def patients_are_scanned(workflow: Workflow) -> Iterator[Problem]:
    """Where cells leave or enter a patient, or are checked beside one, the wristband is scanned."""
    for place, action, rule in every_move(workflow):
        kind = workflow.machines[rule.machine].kind
        if kind in AT_THE_PATIENT.get(action.verb, ()) and not rule.patient:
            reason = "touches a patient without scanning who it is"
            yield Problem(f"{place}.patient", reason, "Write patient: true")


def bags_are_scanned_at_the_patient(workflow: Workflow) -> Iterator[Problem]:
    """A bag that exists is scanned wherever it touches a patient."""
    for place, _action, rule in every_move(workflow):
        is_container = workflow.machines[rule.machine].kind is Kind.CONTAINER
        exists = rule.custody is not Custody.CREATES
        if is_container and rule.patient and exists and rule.pick is not Pick.SCANNED:
            reason = "touches a patient without scanning which bag it is"
            yield Problem(f"{place}.pick", reason, "Write pick: scanned")


def scanned_things_are_labelled(workflow: Workflow) -> Iterator[Problem]:
    """What is scanned carries a label."""
    for place, _action, rule in every_move(workflow):
        if rule.pick is Pick.SCANNED and not workflow.machines[rule.machine].labelled:
            reason = f"scans {rule.machine}, which carries no label"
            yield Problem(
                f"{place}.pick", reason, f"Write labelled: true in machines.{rule.machine}"
            )
