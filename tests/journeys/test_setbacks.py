"""What comes to grief on the way: it stops at once, and somebody looks at it."""

import pytest

from coi.demo import setbacks
from coi.demo.cast import PATIENTS
from coi.demo.chapters import (
    ACCEPTED,
    AT_LAB,
    CONDITIONED,
    FROZEN,
    LOOKED_INTO,
    OPENED,
    OUT,
    RECEIVED_FROZEN,
    Step,
    on_paper,
    play,
    thawed,
    wait,
)
from coi.demo.stories import DISPENSED
from coi.services.therapies import look
from tests.journeys.asking import state, states, take_refused, until, values

DAMAGED = {"condition": "damaged"}
BROKEN = {"seal_intact": "no"}


@pytest.fixture
def coi(performer):
    """Give a therapy that has just been ordered."""
    return performer.order(PATIENTS[0])


def stops(performer, coi, machine):
    """Give the stops of each subject of one machine."""
    found = look(performer.installation, coi).subjects.values()
    return [one.position.stops for one in found if one.machine == machine]


def test_a_bag_that_leaks_on_arrival_is_stopped_until_somebody_has_looked_at_it(performer, coi):
    """It is accepted, since it is there; and nothing is done with it before the hold is lifted."""
    play(performer, coi, AT_LAB[:-1])
    play(performer, coi, [Step("accept_custody", "material", "collected", values=DAMAGED)])
    held = stops(performer, coi, "material")

    take_refused(performer, coi, FROZEN, "ON_HOLD")
    play(performer, coi, [*LOOKED_INTO * 3, FROZEN])

    assert held == [1, 1, 1]
    assert set(values(performer, coi, "class")) == {"critical"}
    assert states(performer, coi, "material") == {"frozen": 3}


def test_a_broken_seal_stops_what_is_in_the_shipper_even_when_it_is_unpacked(performer, coi):
    """The shipment is held; its bags are received, and not accepted before the hold is lifted."""
    play(performer, coi, (*OUT, *ACCEPTED[:4]))
    play(performer, coi, [Step("accept_shipment", "shipment", "packed", values=BROKEN)])
    play(performer, coi, ACCEPTED[5:6])

    take_refused(performer, coi, ACCEPTED[-1], "CAME_ON_HOLD")
    play(performer, coi, [*LOOKED_INTO, ACCEPTED[-1]])

    assert states(performer, coi, "product") == {"accepted": 4}


def test_a_courier_does_not_hand_on_what_has_a_broken_seal(performer, coi):
    """It stays where it is until quality assurance has decided."""
    play(performer, coi, (*OUT, *ACCEPTED[:2]))
    play(performer, coi, [Step("accept_shipment", "shipment", "packed", values=BROKEN)])

    take_refused(performer, coi, Step("release_shipment", to="north-lab"), "ON_HOLD")

    assert [s for s in stops(performer, coi, "shipment") if s] == [1]


def test_a_damaged_bag_that_was_accepted_on_paper_cannot_be_thawed(performer, coi):
    """The late entry stops it, before anybody has read the entry."""
    play(performer, coi, (*OUT, *ACCEPTED[:-1]))
    play(performer, coi, [on_paper("accept_product", "product", container_intact="no")])

    take_refused(performer, coi, CONDITIONED, "PRODUCT_NOT_ACCEPTED", "EXCEPTION_OPEN")

    assert stops(performer, coi, "product") == [1] * 4


def test_a_therapy_against_the_rules_is_stopped_at_every_step(performer, coi):
    """Whatever happened is on record; nothing went on before its hold was lifted by another."""
    play(performer, coi, setbacks.AGAINST_THE_RULES)

    of_class = values(performer, coi, "class")
    assert states(performer, coi, "product") == {"infused": 1, "rejected": 1}
    assert (of_class.count("critical"), of_class[-1]) == (16, "major")
    assert set(stops(performer, coi, "product")) == {0}


def test_a_shipper_that_got_warm_before_it_left_is_opened_and_packed_anew(performer, coi):
    """No bag is lost on the way back to the freezer: each stands where packing begins."""
    play(performer, coi, (*AT_LAB, *RECEIVED_FROZEN[:2]))
    wait(performer, hours=200)
    leave = Step("release_shipment", "shipment", "packed", to="wheels-van")
    take_refused(performer, coi, leave, "SHIPPER_HOLD_TIME")

    play(performer, coi, [OPENED, *RECEIVED_FROZEN[1:]])

    assert states(performer, coi, "shipment") == {"unpacked": 2}
    assert states(performer, coi, "material") == {"received": 3}


def test_a_shipper_that_has_been_on_its_way_is_unpacked_and_not_just_opened(performer, coi):
    """What was in it is inspected where it arrives."""
    play(performer, coi, (*AT_LAB, *RECEIVED_FROZEN[:4], *RECEIVED_FROZEN[4:6]))

    take_refused(performer, coi, OPENED, "SHIPMENT_HAS_LEFT")

    assert states(performer, coi, "shipment") == {"packed": 1}


def test_one_shipper_does_not_hold_two_shipments(performer, coi):
    """It stands closed around other bags: another is taken."""
    play(performer, coi, AT_LAB)
    play(performer, coi, [Step("freeze_material", "material", "collected")])
    play(performer, coi, [Step("pack", "material", "frozen", first=1)])

    take_refused(performer, coi, Step("pack", "material", "frozen"), "SHIPPER_IN_USE")

    assert states(performer, coi, "shipment") == {"packed": 1}


def test_a_lot_rejected_during_lymphodepletion_is_made_again(performer, coi):
    """The therapy goes back to manufacture, with the cells that were retained."""
    play(performer, coi, setbacks.MADE_AGAIN)

    assert state(performer, coi) == "manufacturing"
    assert states(performer, coi, "lot") == {"rejected": 1, "activated": 1}
    assert values(performer, coi, "attempt") == ["1", "2"]


@pytest.mark.parametrize(
    "steps",
    [
        setbacks.LOST_AND_MADE_AGAIN,
        setbacks.BROKEN_AND_MADE_AGAIN,
        setbacks.BROKEN_LATE_AND_MADE_AGAIN,
    ],
    ids=["lost", "rejected", "rejected in lymphodepletion"],
)
def test_a_therapy_without_any_product_goes_back_to_manufacture(performer, coi, steps):
    """The lot was good and its bags are gone: the retained cells are made into a second one."""
    play(performer, coi, steps)

    assert state(performer, coi) == "manufacturing"
    assert states(performer, coi, "lot") == {"released": 1, "started": 1}


def test_bags_that_are_on_their_way_when_their_lot_is_rejected_come_to_an_end(performer, coi):
    """Held on their way, accepted, destroyed; then each hold is lifted and its exception closed."""
    play(performer, coi, setbacks.REJECTED_ON_ITS_WAY)

    assert states(performer, coi, "product") == {"destroyed": 2}
    assert states(performer, coi, "exception") == {"closed": 2}
    assert set(stops(performer, coi, "product")) == {0}


@pytest.mark.parametrize("steps", setbacks.CANCELLED_IN_MANUFACTURE)
def test_a_lot_ends_with_its_cancelled_therapy(performer, coi, steps):
    """In whatever stage it was, it is ended by quality assurance and the qualified person."""
    play(performer, coi, steps)

    assert states(performer, coi, "lot") == {"discontinued": 1}


def test_a_lot_of_a_therapy_that_goes_on_is_not_discontinued(performer, coi):
    """It is released, rejected, or failed."""
    play(performer, coi, OUT)

    take_refused(performer, coi, Step("discontinue_lot"), "NOT_CANCELLED")

    assert states(performer, coi, "lot") == {"provisionally_released": 1}


def test_a_bag_is_not_infused_more_than_once_over(performer, coi):
    """Part by part, no more than the bag held and the tolerance."""
    play(performer, coi, (*OUT, *ACCEPTED, CONDITIONED, *thawed()))
    play(performer, coi, [Step("check_at_bedside", "product", "thawed")])
    play(performer, coi, [Step("infuse_part", values={"infused_ml": "40"})])

    take_refused(performer, coi, Step("infuse", values={"infused_ml": "26.1"}), "MORE_THAN_FILLED")
    play(performer, coi, [Step("infuse", values={"infused_ml": "26", "remainder_because": ""})])

    assert values(performer, coi, "infused_ml") == ["40", "26"]


def test_a_dispensation_that_has_run_out_is_none(performer, coi):
    """It was granted for two days; on the third the rule holds again."""
    fresh = {"guard": "material_is_fresh"}
    play(performer, coi, until(DISPENSED, "grant_dispensation"))
    step = Step("grant_dispensation", "material", "received", values=fresh, avoid=("ines", "jonas"))
    play(performer, coi, [Step("relocate", "material", "received", after_hours=80), step])

    late = Step("accept_material", "material", "received", after_hours=49)
    take_refused(performer, coi, late, "NOT_FRESH")

    assert states(performer, coi, "dispensation") == {"granted": 1}
