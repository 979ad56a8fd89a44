"""Which subjects an action moves: states, scans, names, contents, children, births."""

from dataclasses import replace

import pytest

from tests import cast
from tests.builders import (
    a_bag,
    a_collection,
    a_label,
    a_lot,
    a_material,
    a_sample,
    a_scan,
    a_shipment,
    a_therapy,
    a_value,
    a_workflow,
    an_exception,
    codes,
    decided,
    facts,
)
from tests.performer import a_request
from workflows.case import Case
from workflows.facts import Facts, NewSubject, Request
from workflows.model import Alternatives, MoveRule, Pick
from workflows.planning import plan

BAGS = a_bag("released"), a_bag("released", 2)
SHIPPED = facts(a_therapy("released"), a_shipment(), *BAGS, packed=BAGS)
COLLECTING = facts(a_therapy("collecting"), a_collection())


def planned(request: Request, told: Facts) -> Case:
    """Lay the definition over the facts."""
    workflow = a_workflow()
    case, _ = plan(Case(workflow, workflow.actions[request.action], request, told))
    return case


def moved(draft, machine):
    """Give where the moved subjects of a machine come from and go to."""
    return [
        (move.subject, move.before.state, move.after.state)
        for move in draft.moves
        if move.machine == machine
    ]


# -- states, scans and names -----------------------------------------------------------------------


def test_a_step_out_of_order_says_where_it_stands_and_where_it_should():
    """Both states are told by their titles."""
    request = a_request(facts(a_bag("accepted")), "thaw")

    (refusal,) = decided(request, facts(a_bag("thawed"))).refusals

    assert refusal.code == "WRONG_STATE"
    assert "COI-A/30.1 is “thawed”; “Thaw” needs it to be “accepted”" in refusal.sentence


def test_the_therapy_must_stand_where_the_step_begins():
    """A bag is not thawed before lymphodepletion runs."""
    request = a_request(facts(a_bag("accepted")), "thaw")

    told = facts(a_therapy("delivered"), a_bag("accepted"))

    assert codes(decided(request, told)) == ["WRONG_STATE"]


def test_each_of_several_bags_must_stand_where_the_step_begins():
    """One bag in the wrong state stops the step for all, and is named."""
    request = a_request(facts(a_bag("accepted"), a_bag("accepted", 2)), "thaw")

    (refusal,) = decided(request, facts(a_bag("accepted"), a_bag("thawed", 2))).refusals

    assert "COI-A/30.2" in refusal.sentence


def test_a_label_must_be_scanned_where_a_container_is_touched():
    """Knowing that there is only one bag is not enough."""
    told = facts(a_bag("accepted"))
    request = a_request(told, "thaw", scans=(), named=())

    assert codes(decided(request, told)) == ["NOT_SCANNED"]


def test_naming_does_not_take_the_place_of_scanning():
    """A container's id in the request is no evidence."""
    told = facts(a_bag("accepted"))
    request = a_request(told, "thaw", scans=(), named=("COI-A/30.1",))

    assert codes(decided(request, told)) == ["NOT_SCANNED", "NAME_UNEXPECTED"]


def test_a_label_that_is_scanned_twice_counts_once():
    """The bag moves once."""
    told = facts(a_bag("accepted"))
    request = a_request(told, "thaw")

    draft = decided(replace(request, scans=request.scans * 2), told).draft

    assert moved(draft, "product") == [("COI-A/30.1", "accepted", "thawed")]


def test_where_all_is_optional_something_must_be_meant():
    """Handing over nothing is no step."""
    told = facts(a_bag("accepted"))
    request = a_request(told, "relocate", scans=())

    assert codes(decided(request, told)) == ["NOTHING_TO_MOVE"]


def test_the_only_one_that_fits_need_not_be_named():
    """There is one lot: it is the one that is meant."""
    told = facts(a_lot("started"))

    draft = decided(a_request(told, "activate", named=()), told).draft

    assert moved(draft, "lot") == [("COI-A/20.1", "started", "activated")]


def test_the_only_one_there_is_told_when_it_does_not_fit():
    """The refusal says where it stands, and not that it is missing."""
    told = facts(a_lot("started"))
    request = a_request(told, "activate", named=())

    assert codes(decided(request, facts(a_lot("activated")))) == ["WRONG_STATE"]


def test_one_of_several_that_fit_must_be_named():
    """Nobody guesses which exception is closed."""
    told = facts(an_exception(), an_exception(n=2))
    request = a_request(told, "close_exception", named=())

    (refusal,) = decided(request, told).refusals

    assert refusal.code == "NOT_NAMED"
    assert "COI-A/40.1, COI-A/40.2" in refusal.next_step


def test_what_does_not_exist_cannot_be_meant():
    """There is no lot yet."""
    request = a_request(facts(a_lot("started")), "activate", named=())

    (refusal,) = decided(request, facts(a_therapy("collected"))).refusals

    assert refusal.next_step == "There is no lot yet"


@pytest.mark.parametrize("name", ["COI-B/20.1", "COI-A/99.9", "COI-A/30.1", "COI-A"])
def test_a_name_that_the_step_does_not_act_on_is_refused(name):
    """Neither another therapy's, nor unknown, nor of another sort: it must not vanish."""
    told = facts(a_lot("started"), a_bag("filled"))
    request = a_request(told, "activate", named=("COI-A/20.1", name))

    assert codes(decided(request, told)) == ["NAME_UNEXPECTED"]


@pytest.mark.parametrize(
    ("before", "after"), [("conditioning", "treating"), ("treating", "treating")]
)
def test_rules_of_one_machine_are_alternatives(before, after):
    """The rule applies whose states hold the subject's."""
    told = facts(a_therapy(before), a_bag("checked"))

    draft = decided(a_request(told, "infuse"), told).draft

    assert moved(draft, "therapy") == [(cast.COI_A, before, after)]


# -- contents and children -------------------------------------------------------------------------


def test_what_is_packed_moves_with_its_shipment():
    """Nobody scans the bags in a closed shipper."""
    draft = decided(a_request(SHIPPED, "release_shipment"), SHIPPED).draft

    assert [move.subject for move in draft.moves] == [
        "COI-A/35.1",
        "COI-A/30.1",
        "COI-A/30.2",
    ]
    assert {move.after.consignee for move in draft.moves} == {"courier"}


def test_what_was_lost_on_the_way_does_not_move_any_more():
    """A shipment goes on without what has come to its end."""
    lost = a_bag("lost", 2, holder="lost")
    told = facts(a_therapy("released"), a_shipment(), BAGS[0], lost, packed=BAGS)

    draft = decided(a_request(told, "release_shipment"), told).draft

    assert [move.subject for move in draft.moves] == ["COI-A/35.1", "COI-A/30.1"]


def test_a_rejected_lot_takes_every_bag_with_it():
    """No container is forgotten, wherever it is."""
    told = facts(
        *(a_lot("provisionally_released"), a_bag("accepted")),
        *(a_bag("released", 2), a_bag("infused", 3)),
    )

    draft = decided(a_request(told, "reject_lot"), told).draft

    assert moved(draft, "product") == [
        ("COI-A/30.1", "accepted", "rejected"),
        ("COI-A/30.2", "released", "rejected"),
    ]


def test_a_bag_that_cannot_follow_its_lot_stops_the_decision():
    """A bag that is not frozen yet is not released with the others, nor forgotten."""
    told = facts(a_therapy("testing"), a_lot("filled"), a_bag("frozen"), a_bag("filled", 2))

    decision = decided(a_request(told, "release_lot"), told)

    assert "WRONG_STATE" in codes(decision)
    assert any("COI-A/30.2" in refusal.sentence for refusal in decision.refusals)


def test_a_bag_that_was_made_of_two_rejected_lots_moves_once():
    """Pooled product has two parents, and one life."""
    lots = a_lot("filled"), a_lot("filled", 2)
    told = facts(a_therapy("testing"), *lots, a_bag("frozen"))

    draft = decided(a_request(told, "reject_lot", named=tuple(lot.id for lot in lots)), told).draft

    assert moved(draft, "product") == [("COI-A/30.1", "frozen", "rejected")]


def test_samples_are_no_bags_of_the_lot():
    """Only what the action names follows; a sample stays as it is."""
    told = facts(a_lot("provisionally_released"), a_bag("accepted"), a_sample())

    draft = decided(a_request(told, "reject_lot"), told).draft

    assert moved(draft, "sample") == []


def test_lifting_frees_what_the_exception_was_opened_on():
    """And nothing else that is held."""
    held = a_bag("accepted", stops=1)
    other = a_bag("accepted", 2, stops=1)
    exceptions = an_exception(origin=held.id), an_exception(n=2, origin=other.id)
    values = [a_value(exception, "stops", "item") for exception in exceptions]
    told = facts(held, other, *exceptions, values=values)

    draft = decided(a_request(told, "lift", named=(exceptions[1].id,)), told).draft

    assert [(move.subject, move.after.stops) for move in draft.moves] == [
        (exceptions[1].id, 0),
        (other.id, 0),
    ]


# -- births ----------------------------------------------------------------------------------------


def test_one_is_born_where_the_request_says_nothing():
    """One collected bag is the usual case."""
    case = planned(a_request(COLLECTING, "collect", births=()), COLLECTING)

    assert [arrival.new.machine for arrival in case.arrivals] == ["material"]


def test_as_many_bags_are_born_as_the_request_says():
    """A collection may fill several bags."""
    births = (NewSubject("material"),) * 3

    case = planned(a_request(COLLECTING, "collect", births=births), COLLECTING)

    assert len(case.arrivals) == 3


@pytest.mark.parametrize(
    ("told", "action", "machine"),
    [
        (facts(a_bag("accepted")), "hold", "exception"),
        (facts(a_bag("accepted")), "grant_dispensation", "dispensation"),
        (facts(a_therapy("collected"), a_material("accepted")), "start_lot", "lot"),
        (facts(a_therapy("released"), *BAGS), "pack", "shipment"),
        (facts(a_therapy("collected")), "plan_collection", "collection"),
    ],
)
def test_what_does_not_come_in_numbers_is_born_once(told, action, machine):
    """Two exceptions for one hold, or two shipments of the same bags, would break the count."""
    request = a_request(told, action, births=(NewSubject(machine),) * 2)

    assert codes(decided(request, told)) == ["ONE_AT_A_TIME"]


def test_what_the_step_does_not_make_is_refused():
    """A bag of product is not born of a collection."""
    births = (NewSubject("material"), NewSubject("product"))
    request = a_request(COLLECTING, "collect", births=births)

    assert codes(decided(request, COLLECTING)) == ["BIRTH_UNEXPECTED"]


def test_a_therapy_is_ordered_once():
    """A COI names one therapy event."""
    empty = replace(facts(), subjects={})
    request = a_request(empty, "order")

    assert decided(request, empty).allowed
    assert codes(decided(request, facts(a_therapy("ordered")))) == ["ALREADY_ORDERED"]


def test_another_therapys_label_is_no_turn_of_this_one():
    """A strange bag never moves here, even beside the right one."""
    told = facts(a_bag("accepted"))
    request = a_request(told, "thaw")
    strange = a_scan(a_label("COI-B/30.1", cast.COI_B))

    case = planned(replace(request, scans=(*request.scans, strange)), told)

    assert [turn.subject.id for turn in case.turns] == [cast.COI_A, "COI-A/30.1"]


# -- what a definition's order does not change -----------------------------------------------------


def test_contents_are_found_after_the_shipment_that_they_travel_in():
    """In whatever order a definition lists its moves, what depends on others' moves comes last."""
    contents = MoveRule("product", ("packed",), "", Pick.CONTENTS)
    shipment = MoveRule("shipment", ("open",), "sent", Pick.SCANNED)
    therapy = MoveRule("therapy", ("released",), "shipped", Pick.THERAPY)

    found = Alternatives.of((contents, shipment, therapy))

    assert [among.machine for among in found] == ["shipment", "therapy", "product"]


def test_a_changed_action_moves_by_its_own_rules():
    """The rules are grouped once for each action, and anew for one that is made of another."""
    thaw = a_workflow().actions["thaw"]

    of_bags_only = replace(thaw, moves=tuple(r for r in thaw.moves if r.machine == "product"))

    assert [among.machine for among in of_bags_only.alternatives] == ["product"]
