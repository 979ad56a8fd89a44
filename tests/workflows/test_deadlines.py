"""Whatever may come next has its time, or says why it has none; and that time counts rightly."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from coi.definitions import packaged_workflow
from tests.builders import a_bag, a_collection, a_lot, a_material, a_therapy
from tests.cast import COI_A, NOW
from workflows.facts import Unit
from workflows.model import Action, MoveRule, Workflow
from workflows.ringing import Rings, Watched, planned
from workflows.tasks import Standing, deadlines, looks_back
from workflows.treating import Treatment

DEFINITIONS = ("autologous-car-t", "gene-edited-hsc", "point-of-care-car-t", "til")
SITES = {"north": "hospital", "works": "manufacturer"}
UNITS = {
    "cell-lab": Unit("cell-lab", "north", "hospital", "DE"),
    "factory": Unit("factory", "works", "manufacturer", "GB"),
}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

UNDATED = {
    "record_consent",
    "admit_patient",
    "set_rescue_aside",
    "release_custody",
    "take_samples",
    "record_result",
    "record_investigation",
    "record_capa",
}
"""Of all steps that may come next these alone have no time from any state; each says why."""

UNDATED_FROM = {
    ("plan_collection", "therapy", ("collected", "manufacturing")),
    ("plan_collection", "therapy", ("collecting",)),
    ("start_mobilisation", "therapy", ("collected", "manufacturing")),
    ("start_lot", "therapy", ("manufacturing",)),
    ("pack", "material", ("frozen",)),
    ("pack", "product", ("released", "rejected")),
    ("pack", "canister", ("closed", "received")),
    ("pack", "cassette", ("closed", "received")),
    ("pre_expand", "lot", ("pre_expanded",)),
    ("expand", "lot", ("expanded",)),
    ("thaw", "therapy", ("treating",)),
    ("thaw_rescue", "therapy", ("rescued",)),
    ("check_at_bedside", "product", ("checked", "infusing")),
    ("check_rescue_at_bedside", "rescue", ("checked",)),
    ("give_interleukin", "therapy", ("supporting",)),
}
"""And these alone have none from some states, though they have one from others; each says why."""

LIES = {
    ("material", "frozen"): "it keeps, and leaves on the day of the slot",
    ("product", "released"): "it keeps, and leaves on the day agreed with the treating site",
    ("cassette", "closed"): "it leaves with what is in it",
    ("canister", "closed"): "it leaves with what is in it",
    ("material", "rejected"): "it goes to nobody; the closing of the therapy asks for it",
    ("product", "rejected"): "it goes to nobody; the closing of the therapy asks for it",
    ("rescue", "rejected"): "it goes to nobody; the closing of the therapy asks for it",
    ("dispensation", "granted"): "it runs out by itself",
}
"""Where nothing rings because it stands there, and why."""

AT_ANY_TIME = ("accept_custody", "take_over_treatment")
"""They begin in almost every state, and have their time from the handoff or from the question."""


def ways(workflow: Workflow) -> Iterator[tuple[Action, MoveRule]]:
    """Each way on which something is moved that stands somewhere already."""
    for action in workflow.actions.values():
        yield from ((action, rule) for rule in action.moves if rule.from_states)


def is_expected(action: Action, rule: MoveRule) -> bool:
    """Somebody may wait for it: it is not seldom done, and does not come along with another."""
    return not (action.is_rare or rule.seldom or rule.is_inside)


@pytest.mark.parametrize("name", DEFINITIONS)
def test_each_transition_has_its_time_or_a_reason_for_none(name):
    """None is forgotten: what is expected and has no time is in the list, and says why."""
    workflow = packaged_workflow(name)
    expected = [(action, rule) for action, rule in ways(workflow) if is_expected(action, rule)]

    without = {action.name for action, _rule in expected if action.due is None}
    from_there = {
        (action.name, rule.machine, rule.from_states)
        for action, rule in expected
        if action.due is not None and rule.undated
    }

    assert without <= UNDATED
    assert from_there <= UNDATED_FROM
    assert all(workflow.actions[one].undated.strip() for one in without)


def test_nothing_is_in_the_lists_that_is_in_no_definition():
    """What has a time by now is taken out of them."""
    workflows = [packaged_workflow(name) for name in DEFINITIONS]

    without = {a.name for one in workflows for a in one.usual if a.undated}
    from_there = {
        (action.name, rule.machine, rule.from_states)
        for one in workflows
        for action, rule in ways(one)
        if rule.undated
    }

    assert without == UNDATED
    assert from_there == UNDATED_FROM


def silent(workflow: Workflow) -> set[tuple[str, str]]:
    """Where something lives, and no step that begins there has a time."""
    timed = {
        (rule.machine, state)
        for action, rule in ways(workflow)
        if is_expected(action, rule) and action.due is not None and not rule.undated
        if action.name not in AT_ANY_TIME
        if rule.machine in action.needed or not action.needed
        for state in rule.from_states
    }
    machines = workflow.machines.values()
    living = {(m.name, s.name) for m in machines for s in m.states.values() if not s.final}
    return living - timed


def test_whatever_goes_on_rings_in_the_end():
    """From each state in which something lives some step has a time, but where it may lie."""
    found = set().union(*(silent(packaged_workflow(name)) for name in DEFINITIONS))

    assert found == LIES.keys()


def standing(*subjects, taken=None, asked="", **since) -> Standing:
    """What stands since when: since now, but for the machines that are named."""
    there = {one.id: one for one in subjects}
    moments = {one.id: NOW + since.get(one.machine, timedelta()) for one in subjects}
    treatment = Treatment(treats="north", asked=asked)
    return Standing(there, moments, SITES, UNITS, treatment=treatment, taken=taken or {})


def due(told: Standing, name: str = "autologous-car-t") -> dict[str, timedelta]:
    """Each step that has to be taken, and how long from now."""
    return {one.action.name: one.due_at - NOW for one in deadlines(packaged_workflow(name), told)}


def test_a_collection_is_complete_so_long_after_the_last_one_is_over():
    """Not so long after it was planned, which may be weeks before."""
    therapy = a_therapy("collecting")
    over, ahead = a_collection("collected"), a_collection("planned")

    assert "complete_collection" not in due(standing(therapy, ahead, therapy=-9 * DAY))
    assert "complete_collection" not in due(standing(therapy))
    found = due(standing(therapy, over, therapy=-9 * DAY, collection=-HOUR))
    assert found["complete_collection"] == 23 * HOUR


def test_a_further_collection_has_no_time_where_the_first_may_do():
    """It could be planned in the midst of the manufacture, and nobody waits for it."""
    assert due(standing(a_therapy("scheduled")))["plan_collection"] == 120 * HOUR
    for state in ("collecting", "collected", "manufacturing"):
        assert "plan_collection" not in due(standing(a_therapy(state)))


def test_the_thaw_is_due_after_the_conditioning_and_not_between_two_doses():
    """The second dose is given on the day that the physician chooses."""
    bag = a_bag("accepted", holder="cell-lab")

    waiting = due(standing(a_therapy("conditioning"), bag, product=-30 * DAY))

    assert waiting["thaw"] == 7 * DAY
    assert "thaw" not in due(standing(a_therapy("treating"), bag))


def test_what_is_frozen_leaves_when_it_is_wanted_and_what_is_fresh_at_once():
    """The step is on the list in both cases."""
    therapy = a_therapy("collected")

    fresh = due(standing(therapy, a_material("collected", holder="cell-lab")))
    frozen = due(standing(therapy, a_material("frozen", holder="cell-lab")))

    assert fresh["pack"] == fresh["freeze_material"] == DAY
    assert "pack" not in frozen


def test_what_was_done_is_due_no_more_where_everything_stays_as_it_is():
    """The lot stands as it stood; what nobody has done is due all the same."""
    lot = a_lot("out_of_specification")
    told = standing(a_therapy("testing"), lot, taken={(lot.id, "evaluate_risk"): NOW + HOUR})

    found = due(told)

    assert "evaluate_risk" not in found
    assert found["give_medical_opinion"] == 48 * HOUR
    assert found["release_out_of_specification"] == 24 * HOUR


def test_what_was_done_before_it_came_there_does_not_count():
    """A lot can come to be in doubt twice."""
    lot = a_lot("released_in_doubt")
    told = standing(a_therapy("released"), lot, taken={(lot.id, "evaluate_risk"): NOW - HOUR})

    assert due(told)["evaluate_risk"] == DAY


def test_the_other_hospital_answers_so_long_after_it_was_asked():
    """Not so long after the therapy came to where it stands; asked again, it has as long again."""
    asking = {(COI_A, "ask_other_hospital"): NOW - HOUR}
    answered = {**asking, (COI_A, "take_over_treatment"): NOW - 2 * HOUR}
    therapy = a_therapy("manufacturing")

    for taken in (asking, answered):
        told = standing(therapy, taken=taken, asked="north", therapy=-9 * DAY)
        assert due(told)["take_over_treatment"] == 23 * HOUR


def test_what_was_done_is_looked_up_where_something_counts_by_it():
    """Ordinary entries ask the record for no more than before."""
    workflow = packaged_workflow("autologous-car-t")

    assert not looks_back(workflow, [a_therapy("manufacturing"), a_lot("expanded")])
    assert looks_back(workflow, [a_therapy("testing"), a_lot("out_of_specification")])
    assert looks_back(workflow, [a_therapy("collected")], Treatment(treats="north", asked="works"))


def test_what_takes_the_place_of_another_rings_once_with_it():
    """Packing and freezing, the release and the provisional one: one alarm each."""
    fresh = standing(a_therapy("collected"), a_material("collected", holder="cell-lab"))
    frozen = a_bag("frozen", holder="factory")
    made = standing(a_therapy("testing"), a_lot("filled"), frozen)
    workflow = packaged_workflow("autologous-car-t")

    found = [
        set(one.about)
        for told in (fresh, made)
        for one in planned(Watched(workflow, told))
        if one.kind is Rings.STEP
    ]

    assert {"freeze_material", "pack"} in found
    assert {"release_lot", "release_lot_provisionally"} in found
