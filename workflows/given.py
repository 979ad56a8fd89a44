"""What the patient is given, read off a definition, whatever a therapy calls it."""

from collections.abc import Iterator

from workflows.model import Custody, Kind, MoveRule, Verb, Workflow

Standing = tuple[str, str]
"""A machine, and one of its states."""


def products(workflow: Workflow) -> frozenset[str]:
    """The sorts of container that are made: born of a lot."""
    lots = {machine.name for machine in workflow.machine_of_kind(Kind.LOT)}
    return frozenset(
        rule.machine
        for action in workflow.actions.values()
        for rule in action.moves
        if lots & set(rule.parents) and workflow.machines[rule.machine].kind is Kind.CONTAINER
    )


def given(workflow: Workflow) -> frozenset[str]:
    """The sorts of container that are given to the patient: the product, and what is kept by."""
    return frozenset(rule.machine for rule in _at_the_patient(workflow, Verb.ADMINISTER))


def begun(workflow: Workflow) -> frozenset[Standing]:
    """Where a bag stands of which a part was given, and the rest not yet."""
    return frozenset(
        (rule.machine, state)
        for rule in _at_the_patient(workflow, Verb.ADMINISTER)
        if rule.custody is Custody.KEEPS
        for state in ([rule.to_state] if rule.to_state else rule.from_states)
    )


def at_the_bedside(workflow: Workflow) -> frozenset[Standing]:
    """Where a bag stands that is ready to be checked or given."""
    return frozenset(
        (rule.machine, state)
        for rule in _at_the_patient(workflow, Verb.CHECK, Verb.ADMINISTER)
        for state in rule.from_states
    )


def _at_the_patient(workflow: Workflow, *verbs: Verb) -> Iterator[MoveRule]:
    """The rules by which actions of these verbs move containers."""
    for action in workflow.actions.values():
        for rule in action.moves if action.verb in verbs else ():
            if workflow.machines[rule.machine].kind is Kind.CONTAINER:
                yield rule
