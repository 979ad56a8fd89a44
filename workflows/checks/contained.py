"""What can lie in which sort of package, and in which states it can come to be there."""

from collections.abc import Iterator

from workflows.model import Action, Custody, MoveRule, Workflow
from workflows.packing import PACKAGING, Packing, packing_of
from workflows.paths import every_move

States = dict[str, set[str]]
"""By machine."""


def births(workflow: Workflow) -> Iterator[tuple[str, Action, MoveRule]]:
    """Each rule by which a package or shipment comes into being."""
    for place, action, rule in every_move(workflow):
        if workflow.machines[rule.machine].kind in PACKAGING and not rule.from_states:
            yield place, action, rule


def states_of(action: Action, machine: str, packing: Packing) -> set[str]:
    """The states from which a machine's subjects go in, or come out, by this action."""
    rules = (one for one in action.moves if one.machine == machine)
    return {
        state for one in rules if packing_of(action, one) is packing for state in one.from_states
    }


def directly_in(workflow: Workflow, package: str) -> States:
    """What lies in it with nothing else around: in the states of going in, and of what follows."""
    inside: States = {}
    for _place, action, rule in births(workflow):
        for machine in rule.parents if rule.machine == package else ():
            states = states_of(action, machine, Packing.GOES_IN)
            inside.setdefault(machine, set()).update(states)
    return {machine: _reached(workflow, package, machine, inside[machine]) for machine in inside}


def deeper_in(workflow: Workflow, package: str, above: frozenset[str] = frozenset()) -> States:
    """What lies in a package that lies in it, as far as the step that closes it lets it pass."""
    deeper: States = {}
    for _place, action, rule in births(workflow):
        for inner in rule.parents if rule.machine == package else ():
            if inner in above | {package} or workflow.machines[inner].kind not in PACKAGING:
                continue
            for machine, states in anywhere_in(workflow, inner, above | {package}).items():
                passing = states_of(action, machine, Packing.INSIDE) or states
                deeper.setdefault(machine, set()).update(states & passing)
    return {machine: _reached(workflow, package, machine, deeper[machine]) for machine in deeper}


def anywhere_in(workflow: Workflow, package: str, above: frozenset[str] = frozenset()) -> States:
    """Both, together."""
    found = directly_in(workflow, package)
    for machine, states in deeper_in(workflow, package, above).items():
        found[machine] = found.get(machine, set()) | states
    return found


def _reached(workflow: Workflow, package: str, machine: str, start: set[str]) -> set[str]:
    """With the living states to which it is led while it lies there."""
    reached = set(start)
    while True:
        further = reached | {
            rule.to_state
            for action in workflow.actions.values()
            for rule in action.moves
            if rule.machine == machine
            and rule.to_state
            and not workflow.machines[machine].states[rule.to_state].final
            and reached & set(rule.from_states)
            and _happens_in(action, rule, package)
        }
        if further == reached:
            return reached
        reached = further


def _happens_in(action: Action, rule: MoveRule, package: str) -> bool:
    """On paper, or by a step by which the package moves too, and is not opened."""
    packing = packing_of(action, rule)
    goes_along = packing is Packing.INSIDE and any(
        one.machine == package and one.from_states and one.custody is not Custody.ENDS
        for one in action.moves
    )
    return goes_along or packing is Packing.EITHER
