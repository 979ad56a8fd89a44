"""Every way in which a therapy leaves the good one: what then stands where, and what is refused."""

from dataclasses import replace

import pytest

from coi.demo import stories
from coi.demo.cast import PATIENTS
from coi.demo.chapters import FROZEN, ORDERED, Step, play, started, travelled
from coi.demo.performer import Wish
from coi.services.therapies import look
from tests.journeys.asking import (
    act,
    ancestors,
    ids,
    newest,
    refused,
    since,
    state,
    states,
    take_refused,
    until,
    values,
)


@pytest.fixture
def coi(performer):
    """Give a therapy that has just been ordered."""
    return performer.order(PATIENTS[0])


def test_cells_are_collected_again_under_the_same_coi(performer, coi):
    """A failed and an insufficient collection are followed by others, in the same therapy."""
    play(performer, coi, stories.COLLECTED_AGAIN)

    assert states(performer, coi, "collection") == {"failed": 1, "insufficient": 1, "collected": 2}
    assert state(performer, coi) == "collected"
    assert len(ids(performer, coi, "material")) == 2


def test_rejected_cells_go_into_no_lot(performer, coi):
    """Cells that were rejected at receipt are not accepted any more; new ones are collected."""
    steps = stories.REJECTED_AT_RECEIPT
    play(performer, coi, until(steps, "reject_material"))
    acceptance = performer.request(coi, "accept_material")
    play(performer, coi, [Step("reject_material", "material", "received")])

    with refused(performer, coi, "WRONG_STATE"):
        act(performer, acceptance)
    play(performer, coi, since(steps, "destroy"))

    assert states(performer, coi, "material") == {"rejected": 2, "destroyed": 1, "collected": 1}
    assert states(performer, coi, "collection") == {"collected": 2}


def test_a_failed_lot_is_followed_by_another_attempt(performer, coi):
    """Each attempt has its number and is made of other retained cells; one runs at a time."""
    steps = stories.MANUFACTURE_FAILED
    play(performer, coi, until(steps, "fail_lot"))

    take_refused(performer, coi, started(1), "LOT_RUNNING")
    play(performer, coi, since(steps, "fail_lot"))
    first, second, third = ids(performer, coi, "lot")
    view = look(performer.installation, coi)

    assert states(performer, coi, "lot") == {"failed": 3}
    assert values(performer, coi, "attempt") == ["1", "2", "3"]
    assert ancestors(view, first) & ancestors(view, second) & ancestors(view, third) == {
        *ids(performer, coi, "collection", "collected")
    }
    assert state(performer, coi) == "collecting"


def test_a_lot_out_of_specification_is_not_released(performer, coi):
    """Neither way of releasing takes it; rejected, it leaves no bag behind, and another begins."""
    steps = stories.LOT_REJECTED
    play(performer, coi, until(steps, "reject_lot"))

    take_refused(performer, coi, Step("release_lot"), "OUT_OF_SPECIFICATION", "RESULTS_MISSING")
    take_refused(performer, coi, Step("release_lot_provisionally"), "OUT_OF_SPECIFICATION")
    play(performer, coi, since(steps, "reject_lot"))

    assert states(performer, coi, "lot") == {"rejected": 1, "activated": 1}
    assert states(performer, coi, "product") == {"destroyed": 4}
    assert state(performer, coi) == "manufacturing"


def test_a_lot_is_rejected_while_its_bags_are_on_their_way(performer, coi):
    """They are held at once, wherever they are: who receives them can accept, but not use them."""
    play(performer, coi, (*stories.OUT, *travelled("product", "released")[:4]))
    play(performer, coi, [Step("reject_lot")])
    stops = [s.position.stops for s in products(performer, coi)]

    play(performer, coi, travelled("product", "released")[4:])
    take_refused(performer, coi, Step("accept_product"), "ON_HOLD", "NOT_RELEASED")
    play(performer, coi, [Step("reject_product"), Step("destroy", "product", "rejected")])

    assert stops == [1] * 4
    assert states(performer, coi, "product") == {"destroyed": 4}
    assert state(performer, coi) == "manufacturing"


def test_a_rejected_product_goes_back_and_is_never_accepted(performer, coi):
    """It travels to the maker and stays rejected; the other bags of the lot go on."""
    steps = stories.SENT_BACK
    play(performer, coi, until(steps, "reject_product"))
    acceptance = performer.request(coi, "accept_product")
    play(performer, coi, [Step("reject_product", "product", "received", first=2)])

    with refused(performer, coi, "WRONG_STATE"):
        act(performer, acceptance)
    play(performer, coi, since(steps, "accept_product"))

    assert states(performer, coi, "product") == {"accepted": 2, "rejected": 1, "destroyed": 1}
    (returned,) = ids(performer, coi, "product", "rejected")
    holder = look(performer.installation, coi).subjects[returned].position.holder
    assert holder == "works-production"


def test_a_cancelled_therapy_says_what_becomes_of_its_cells(performer, coi):
    """While cells exist, nobody says that there are none; afterwards each is accounted for."""
    steps = stories.CANCELLED_IN_TESTING
    play(performer, coi, until(steps, "cancel"))

    nothing = Step("cancel", values={"material_disposition": "none exists"})
    take_refused(performer, coi, nothing, "DISPOSITION_NEEDED")
    play(performer, coi, since(steps, "cancel"))

    assert state(performer, coi) == "cancelled"
    assert states(performer, coi, "material") == {"used": 1, "destroyed": 2}
    assert states(performer, coi, "product") == {"destroyed": 4}
    assert states(performer, coi, "sample") == {"destroyed": 1, "lost": 1}


def test_a_patient_can_withdraw_before_anything_was_collected(performer, coi):
    """The therapy is over: nothing is collected any more."""
    play(performer, coi, stories.WITHDREW)

    take_refused(performer, coi, Step("plan_collection"), "WRONG_STATE")

    assert state(performer, coi) == "cancelled"


def test_a_lost_bag_is_reported_before_the_shipper_is_unpacked(performer, coi):
    """A bag that is missing on unpacking stops it, until it is reported lost."""
    steps = stories.BAG_LOST
    play(performer, coi, until(steps, "report_lost"))
    play(performer, coi, since(steps, "report_lost")[1:-1])
    shipment = Wish(on=ids(performer, coi, "shipment"))
    wanted, actor, signers = performer.request(coi, "unpack", shipment)
    with refused(performer, coi, "CONTENTS_INCOMPLETE"):
        act(performer, (stories.spoilt(wanted, codes=wanted.codes[:-1]), actor, signers))

    play(performer, coi, [Step("report_lost", "material", "frozen", first=1), *steps[-1:]])

    assert states(performer, coi, "material") == {"lost": 1, "received": 2}


def test_a_lost_shipment_takes_its_contents_along(performer, coi):
    """What was in it is lost as well, and nobody holds it."""
    play(performer, coi, stories.SHIPMENT_LOST)

    subjects = look(performer.installation, coi).subjects
    lost = [*ids(performer, coi, "product"), *ids(performer, coi, "shipment", "lost")]

    assert states(performer, coi, "product") == {"lost": 4}
    assert {subjects[one].position.holder for one in lost} == {"lost"}


def test_what_is_destroyed_has_a_witness(performer, coi):
    """The same person does not destroy and witness."""
    play(performer, coi, (*ORDERED, *stories.AT_LAB[len(ORDERED) :]))
    wanted, actor, (performing, witnessing) = performer.request(
        coi, "destroy", Wish(on=ids(performer, coi, "material")[:1])
    )

    with refused(performer, coi, "SAME_PERSON"):
        act(performer, (wanted, actor, (performing, replace(witnessing, proven=performing.proven))))
    play(performer, coi, [Step("destroy", "material", "collected", first=1)])

    meanings = [signature.meaning for signature in newest(performer, coi).signatures]
    assert meanings == ["performed", "witnessed"]


def test_what_is_on_hold_does_not_move_but_can_be_destroyed(performer, coi):
    """The hold is lifted afterwards, by somebody else, so that its exception can close."""
    steps = stories.DESTROYED_ON_HOLD
    play(performer, coi, until(steps, "destroy"))

    take_refused(performer, coi, FROZEN, "ON_HOLD")
    play(performer, coi, since(steps, "destroy"))
    (destroyed,) = ids(performer, coi, "material", "destroyed")

    assert look(performer.installation, coi).subjects[destroyed].position.stops == 0
    assert states(performer, coi, "exception") == {"closed": 1}


def test_nobody_lifts_a_hold_of_their_own(performer, coi):
    """Who opened an exception does not close it."""
    play(performer, coi, stories.AT_LAB)
    play(performer, coi, [Step("hold", "material", "collected", 1, avoid=("leo", "lena", "ines"))])
    wanted, actor, (lifting,) = performer.request(
        coi, "lift", Wish(on=ids(performer, coi, "exception"))
    )
    opener = performer.proven[
        {name: one for one, name in names(performer)}[newest(performer, coi).actor]
    ]

    with refused(performer, coi, "OWN_EXCEPTION"):
        act(performer, (wanted, actor, (replace(lifting, proven=opener),)))


def test_a_therapy_on_hold_stands_still(performer, coi):
    """Nothing of it moves on; the patient is still admitted; lifted, it goes on."""
    steps = stories.ON_HOLD
    play(performer, coi, until(steps, "lift_therapy"))

    take_refused(performer, coi, Step("accept_material"), "THERAPY_ON_HOLD")
    play(performer, coi, since(steps, "lift_therapy")[:-1])
    play(performer, coi, [Step("accept_material")])

    assert states(performer, coi, "material") == {"accepted": 3}


def test_a_late_positive_result_reaches_the_infused_patient_as_an_alarm(performer, coi):
    """It opens a critical exception; the lot is rejected, and with it every bag still there."""
    steps = stories.POSITIVE_AFTER_INFUSION
    play(performer, coi, until(steps, "reject_lot"))
    take_refused(performer, coi, Step("confirm_release"), "OUT_OF_SPECIFICATION")
    opened = values(performer, coi, "class")

    play(performer, coi, since(steps, "reject_lot"))

    assert opened == ["critical"]
    assert states(performer, coi, "product") == {"infused": 1, "destroyed": 3}
    assert states(performer, coi, "lot") == {"rejected": 1}
    assert state(performer, coi) == "infused"


def test_only_the_consignee_accepts_and_only_the_giver_takes_back(performer, coi):
    """What was handed over to one unit is not taken by another; not fetched, it is taken back."""
    play(performer, coi, (*stories.AT_LAB, FROZEN))
    play(performer, coi, [Step("release_custody", "material", "frozen", to="ward")])
    wanted, _, (accepting,) = performer.request(coi, "accept_custody")
    nina = performer.proven["nina"]
    elsewhere = stories.spoilt(wanted, unit="north-apheresis")
    with refused(performer, coi, "NOT_THE_CONSIGNEE"):
        act(performer, (elsewhere, nina, (replace(accepting, proven=nina),)))

    play(performer, coi, [Step("take_back", "material", "frozen")])

    (holder,) = {
        s.position.holder
        for s in look(performer.installation, coi).subjects.values()
        if s.machine == "material"
    }
    assert holder == "north-lab"


def products(performer, coi):
    """Give the bags of product."""
    found = look(performer.installation, coi).subjects.values()
    return [subject for subject in found if subject.machine == "product"]


def names(performer):
    """Give each account with the id of its person."""
    return [(username, proven.person) for username, proven in performer.proven.items()]
