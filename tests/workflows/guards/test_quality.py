"""Is it good: results, disposition, and what stands open against it."""

from dataclasses import replace

import pytest

from tests import cast
from tests.builders import (
    a_bag,
    a_lot,
    a_material,
    a_shipment,
    a_therapy,
    a_value,
    an_exception,
    decided,
    facts,
    passing_results,
    without,
)
from tests.performer import a_request
from tests.workflows.guards import asking
from tests.workflows.guards.asking import Example

LOT = a_lot("filled")
TESTED = facts(a_therapy("testing"), LOT, a_bag("frozen"), values=passing_results(LOT))
UNSTERILE = without(TESTED, "sterility")
ACCEPTED = facts(a_bag("accepted"))
RECEIVED = facts(a_therapy("released"), a_bag("received"))
MATERIAL = facts(a_therapy("collected"), a_material("accepted"))


def result(test, content, within="no"):
    """Tell a newer result of a test."""
    values = [*passing_results(LOT), a_value(LOT, test, content, occurrence=51, within=within)]
    return facts(a_therapy("testing"), LOT, a_bag("frozen"), values=values)


def with_exception(of_class=None, **values):
    """Tell that an exception stands open on the therapy."""
    extra = [a_value(an_exception(), field, content) for field, content in values.items()]
    told = facts(a_bag("accepted"), an_exception(), values=extra)
    if of_class is None:
        return without(told, "class")
    return facts(
        *(a_bag("accepted"), an_exception()),
        values=[*extra, a_value(an_exception(), "class", of_class)],
    )


def shipped_from(lot):
    """Tell of a bag of this lot in a shipment that the courier has."""
    bag, shipment = a_bag("released", holder="courier"), a_shipment(holder="courier")
    return facts(a_therapy("released"), lot, bag, shipment, packed=[bag])


SHIPPED = shipped_from(a_lot("released"))

USED_ALL_THE_SAME = a_value(a_bag(), "used_because", "there is no other")

EXAMPLES = [
    Example(
        "required_results_are_in",
        "release_lot",
        TESTED,
        "the sterility test still runs",
        "RESULTS_MISSING",
        told_instead=UNSTERILE,
    ),
    Example(
        "required_results_are_in",
        "release_lot_provisionally",
        UNSTERILE,
        "a test that is due before release still runs",
        "RESULTS_MISSING",
        told_instead=without(UNSTERILE, "endotoxin"),
    ),
    Example(
        "results_are_within_limits",
        "release_lot",
        TESTED,
        "the newest result is out of its limits",
        "OUT_OF_SPECIFICATION",
        told_instead=result("viability", "61"),
    ),
    Example(
        "results_are_within_limits",
        "release_lot",
        TESTED,
        "a result has no verdict",
        "OUT_OF_SPECIFICATION",
        told_instead=result("identity", "confirmed", within="-"),
    ),
    Example(
        "disposition_is_released",
        "thaw",
        ACCEPTED,
        "its lot is on hold",
        "LOT_ON_HOLD",
        told_instead=facts(a_bag("accepted"), a_lot("provisionally_released", stops=1)),
    ),
    *(
        Example(
            "disposition_is_released",
            "thaw",
            ACCEPTED,
            f"the lot is {state}",
            "NOT_RELEASED",
            told_instead=facts(a_bag("accepted"), a_lot(state)),
        )
        for state in ("filled", "rejected", "failed")
    ),
    Example(
        "disposition_is_decided",
        "release_shipment",
        SHIPPED,
        "nobody has decided on the lot",
        "NOT_RELEASED",
        told_instead=shipped_from(a_lot("filled")),
    ),
    Example(
        "disposition_is_decided",
        "release_shipment",
        SHIPPED,
        "the lot is on hold",
        "LOT_ON_HOLD",
        told_instead=shipped_from(a_lot("provisionally_released", stops=1)),
    ),
    Example(
        "unreleased_product_stays_at_its_site",
        "release_custody",
        facts(a_therapy("released"), a_bag("released")),
        "the lot is not released, and the receiver is at another site",
        "NOT_RELEASED",
        {"consignee": cast.COURIER.id},
        told_instead=facts(a_therapy("testing"), a_bag("frozen"), a_lot("filled")),
    ),
    Example(
        "unreleased_product_stays_at_its_site",
        "release_custody",
        facts(a_therapy("released"), a_bag("released")),
        "a critical exception is open, and the receiver is at another site",
        "EXCEPTION_OPEN",
        {"consignee": cast.COURIER.id},
        told_instead=facts(
            *(a_therapy("released"), a_bag("released"), an_exception()),
            values=[a_value(an_exception(), "class", "critical")],
        ),
    ),
    Example(
        "disposition_is_released",
        "accept_product",
        RECEIVED,
        "one of the lots that it was made of is not released",
        "NOT_RELEASED",
        told_instead=facts(
            a_therapy("released"), a_lot("released"), a_lot("filled", 2), a_bag("received")
        ),
    ),
    Example(
        "no_critical_exception_is_open",
        "thaw",
        ACCEPTED,
        "a critical exception is open",
        "EXCEPTION_OPEN",
        told_instead=with_exception("critical"),
    ),
    Example(
        "no_critical_exception_is_open",
        "thaw",
        ACCEPTED,
        "nobody has said how grave an open exception is",
        "EXCEPTION_OPEN",
        told_instead=with_exception(),
    ),
    Example(
        "no_other_lot_is_running",
        "start_lot",
        MATERIAL,
        "an earlier lot is not ended",
        "LOT_RUNNING",
        told_instead=facts(a_therapy("collected"), a_material("accepted"), a_lot("started")),
    ),
    Example(
        "container_is_intact",
        "accept_product",
        RECEIVED,
        "the bag is damaged",
        "CONTAINER_DAMAGED",
        {"values": {"container_intact": "no", "arrival_celsius": "-150"}},
    ),
    Example(
        "container_is_intact",
        "accept_product",
        replace(RECEIVED, values=(*RECEIVED.values, USED_ALL_THE_SAME)),
        "it is damaged, and nobody has decided to use it all the same",
        "CONTAINER_DAMAGED",
        told_instead=RECEIVED,
        holds_with={"values": {"container_intact": "no", "arrival_celsius": "-150"}},
    ),
    Example(
        "container_is_intact",
        "accept_product",
        RECEIVED,
        "nobody looked",
        "CONTAINER_DAMAGED",
        {"values": {"arrival_celsius": "-150"}},
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


def test_a_repeated_result_within_its_limits_takes_the_place_of_the_earlier_one():
    """The newest result counts; the earlier one stays on the record."""
    told = result("viability", "88", within="yes")

    assert decided(a_request(told, "release_lot"), told).allowed


@pytest.mark.parametrize("told", [with_exception("major"), with_exception("minor")])
def test_an_exception_that_is_not_critical_stops_nothing(told):
    """Only critical exceptions stand in the way."""
    assert decided(a_request(told, "thaw"), told).allowed


def test_a_stopped_pairing_does_not_stop_the_treatment():
    """A wrong scan is critical, and stops the pair that made it."""
    told = with_exception("critical", stops="pairing")

    assert decided(a_request(told, "thaw"), told).allowed


def test_a_provisionally_released_lot_is_released():
    """Results may be outstanding where the definition allows it."""
    told = facts(a_bag("accepted"), a_lot("provisionally_released"))

    assert decided(a_request(told, "thaw"), told).allowed


def test_a_rejected_bag_may_travel_back():
    """What is rejected is packed and returned, and never accepted."""
    told = facts(a_lot("rejected"), a_bag("rejected"))

    assert decided(a_request(told, "pack"), told).allowed


@pytest.mark.parametrize("state", ["rejected", "discontinued"])
def test_what_will_never_be_released_can_be_handed_on(state):
    """A courier has it when its lot is rejected: it must reach somebody who destroys it."""
    told = shipped_from(a_lot(state))

    assert decided(a_request(told, "release_shipment"), told).allowed
