"""Whether every name in a definition refers to something that the definition has."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from workflows.expansion import GRANTED, MIGRATE, USED
from workflows.model import Action, Kind, MoveRule, Workflow
from workflows.on_paper import FIELDS, OF_THE_ENGINE
from workflows.parameters import Asked, wrong_parameters
from workflows.problem import Problem

ANY = "*"


def dangling_references(
    workflow: Workflow, guards: Mapping[str, Asked] | None
) -> tuple[Problem, ...]:
    """Every name that refers to nothing; guards' names only when the existing ones are given."""
    return (
        *_reserved(workflow),
        *(
            problem
            for action in workflow.actions.values()
            for problem in (
                *_in_moves(workflow, action),
                *_in_fields(workflow, action),
                *_in_time(workflow, action),
            )
        ),
        *_in_guards(workflow, guards),
        *_in_dispensable(workflow, guards),
    )


def _reserved(workflow: Workflow) -> Iterator[Problem]:
    """A therapy moves to another version, and is copied from paper, by what every workflow has."""
    if MIGRATE in workflow.actions:
        reason = "is the name by which a therapy moves to another version"
        yield Problem(f"actions.{MIGRATE}", reason, "Call the action otherwise")
    for name in OF_THE_ENGINE:
        if name in workflow.actions:
            reason = "is a name of a step by which a therapy is copied from paper"
            yield Problem(f"actions.{name}", reason, "Call the action otherwise")
    for action in workflow.actions.values():
        for field in action.fields:
            if field.name in FIELDS:
                reason = "is a name of what is told of a therapy that is copied from paper"
                place = f"actions.{action.name}.fields.{field.name}"
                yield Problem(place, reason, "Call the field otherwise")


def _in_moves(workflow: Workflow, action: Action) -> Iterator[Problem]:
    """Machines and states that an action's moves name."""
    for n, rule in enumerate(action.moves):
        place = f"actions.{action.name}.moves[{n}]"
        yield from _unknown(f"{place}.machine", "machine", [rule.machine], workflow.machines)
        yield from _unknown(f"{place}.parents", "machine", rule.parents, workflow.machines)
        if rule.machine in workflow.machines:
            yield from _in_states(workflow, rule, place)


def _in_states(workflow: Workflow, rule: MoveRule, place: str) -> Iterator[Problem]:
    """States that one move names."""
    states = workflow.machines[rule.machine].states
    yield from _unknown(f"{place}.from", f"state of {rule.machine}", rule.from_states, states)
    if rule.to_state:
        yield from _unknown(f"{place}.to", f"state of {rule.machine}", [rule.to_state], states)


def _in_fields(workflow: Workflow, action: Action) -> Iterator[Problem]:
    """Machines on whose subjects an action records, and fields by which it works one out."""
    known = {field.name for every in workflow.actions.values() for field in every.fields}
    moved = [rule.machine for rule in action.moves if rule.machine in workflow.machines]
    for field in action.fields:
        place = f"actions.{action.name}.fields.{field.name}"
        yield from _unknown(f"{place}.uses", "field of any action", field.uses, known)
        if field.on != ANY:
            yield from _unknown(f"{place}.on", "machine that the action moves", [field.on], moved)


def _in_time(workflow: Workflow, action: Action) -> Iterator[Problem]:
    """The machine for whose last thing an action's time waits."""
    if action.due_after:
        place = f"actions.{action.name}.due_after"
        yield from _unknown(place, "machine", [action.due_after], workflow.machines)


def _in_guards(workflow: Workflow, guards: Mapping[str, Asked] | None) -> Iterator[Problem]:
    """Guards that actions use, and the parameters that they are given."""
    if guards is None:
        return
    for action in workflow.actions.values():
        for n, use in enumerate(action.guards):
            place = f"actions.{action.name}.guards[{n}]"
            yield from _unknown(place, "guard", [use.name], guards)
            if use.name in guards:
                yield from wrong_parameters(workflow, action, place, use, guards[use.name])


def _in_dispensable(workflow: Workflow, guards: Collection[str] | None) -> Iterator[Problem]:
    """Guards that may be departed from, and the machine of the departures."""
    used = {use.name for action in workflow.actions.values() for use in action.guards}
    for name in workflow.dispensable:
        known = used if guards is None else used & set(guards)
        yield from _unknown(f"dispensable.{name}", "guard of any action", [name], known)
    machines = workflow.machine_of_kind(Kind.DISPENSATION)
    if workflow.dispensable and not machines:
        yield Problem("dispensable", "needs a machine of kind dispensation", "Define the machine")
    for machine in machines:
        place = f"machines.{machine.name}.states"
        for state in (GRANTED, USED):
            if state not in machine.states:
                yield Problem(place, f"lacks the state {state}", f"Define {state}")


def _unknown(
    place: str, what: str, names: Iterable[str], known: Collection[str]
) -> Iterator[Problem]:
    """A problem for each name that is not known."""
    for name in names:
        if name not in known:
            choices = ", ".join(sorted(set(known)))
            yield Problem(place, f"“{name}” is no {what}", f"Write one of: {choices}")
