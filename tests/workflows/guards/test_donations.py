"""A donation number is on record of one collection of one patient."""

from dataclasses import replace

import pytest

from tests import cast
from tests.builders import (
    a_collection,
    a_label,
    a_material,
    a_scan,
    a_therapy,
    a_value,
    a_workflow,
    an_exception,
    decided,
    facts,
)
from tests.performer import a_request
from tests.workflows.guards import asking
from tests.workflows.guards.asking import Example
from workflows.decide import decide
from workflows.draft import Mismatch, Strange
from workflows.facts import Donation
from workflows.mix_ups import refused_with_dead_label, refused_with_donation

COLLECTING = facts(a_therapy("collecting"), a_collection())
KEPT = "A9999 26 123456 T"
EUROPEAN = "SEC: DE000001A999926123456 A000010000020271130"


def on_record_of(subject, coi=cast.COI_A, patient=cast.PATIENT_A):
    """The number that is given stands on record of a collection already."""
    return replace(COLLECTING, donations=(Donation(coi, subject, patient),))


def numbered(number):
    """What is told of the collection, with this number."""
    return lambda request: {**request.values, "donation_number": number}


def refusing(why, code, **changes):
    """An example of the one guard, from an allowed request."""
    given = {"but": {"values": numbered("D-1")}} | changes
    return Example("donation_is_numbered_once", "collect", COLLECTING, why, code, **given)


EXAMPLES = [
    refusing(
        "it is on record of another patient's collection",
        "DONATION_OF_ANOTHER",
        told_instead=on_record_of("COI-B/2", cast.COI_B, cast.PATIENT_B),
    ),
    refusing(
        "it is on record of another collection of the therapy",
        "DONATION_ELSEWHERE",
        told_instead=on_record_of("COI-A/1"),
    ),
]


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_the_guard_holds(example):
    """A number that is new is recorded."""
    asking.holds(example)


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_the_guard_refuses(example):
    """A number that is on record elsewhere is on the wrong collection."""
    asking.fails(example)


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_it_refuses_beside_others(example):
    """Every reason is told at once."""
    asking.fails_beside_another(example)


def codes(told, number, workflow=None):
    """What is refused of a collection under this number."""
    request = a_request(told, "collect")
    request = replace(request, values=numbered(number)(request))
    return [refusal.code for refusal in decide(workflow or a_workflow(), request, told).refusals]


def test_a_donation_may_go_into_two_therapies_of_one_patient():
    """One apheresis, two products: both bear its number."""
    assert codes(on_record_of("COI-C/2", "COI-C"), "D-1") == []


def test_nothing_is_recorded_by_whoever_was_not_told():
    """Where nobody has looked whose the number is, there is no collection under it (SEC-45)."""
    assert codes(replace(COLLECTING, donations=None), "D-1") == ["CHECK_FAILED"]


def test_a_number_of_what_is_born_is_never_taken():
    """Nobody has looked whose it is: one is looked up, and each that is born could have its own."""
    request = a_request(COLLECTING, "collect")
    born = tuple(replace(one, values={"donation_number": "D-1"}) for one in request.births)

    decision = decide(a_workflow(), replace(request, births=born), COLLECTING)

    assert ("donation_is_numbered_once", "CHECK_FAILED") in [
        (one.guard, one.code) for one in decision.refusals
    ]


def test_two_collections_never_have_one_number():
    """Both could be named in one step: each has a number of its own."""
    second = replace(a_collection(), id=f"{a_collection().id}2")
    told = facts(a_therapy("collecting"), a_collection(), second)
    request = a_request(COLLECTING, "collect", named=(a_collection().id, second.id))

    refused = decide(a_workflow(), replace(request, values=numbered("D-1")(request)), told).refusals

    assert "DONATION_ELSEWHERE" in [one.code for one in refused]


def test_another_patients_number_stops_the_hand_and_names_nobody():
    """The refusal is a STOP; whose it is, is not in it."""
    told = on_record_of("COI-B/2", cast.COI_B, cast.PATIENT_B)
    request = a_request(told, "collect")

    decision = decided(replace(request, values=numbered("D-1")(request)), told)

    (refusal,) = decision.refusals
    assert refusal.sentence.startswith("STOP")
    assert cast.COI_B not in f"{refusal.sentence} {refusal.next_step}"


@pytest.mark.parametrize(
    ("number", "reads", "expected"),
    [
        (KEPT, True, []),
        (EUROPEAN, True, []),
        ("A9999 26 123456 X", True, ["DONATION_NOT_ISBT128"]),
        (KEPT, False, ["ISBT128_OFF"]),
        ("D-1", True, ["DONATION_NOT_ISBT128"]),
        (f"{KEPT}\n", False, ["ISBT128_OFF"]),
        ("", False, []),
    ],
)
@pytest.mark.parametrize("template", ["bag-label-isbt", "own-bag"])
def test_where_labels_say_it_in_isbt_128_the_number_is_one(template, number, reads, expected):
    """Found when it is recorded, and not when the bag lies there without a label.

    Which numbers labels can say is told, and of the site's own templates which say it so.
    """
    workflow = a_workflow()
    labels = {**workflow.product["label"], "product": template}
    chosen = replace(workflow, product={**workflow.product, "label": labels})
    told = replace(
        COLLECTING,
        reads_isbt128=reads,
        own_isbt128=frozenset({"own-bag"}),
        donations_said=frozenset({KEPT, EUROPEAN}),
    )

    assert [one for one in codes(told, number, chosen) if one != "FIELD_UNREADABLE"] == expected


OF_ANOTHER = on_record_of("COI-B/2", cast.COI_B, cast.PATIENT_B)


def collecting(told, number="D-1"):
    """The request to collect under this number."""
    request = a_request(told, "collect")
    return replace(request, values=numbered(number)(request))


def test_the_therapy_whose_number_it_is_is_told():
    """A label of its collection may be on this bag; a therapy of the same patient is not told."""
    own = on_record_of("COI-C/2", "COI-C")

    told = decide(a_workflow(), collecting(OF_ANOTHER), OF_ANOTHER).mismatches

    assert told == (Mismatch(cast.COI_B, "COI-B/2", what=Strange.DONATION),)
    assert decide(a_workflow(), collecting(own), own).mismatches == ()


def test_a_dead_label_hides_no_number_of_another():
    """Both were found in one attempt: each has its exception, and the other therapy is named."""
    bag = a_material("collected")
    told = replace(
        facts(a_therapy("collecting"), a_collection(), bag), donations=OF_ANOTHER.donations
    )
    dead = replace(a_label(bag.id), current=False)
    request = replace(collecting(told), scans=(a_scan(dead),))

    draft = refused_with_dead_label(a_workflow(), request, told, dead)

    assert [value.content for value in draft.values if value.field == "other_coi"] == [cast.COI_B]
    assert len(draft.births) == 1 + 1


def test_a_number_of_another_opens_an_exception_that_stops_nothing():
    """The wrong label was not put on, and the patient may be waiting for the right one."""
    draft = refused_with_donation(a_workflow(), collecting(OF_ANOTHER), OF_ANOTHER)

    told = {value.field: value.content for value in draft.values}
    assert (draft.kind, len(draft.births)) == ("refused", 1)
    assert (told["kind"], told["class"], told["stops"], told["other_coi"]) == (
        *("label discrepancy", "major", "nothing"),
        cast.COI_B,
    )


@pytest.mark.parametrize(
    ("state", "other", "again"),
    [
        ("open", cast.COI_B, 0),
        ("open", "COI-C", 1),
        ("closed", cast.COI_B, 1),
    ],
)
def test_it_is_told_once_as_long_as_that_is_open(state, other, again):
    """On whatever it was opened; of another therapy, or after it was closed, it is told anew."""
    exception = an_exception(state)
    values = (
        a_value(exception, "kind", "label discrepancy"),
        a_value(exception, "other_coi", other),
    )
    told = facts(a_therapy("collecting"), a_collection(), exception, values=values)
    told = replace(told, donations=OF_ANOTHER.donations)

    draft = refused_with_donation(a_workflow(), collecting(told), told)

    assert len(draft.births) == again
