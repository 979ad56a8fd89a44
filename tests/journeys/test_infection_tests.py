"""A test for infection is reported when labels are printed: they are old, until labelled anew."""

import pytest

from coi.demo.cast import PATIENTS
from coi.demo.chapters import (
    ACCEPTED,
    AT_LAB,
    CONDITIONED,
    EARLY,
    IN_MANUFACTURE,
    INFUSED_WHOLE,
    MADE,
    RELEASED_EARLY,
    Step,
    filled,
    play,
    results,
)
from coi.demo.performer import Wish
from coi.services.labelling import NotPrinted, bag_label_pdf, newest_serial
from coi.services.old_labels import old_labels
from coi.services.therapies import look
from tests.coi.reports.pages import text_of
from tests.journeys import changing
from tests.journeys.asking import act, ids, labelled_anew, refused, states, take_refused
from tests.journeys.test_label_ledger import BURNT, do
from workflows.label_deeds import Deed
from workflows.label_life import LabelDeed

TESTED = (*results(*EARLY, "sterility"), Step("finish_sample", "sample", "taken"))
RESULTS = {f"donor_test_{n}": "non-reactive" for n in ("hiv", "hcv", "syphilis", "htlv")}
REACTIVE = Step("record_donor_tests", values={**RESULTS, "donor_test_hbv": "reactive"})
REACTIVE_TOO = Step("record_donor_tests", values={**REACTIVE.values, "donor_test_hcv": "reactive"})
HBV = "      donor_test_hbv:         {title: HBV,"
ONE_TEST_MORE = {
    "version: 1\n": "version: 2\n",
    HBV: HBV.replace("hbv:", "wnv:").replace("HBV,", "WNV,")
    + " kind: choice, choices: [not done, non-reactive, reactive, indeterminate]}\n"
    + HBV,
}
PACKED_SOON = (*IN_MANUFACTURE, *MADE, *filled(2), *RELEASED_EARLY)
WARNED = ("BIOHAZARD", "WARNING: Reactive test results for HBV", "DO NOT IRRADIATE")


def test_what_reacts_after_printing_makes_every_living_label_old(performer):
    """The bag is labelled anew with the warning, the old one stops whoever scans it."""
    coi = performer.order(PATIENTS[0])
    play(performer, coi, (*IN_MANUFACTURE, *MADE, *filled(1)))
    (bag,) = ids(performer, coi, "product", "frozen")
    old = newest_serial(performer.installation, bag)
    printed = text_of(bag_label_pdf(performer.installation, old))
    moving, again = (
        performer.request(coi, "release_custody", Wish(on=(bag,), to="works-store"))
        for _ in range(2)
    )

    play(performer, coi, [REACTIVE])
    living = old_labels(look(performer.installation, coi))
    with refused(performer, coi, "LABEL_SHOWS_OLD_VALUE"):
        act(performer, moving)
    with pytest.raises(NotPrinted, match="infection tests"):
        bag_label_pdf(performer.installation, old)
    play(performer, coi, TESTED)
    take_refused(performer, coi, Step("release_lot"), "LABEL_SHOWS_OLD_VALUE")
    performer.do(coi, "relabel", Wish(on=(bag,), values={"label_says": ""}))
    with refused(performer, coi, "OLD_LABEL"):
        act(performer, again)
    new = text_of(bag_label_pdf(performer.installation, newest_serial(performer.installation, bag)))
    do(performer, coi, Deed(LabelDeed.ACCOUNT, old, end="destroyed", pieces=1), *BURNT)
    play(performer, coi, [Step("release_lot"), *ACCEPTED, CONDITIONED, *INFUSED_WHOLE])

    assert "NOT EVALUATED FOR INFECTIOUS SUBSTANCES" in printed
    assert [one for one in (*WARNED, "NOT EVALUATED") if one not in new] == ["NOT EVALUATED"]
    assert {*ids(performer, coi, "material", "accepted"), bag} <= set(living)
    assert states(performer, coi, "product") == {"infused": 1}


def test_a_version_that_asks_for_one_test_more_makes_labels_old(performer):
    """Who was wholly tested is not any more: the label that says nothing of it is relabelled."""
    coi = performer.order(PATIENTS[0])
    tests = Step("record_donor_tests", values={**RESULTS, "donor_test_hbv": "non-reactive"})
    play(performer, coi, (*IN_MANUFACTURE, tests, *MADE, *filled(1)))
    (bag,) = ids(performer, coi, "product", "frozen")
    old = newest_serial(performer.installation, bag)
    printed = text_of(bag_label_pdf(performer.installation, old))
    before = old_labels(look(performer.installation, coi))
    changing.install(performer, ONE_TEST_MORE)

    changing.move(performer, changing.asked(performer, coi))
    moving = performer.request(coi, "release_custody", Wish(on=(bag,), to="works-store"))
    with refused(performer, coi, "LABEL_SHOWS_OLD_VALUE"):
        act(performer, moving)
    with pytest.raises(NotPrinted, match="infection tests"):
        bag_label_pdf(performer.installation, old)
    after = old_labels(look(performer.installation, coi))
    performer.do(coi, "relabel", Wish(on=(bag,), values={"label_says": ""}))
    new = text_of(bag_label_pdf(performer.installation, newest_serial(performer.installation, bag)))

    assert "NOT EVALUATED" not in printed
    assert bag not in before
    assert bag in after
    assert "NOT EVALUATED FOR INFECTIOUS SUBSTANCES" in new


def test_each_donation_is_stated_by_its_own_tests(performer):
    """What was tested at one donation of a patient evaluates no other one, and says nothing there.

    A label says NOT EVALUATED until the tests of its own donation are reported.
    """
    tested, other = (performer.order(PATIENTS[0]) for _ in range(2))
    play(performer, tested, [REACTIVE])
    play(performer, other, AT_LAB)
    bag = ids(performer, other, "material")[0]

    printed = text_of(
        bag_label_pdf(performer.installation, newest_serial(performer.installation, bag))
    )

    assert "NOT EVALUATED FOR INFECTIOUS SUBSTANCES" in printed
    assert "WARNING: Reactive" not in printed


def test_what_is_packed_goes_nowhere_with_an_old_label_inside(performer):
    """Neither into a canister nor a shipper: the cassette is opened, and the bag labelled anew.

    Nor out of the house, where it was reported when the shipper was closed already.
    """
    coi = performer.order(PATIENTS[0])
    play(performer, coi, PACKED_SOON)
    bag, bare = ids(performer, coi, "product")
    performer.do(coi, "put_into_cassette", Wish(on=(bag,)))
    (cassette,) = ids(performer, coi, "cassette")
    performer.do(coi, "put_into_cassette", Wish(on=(bare,)))
    canned = ids(performer, coi, "cassette", "closed")[-1]
    performer.do(coi, "put_into_canister", Wish(on=(canned,)))
    (canister,) = ids(performer, coi, "canister")
    play(performer, coi, [REACTIVE])

    first_steps = []
    for action, thing in (("put_into_canister", cassette), ("pack", cassette), ("pack", canister)):
        with refused(performer, coi, "LABEL_SHOWS_OLD_VALUE") as caught:
            performer.do(coi, action, Wish(on=(thing,)))
        first_steps.append(caught.value.refusals[0].next_step)
    performer.do(coi, "open_cassette", Wish(on=(cassette,)))
    performer.do(coi, "relabel", Wish(on=(bag,), values={"label_says": ""}))
    performer.do(coi, "put_into_cassette", Wish(on=(bag,)))
    performer.do(coi, "pack", Wish(on=(ids(performer, coi, "cassette", "closed")[-1],)))
    (shipment,) = ids(performer, coi, "shipment", "packed")
    play(performer, coi, [REACTIVE_TOO])
    with refused(performer, coi, "LABEL_SHOWS_OLD_VALUE") as caught:
        performer.do(coi, "release_shipment", Wish(on=(shipment,), to="wheels-van"))
    first_steps.append(caught.value.refusals[0].next_step)
    performer.do(coi, "open_shipper", Wish(on=(shipment,)))

    assert [step.partition(":")[0] for step in first_steps] == [
        f"Open the cassette {cassette} first",
        f"Open the cassette {cassette} first",
        f"Open the canister {canister} first",
        f"Open the shipment {shipment} first",
    ]
    assert all("Label the bag anew" in step for step in first_steps)


def test_the_label_of_a_cassette_is_printed_anew_before_it_is_packed(performer):
    """No step labels it anew: the list does, and then it goes into the canister."""
    coi = performer.order(PATIENTS[0])
    play(performer, coi, PACKED_SOON)
    bag, _bare = ids(performer, coi, "product")
    performer.do(coi, "put_into_cassette", Wish(on=(bag,)))
    (cassette,) = ids(performer, coi, "cassette")
    play(performer, coi, [REACTIVE])
    labelled_anew(performer, bag)

    with refused(performer, coi, "LABEL_SHOWS_OLD_VALUE") as caught:
        performer.do(coi, "put_into_canister", Wish(on=(cassette,)))
    labelled_anew(performer, cassette)
    performer.do(coi, "put_into_canister", Wish(on=(cassette,)))

    (told,) = caught.value.refusals
    assert told.next_step == "Print its label anew, from the list of the labels"
    assert states(performer, coi, "canister") == {"closed": 1}
