"""What travels: a shipper that is qualified, free and cold, and all of its contents."""

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
    a_value,
    a_workflow,
    decided,
    facts,
    without,
)
from tests.performer import a_request
from tests.workflows.guards import asking
from tests.workflows.guards.asking import Example
from workflows.case import Case
from workflows.facts import Label, Mode, Shipper
from workflows.guards.shipping import DESTINATION, shipper_holds_long_enough

RELEASED = facts(a_therapy("released"), a_bag("released"), a_bag("released", 2))
BAGS = (a_bag("released"), a_bag("released", 2))
PACKED = facts(a_therapy("released"), a_shipment(turn=1), *BAGS, packed=BAGS)
ARRIVED = facts(
    a_therapy("released"),
    a_shipment(holder="cell-lab"),
    *(replace(bag, position=replace(bag.position, holder="cell-lab")) for bag in BAGS),
    packed=BAGS,
)
AT_THE_DOOR = facts(
    a_therapy("released"),
    a_shipment(holder="courier", consignee="cell-lab"),
    *(
        replace(bag, position=replace(bag.position, holder="courier", consignee="cell-lab"))
        for bag in BAGS
    ),
    packed=BAGS,
)
BOTH_SORTS = facts(a_therapy("released"), *BAGS, a_material("frozen", holder="factory"))


def scanning(*means):
    """Scan exactly these."""
    return {"scans": tuple(map(a_scan, means))}


def sent_on_to(unit, told):
    """Tell that the shipment was re-routed to a unit."""
    return replace(told, values=(*told.values, a_value(a_shipment(), DESTINATION, unit)))


def without_label(subject):
    """Do not scan the label of this subject."""
    return {
        "scans": lambda request: tuple(
            scan
            for scan in request.scans
            if not isinstance(scan.means, Label) or scan.means.subject != subject.id
        )
    }


def typing(subject, confirmed_by=""):
    """Type the label of this subject; nobody else has read it, or this person has."""

    def typed(scan):
        is_its = isinstance(scan.means, Label) and scan.means.subject == subject.id
        return replace(scan, how="typed", confirmed_by=confirmed_by) if is_its else scan

    return {"scans": lambda request: tuple(map(typed, request.scans))}


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


def in_use(state="packed"):
    """Tell that the only shipper is around other bags of this therapy."""
    shipment = a_shipment(state)
    inside = a_bag("released", 3)
    bags = [bag for bag in RELEASED.subjects.values() if bag.machine == "product"]
    return facts(a_therapy("released"), shipment, *bags, inside, packed=[inside])


def beside_the_shipper():
    """Tell that the second bag was never packed."""
    beside = replace(BAGS[1], position=replace(BAGS[1].position, holder="cell-lab"))
    return replace(ARRIVED, subjects={**ARRIVED.subjects, beside.id: beside})


def accepted_by_somebody(told):
    """Tell that the shipment has been on its way."""
    deed = a_deed("accept_shipment", a_shipment())
    return replace(told, history=(*told.history, deed))


WITH_THE_COURIER = facts(
    a_therapy("released"),
    a_shipment(holder="courier", stops=1),
    *(replace(bag, position=replace(bag.position, holder="courier")) for bag in BAGS),
    packed=BAGS,
)
ON_ITS_WAY = facts(
    a_therapy("released"),
    a_shipment(holder="courier"),
    *(replace(bag, position=replace(bag.position, holder="courier")) for bag in BAGS),
    packed=BAGS,
)

EXAMPLES = [
    Example(
        "shipment_is_stopped",
        "secure_shipment",
        WITH_THE_COURIER,
        "nothing stops it",
        "NOT_STOPPED",
        told_instead=ON_ITS_WAY,
    ),
    Example(
        "shipment_goes_into_keeping",
        "secure_shipment",
        WITH_THE_COURIER,
        "nobody who takes it is known",
        "CARRIED_ON",
        {"consignee": "-"},
    ),
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
        "shipment_goes_where_it_was_sent_on",
        "release_shipment",
        PACKED,
        "it is released to the unit to which it was to go before",
        "SHIPMENT_REROUTED",
        {"consignee": "cell-lab"},
        told_instead=sent_on_to("ward", PACKED),
    ),
    Example(
        "shipment_goes_where_it_was_sent_on",
        "accept_shipment",
        AT_THE_DOOR,
        "the unit to which it was released accepts it, and it was re-routed meanwhile",
        "SHIPMENT_REROUTED",
        told_instead=sent_on_to("ward", AT_THE_DOOR),
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
        told_instead=beside_the_shipper(),
    ),
    Example(
        "whole_contents_are_scanned",
        "unpack",
        ARRIVED,
        "one label is typed, and nobody else has read it",
        "TYPED_BY_ONE",
        typing(BAGS[1]),
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
    Example(
        "shipper_is_free",
        "pack",
        RELEASED,
        "the shipper stands packed with something else",
        "SHIPPER_IN_USE",
        told_instead=in_use(),
    ),
    Example(
        "shipment_has_not_left",
        "open_shipper",
        PACKED,
        "a courier has had it",
        "SHIPMENT_HAS_LEFT",
        told_instead=accepted_by_somebody(PACKED),
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


def test_who_opens_packages_is_asked_for_the_labels_inside_and_a_courier_is_not():
    """What is on its way arrives with the label that it has; nobody there could change it."""
    unasked = [replace(told, label_lives=None) for told in (PACKED, ON_ITS_WAY)]

    house, courier = (decided(a_request(told, "release_shipment"), told) for told in unasked)

    assert ([one.guard for one in house.refusals], courier.allowed) == (
        ["labels_show_what_is_recorded"],
        True,
    )


def test_what_was_lost_on_the_way_is_not_scanned_on_unpacking():
    """The rest is unpacked once the missing bag is reported lost."""
    bags = [BAGS[0], a_bag("lost", 2, holder="lost")]
    here = replace(bags[0], position=replace(bags[0].position, holder="cell-lab"))
    told = facts(a_shipment(holder="cell-lab"), here, bags[1], a_lot("released"), packed=bags)

    assert decided(a_request(told, "unpack"), told).allowed


def test_what_a_second_person_has_read_too_may_be_typed():
    """A label that no scanner reads keeps no package closed."""
    request = a_request(ARRIVED, "unpack")
    scans = typing(BAGS[1], confirmed_by="person-lena")["scans"](request)

    assert decided(replace(request, scans=scans), ARRIVED).allowed


def test_what_was_typed_and_scanned_is_scanned():
    """Whoever typed first, and then found the scanner, has seen the label."""
    request = a_request(ARRIVED, "unpack")
    scans = (*typing(BAGS[1])["scans"](request), a_scan(a_label(BAGS[1].id)))

    assert decided(replace(request, scans=scans), ARRIVED).allowed


def test_what_is_copied_from_paper_was_read_where_it_was_written():
    """Whoever copies it types everything, and has nothing in hand."""
    request = a_request(ARRIVED, "unpack")
    scans = typing(BAGS[1])["scans"](request)

    found = decided(replace(request, scans=scans, mode=Mode.LATE), ARRIVED)
    assert "TYPED_BY_ONE" not in [one.code for one in found.refusals]


def test_an_unpacked_shipper_is_free_again():
    """It goes round: what it held before is no obstacle."""
    told = in_use("unpacked")

    assert decided(a_request(told, "pack"), told).allowed


def test_what_is_in_an_opened_shipper_stands_where_packing_begins():
    """A shipper that got warm before it left is packed anew, without a bag being lost."""
    draft = decided(a_request(PACKED, "open_shipper"), PACKED).draft

    after = {(move.machine, move.after.state, move.after.holder) for move in draft.moves}
    assert after == {("shipment", "unpacked", "unpacked"), ("product", "released", "factory")}


def test_not_known_holds_for_no_time_at_all():
    """Not for the shortest of transits, in a definition with the smallest of margins."""
    short = replace(a_workflow(), product={**a_workflow().product, "transit_margin_hours": "0.5"})
    told = facts(a_material("frozen"))
    request = a_request(told, "pack", scans=(a_scan(a_shipper(None)),))
    values = {**request.values, "planned_transit_hours": "0.25"}
    case = Case(short, short.actions["pack"], replace(request, values=values), told)

    refusal = shipper_holds_long_enough(case)

    assert refusal is not None
    assert refusal.code == "SHIPPER_HOLD_TIME"
