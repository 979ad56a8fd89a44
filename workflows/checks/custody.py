"""Whether somebody answers for every item from its birth to its end."""

from collections.abc import Iterator

from workflows.model import Custody, Kind, MoveRule, Pick, Workflow
from workflows.paths import every_move, listed
from workflows.problem import Problem

HELD = frozenset({Kind.CONTAINER, Kind.SAMPLE, Kind.PACKAGE, Kind.SHIPMENT})
ENDINGS = frozenset({Custody.ENDS, Custody.LOSES})
_ANSWERS = {Custody.ACCEPTS: "accepted", Custody.TAKES_BACK: "taken back"}


def handoffs_can_be_answered(workflow: Workflow) -> Iterator[Problem]:
    """What is released can be accepted and taken back, in each state and found the same way."""
    for place, _action, rule in every_move(workflow):
        if rule.custody is not Custody.RELEASES:
            continue
        # A release without `to` leaves each subject in the state in which it was released.
        afterwards = {rule.to_state} if rule.to_state else set(rule.from_states)
        for answer, said in _ANSWERS.items():
            stranded = afterwards - _answered(workflow, rule, answer)
            if stranded:
                reason = f"releases what cannot be {said}: {rule.machine} {listed(stranded)}"
                yield Problem(place, reason, f"Add a move with custody: {answer} from there")


def _answered(workflow: Workflow, release: MoveRule, answer: Custody) -> set[str]:
    """The states in which a released subject meets this answer."""
    return {
        state
        for _place, _action, rule in every_move(workflow)
        if (rule.machine, rule.pick, rule.custody) == (release.machine, release.pick, answer)
        for state in rule.from_states
    }


def custody_begins_with_the_life(workflow: Workflow) -> Iterator[Problem]:
    """What can be held is born into somebody's hands; nothing else is created."""
    for place, _action, rule in every_move(workflow):
        held_from_birth = rule.pick is Pick.BORN and _is_held(workflow, rule)
        if held_from_birth != (rule.custody is Custody.CREATES):
            reason = "is born into nobody's hands" if held_from_birth else "creates nothing to hold"
            yield Problem(f"{place}.custody", reason, "custody: creates is for births of items")


def custody_ends_with_the_life(workflow: Workflow) -> Iterator[Problem]:
    """Nobody holds what is final, and somebody holds what is not."""
    for place, _action, rule in every_move(workflow):
        if not _is_held(workflow, rule):
            continue
        states = workflow.machines[rule.machine].states
        into_an_end = bool(rule.to_state) and states[rule.to_state].final
        if into_an_end != (rule.custody in ENDINGS):
            reason = "ends what somebody still holds" if into_an_end else "takes away what goes on"
            mend = "custody: ends and loses go with a final state, and only with one"
            yield Problem(f"{place}.custody", reason, mend)


def endings_are_named(workflow: Workflow) -> Iterator[Problem]:
    """What ends says what became of it, unless a patient received it."""
    for place, _action, rule in every_move(workflow):
        if rule.custody in ENDINGS and rule.ends_as == "-" and not rule.patient:
            yield Problem(f"{place}.ends_as", "is missing", "Say what became of it: used, lost …")


def _is_held(workflow: Workflow, rule: MoveRule) -> bool:
    """The rule moves something that can be held."""
    return workflow.machines[rule.machine].kind in HELD
