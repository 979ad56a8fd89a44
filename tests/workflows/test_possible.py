"""What could be done next, by the states alone: a worklist, which permits nothing."""

import pytest

from tests.builders import a_bag, a_lot, a_material, a_sample, a_therapy, a_workflow, facts
from workflows.possible import possible_actions


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
