"""Who has it: giver and receiver, stops, shipments and what is in them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests import cast
from tests.builders import (
    a_bag,
    a_deed,
    a_label,
    a_lot,
    a_material,
    a_scan,
    a_shipment,
    a_shipper,
    a_therapy,
    decided,
    facts,
    without,
)
from tests.performer import a_request
from tests.workflows.guards import asking
from tests.workflows.guards.asking import Example
from workflows.facts import Label, Shipper

SHELF = facts(a_bag("accepted"))
ON_THE_WAY = facts(a_bag("thawed", consignee="ward"))
RELEASED = facts(a_therapy("released"), a_bag("released"), a_bag("released", 2))
BAGS = (a_bag("released"), a_bag("released", 2))
PACKED = facts(a_therapy("released"), a_shipment(turn=1), *BAGS, packed=BAGS)
ARRIVED = facts(
    a_therapy("released"),
    a_shipment(holder="cell-lab"),
    *(replace(bag, position=replace(bag.position, holder="cell-lab")) for bag in BAGS),
    packed=BAGS,
)
BOTH_SORTS = facts(a_therapy("released"), *BAGS, a_material("frozen", holder="factory"))


def scanning(*means):
    """Scan exactly these."""
    return {"scans": tuple(map(a_scan, means))}


def without_label(subject):
    """Do not scan the label of this subject."""
    return {
        "scans": lambda request: tuple(
            scan
            for scan in request.scans
            if not isinstance(scan.means, Label) or scan.means.subject != subject.id
        )
    }


def with_shipper(*shippers):
    """Scan these shippers in place of the right one."""
    return {
        "scans": lambda request: (
            *(scan for scan in request.scans if not isinstance(scan.means, Shipper)),
            *map(a_scan, shippers),
        )
    }


def packed_hours_ago(hours):
    """Tell that the shipment was packed so long ago."""
    shipment = a_shipment(turn=1)
    deed = a_deed("pack", shipment, minutes_ago=60 * hours, seq=shipment.born_seq)
    return replace(PACKED, history=(*without(PACKED, "pack").history, deed))


CUSTODY = [
    Example(
        "custody_is_unbroken",
        "relocate",
        SHELF,
        "it was handed over and not yet accepted",
        "IN_TRANSIT",
        told_instead=facts(a_bag("accepted", consignee="ward")),
    ),
    Example(
        "custody_is_unbroken",
        "accept_custody",
        ON_THE_WAY,
        "it was not handed over to anybody",
        "NOT_IN_TRANSIT",
        told_instead=facts(a_bag("thawed", holder="ward")),
    ),
    Example(
        "custody_is_unbroken",
        "relocate",
        SHELF,
        "another unit holds it",
        "NOT_THE_HOLDER",
        told_instead=facts(a_bag("accepted", holder="ward")),
    ),
    Example(
        "custody_is_unbroken",
        "accept_custody",
        ON_THE_WAY,
        "it was sent to another unit",
        "NOT_THE_CONSIGNEE",
        told_instead=facts(a_bag("thawed", consignee="courier")),
    ),
    Example(
        "custody_is_unbroken",
        "release_custody",
        SHELF,
        "it is sent to its holder",
        "CONSIGNEE_IS_HOLDER",
        {"consignee": "cell-lab"},
    ),
    Example(
        "custody_is_unbroken",
        "release_custody",
        SHELF,
        "the consignee is not known",
        "CONSIGNEE_MISSING",
        {"consignee": "nowhere"},
    ),
    Example(
        "custody_is_unbroken",
        "release_custody",
        SHELF,
        "the consignee named is not the one that was looked up",
        "CONSIGNEE_MISSING",
        {"consignee": "ward"},
        told_instead=replace(SHELF, consignee=cast.COURIER),
    ),
    Example(
        "custody_is_unbroken",
        "report_lost",
        SHELF,
        "whoever reports it lost neither holds nor expects it",
        "NOT_THE_HOLDER",
        told_instead=facts(a_bag("accepted", holder="ward", consignee="courier")),
    ),
    Example(
        "nothing_is_packed_elsewhere",
        "relocate",
        facts(a_shipment(), a_bag("released"), packed=[]),
        "it is packed in a shipment",
        "PACKED",
        told_instead=facts(a_shipment(), a_bag("released"), packed=[a_bag("released")]),
    ),
    Example(
        "nothing_is_on_hold",
        "thaw",
        SHELF,
        "the bag is on hold",
        "ON_HOLD",
        told_instead=facts(a_bag("accepted", stops=1)),
    ),
    Example(
        "nothing_is_on_hold",
        "thaw",
        SHELF,
        "the whole therapy is on hold",
        "THERAPY_ON_HOLD",
        told_instead=facts(a_bag("accepted"), stops=1),
    ),
]
SHIPPING = [
    Example(
        "something_is_packed",
        "pack",
        RELEASED,
        "nothing goes in",
        "NOTHING_PACKED",
        scanning(a_shipper()),
    ),
    Example(
        "something_is_packed",
        "pack",
        BOTH_SORTS,
        "cells and product go in together",
        "NOTHING_PACKED",
        scanning(a_shipper(), a_label("COI-A/30.1"), a_label("COI-A/6.1")),
    ),
    Example(
        "whole_contents_are_scanned",
        "unpack",
        ARRIVED,
        "one packed bag is not scanned",
        "CONTENTS_INCOMPLETE",
        without_label(BAGS[1]),
    ),
    Example(
        "whole_contents_are_scanned",
        "unpack",
        ARRIVED,
        "a bag is scanned that was not packed",
        "CONTENTS_UNEXPECTED",
        told_instead=replace(ARRIVED, links=ARRIVED.links[:-1]),
    ),
    Example(
        "shipper_holds_long_enough",
        "pack",
        RELEASED,
        "no shipper is scanned",
        "SHIPPER_NOT_SCANNED",
        with_shipper(),
    ),
    Example(
        "shipper_holds_long_enough",
        "pack",
        RELEASED,
        "two shippers are scanned",
        "SHIPPER_NOT_SCANNED",
        with_shipper(a_shipper(), replace(a_shipper(), serial="SHIPPER-2")),
    ),
    Example(
        "shipper_holds_long_enough",
        "pack",
        RELEASED,
        "the shipper was never qualified",
        "SHIPPER_NOT_QUALIFIED",
        with_shipper(a_shipper(qualified_until=None)),
    ),
    Example(
        "shipper_holds_long_enough",
        "pack",
        RELEASED,
        "the qualification ends before the arrival",
        "SHIPPER_NOT_QUALIFIED",
        with_shipper(a_shipper(qualified_until=cast.NOW + timedelta(hours=47))),
    ),
    Example(
        "shipper_holds_long_enough",
        "pack",
        RELEASED,
        "the hold time covers the transit, and not the margin",
        "SHIPPER_HOLD_TIME",
        with_shipper(a_shipper(hold_hours=71)),
    ),
    Example(
        "shipper_holds_long_enough",
        "pack",
        RELEASED,
        "the hold time is not known",
        "SHIPPER_HOLD_TIME",
        with_shipper(a_shipper(hold_hours=None)),
    ),
    Example(
        "shipper_holds_long_enough",
        "pack",
        RELEASED,
        "the planned transit is not given",
        "TRANSIT_UNKNOWN",
        {"values": {"seal_number": "S-1"}},
    ),
    Example(
        "shipper_holds_long_enough",
        "release_shipment",
        PACKED,
        "it was packed too long ago to last the whole way",
        "SHIPPER_HOLD_TIME",
        told_instead=packed_hours_ago(49),
    ),
    Example(
        "shipper_holds_long_enough",
        "release_shipment",
        PACKED,
        "its hold time is not on record",
        "SHIPPER_UNKNOWN",
        told_instead=without(PACKED, "hold_hours"),
    ),
    Example(
        "shipper_holds_long_enough",
        "release_shipment",
        PACKED,
        "when it was packed is not on record",
        "SHIPPER_UNKNOWN",
        told_instead=without(PACKED, "pack"),
    ),
]
EXAMPLES = CUSTODY + SHIPPING


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


def test_a_shipper_that_holds_exactly_transit_and_margin_will_do():
    """48 hours of transit and 24 of margin need 72 hours, not more."""
    request = a_request(RELEASED, "pack", scans=())
    scans = (a_scan(a_label("COI-A/30.1")), a_scan(a_shipper(hold_hours=72)))

    assert decided(replace(request, scans=scans), RELEASED).allowed


def test_a_shipment_is_handed_over_while_it_lasts_exactly():
    """Packed 48 hours ago with 120 hours: 48 of transit and 24 of margin are left."""
    told = packed_hours_ago(48)

    assert decided(a_request(told, "release_shipment"), told).allowed


@pytest.mark.parametrize("hours", [49, 120])
def test_a_shipment_on_its_way_is_handed_on_while_it_is_cold(hours):
    """The margin is asked at the first handover; later, that it is still cold."""
    told = packed_hours_ago(hours)
    shipment = replace(a_shipment(), position=replace(a_shipment().position, turn=3))
    told = replace(told, subjects={**told.subjects, shipment.id: shipment})

    assert decided(a_request(told, "release_shipment"), told).allowed


def test_a_shipment_can_be_accepted_and_a_bag_taken_back_while_on_hold():
    """A hold stops the work on a bag; it leaves no bag in the air."""
    told = facts(a_bag("thawed", consignee="ward", stops=1), stops=1)

    assert decided(a_request(told, "accept_custody"), told).allowed
    assert decided(a_request(told, "take_back"), told).allowed


def test_a_packed_bag_that_is_not_there_can_be_reported_lost():
    """Otherwise a shipment that arrives incomplete could never be unpacked."""
    request = a_request(ARRIVED, "report_lost", named=(BAGS[1].id,))

    assert decided(request, ARRIVED).allowed


def test_what_was_lost_on_the_way_is_not_scanned_on_unpacking():
    """The rest is unpacked once the missing bag is reported lost."""
    bags = [BAGS[0], a_bag("lost", 2, holder="lost")]
    here = replace(bags[0], position=replace(bags[0].position, holder="cell-lab"))
    told = facts(a_shipment(holder="cell-lab"), here, bags[1], a_lot("released"), packed=bags)

    assert decided(a_request(told, "unpack"), told).allowed


def test_a_hold_is_put_on_what_is_packed():
    """A decision on paper needs no unpacking."""
    request = a_request(ARRIVED, "hold", named=(BAGS[0].id,))

    assert decided(request, ARRIVED).allowed
