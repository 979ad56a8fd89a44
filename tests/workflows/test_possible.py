"""What could be done next, by the states alone: a worklist, which permits nothing."""

import pytest

from tests.builders import a_bag, a_lot, a_material, a_sample, a_therapy, a_workflow, facts
from workflows.possible import moves_it, possible_actions


def possible(*subjects):
    """The names of what could be done with these subjects of a therapy."""
    actions = possible_actions(a_workflow(), facts(*subjects).subjects)
    return [action.name for action in actions]


def test_nothing_is_possible_where_nothing_is():
    """A therapy that was never ordered has no worklist; ordering is no step of a therapy."""
    assert possible_actions(a_workflow(), {}) == ()
    assert "order" not in possible(a_therapy("ordered"))


@pytest.mark.parametrize(
    ("subject", "action"),
    [
        (a_bag("accepted"), "thaw"),
        (a_bag("thawed"), "check_at_bedside"),
        (a_bag("checked"), "infuse"),
        (a_material("collected"), "destroy"),
        (a_sample("taken"), "destroy"),
    ],
)
def test_what_stands_where_a_step_begins_is_listed(subject, action):
    """The state says it, whoever asks."""
    assert action in possible(subject)


def test_a_step_whose_thing_is_used_up_is_not_listed():
    """A bag that was infused is not thawed again."""
    assert not {"thaw", "check_at_bedside", "infuse"} & set(possible(a_bag("infused")))


def test_a_hold_does_not_shorten_the_list():
    """The list is no permission: the guard says ON_HOLD to whoever tries, with its reason."""
    assert possible(a_bag("accepted", stops=1)) == possible(a_bag("accepted"))


def test_it_is_told_in_the_order_of_the_definition():
    """Two people who look at one therapy see one list."""
    names = list(a_workflow().actions)

    found = possible(a_bag("accepted"), a_lot("released"))

    assert found == sorted(found, key=names.index)


WARD, LAB = frozenset({"ward"}), frozenset({"lab"})


def at(subject, units):
    """The names of what these units could do with a subject."""
    actions = possible_actions(a_workflow(), facts(subject).subjects, units)
    return {action.name for action in actions}


def test_what_is_in_hand_is_worked_on_there_and_nowhere_else():
    """A list of what others could do is no worklist."""
    bag = a_bag("accepted", holder="ward")

    assert {"thaw", "release_custody"} <= at(bag, WARD)
    assert not {"thaw", "release_custody"} & at(bag, LAB)


def test_what_is_on_its_way_is_accepted_by_its_consignee_and_taken_back_by_its_giver():
    """Between the two nobody works on it."""
    bag = a_bag("accepted", holder="lab", consignee="ward")

    assert "accept_custody" in at(bag, WARD)
    assert "take_back" in at(bag, LAB)
    assert not {"accept_custody", "thaw"} & at(bag, LAB)
    assert not {"take_back", "thaw"} & at(bag, WARD)


def test_what_stays_in_hand_is_not_taken_back():
    """Nothing was given away."""
    assert "take_back" not in at(a_bag("accepted", holder="ward"), WARD)


def test_either_side_of_a_handoff_can_report_the_loss():
    """The one who sent it, and the one who waits for it."""
    bag = a_bag("accepted", holder="lab", consignee="ward")

    assert "report_lost" in at(bag, WARD) & at(bag, LAB)
    assert "report_lost" not in at(bag, frozenset({"elsewhere"}))


def test_what_is_decided_on_paper_is_in_nobodys_hand():
    """The physician approves the order wherever she sits."""
    assert "approve" in at(a_therapy("ordered"), frozenset())


def moving(subject, units=WARD, **told):
    """The names of the actions that move this very subject when it is scanned."""
    actions = a_workflow().actions.values()
    return {action.name for action in actions if moves_it(action, subject, units, **told)}


def test_a_scanned_thing_is_moved_where_it_is_and_by_somebody():
    """Neither elsewhere nor by nobody; and a decision on paper scans nothing."""
    bag = a_bag("accepted", holder="ward")

    assert {"thaw", "release_custody"} <= moving(bag)
    assert moving(bag, LAB) == moving(bag, frozenset()) == set()
    assert moving(a_therapy("ordered")) == set()


def test_what_is_on_hold_moves_only_where_the_rule_says_so():
    """It may go to another shelf; it is neither thawed nor handed over."""
    held = a_bag("accepted", holder="ward", stops=1)

    assert "relocate" in moving(held)
    assert "thaw" not in moving(held)
    assert moving(a_bag("accepted", holder="ward"), stopped=True) == moving(held)
