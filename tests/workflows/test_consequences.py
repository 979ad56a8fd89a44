"""What an allowed entry opens beside itself: exceptions, and the stops that belong to them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests import cast
from tests.builders import (
    a_bag,
    a_label,
    a_lot,
    a_material,
    a_scan,
    a_shipment,
    a_therapy,
    a_value,
    a_workflow,
    codes,
    decided,
    facts,
    passing_results,
    without,
)
from tests.performer import a_request, told_late
from workflows.decide import decide

LOT = a_lot("filled")


def told_of_exceptions(draft):
    """Give class and stop of each exception that an entry opens."""
    told = {birth.id: {} for birth in draft.births if birth.machine == "exception"}
    for value in draft.values:
        told.get(value.subject, {})[value.field] = value.content
    return [(values["class"], values["stops"]) for values in told.values()]


def late(told, action, **changes):
    """Give the draft of an action that happened just now, and is told as a late fact."""
    return decided(told_late(a_request(told, action, **changes), told.now), told).draft


def expired(*bags):
    """Tell of these bags, all of them out of date."""
    return replace(facts(*bags), now=cast.NOW + timedelta(days=400))


def held(draft):
    """Give what an entry puts on hold, with the state in which it stands."""
    return [(m.subject, m.after.state, m.after.stops) for m in draft.moves if m.stop_effect]


def with_values(told, action, **values):
    """Give the values of a request for the action, some of them otherwise."""
    return {"values": {**a_request(told, action).values, **values}}


def test_a_rule_that_was_broken_stops_the_thing_while_it_lives():
    """An expired bag was thawed on paper: it is held where it now stands, and critical."""
    bag = a_bag("accepted")
    draft = late(expired(bag), "thaw")

    assert told_of_exceptions(draft) == [("critical", "item")]
    assert held(draft) == [(bag.id, "thawed", 1)]
    assert [birth.origin for birth in draft.births] == [bag.id]


def test_a_damaged_bag_that_was_accepted_on_paper_is_stopped():
    """The exception holds it before anybody can thaw it."""
    told = facts(a_therapy("released"), a_bag("received"))
    draft = late(
        told, "accept_product", **with_values(told, "accept_product", container_intact="no")
    )

    assert told_of_exceptions(draft) == [("critical", "item")]
    assert held(draft) == [("COI-A/30.1", "accepted", 1)]


def test_a_rule_that_was_broken_for_what_is_used_up_is_major():
    """The expired bag was infused: there is nothing left to stop."""
    draft = late(expired(a_bag("checked")), "infuse")

    assert set(told_of_exceptions(draft)) == {("major", "nothing")}
    assert held(draft) == []


def test_only_the_thing_for_which_the_rule_was_broken_is_stopped():
    """Of two bags that were thawed, one had expired."""
    good, bad = a_bag("accepted"), a_bag("accepted", 2)
    told = facts(good, bad, values=[a_value(bad, "expires_at", cast.NOW.isoformat())])
    scans = tuple(a_scan(a_label(bag.id)) for bag in (good, bad))

    assert held(late(told, "thaw", scans=scans)) == [(bad.id, "thawed", 1)]


def test_each_broken_rule_is_a_stop_of_its_own():
    """Checked on paper after expiry and after the thaw window: two reasons, lifted one by one."""
    draft = late(expired(a_bag("thawed", holder="ward")), "check_at_bedside")

    assert told_of_exceptions(draft) == [("critical", "item")] * 2
    assert [stops for _, _, stops in held(draft)] == [1, 2]


def test_what_was_made_against_a_rule_bars_the_way_to_the_patient():
    """The cells of a lot were not fresh: used up, but alive in the lot, which is not released."""
    material = a_material("accepted")
    told = without(facts(a_therapy("collected"), material), "collect")
    draft = late(told, "start_lot")

    assert told_of_exceptions(draft) == [("critical", "nothing")]


def test_a_rule_about_people_stops_no_thing():
    """Somebody's training had lapsed: a deviation, and nothing is wrong with the bag."""
    told = facts(a_bag("accepted"))
    request = told_late(a_request(told, "relocate"), told.now)
    untrained = replace(request.actor, trained_until={})

    draft = decided(replace(request, actor=untrained), told).draft

    assert told_of_exceptions(draft) == [("major", "nothing")]
    assert held(draft) == []


def test_a_shipper_that_left_too_late_is_stopped_with_what_is_in_it():
    """The hold is on the shipment; what was packed in it cannot go on without it."""
    bag, shipment = a_bag("released"), a_shipment(turn=1)
    told = facts(a_therapy("released"), shipment, bag, packed=[bag])
    told = replace(told, now=cast.NOW + timedelta(hours=200))

    draft = late(told, "release_shipment")

    assert held(draft) == [(shipment.id, "packed", 1)]


# -- what is found on arrival ----------------------------------------------------------------------


def test_a_damaged_container_is_stopped_as_it_is_accepted():
    """The courier hands over a bag that leaks: accepted, and on hold from the same entry on."""
    bag = a_bag("thawed", consignee="ward")
    told = facts(bag)
    request = a_request(told, "accept_custody", values={"condition": "damaged"})

    draft = decided(request, told).draft

    assert told_of_exceptions(draft) == [("critical", "item")]
    assert held(draft) == [(bag.id, "thawed", 1)]
    assert [v.content for v in draft.values if v.field == "seen"] == [
        "Condition on arrival: damaged"
    ]


@pytest.mark.parametrize("answer", ["no", "No "])
def test_a_broken_seal_stops_the_shipment(answer):
    """Where seal or custody is in doubt, nothing of the shipment goes on."""
    bag, shipment = a_bag("released", consignee="cell-lab"), a_shipment(consignee="cell-lab")
    told = facts(a_therapy("released"), shipment, bag, packed=[bag])

    draft = decided(a_request(told, "accept_shipment", values={"seal_intact": answer}), told).draft

    assert told_of_exceptions(draft) == [("critical", "item")]
    assert held(draft) == [(shipment.id, "packed", 1)]


def test_what_arrives_whole_opens_nothing():
    """The usual answer raises no alarm."""
    told = facts(a_bag("thawed", consignee="ward"))

    draft = decided(a_request(told, "accept_custody", values={"condition": "intact"}), told).draft

    assert draft.births == ()


# -- what is decided on while it is on its way ----------------------------------------------------


def test_a_lot_is_rejected_while_a_bag_is_on_its_way():
    """Whoever waits for it cannot use it: it is held on its way, and keeps its place."""
    away, here = a_bag("released", 1, consignee="courier"), a_bag("released", 2)
    told = facts(a_therapy("released"), a_lot("provisionally_released"), away, here)

    draft = decided(a_request(told, "reject_lot"), told).draft

    after = {move.subject: (move.after.state, move.after.consignee) for move in draft.moves}
    assert held(draft) == [(away.id, "released", 1)]
    assert (after[away.id], after[here.id]) == (("released", "courier"), ("rejected", "-"))


def test_a_lot_is_not_released_while_a_bag_is_on_its_way():
    """To release is to have everything at hand."""
    told = facts(
        *(a_therapy("testing"), LOT, a_bag("frozen", consignee="courier")),
        values=passing_results(LOT),
    )

    assert codes(decided(a_request(told, "release_lot"), told)) == ["IN_TRANSIT"]


# -- what a definition allows ----------------------------------------------------------------------


def test_what_a_step_puts_in_doubt_can_be_held_under_its_signatures():
    """The rows of a hold are there for every step that can need one, and for no other."""
    rows = {
        (r.machine, r.from_state, r.signatures)
        for r in a_workflow().transitions
        if r.stop_effect > 0
    }

    assert {("product", "thawed", 2), ("product", "frozen", 2), ("shipment", "packed", 1)} <= rows
    assert not {("sample", "taken", 2), ("product", "infused", 2)} & rows


def test_a_correction_can_hold_every_bag_and_lot_that_lives():
    """Two sign it, and what it puts in doubt may stand anywhere."""
    rows = {
        (r.machine, r.from_state)
        for r in a_workflow().transitions
        if r.stop_effect > 0 and r.signatures == 2
    }
    states = {
        (machine.name, state.name)
        for machine in a_workflow().machines.values()
        for state in machine.states.values()
        if machine.name in {"material", "product", "lot"} and not state.final
    }

    assert states <= rows


def test_where_nothing_can_be_held_the_exception_is_critical_all_the_same():
    """A definition without holds loses the stop, and not the alarm."""
    told = facts(a_bag("thawed", consignee="ward"))
    request = a_request(told, "accept_custody", values={"condition": "damaged"})
    actions = {name: each for name, each in a_workflow().actions.items() if name != "hold"}

    draft = decide(replace(a_workflow(), actions=actions), request, told).draft

    assert told_of_exceptions(draft) == [("critical", "nothing")]
    assert held(draft) == []
