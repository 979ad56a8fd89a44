"""What could be done next, by the states alone: a worklist, not a permission."""

from collections.abc import Iterable, Mapping

from workflows.facts import Subject
from workflows.model import Action, MoveRule, Pick, Workflow


def possible_actions(workflow: Workflow, subjects: Mapping[str, Subject]) -> tuple[Action, ...]:
    """The actions whose subjects stand where they would have to, in the definition's order."""
    if not subjects:
        return ()
    return tuple(
        action
        for action in workflow.actions.values()
        if action.verb != "order" and _is_possible(action, subjects.values())
    )


def _is_possible(action: Action, subjects: Iterable[Subject]) -> bool:
    """Each machine that must move has a subject in a fitting state, and something moves."""
    groups: dict[str, list[MoveRule]] = {}
    for rule in action.moves:
        if rule.pick is not Pick.BORN:
            groups.setdefault(rule.machine, []).append(rule)
    fitting = {machine: _fits(machine, rules, subjects) for machine, rules in groups.items()}
    required = [
        fitting[machine]
        for machine, rules in groups.items()
        if not any(rule.optional for rule in rules)
    ]
    return all(required) and (not groups or any(fitting.values()))


def _fits(machine: str, rules: Iterable[MoveRule], subjects: Iterable[Subject]) -> bool:
    """Some subject of the machine stands where one of the rules begins."""
    states = {state for rule in rules for state in rule.from_states}
    return any(s.machine == machine and s.position.state in states for s in subjects)
