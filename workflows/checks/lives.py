"""Whether every subject's life goes from a birth to an end, and stays ended."""

from collections.abc import Collection, Iterator

from workflows.model import Action, Custody, Machine, MoveRule, Workflow
from workflows.paths import every_move, listed, reachable, rows_of
from workflows.problem import Problem

THERAPY = "therapy"
ACCOUNTED = "nothing_is_left_to_account_for"  # the guard of an end that leaves nothing behind


def states_are_reachable(workflow: Workflow) -> Iterator[Problem]:
    """Some way leads from birth to every state."""
    for machine in workflow.machines.values():
        reached = reachable(rows_of(workflow, machine.name), {""})
        for state in machine.states:
            if state not in reached:
                place = f"machines.{machine.name}.states.{state}"
                yield Problem(place, "cannot be reached", "Let an action lead to it, or remove it")


def states_lead_to_an_end(workflow: Workflow) -> Iterator[Problem]:
    """Every state that is not final has a way out, and a path to a final state."""
    for machine in workflow.machines.values():
        rows = rows_of(workflow, machine.name)
        ends = {state.name for state in machine.states.values() if state.final}
        for state in (name for name in machine.states if name not in ends):
            place = f"machines.{machine.name}.states.{state}"
            beyond = reachable(rows, {state})
            if beyond == {state}:
                yield Problem(place, "has no way out", "Let an action leave it, or make it final")
            elif not beyond & ends:
                yield Problem(place, "leads to no final state", "Let a path lead to a final state")


def lives_end_after_the_therapy(workflow: Workflow) -> Iterator[Problem]:
    """Once the therapy has ended, whatever is left of it can still be brought to its end."""
    for end in _ends_that_leave_something(workflow):
        going_on = {a.name for a in workflow.actions.values() if _can_be_taken_after(a, end)}
        for machine in (each for each in workflow.machines.values() if each.name != THERAPY):
            for state in _stranded(workflow, machine, going_on):
                place = f"machines.{machine.name}.states.{state}"
                reason = f"cannot come to an end once the therapy is {end}"
                mend = "Let an action end it that does not move the therapy"
                yield Problem(place, reason, mend)


def _stranded(workflow: Workflow, machine: Machine, going_on: Collection[str]) -> Iterator[str]:
    """The states from which some way leads to an end, but none by these actions alone."""
    rows = rows_of(workflow, machine.name)
    left = [row for row in rows if row.action in going_on]
    ends = {state.name for state in machine.states.values() if state.final}
    for state in (name for name in machine.states if name not in ends):
        if reachable(rows, {state}) & ends and not reachable(left, {state}) & ends:
            yield state


def _ends_that_leave_something(workflow: Workflow) -> Iterator[str]:
    """The ends of the therapy that it may come to before everything is accounted for."""
    states = workflow.machines[THERAPY].states if THERAPY in workflow.machines else {}
    for _place, action, rule in every_move(workflow):
        accounted = any(use.name == ACCOUNTED for use in action.guards)
        final = rule.machine == THERAPY and rule.to_state and states[rule.to_state].final
        if final and not accounted:
            yield rule.to_state


def _can_be_taken_after(action: Action, end: str) -> bool:
    """The action asks nothing of the therapy, or takes it as it has ended."""
    rules = [rule for rule in action.moves if rule.machine == THERAPY]
    return not rules or any(end in rule.from_states for rule in rules)


def ends_are_final(workflow: Workflow) -> Iterator[Problem]:
    """From a final state nothing happens but late records and the lifting of a hold."""
    for place, action, rule in every_move(workflow):
        states = workflow.machines[rule.machine].states
        left = [name for name in rule.from_states if states[name].final]
        if left and not (_stays(rule) and (action.record_only or rule.stop < 0)):
            reason = f"leaves or changes what is final: {listed(left)}"
            yield Problem(
                f"{place}.from", reason, "Remove the state, or make the action record_only"
            )


def late_records_change_nothing(workflow: Workflow) -> Iterator[Problem]:
    """An action that only records leaves every subject where it stands."""
    for place, action, rule in every_move(workflow):
        if action.record_only and not (_stays(rule) and rule.stop == 0):
            reason = "moves a subject, though the action is record_only"
            yield Problem(place, reason, "Remove to, custody and stop, or record_only")


def _stays(rule: MoveRule) -> bool:
    """The subject keeps its state and its holder."""
    same_state = not rule.to_state or rule.from_states == (rule.to_state,)
    return bool(rule.from_states) and same_state and rule.custody is Custody.NONE
