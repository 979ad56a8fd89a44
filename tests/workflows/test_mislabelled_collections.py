"""A mislabelled collection is rejected or collected anew, never corrected (BD-15)."""

import pytest

from coi.definitions import packaged, packaged_workflow
from workflows.guards.identity import IDENTIFIERS
from workflows.model import Kind, Pick, Verb

WORKFLOWS = sorted(name.rpartition(".")[0] for name in packaged())


@pytest.mark.parametrize("name", WORKFLOWS)
def test_no_step_tells_anew_whose_a_collection_is(name):
    """Nothing that is recorded names a patient, so that no correction of a value can."""
    actions = packaged_workflow(name).actions.values()

    named = {field.name for action in actions for field in action.fields}

    assert named & {*IDENTIFIERS, "patient", "given_name", "coi"} == set()


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_collection_that_is_over_goes_nowhere(name):
    """No transition leads out of where it ended, and none of them touches a patient."""
    workflow = packaged_workflow(name)
    ended = {
        (machine.name, state.name)
        for machine in workflow.machine_of_kind(Kind.COLLECTION)
        for state in machine.states.values()
        if state.final
    }

    rows = [row for row in workflow.transitions if (row.machine, row.from_state) in ended]

    # A move to another version of the definition leaves it where it is.
    assert {(row.to_state == row.from_state, row.patient) for row in rows} <= {(True, 0)}


@pytest.mark.parametrize("name", WORKFLOWS)
def test_what_is_left_is_destroying_and_collecting_anew(name):
    """What was collected can be destroyed while it lives, and another collection begins."""
    workflow = packaged_workflow(name)
    destroyed = {
        state
        for rule in workflow.actions["destroy"].moves
        if rule.machine == "material" and rule.pick is Pick.SCANNED
        for state in rule.from_states
    }
    planning = [one for one in workflow.actions.values() if one.verb is Verb.PLAN]
    again = {state for one in planning for rule in one.moves for state in rule.from_states}
    living = {one.name for one in workflow.machines["material"].states.values() if not one.final}

    assert living <= destroyed
    assert "collecting" in again
