"""What must be settled before something ends: material, exceptions, dispensations."""

from dataclasses import replace

import pytest

from tests import cast
from tests.builders import (
    a_bag,
    a_lot,
    a_material,
    a_sample,
    a_shipment,
    a_therapy,
    a_value,
    an_exception,
    codes,
    decided,
    facts,
    stopped_by,
    without,
)
from tests.performer import a_request
from tests.workflows.guards import asking
from tests.workflows.guards.asking import Example
from workflows.facts import NewSubject

COLLECTED = facts(a_therapy("collecting"), a_material("collected"))
INFUSED = facts(a_therapy("infused"), a_bag("infused"))
ACCEPTED = facts(a_bag("accepted"))


def an_open_exception(stops):
    """Tell that an exception stands open, and what it stops."""
    held = {"item": 1}.get(stops, 0)
    bag = a_bag("accepted", stops=held)
    exception = an_exception(origin=bag.id if held else cast.COI_A)
    told = facts(bag, exception, values=[a_value(exception, "stops", stops)])
    return replace(told, therapy=replace(told.therapy, stops=int(stops == "therapy")))


def at_a_wrong_scan(*people):
    """Tell that these people were at the wrong scan that the exception is about."""
    told = an_open_exception("nothing")
    pairing = a_value(an_exception(), "pairing", " ".join(person.id for person in people))
    return replace(told, values=(*told.values, pairing))


def left_over(*subjects):
    """Tell that these are there when the therapy is to be closed."""
    return facts(a_therapy("infused"), a_bag("infused"), *subjects)


def opened_by(person):
    """Let this person act and sign."""
    return {
        "actor": person,
        "signings": lambda request: tuple(replace(s, person=person) for s in request.signings),
    }


def a_dispensation_from(guard):
    """Bring a new dispensation with a rule of its own."""
    return lambda request: (NewSubject("dispensation", {**request.values, "guard": guard}),)


OPENED_BY_QUEENIE = replace(
    an_open_exception("nothing"),
    history=tuple(
        replace(deed, actor=cast.QUEENIE.id) if deed.action == "open_exception" else deed
        for deed in an_open_exception("nothing").history
    ),
)

INVESTIGATED = {"class": "major", "root_cause": "transport", "capa": "none needed"}
TWICE_HELD = facts(
    a_bag("accepted", stops=2),
    *(an_exception(n=n, origin=a_bag().id) for n in (1, 2)),
    values=[a_value(an_exception(n=n), "stops", "item") for n in (1, 2)],
)
STOPPED = stopped_by("hold_therapy")
HELD_TWICE = facts(
    *(an_exception(n=n) for n in (1, 2)),
    values=[a_value(an_exception(n=n), "stops", "therapy") for n in (1, 2)],
    stops=2,
)

EXAMPLES = [
    Example(
        "some_material_is_there",
        "complete_collection",
        COLLECTED,
        "all that was collected is gone",
        "NO_MATERIAL",
        told_instead=facts(a_therapy("collecting"), a_material("destroyed", holder="destroyed")),
    ),
    Example(
        "no_product_is_left",
        "make_again",
        facts(a_therapy("delivered"), a_lot("released"), a_bag("lost"), a_bag("rejected", 2)),
        "a bag is there that could be given",
        "PRODUCT_IS_LEFT",
        told_instead=facts(a_therapy("delivered"), a_lot("released"), a_bag("accepted")),
    ),
    *(
        Example(
            "nothing_is_left_to_account_for",
            "close",
            INFUSED,
            f"a {subject.machine} has not come to its end",
            "LEFT_OVER",
            told_instead=left_over(subject),
        )
        for subject in (
            a_bag("rejected", 2),
            a_material("frozen", 2),
            a_sample(),
            a_shipment(),
            a_lot("provisionally_released", 2),
            an_exception(),
        )
    ),
    Example(
        "therapy_is_cancelled",
        "discontinue_lot",
        facts(a_therapy("cancelled"), a_lot("filled"), a_bag("frozen")),
        "the therapy goes on",
        "NOT_CANCELLED",
        told_instead=facts(a_therapy("testing"), a_lot("filled"), a_bag("frozen")),
    ),
    Example(
        "material_disposition_is_stated",
        "cancel",
        ACCEPTED,
        "cells exist, and are said not to",
        "DISPOSITION_NEEDED",
        {
            "values": {
                "cancelled_because": "clinic",
                "material_disposition": "none exists",
            }
        },
    ),
    Example(
        "material_disposition_is_stated",
        "cancel",
        ACCEPTED,
        "cells exist, and are said not to, with a blank behind",
        "DISPOSITION_NEEDED",
        {
            "values": {
                "cancelled_because": "clinic",
                "material_disposition": "none exists ",
            }
        },
    ),
    *(
        Example(
            "exception_stops_an_item",
            "lift",
            an_open_exception("item"),
            f"the exception stops {stops}",
            "NOT_A_HOLD",
            told_instead=an_open_exception(stops),
        )
        for stops in ("nothing", "therapy", "pairing")
    ),
    *(
        Example(
            "exception_stops_the_therapy",
            "lift_therapy",
            STOPPED,
            f"the exception stops {stops}",
            "NOT_A_HOLD",
            told_instead=an_open_exception(stops),
        )
        for stops in ("nothing", "item", "pairing")
    ),
    *(
        Example(
            "exception_stops_nothing",
            "close_exception",
            an_open_exception("nothing"),
            f"the exception stops {stops}",
            "STILL_A_HOLD",
            told_instead=an_open_exception(stops),
        )
        for stops in ("item", "therapy")
    ),
    Example(
        "exception_stops_an_item",
        "lift",
        TWICE_HELD,
        "two holds are lifted at once",
        "ONE_AT_A_TIME",
        {"named": (an_exception().id, an_exception(n=2).id)},
    ),
    Example(
        "exception_stops_the_therapy",
        "lift_therapy",
        STOPPED,
        "two holds are lifted at once",
        "ONE_AT_A_TIME",
        {"named": (an_exception().id, an_exception(n=2).id)},
        told_instead=HELD_TWICE,
    ),
    *(
        Example(
            "these_have_stopped_it",
            lifts,
            stopped_by(by, **INVESTIGATED),
            f"it was stopped by this: {other}",
            "STOPPED_BY_OTHERS",
            told_instead=stopped_by(other, **INVESTIGATED),
        )
        for lifts, by, other in (
            ("lift_therapy", "hold_therapy", "stop_ship"),
            ("lift_therapy", "hold_therapy", "hold_therapy_for_quality"),
            ("lift_quality_stop", "stop_ship", "hold_therapy"),
            ("lift_quality_stop", "hold_therapy_for_quality", "withdraw_consent"),
        )
    ),
    Example(
        "these_have_stopped_it",
        "lift_therapy",
        STOPPED,
        "what has stopped it is not on record",
        "STOPPED_BY_OTHERS",
        told_instead=without(STOPPED, "hold_therapy"),
    ),
    Example(
        "closer_did_not_open_it",
        "close_exception",
        an_open_exception("nothing"),
        "the closer opened it",
        "OWN_EXCEPTION",
        opened_by(cast.QUEENIE),
        told_instead=OPENED_BY_QUEENIE,
    ),
    Example(
        "closer_did_not_open_it",
        "close_exception",
        an_open_exception("nothing"),
        "the closer was the second at the wrong scan",
        "OWN_EXCEPTION",
        opened_by(cast.QUEENIE),
        told_instead=at_a_wrong_scan(cast.INES, cast.QUEENIE),
    ),
    Example(
        "closer_did_not_open_it",
        "close_exception",
        an_open_exception("nothing"),
        "who opened it is not on record",
        "OWN_EXCEPTION",
        told_instead=without(an_open_exception("nothing"), "open_exception"),
    ),
    Example(
        "one_thing_is_meant",
        "hold",
        facts(a_bag("accepted"), a_bag("accepted", 2)),
        "two bags are named",
        "ONE_AT_A_TIME",
        {"named": (a_bag().id, a_bag("accepted", 2).id)},
    ),
    Example(
        "one_thing_is_meant",
        "hold",
        ACCEPTED,
        "nothing is named",
        "ONE_AT_A_TIME",
        {"named": ()},
    ),
    Example(
        "rule_may_be_dispensed",
        "grant_dispensation",
        ACCEPTED,
        "the rule is one of identity",
        "NOT_DISPENSABLE",
        {"values": {"guard": "wristband_is_this_patients", "justification": "urgent"}},
    ),
    Example(
        "rule_may_be_dispensed",
        "grant_dispensation",
        ACCEPTED,
        "the new dispensation itself names another rule than the request",
        "DISPENSATION_UNSIGNED",
        {"births": a_dispensation_from("material_is_fresh")},
    ),
    Example(
        "rule_may_be_dispensed",
        "grant_dispensation",
        ACCEPTED,
        "one of those who are to sign is missing",
        "DISPENSATION_UNSIGNED",
        {"signings": lambda request: request.signings[:-1]},
    ),
    Example(
        "rule_may_be_dispensed",
        "grant_dispensation",
        ACCEPTED,
        "a signer lacks the role that this rule asks for",
        "DISPENSATION_UNSIGNED",
        {"values": {"guard": "material_is_fresh", "justification": "urgent"}},
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


def test_nothing_need_be_said_of_what_does_not_exist():
    """A therapy without cells is cancelled with “none exists”."""
    told = facts(a_therapy("approved"))
    values = {"cancelled_because": "clinic", "material_disposition": "none exists"}

    assert decided(a_request(told, "cancel", values=values), told).allowed


def test_a_stopped_pairing_is_closed_like_any_exception():
    """It stops two people, and nothing that could be lifted."""
    told = an_open_exception("pairing")

    assert decided(a_request(told, "close_exception"), told).allowed


def test_a_therapy_does_not_go_back_while_a_lot_is_undecided():
    """A provisionally released lot is confirmed or rejected first."""
    told = facts(a_therapy("released"), a_lot("provisionally_released"), a_bag("lost"))

    assert codes(decided(a_request(told, "make_again"), told)) == ["LOT_RUNNING"]


def test_nothing_need_be_said_of_what_has_come_to_its_end():
    """Cells that were destroyed exist no longer, though they are on record."""
    told = facts(a_therapy("collected"), a_material("destroyed", holder="destroyed"))
    values = {"cancelled_because": "clinic", "material_disposition": "none exists"}

    assert decided(a_request(told, "cancel", values=values), told).allowed
