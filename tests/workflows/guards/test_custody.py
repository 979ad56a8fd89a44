"""Who has it: giver and receiver, stops, and what is packed elsewhere."""

from dataclasses import replace

import pytest

from tests import cast
from tests.builders import (
    COI_A,
    a_bag,
    a_shipment,
    a_subject,
    a_therapy,
    a_workflow,
    codes,
    decided,
    facts,
)
from tests.performer import a_request
from tests.workflows.guards import asking
from tests.workflows.guards.asking import Example
from workflows.decide import decide
from workflows.packing import layers

SHELF = facts(a_bag("accepted"))
ON_THE_WAY = facts(a_bag("thawed", consignee="ward"))
BAGS = (a_bag("released"), a_bag("released", 2))
PACKED = facts(a_therapy("released"), a_shipment(turn=1), *BAGS, packed=BAGS)
ARRIVED = facts(
    a_therapy("released"),
    a_shipment(holder="cell-lab"),
    *(replace(bag, position=replace(bag.position, holder="cell-lab")) for bag in BAGS),
    packed=BAGS,
)


def came_in(shipment):
    """Tell of a bag that was packed in this shipment and stands received."""
    bag = a_bag("received", holder="cell-lab")
    return facts(a_therapy("released"), shipment, bag, packed=[bag])


EXAMPLES = [
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
    Example(
        "nothing_is_on_hold",
        "accept_product",
        came_in(a_shipment("unpacked", holder="unpacked")),
        "the shipment in which it came is on hold",
        "CAME_ON_HOLD",
        told_instead=came_in(a_shipment("unpacked", holder="unpacked", stops=1)),
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


def test_a_shipment_can_be_accepted_and_a_bag_taken_back_while_on_hold():
    """A hold stops the work on a bag; it leaves no bag in the air."""
    told = facts(a_bag("thawed", consignee="ward", stops=1), stops=1)

    assert decided(a_request(told, "accept_custody"), told).allowed
    assert decided(a_request(told, "take_back"), told).allowed


def test_a_packed_bag_that_is_not_there_can_be_reported_lost():
    """Otherwise a shipment that arrives incomplete could never be unpacked."""
    request = a_request(ARRIVED, "report_lost", named=(BAGS[1].id,))

    assert decided(request, ARRIVED).allowed


def test_a_hold_is_put_on_what_is_packed():
    """A decision on paper needs no unpacking."""
    request = a_request(ARRIVED, "hold", named=(BAGS[0].id,))

    assert decided(request, ARRIVED).allowed


def test_a_step_that_passes_over_a_layer_is_refused():
    """A definition that an earlier program let pass: a refusal, and no fault of the store."""
    cassette = replace(a_subject("cassette", "closed"), id=f"{COI_A}/33.1")
    told = facts(a_therapy("released"), a_shipment(consignee="cell-lab"), cassette, BAGS[0])
    shipment = next(one for one in told.subjects.values() if one.machine == "shipment")
    inside = {cassette.id: shipment.id, BAGS[0].id: cassette.id}
    told = replace(
        told,
        subjects={
            one.id: replace(
                one,
                position=replace(
                    one.position,
                    inside=inside.get(one.id, "-"),
                    consignee="cell-lab" if one.id in inside else one.position.consignee,
                ),
            )
            for one in told.subjects.values()
        },
    )
    request, whole = a_request(told, "accept_shipment"), a_workflow()
    accept = whole.actions["accept_shipment"]
    moves = tuple(rule for rule in accept.moves if rule.machine != "cassette")
    broken = replace(
        whole, actions={**whole.actions, "accept_shipment": replace(accept, moves=moves)}
    )

    assert "LAYER_LEFT_BEHIND" not in codes(decide(whole, request, told))
    assert "LAYER_LEFT_BEHIND" in codes(decide(broken, request, told))


def test_layers_that_go_round_come_to_an_end():
    """A record that was tampered with is read by whoever looks for the tampering."""
    bag, other = BAGS
    round_ = {
        one.id: replace(one, position=replace(one.position, inside=around.id))
        for one, around in ((bag, other), (other, bag))
    }
    nowhere = replace(bag, position=replace(bag.position, inside="nothing of this name"))

    assert [one.id for one in layers(round_, round_[bag.id])] == [other.id]
    assert [*layers({bag.id: nowhere}, nowhere)] == []
