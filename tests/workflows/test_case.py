"""What a guard can ask of a case: the newest, the corrected, the family; or it was not told."""

from dataclasses import replace

import pytest

from tests.builders import a_bag, a_deed, a_lot, a_shipment, a_value, a_workflow, facts
from tests.performer import a_request
from workflows.case import Arrival, Case, NotTold
from workflows.facts import NewSubject
from workflows.model import Relation

BAG = a_bag("frozen")
AROUND = facts(BAG)


def case_of(told, **changes):
    """A case about the hand-over of the bag, with changes of its request."""
    workflow = a_workflow()
    request = replace(a_request(AROUND, "release_custody"), **changes)
    return Case(workflow, workflow.actions["release_custody"], request, told)


@pytest.mark.parametrize(
    ("section", "ask"),
    [
        ("links", lambda case: case.parents(BAG.id)),
        ("links", lambda case: case.children(BAG.id)),
        ("history", lambda case: case.last_deed("fill", BAG.id)),
        ("values", lambda case: case.value(BAG.id, "volume_ml")),
        ("values", lambda case: case.occasions(BAG.id, "volume_ml")),
    ],
)
def test_what_was_not_told_is_no_empty_answer(section, ask):
    """A section that was left out is a fault; that nothing was found would be an answer."""
    case = case_of(replace(AROUND, **{section: None}))

    with pytest.raises(NotTold) as fault:
        ask(case)

    assert fault.value.args == (section,)


def test_the_newest_occasion_counts():
    """A second weighing counts before a later correction of the first one."""
    told = facts(
        BAG,
        values=[
            a_value(BAG, "volume_ml", "58", occurrence=60),
            a_value(BAG, "volume_ml", "61", occurrence=50, revision=2),
        ],
    )

    assert case_of(told).value(BAG.id, "volume_ml").content == "58"


def test_the_newest_revision_of_an_occasion_counts():
    """A correction takes the place of what it corrects, in whichever order both were read."""
    told = facts(
        BAG,
        values=[
            a_value(BAG, "infused_ml", "25", occurrence=50, revision=2),
            a_value(BAG, "infused_ml", "52", occurrence=50, revision=1),
            a_value(BAG, "infused_ml", "10", occurrence=51, revision=1),
        ],
    )

    occasions = case_of(told).occasions(BAG.id, "infused_ml")

    assert sorted(value.content for value in occasions) == ["10", "25"]


def test_what_was_never_recorded_is_none():
    """Nothing recorded is None, and no empty text that could be read as a number."""
    assert case_of(AROUND).value(BAG.id, "infused_ml") is None
    assert case_of(AROUND).occasions(BAG.id, "infused_ml") == ()


def test_another_things_value_is_not_taken():
    """Two bags of one lot have each their own."""
    other = a_bag("frozen", 2)
    told = facts(BAG, other, values=[a_value(other, "infused_ml", "10")])

    assert case_of(told).value(BAG.id, "infused_ml") is None


def test_made_of_and_packed_in_are_two_families():
    """A bag that travels in a shipment is not what the shipment is made of."""
    shipment = a_shipment()
    case = case_of(facts(BAG, shipment, packed=[BAG]))

    assert case.parents(shipment.id) == ()
    assert [s.id for s in case.parents(shipment.id, Relation.PACKED_IN)] == [BAG.id]
    assert case.children(BAG.id, Relation.PACKED_IN) == (shipment,)


def test_a_bag_comes_from_its_lot():
    """The family is asked for in both directions."""
    lot = a_lot("released")
    case = case_of(facts(BAG, lot))

    assert case.parents(BAG.id) == (lot,)
    assert case.children(lot.id) == (BAG,)


def test_the_newest_deed_is_the_last_in_the_chain():
    """Order comes from the sequence, and not from the time that somebody told."""
    earlier = a_deed("relocate", BAG, minutes_ago=1, seq=56)
    later = a_deed("relocate", BAG, minutes_ago=90, seq=57)

    assert case_of(facts(BAG, history=[later, earlier])).last_deed("relocate", BAG.id) == later


def test_a_deed_with_another_bag_is_not_this_ones():
    """What was done to a bag says nothing about the one beside it."""
    other = a_bag("frozen", 2)
    told = facts(BAG, other, history=[a_deed("relocate", other)])

    assert case_of(told).last_deed("relocate", BAG.id) is None


def test_what_is_given_is_read_as_it_is_recorded():
    """Two spellings of one letter are one text, and blanks around it say nothing."""
    case = case_of(AROUND, values={"note": "  Jose\u0301 "})

    assert case.given("note") == "Jos\u00e9"
    assert case.given("never asked") == ""


def test_a_new_things_own_value_comes_first():
    """What is said of one new bag is said more closely than what is said of all."""
    (rule, *_) = a_workflow().actions["fill"].moves
    own = Arrival(NewSubject("product", {"volume_ml": "61"}), rule)
    case = case_of(AROUND, values={"volume_ml": "60", "expires_at": "2027-06-01T00:00:00Z"})

    filling = case.with_turns((), [own])

    assert filling.given("volume_ml") == "61"
    assert filling.given("expires_at") == "2027-06-01T00:00:00Z"
