"""What an allowed action writes: hands, births, links, values, labels."""

from dataclasses import replace

import pytest

from tests import cast
from tests.builders import (
    NEXT_SEQ,
    a_bag,
    a_collection,
    a_lot,
    a_material,
    a_therapy,
    a_workflow,
    decided,
    facts,
)
from tests.performer import a_request
from workflows import moves
from workflows.case import Case
from workflows.facts import NewSubject

BAGS = a_bag("released"), a_bag("released", 2)
COLLECTING = facts(a_therapy("collecting"), a_collection())
FILLING = facts(a_therapy("manufacturing"), a_lot("formulated"))


def draft_of(told, action, **changes):
    """Give the draft of an allowed action."""
    return decided(a_request(told, action, **changes), told).draft


def hands(draft, subject):
    """Give holder, consignee and kind of holder after a move, with what custody did."""
    (move,) = (move for move in draft.moves if move.subject == subject)
    return move.custody, move.after.holder, move.after.consignee, move.holder_kind


# -- hands -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "bag", "after"),
    [
        ("relocate", a_bag("accepted"), ("keeps", "cell-lab", "-", "unit")),
        ("release_custody", a_bag("thawed"), ("releases", "cell-lab", "ward", "unit")),
        (
            "accept_custody",
            a_bag("thawed", consignee="ward"),
            ("accepts", "ward", "-", "unit"),
        ),
        (
            "take_back",
            a_bag("thawed", consignee="ward"),
            ("takes_back", "cell-lab", "-", "unit"),
        ),
        ("infuse", a_bag("checked"), ("ends", cast.PATIENT_A, "-", "patient")),
        ("destroy", a_bag("accepted"), ("ends", "destroyed", "-", "gone")),
        ("report_lost", a_bag("accepted"), ("loses", "lost", "-", "gone")),
        (
            "hold",
            a_bag("accepted", consignee="ward"),
            ("none", "cell-lab", "ward", "unit"),
        ),
    ],
)
def test_who_holds_it_afterwards(action, bag, after):
    """Each custody effect moves holder and consignee in its own way."""
    assert hands(draft_of(facts(bag), action), bag.id) == after


def test_what_is_born_is_in_the_hands_of_the_unit_where_it_is_born():
    """The collecting unit holds what it collects."""
    draft = draft_of(COLLECTING, "collect", births=())

    assert hands(draft, "COI-A/60.1") == ("creates", "apheresis", "-", "unit")


def test_what_is_no_thing_is_held_by_nobody():
    """A lot is a record, and its bags are things."""
    assert hands(draft_of(facts(a_lot("started")), "activate"), "COI-A/20.1") == (
        *("none", "-", "-", "nobody"),
    )


def test_every_turn_counts_one_and_starts_where_the_subject_stands():
    """The move carries the position before and after."""
    bag = a_bag("accepted", turn=7)

    (move,) = (m for m in draft_of(facts(bag), "thaw").moves if m.subject == bag.id)

    assert (move.before, move.after.turn) == (bag.position, 8)


def test_a_hold_counts_a_stop_and_a_lift_takes_it_away():
    """A hold is no state: lifting returns to where it was."""
    bag = a_bag("accepted", stops=1)

    (move,) = (m for m in draft_of(facts(bag), "hold").moves if m.subject == bag.id)

    assert (move.after.stops, move.after.state, move.stop_effect) == (2, "accepted", 1)


# -- evidence --------------------------------------------------------------------------------------


def test_a_move_carries_the_label_that_was_scanned_for_it():
    """The evidence stands beside what it proves."""
    draft = draft_of(facts(a_bag("accepted")), "thaw")

    labels = {move.subject: (move.scans, move.label) for move in draft.moves}
    assert labels == {cast.COI_A: (0, None), "COI-A/30.1": (1, "B:COI-A/30.1")}


def test_a_move_that_touches_the_patient_carries_wristband_and_patient():
    """Only that move, and none on paper."""
    draft = draft_of(facts(a_bag("checked")), "infuse")

    touched = {m.subject: (m.patient, m.patient_id, m.wristband) for m in draft.moves}
    assert touched == {
        cast.COI_A: (0, None, None),
        "COI-A/30.1": (1, cast.PATIENT_A, "W-patient-a"),
    }


# -- births and links ------------------------------------------------------------------------------


def test_a_newborn_is_named_by_therapy_entry_and_number():
    """'<coi>/<entry>.<n>': unique without a counter, and readable."""
    draft = draft_of(COLLECTING, "collect", births=(NewSubject("material"),) * 2)

    assert [birth.id for birth in draft.births] == [
        f"{cast.COI_A}/{NEXT_SEQ}.1",
        f"{cast.COI_A}/{NEXT_SEQ}.2",
    ]


def test_a_newborn_stands_below_its_parent():
    """The origin is older, so that there is no circle."""
    (birth,) = draft_of(COLLECTING, "collect", births=()).births

    assert (birth.origin, birth.origin_born) == ("COI-A/5.1", 5)


def test_the_therapy_itself_bears_its_coi():
    """It is the root, and below nothing."""
    empty = replace(facts(), subjects={})

    draft = draft_of(empty, "order")

    assert [(b.id, b.machine, b.origin) for b in draft.births] == [(cast.COI_A, "therapy", None)]
    assert [(m.before.turn, m.after.turn, m.after.state) for m in draft.moves] == [
        (0, 1, "ordered")
    ]


def test_what_has_no_other_parent_is_born_of_the_therapy():
    """A planned collection is the therapy's."""
    (birth,) = draft_of(facts(a_therapy("scheduled")), "plan_collection").births

    assert birth.origin == cast.COI_A


def test_a_lot_is_made_of_every_bag_that_goes_in():
    """Pooling is many parents inside one therapy."""
    bags = a_material("accepted"), a_material("accepted", 2)
    told = facts(a_therapy("collected"), *bags)

    draft = draft_of(told, "start_lot")

    assert [(link.child, link.parent, link.relation) for link in draft.links] == [
        ("COI-A/60.1", "COI-A/6.1", "made_of"),
        ("COI-A/60.1", "COI-A/6.2", "made_of"),
    ]
    assert [m.after.state for m in draft.moves if m.machine == "material"] == ["used", "used"]


def test_every_filled_bag_is_made_of_the_lot():
    """Two bags, two links."""
    draft = draft_of(FILLING, "fill", births=(NewSubject("product"),) * 2)

    assert [(link.child, link.parent, link.parent_born) for link in draft.links] == [
        ("COI-A/60.1", "COI-A/20.1", 20),
        ("COI-A/60.2", "COI-A/20.1", 20),
    ]


def test_bags_are_packed_in_a_shipment_and_not_made_of_it():
    """Travelling together makes no family."""
    draft = draft_of(facts(a_therapy("released"), *BAGS), "pack")

    assert {(link.parent, link.relation) for link in draft.links} == {
        ("COI-A/30.1", "packed_in"),
        ("COI-A/30.2", "packed_in"),
    }


def test_an_exception_is_no_child_of_the_cells():
    """What was seen on a bag is not made of it."""
    assert draft_of(facts(a_bag("accepted")), "hold").links == ()


# -- values ----------------------------------------------------------------------------------------


def test_a_field_is_recorded_on_each_subject_of_its_machine():
    """Two bags are frozen at the same time."""
    told = facts(a_therapy("testing"), a_lot("filled"), a_bag("filled"), a_bag("filled", 2))

    draft = draft_of(told, "freeze_product")

    assert [(value.subject, value.field) for value in draft.values] == [
        ("COI-A/30.1", "frozen_at"),
        ("COI-A/30.2", "frozen_at"),
    ]


def test_a_newborn_has_its_own_values_over_those_of_the_request():
    """Each bag has its own volume, and all the same expiry."""
    births = (NewSubject("product", {"volume_ml": "50"}), NewSubject("product"))

    draft = draft_of(FILLING, "fill", births=births)

    volumes = {v.subject: v.content for v in draft.values if v.field == "volume_ml"}
    assert volumes == {"COI-A/60.1": "50", "COI-A/60.2": "500"}


def test_a_field_on_everything_is_not_recorded_on_the_therapy():
    """The condition on arrival is that of what arrived."""
    told = facts(a_bag("thawed", consignee="ward"))

    values = draft_of(told, "accept_custody").values

    assert [(v.subject, v.field) for v in values] == [("COI-A/30.1", "condition")]


def test_an_optional_field_left_blank_is_not_recorded():
    """Nothing was said, and nothing is written."""
    request = a_request(COLLECTING, "collect")
    values = {**request.values, "donation_number": " "}

    draft = decided(replace(request, values=values), COLLECTING).draft

    assert "donation_number" not in {value.field for value in draft.values}


def test_what_is_said_about_a_person_is_confidential():
    """It enters the ledger as a commitment."""
    draft = draft_of(facts(a_bag("accepted")), "hold")

    assert {v.field: v.confidential for v in draft.values} == {
        "cause": True,
        "stops": False,
        "class": False,
        "kind": False,
    }


@pytest.mark.parametrize(("lots", "attempt"), [(0, "1"), (1, "2"), (2, "3")])
def test_a_lot_knows_which_attempt_it_is(lots, attempt):
    """A failed lot is followed by the next number."""
    failed = [a_lot("failed", n + 1) for n in range(lots)]
    told = facts(a_therapy("collected"), a_material("accepted"), *failed)

    draft = draft_of(told, "start_lot")

    assert [v.content for v in draft.values if v.field == "attempt"] == [attempt]


def test_a_shipment_remembers_its_shipper():
    """Serial and hold time are written down when it is packed."""
    draft = draft_of(facts(a_therapy("released"), *BAGS), "pack")

    known = {v.field: v.content for v in draft.values}
    assert (known["shipper"], known["hold_hours"]) == ("SHIPPER-1", "120")


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("hold", "hold"),
        ("hold_therapy", "hold"),
        ("hold_therapy_for_quality", "quality stop"),
        ("stop_ship", "stop-ship"),
    ],
)
def test_a_hold_is_called_what_it_is(action, kind):
    """What stops one therapy is no stop-ship, whoever put it on."""
    values = draft_of(facts(a_bag("accepted")), action).values

    assert [value.content for value in values if value.field == "kind"] == [kind]


@pytest.mark.parametrize(
    ("action", "stops"),
    [("hold", "item"), ("hold_therapy", "therapy"), ("open_exception", "nothing")],
)
def test_an_exception_knows_what_it_stops(action, stops):
    """So that lifting and closing can be told apart."""
    draft = draft_of(facts(a_bag("accepted")), action)

    assert [v.content for v in draft.values if v.field == "stops"] == [stops]


# -- prints ----------------------------------------------------------------------------------------


def test_every_newborn_container_gets_a_label():
    """No bag is born without one."""
    draft = draft_of(COLLECTING, "collect", births=(NewSubject("material"),) * 2)

    assert draft.to_label == ("COI-A/60.1", "COI-A/60.2")


def test_a_shipment_gets_a_label_and_what_is_in_it_keeps_its_own():
    """Only what is born is labelled."""
    assert draft_of(facts(a_therapy("released"), *BAGS), "pack").to_label == ("COI-A/60.1",)


def test_admission_issues_a_wristband():
    """And nothing else does."""
    told = facts(a_therapy("scheduled"))

    assert draft_of(told, "admit_patient").new_wristband
    assert not draft_of(told, "plan_collection").new_wristband


def test_the_draft_names_the_role_in_use():
    """Who may do several things acts as one of them."""
    assert draft_of(facts(a_bag("accepted")), "thaw").role == "cell_lab_technologist"


# -- what is stopped -------------------------------------------------------------------------------


def _drafting(told, action):
    workflow = a_workflow()
    case = Case(workflow, workflow.actions[action], a_request(told, action), told)
    return moves.Drafting(case, "act")


@pytest.mark.parametrize("state", ["infused", "destroyed", "lost"])
def test_what_has_come_to_its_end_cannot_be_stopped(state):
    """There is nothing left to keep in its place, and the draft stays as it was."""
    drafting = _drafting(facts(a_bag("accepted")), "relocate")

    with pytest.raises(LookupError):
        moves.hold(drafting, a_bag(state))

    assert drafting.moves == []


@pytest.mark.parametrize("state", ["accepted", "thawed", "released"])
def test_a_hold_moves_nothing(state):
    """State, holder and consignee stay; one stop more is counted, in the next turn."""
    bag = a_bag(state, consignee="ward")
    drafting = _drafting(facts(a_bag("accepted")), "relocate")

    moves.hold(drafting, bag)

    (move,) = drafting.moves
    assert move.after == replace(bag.position, turn=bag.position.turn + 1, stops=1)
    assert (move.custody, move.while_stopped) == ("none", 1)
