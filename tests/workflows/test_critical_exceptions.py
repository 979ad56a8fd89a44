"""While a critical exception is open nothing is released, shipped or given, whatever is made."""

import pytest

from coi.definitions import packaged, packaged_workflow
from workflows.model import Kind, Verb

NAMES = sorted({name.rpartition(".")[0] for name in packaged()})
PREPARES = {"start_lymphodepletion", "start_myeloablation"}


def brings_on(workflow, action):
    """The step releases a lot, sends a shipment away, or is taken at the bedside with cells."""
    kinds = {workflow.machines[rule.machine].kind for rule in action.moves}
    releases = any(rule.meaning.startswith("released") for rule in action.signatures)
    decides = Kind.LOT in kinds and action.verb is Verb.DECIDE and releases
    sends = Kind.SHIPMENT in kinds and action.verb in {Verb.PACK, Verb.RELEASE_CUSTODY}
    gives = Kind.CONTAINER in kinds and action.verb in {Verb.CHECK, Verb.ADMINISTER}
    return decides or sends or gives or action.name in PREPARES


@pytest.mark.parametrize("name", NAMES)
def test_a_critical_exception_stands_in_the_way(name):
    """Each release, each shipment and each infusion asks whether one is open (hard guard 9)."""
    workflow = packaged_workflow(name)
    asked = [action for action in workflow.actions.values() if brings_on(workflow, action)]

    # What is stopped already is sent to where it is kept, and to nobody who gives it.
    without = [
        action.name
        for action in asked
        if not action.asks("no_critical_exception_is_open")
        and not (action.asks("shipment_is_stopped") and action.asks("shipment_goes_into_keeping"))
    ]

    assert len(asked) > 3
    assert without == []


@pytest.mark.parametrize("name", NAMES)
def test_an_exception_is_told_and_closed_alike_everywhere(name):
    """Kind and class are chosen, what was seen may be left out; two close what is critical."""
    actions = packaged_workflow(name).actions
    opening, closing = actions["open_exception"], actions["close_critical_exception"]

    assert [one.name for one in opening.fields if one.required] == ["kind", "class"]
    assert all(one.choices for one in opening.fields if one.required)
    assert len(closing.signatures) == 2
    assert all(actions[n].asks("exception_is_investigated") for n in ("lift", "close_exception"))
