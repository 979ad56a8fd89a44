"""Which hospital treats: who goes on, who is asked, and what the former one may still do."""

from dataclasses import replace

import pytest

from tests import cast
from tests.builders import (
    a_bag,
    a_collection,
    a_deed,
    a_shipment,
    a_therapy,
    a_value,
    a_workflow,
    codes,
    decided,
    facts,
)
from tests.performer import a_request
from tests.workflows.guards import asking
from tests.workflows.guards.asking import Example
from workflows.decide import decide
from workflows.facts import Mode, Signing
from workflows.treating import ASKED, TREATING, Named, Treatment, left_after, treatment
from workflows.versions import Earlier

HERE, THERE = cast.WARD.site, cast.OTHER_WARD.site
JOSE = cast.a_person("jose", ("treating_physician", cast.OTHER_WARD))
AT_BOTH = cast.TAKING_PART | {THERE}
TREATS = Treatment(treats=HERE)
LEFT = Treatment(treats=THERE, former=frozenset({HERE}))
WAITS = Treatment(treats=HERE, asked=THERE, passing=frozenset({THERE}))

BAGS = (a_bag("released"),)
PACKED = facts(a_therapy("released"), a_shipment(turn=1), *BAGS, packed=BAGS)
ACCEPTED = facts(a_therapy("released"), a_bag("received"))
COLLECTING = facts(a_therapy("collecting"), a_collection())
APPROVED = facts(a_therapy("approved"))
NAMED = a_value(cast.COI_A, ASKED, "other-ward")
INVITED = replace(facts(a_therapy("approved"), values=[NAMED]), sites=AT_BOTH, treatment=WAITS)


def signed_by_jose(meaning):
    """The physician of the other hospital takes the step there, and signs."""
    signed = {"signings": (Signing(JOSE, meaning),)}
    return {"actor": JOSE, "unit": cast.OTHER_WARD, **signed}


def taken_over(told, *later):
    """The same therapy, after another hospital took the patient over, and these deeds."""
    deeds = (a_deed("admit_patient", seq=51), a_deed("take_over_treatment", seq=52), *later)
    return replace(told, history=(*(told.history or ()), *deeds))


TAKEN = {**signed_by_jose("accepted"), "values": {TREATING: "other-ward"}}

EXAMPLES = [
    Example(
        "site_goes_on",
        "accept_product",
        ACCEPTED,
        "another hospital treats now",
        "SITE_DOES_NOT_TREAT",
        told_instead=replace(ACCEPTED, treatment=LEFT),
    ),
    Example(
        "site_goes_on",
        "approve",
        facts(a_therapy("ordered")),
        "a hospital is asked, and has not answered",
        "SITE_DOES_NOT_TREAT",
        signed_by_jose("prescribed"),
        told_instead=replace(facts(a_therapy("ordered")), sites=AT_BOTH, treatment=WAITS),
    ),
    Example(
        "consignee_goes_on",
        "release_shipment",
        PACKED,
        "a shipment is sent to the hospital that treated before",
        "CONSIGNEE_DOES_NOT_TREAT",
        {"consignee": "cell-lab"},
        told_instead=replace(PACKED, treatment=LEFT),
    ),
    Example(
        "patient_was_admitted_here",
        "collect",
        COLLECTING,
        "the patient was admitted before the change, and not since",
        "NOT_ADMITTED_HERE",
        told_instead=taken_over(COLLECTING),
    ),
    Example(
        "another_hospital_is_asked",
        "ask_other_hospital",
        APPROVED,
        "a hospital asks itself",
        "SAME_HOSPITAL",
        {"values": {ASKED: "cell-lab", "change_because": "moved house"}},
    ),
    Example(
        "another_hospital_is_asked",
        "ask_other_hospital",
        APPROVED,
        "a hospital that does not treat asks",
        "SITE_DOES_NOT_TREAT",
        told_instead=replace(APPROVED, treatment=Treatment(treats=THERE)),
    ),
    Example(
        "site_is_asked_to_treat",
        "take_over_treatment",
        INVITED,
        "nobody asked",
        "NOT_ASKED_TO_TREAT",
        holds_with=TAKEN,
        told_instead=replace(INVITED, treatment=TREATS),
    ),
    Example(
        "site_is_asked_to_treat",
        "take_over_treatment",
        INVITED,
        "another unit is named than was asked",
        "OTHER_UNIT_ASKED",
        {"values": {TREATING: "ward"}},
        holds_with=TAKEN,
    ),
    Example(
        "change_of_site_is_open",
        "call_off_change",
        INVITED,
        "nobody was asked",
        "NOTHING_TO_CALL_OFF",
        told_instead=replace(INVITED, treatment=TREATS),
    ),
    Example(
        "destination_treats",
        "reroute_shipment",
        PACKED,
        "the unit is of a hospital that does not treat",
        "DESTINATION_DOES_NOT_TREAT",
        {"values": {"deliver_to": "other-ward", "rerouted_because": "it was named before"}},
    ),
]


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_it_holds(example):
    """An action that keeps to the rule is allowed."""
    asking.holds(example)


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_it_fails(example):
    """An action that breaks the rule is refused, with a reason and a next step."""
    asking.fails(example)


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_it_fails_with_another(example):
    """Whoever breaks two rules hears of both at once."""
    asking.fails_beside_another(example)


def test_what_it_has_in_hand_a_former_hospital_hands_over():
    """Cells that lie in its laboratory do not stay there because the patient has gone."""
    told = replace(facts(a_bag("accepted")), treatment=LEFT)

    assert decided(a_request(told, "release_custody", consignee="courier"), told).allowed


def test_within_its_own_walls_a_former_hospital_hands_on():
    """What is on the ward goes back to the laboratory, where it is packed."""
    told = replace(facts(a_bag("thawed")), treatment=LEFT)

    assert decided(a_request(told, "release_custody", consignee="ward"), told).allowed


def test_whoever_sees_that_something_is_wrong_tells_it():
    """A former hospital opens an exception, and closes none."""
    told = replace(ACCEPTED, treatment=LEFT)
    request = a_request(told, "open_exception", actor=cast.NINA, unit=cast.APHERESIS)

    assert decided(request, told).allowed


def test_a_late_fact_does_not_bend_it():
    """What a former hospital did after it left is no step of this therapy."""
    told = replace(ACCEPTED, treatment=LEFT)
    request = a_request(ACCEPTED, "accept_product", mode=Mode.LATE, happened_at=cast.NOW)

    assert codes(decided(request, told)) == ["SITE_DOES_NOT_TREAT"]


def test_whoever_is_admitted_since_is_touched():
    """The new wristband is the sign that two people looked anew."""
    told = taken_over(COLLECTING, a_deed("admit_patient", seq=53))

    assert decided(a_request(told, "collect"), told).allowed


def test_a_newer_version_without_the_step_does_not_forget_that_it_was_taken():
    """Each earlier step is read by the version by which it was recorded."""
    older = a_workflow()
    known = {n: a for n, a in older.actions.items() if n != "take_over_treatment"}
    newer = replace(older, version=2, actions=known)
    told = replace(taken_over(COLLECTING), earlier=(Earlier(older, 60, cast.NOW),))

    assert codes(decide(newer, a_request(told, "collect"), told)) == ["NOT_ADMITTED_HERE"]


# -- who treats, by what is on record --------------------------------------------------------------


def test_the_hospital_that_the_order_names_treats():
    """Before anybody is asked there is nobody aside."""
    told = treatment([Named(TREATING, 1, "a")], {"a": 0}.items())

    assert told == Treatment(treats="a")


def test_a_hospital_that_ordered_and_is_asked_is_not_put_aside():
    """It took part before, and goes on with what is its own."""
    told = treatment([Named(TREATING, 1, "b"), Named(ASKED, 9, "a")], {"a": 0, "b": 0}.items())

    assert (told.asked, told.aside) == ("a", frozenset())


def test_a_change_that_was_called_off_leaves_everything_as_it_was():
    """The hospital that was asked is put aside, and sees nothing."""
    named = [Named(TREATING, 1, "a"), Named(ASKED, 9, "b"), Named("change_off_because", 10)]

    told = treatment(named, {"a": 0, "b": 8}.items())

    assert (told.treats, told.asked, told.out_of_it) == ("a", "", {"b"})


def test_a_hospital_has_left_with_the_last_change_away_from_it():
    """Whoever came back and went again has seen what was in between."""
    named = [Named(TREATING, n, site) for n, site in ((1, "a"), (9, "b"), (20, "a"), (30, "c"))]

    assert left_after(named, frozenset("a")) == 29
    assert left_after(named, frozenset("c")) is None
