"""What the patient is given, read off a definition, whatever a therapy calls it."""

from collections.abc import Collection, Iterator

from workflows.model import Custody, Kind, MoveRule, Verb, Workflow
from workflows.paths import reachable, rows_of

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


def may_be_given(workflow: Workflow) -> frozenset[Standing]:
    """Where product stands that can still be given to the patient, now or some steps later."""
    made = products(workflow)
    given_from = {
        (rule.machine, state)
        for rule in _at_the_patient(workflow, Verb.ADMINISTER)
        for state in rule.from_states
        if rule.machine in made
    }
    return _on_the_way_to(workflow, given_from)


def may_be_made(workflow: Workflow) -> frozenset[Standing]:
    """Where a container stands of which a lot can still begin, now or some steps later."""
    lots = {machine.name for machine in workflow.machine_of_kind(Kind.LOT)}
    begins = [
        action
        for action in workflow.actions.values()
        if any(rule.machine in lots and not rule.from_states for rule in action.moves)
    ]
    used = {
        (rule.machine, state)
        for action in begins
        for rule in action.moves
        if workflow.machines[rule.machine].kind is Kind.CONTAINER
        for state in rule.from_states
    }
    return _on_the_way_to(workflow, used)


def _on_the_way_to(workflow: Workflow, there: Collection[Standing]) -> frozenset[Standing]:
    """Each state of these machines from which one of these can be reached, and these."""
    machines = [workflow.machines[name] for name in sorted({name for name, _state in there})]
    return frozenset(
        (machine.name, state)
        for machine in machines
        for state in machine.states
        for reached in [reachable(rows_of(workflow, machine.name), [state])]
        if any((machine.name, one) in there for one in reached)
    )


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
