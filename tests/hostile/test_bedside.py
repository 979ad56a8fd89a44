"""Nothing reaches a vein but the bag that these two checked, here, with this patient, just now."""

import pytest

from coi.demo.performer import Wish

CHECKERS = ("ivo", "ivo", "irma")
OTHERS = ("iris", "iris", "ines")


def wrong_bag_at_infusion(ward, bag):
    """Take Danae's bag for Anissa's, at the moment of the infusion."""
    wanted, *_ = ward.performer.request(ward.anissa, "infuse", Wish(on=(bag,)))
    codes = (*wanted.codes[:-1], ward.label(ward.bags(ward.danae)[0]))
    return ward.refusals("infuse", bag, people=CHECKERS, codes=codes)


def test_a_check_before_a_hand_over_does_not_count(ward):
    """A bag that changed hands after its check is checked again where it is infused."""
    bag = ward.bags()[0]
    ward.do("check_at_bedside", bag)
    ward.do("release_custody", bag, to="north-apheresis")
    ward.do("accept_custody", bag)
    ward.do("release_custody", bag, to="north-ward")
    ward.do("accept_custody", bag)

    assert "CHECKED_BEFORE_HANDOVER" in ward.refusals("infuse", bag)
    ward.do("check_at_bedside", bag)
    ward.do("infuse", bag)


def test_a_bag_that_was_taken_back_is_checked_again(ward):
    """Nobody knows where a bag was between its release and its return."""
    bag = ward.bags()[0]
    ward.do("check_at_bedside", bag)
    ward.do("release_custody", bag, to="north-apheresis")
    ward.do("take_back", bag)

    assert "CHECKED_BEFORE_HANDOVER" in ward.refusals("infuse_part", bag)


def test_who_infuses_has_checked(ward):
    """A pair that did not check the bag does not infuse it."""
    bag = ward.bags()[0]
    ward.refusals("check_at_bedside", bag, people=CHECKERS)

    assert "OTHERS_CHECKED" in ward.refusals("infuse", bag, people=OTHERS)
    assert "OTHERS_CHECKED" in ward.refusals("infuse", bag, people=("ivo", "ivo", "ines"))
    assert ward.refusals("infuse", bag, people=CHECKERS) == set()


@pytest.mark.parametrize("action", ["check_at_bedside", "infuse", "infuse_part"])
def test_one_bag_at_a_time(ward, action):
    """Two bags are never checked or infused in one step."""
    bags = ward.bags()[:2]
    if action != "check_at_bedside":
        for bag in bags:
            ward.do("check_at_bedside", bag)

    assert "ONE_BAG_AT_A_TIME" in ward.refusals(action, *bags)


def test_a_check_does_not_outlive_a_wrong_scan(ward):
    """After a wrong scan at the infusion, the check that was made before counts no more."""
    bag = ward.bags()[0]
    ward.refusals("check_at_bedside", bag, people=CHECKERS)

    assert "WRONG_THERAPY" in wrong_bag_at_infusion(ward, bag)
    assert "CHECKED_BEFORE_MISMATCH" in ward.refusals("infuse", bag, people=OTHERS)


def test_a_wrong_scan_at_the_infusion_takes_two_others(ward):
    """Whoever was at the wrong scan neither checks nor infuses; two others do both."""
    bag = ward.bags()[0]
    ward.refusals("check_at_bedside", bag, people=CHECKERS)
    wrong_bag_at_infusion(ward, bag)

    for action in ("check_at_bedside", "infuse"):
        assert "SAME_PAIR_AFTER_MISMATCH" in ward.refusals(action, bag, people=CHECKERS)
        assert ward.refusals(action, bag, people=OTHERS) == set()
