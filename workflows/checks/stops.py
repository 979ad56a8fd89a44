"""Whether what is put on hold can go on again."""

from collections.abc import Iterator

from workflows.expansion import THINGS
from workflows.model import Action, Custody, MoveRule, Workflow
from workflows.paths import every_move, listed, reachable, rows_of
from workflows.problem import Problem


def stops_work_while_stopped(workflow: Workflow) -> Iterator[Problem]:
    """A hold can come on top of another, and is lifted while things are stopped."""
    for place, action, rule in every_move(workflow):
        if (rule.stop or action.chain_stop) and not rule.while_stopped:
            reason = "holds or lifts, but not while things are stopped"
            yield Problem(f"{place}.while_stopped", reason, "Write while_stopped: true")


def what_is_scanned_can_be_held(workflow: Workflow) -> Iterator[Problem]:
    """What a wrong scan shows to be another therapy's is held at once, whatever its state."""
    for machine in workflow.machines.values():
        living = {state.name for state in machine.states.values() if not state.final}
        free = living - _stopped_from(workflow, machine.name, 1)
        if machine.labelled and free:
            reason = f"cannot be held when {listed(free)}"
            yield Problem(f"machines.{machine.name}", reason, "Add a move with stop: 1 from there")


def alarms_are_about_what_is_in_hand(workflow: Workflow) -> Iterator[Problem]:
    """An answer that stops a thing is asked where a container, sample or shipment is in hand."""
    for place, action, rule in every_move(workflow):
        in_hand = bool(rule.from_states) and rule.custody is not Custody.NONE
        if rule.machine in _alarmed(action) and not (in_hand and _is_thing(workflow, rule)):
            mend = "Ask it where a container, sample or shipment is in hand"
            yield Problem(place, f"is asked what stops no {rule.machine}", mend)


def alarms_can_stop(workflow: Workflow) -> Iterator[Problem]:
    """What an alarming answer is about, and what a decision finds on its way, can be held."""
    for place, action, rule in every_move(workflow):
        asked = _is_thing(workflow, rule) and bool(_alarmed(action) & {"*", rule.machine})
        free = _afterwards(rule) - _stopped_from(workflow, rule.machine, 1)
        if free and (asked or rule.hold_in_transit):
            reason = f"stops what cannot be held: {rule.machine} {listed(free)}"
            yield Problem(place, reason, "Add a move with stop: 1 from there")


def _alarmed(action: Action) -> set[str]:
    """The machines of which something is asked that can be answered by an alarm."""
    return {field.on for field in action.fields if field.alarms}


def _is_thing(workflow: Workflow, rule: MoveRule) -> bool:
    """It moves what somebody can hold back."""
    return workflow.machines[rule.machine].kind in THINGS


def _afterwards(rule: MoveRule) -> set[str]:
    """The states in which a rule leaves its subjects; what is held on its way stays as it is."""
    moves_on = rule.to_state and not rule.hold_in_transit
    return {rule.to_state} if moves_on else set(rule.from_states)


def holds_can_be_lifted(workflow: Workflow) -> Iterator[Problem]:
    """Wherever a held subject can get to, its hold can be lifted; so its exception can close."""
    for machine in workflow.machines:
        moves = (row for row in rows_of(workflow, machine) if row.while_stopped)
        held = reachable(moves, _stopped_from(workflow, machine, 1))
        stuck = held - _stopped_from(workflow, machine, -1)
        if stuck:
            reason = f"stays on hold for ever when {listed(stuck)}"
            yield Problem(f"machines.{machine}", reason, "Add a move with stop: -1 from there")


def therapy_holds_can_be_lifted(workflow: Workflow) -> Iterator[Problem]:
    """If an action stops the whole therapy, another lets it go on."""
    effects = {action.chain_stop for action in workflow.actions.values()}
    if 1 in effects and -1 not in effects:
        reason = f"stops the therapy, and nothing lifts it: {listed(_stopping(workflow))}"
        yield Problem("actions", reason, "Add an action with chain_stop: -1")


def _stopping(workflow: Workflow) -> Iterator[str]:
    """The actions that stop the whole therapy."""
    return (action.name for action in workflow.actions.values() if action.chain_stop > 0)


def _stopped_from(workflow: Workflow, machine: str, effect: int) -> set[str]:
    """The states from which a rule adds this effect to the count of stops."""
    return {
        state
        for _place, _action, rule in every_move(workflow)
        if rule.machine == machine and rule.stop == effect
        for state in rule.from_states
    }
