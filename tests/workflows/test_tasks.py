"""What each role could do next, where, and by when."""

from datetime import timedelta

import pytest

from tests.builders import a_bag, a_lot, a_material, a_therapy, a_workflow, an_exception, facts
from tests.cast import COI_A, NOW
from workflows.facts import Unit
from workflows.possible import possible_actions
from workflows.tasks import (
    ANYBODY,
    EVERY_SITE,
    NEVER,
    Standing,
    Task,
    deadlines,
    desk,
    is_of_anybody,
    tasks,
)
from workflows.treating import Treatment

HOSPITAL, WORKS = "north", "works"
CLOSING = ("close_exception", "close_critical_exception")
SITES = {"north": "hospital", "works": "manufacturer"}
UNITS = {
    "cell-lab": Unit("cell-lab", "north", "hospital", "DE"),
    "ward": Unit("ward", "north", "hospital", "DE"),
    "factory": Unit("factory", "works", "manufacturer", "GB"),
}


def listed(*subjects, **since):
    """The tasks of a therapy with these subjects, by role and where: a unit, or a site's desk.

    Everything stands where it stands since now, but for the machines named in `since`.
    """
    there = {subject.id: subject for subject in subjects}
    moments = {s.id: NOW + since.get(s.machine, timedelta()) for s in subjects}
    found = tasks(a_workflow(), Standing(there, moments, SITES, UNITS))
    return {(role, where(task.place)): task for task in found for role in task.roles}


def where(place):
    """The unit; or the site, of a role's desk."""
    return place.split(":")[1] if place.startswith("site:") else place


def test_what_is_decided_on_paper_waits_at_the_site_of_the_right_kind():
    """The physician approves at the hospital, and no role of a manufacturer does."""
    found = listed(a_therapy("ordered"))

    assert "approve" in found["treating_physician", HOSPITAL].actions
    assert ("treating_physician", WORKS) not in found


def test_what_is_in_hand_waits_at_the_unit_that_has_it():
    """Nobody else could take the step."""
    found = listed(a_therapy("conditioning"), a_bag("accepted", holder="cell-lab"))

    assert "thaw" in found["cell_lab_technologist", "cell-lab"].actions
    assert {place for role, place in found if role == "cell_lab_technologist"} == {"cell-lab"}


def test_what_is_on_its_way_waits_at_its_consignee():
    """The giver could take it back, which is no task."""
    found = listed(a_therapy("released"), a_bag("received", holder="ward", consignee="cell-lab"))

    assert found["cell_lab_technologist", "cell-lab"].actions == ("accept_custody",)
    assert ("cell_lab_technologist", "ward") not in found


def test_roles_that_could_do_the_same_there_share_a_task():
    """What lies at a unit could be handed over by any of six; who could do more has their own."""
    bag = a_bag("accepted", holder="cell-lab")
    subjects = {subject.id: subject for subject in (a_therapy("conditioning"), bag)}

    found = tasks(a_workflow(), Standing(subjects, dict.fromkeys(subjects, NOW), SITES, UNITS))

    there = {task.roles: task.actions for task in found if task.place == "cell-lab"}
    others = ("apheresis_nurse", "courier", "infusion_nurse", "manufacturing_technician")
    assert there == {
        ("cell_lab_technologist",): ("thaw", "release_custody"),
        (*others, "qc_analyst"): ("release_custody",),
    }


def test_what_is_decided_on_paper_lies_on_each_role_s_own_desk():
    """Where two roles could do it, it lies on both: a list is a walk along one desk."""
    found = listed(a_therapy("ordered"))

    coordinators, physicians = found["coordinator", HOSPITAL], found["treating_physician", HOSPITAL]
    assert "record_consent" in coordinators.actions
    assert "record_consent" in physicians.actions
    assert coordinators.place == desk("coordinator", "north") != physicians.place
    assert not is_of_anybody(coordinators.place)


def test_what_one_step_needs_is_in_the_hands_of_one_unit():
    """A bag that the ward holds is not thawed by the laboratory that holds another thing."""
    found = listed(a_therapy("conditioning"), a_bag("accepted", holder="ward"))

    assert ("cell_lab_technologist", "cell-lab") not in found


def test_a_step_is_due_so_long_after_it_became_possible():
    """The bedside check: from the thaw, not from when the lymphodepletion began."""
    bag = a_bag("thawed", holder="ward")

    found = listed(a_therapy("conditioning"), bag, therapy=-timedelta(days=5))

    task = found["infusion_nurse", "ward"]
    assert (task.due_at, task.actions[0]) == (NOW + timedelta(minutes=20), "check_at_bedside")


def test_of_several_bags_the_one_that_waits_longest_counts():
    """The second one does not put the first one off."""
    bags = [a_bag("thawed", n, holder="ward") for n in (1, 2)]
    since = {COI_A: NOW - timedelta(days=5), bags[0].id: NOW}
    since[bags[1].id] = NOW - timedelta(minutes=5)
    subjects = {subject.id: subject for subject in (a_therapy("conditioning"), *bags)}

    found = tasks(a_workflow(), Standing(subjects, since, SITES, UNITS))

    due = {(role, task.place): task.due_at for task in found for role in task.roles}
    assert due["infusion_nurse", "ward"] == NOW + timedelta(minutes=15)


def test_what_has_no_deadline_comes_last():
    """A list that is sorted by the deadline ends with it."""
    found = listed(a_lot("started"), a_therapy("manufacturing"), lot=timedelta(days=-1))

    assert found["coordinator", HOSPITAL].due_at == NEVER
    assert found["manufacturing_technician", WORKS].due_at == NOW


def test_while_it_is_copied_from_paper_nothing_is_due():
    """It stands where the paper left it, which is not where it is; what is possible is told."""
    subjects = {one.id: one for one in (a_therapy("manufacturing"), a_lot("started"))}
    copied = Standing(subjects, dict.fromkeys(subjects, NOW), SITES, UNITS, is_copied=True)

    found = tasks(a_workflow(), copied)

    assert {task.due_at for task in found} == {NEVER}
    assert any("activate" in task.actions for task in found)
    assert list(deadlines(a_workflow(), copied)) == []


@pytest.mark.parametrize("name", ["hold", "destroy", "report_lost", "cancel", "open_exception"])
def test_what_nobody_hopes_to_do_is_no_task(name):
    """It is possible all the time, and would stand in every list."""
    found = listed(a_therapy("conditioning"), a_bag("accepted", holder="cell-lab"))

    assert all(name not in task.actions for task in found.values())


@pytest.mark.parametrize(
    ("state", "waits"),
    [("collecting", True), ("collected", False), ("conditioning", True), ("treating", False)],
)
def test_a_patient_waits_for_admission_when_they_are_about_to_come(state, waits):
    """A wristband can be issued anew at any time, which is on nobody's list."""
    found = listed(a_therapy(state))

    due = found["infusion_nurse", HOSPITAL].actions if ("infusion_nurse", HOSPITAL) in found else ()
    assert ("admit_patient" in due) is waits
    possible = possible_actions(a_workflow(), {COI_A: a_therapy(state)})
    assert "admit_patient" in {action.name for action in possible}


def test_whoever_looks_on_is_told_the_soonest_deadline_of_anybody():
    """At each site that takes part and for the whole, with what is due then."""
    found = listed(a_therapy("testing"), a_lot("filled"), an_exception("open"))

    soonest = found[ANYBODY, EVERY_SITE]
    due_at = NOW + timedelta(hours=72)
    assert soonest == Task(EVERY_SITE, (ANYBODY,), due_at, CLOSING)
    assert found[ANYBODY, HOSPITAL].due_at == found[ANYBODY, WORKS].due_at == soonest.due_at
    assert all(is_of_anybody(found[ANYBODY, at].place) for at in (HOSPITAL, WORKS, EVERY_SITE))


def test_a_former_hospital_is_told_the_soonest_of_what_it_has_in_hand_alone():
    """What the hospital that treats, or the manufacturer, has to do is no matter of its own."""
    material = a_material("frozen", holder="old-lab")
    there = {one.id: one for one in (a_therapy("ordered"), material)}
    standing = Standing(
        there,
        dict.fromkeys(there, NOW),
        {**SITES, "old": "hospital"},
        {**UNITS, "old-lab": Unit("old-lab", "old", "hospital", "DE")},
        treatment=Treatment(treats="north", former=frozenset({"old"})),
    )

    soonest = {task.place: task.actions for task in tasks(a_workflow(), standing)}

    assert soonest[desk(ANYBODY, "north")] == ("approve",)
    assert soonest[desk(ANYBODY, "old")] == ()


def test_what_was_taken_on_is_to_be_taken_on_no_more():
    """Nor what was investigated; it is still to be closed."""
    fresh, taken = (
        listed(a_therapy("testing"), an_exception("open", turn=turn))["qa_reviewer", WORKS]
        for turn in (1, 2)
    )

    assert "take_on_exception" in fresh.actions
    assert "take_on_exception" not in taken.actions
    assert taken.actions[:2] == CLOSING


def test_a_hold_is_to_be_lifted_where_there_is_one():
    """An exception that stops nothing is to be closed, and no more."""
    held = listed(a_therapy("testing"), a_lot("filled", stops=1), an_exception("open"))
    free = listed(a_therapy("testing"), a_lot("filled"), an_exception("open"))

    assert "lift" in held["qa_reviewer", WORKS].actions
    assert free["qa_reviewer", WORKS].actions[:2] == CLOSING
    assert "lift" not in free["qa_reviewer", WORKS].actions
    assert "lift_therapy" not in held["qa_reviewer", WORKS].actions


def test_a_therapy_that_is_over_is_still_on_the_list_of_all():
    """Without a deadline, and with nothing to do."""
    found = listed(a_therapy("closed"))

    assert set(found) == {(ANYBODY, at) for at in (HOSPITAL, WORKS, EVERY_SITE)}
    assert found[ANYBODY, EVERY_SITE].due_at == NEVER


def test_every_task_is_one_of_the_steps_that_are_possible():
    """The two lists are made of the same rules."""
    there = facts(a_bag("checked")).subjects
    since = dict.fromkeys(there, NOW)

    found = tasks(a_workflow(), Standing(there, since, SITES, UNITS))

    possible = {action.name for action in possible_actions(a_workflow(), there)}
    assert {name for task in found for name in task.actions} <= possible


def test_material_waits_for_its_inspection_where_it_was_unpacked():
    """With the deadline of the inspection."""
    found = listed(a_therapy("collected"), a_material("received", holder="factory"))

    task = found["manufacturing_technician", "factory"]
    assert (task.due_at, task.actions[0]) == (NOW + timedelta(hours=24), "accept_material")
