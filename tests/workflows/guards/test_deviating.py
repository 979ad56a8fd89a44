"""Out of specification, and supplied all the same: what has to be on record first."""

from dataclasses import replace

import pytest

from tests import cast
from tests.builders import (
    a_bag,
    a_deed,
    a_lot,
    a_therapy,
    a_value,
    an_exception,
    codes,
    decided,
    facts,
    passing_results,
    without,
)
from tests.performer import a_request
from tests.workflows.guards import asking
from tests.workflows.guards.asking import Example

LOT = a_lot("out_of_specification")
PIECES = {
    "risk_number": "RA-7",
    "medical_opinion": "benefit outweighs risk",
    "pathway": "EU GMP Part IV 11.5",
    "risk_number_read": "RA-7",
    "informed_consent_on": "2026-11-20",
    "authority_told_on": "2026-11-21",
}
ORDER = (
    "record_result",
    "evaluate_risk",
    "give_medical_opinion",
    "consent_to_out_of_specification",
    "accept_out_of_specification",
)


def failing(lot, test="viability", content="58"):
    """Give the results of a lot, of which one lies outside its limits."""
    good = [value for value in passing_results(lot) if value.field != test]
    return [*good, a_value(lot, test, content, occurrence=50, within="no")]


def in_this_order(*actions):
    """Give these steps of the lot, one after the other."""
    return [a_deed(action, LOT, seq=40 + n) for n, action in enumerate(actions)]


def asked_for(*actions, results=None, **pieces):
    """Tell that a lot is asked for all the same, with these pieces on record."""
    recorded = [a_value(LOT, field, content) for field, content in {**PIECES, **pieces}.items()]
    return facts(
        *(a_therapy("testing"), LOT, a_bag("frozen")),
        values=[*(results or failing(LOT)), *recorded],
        history=in_this_order(*(actions or ORDER)),
    )


ASKED_FOR = asked_for()
TESTED = facts(a_therapy("testing"), a_lot("filled"), values=failing(a_lot("filled")))
FINE = facts(a_therapy("testing"), a_lot("filled"), values=passing_results(a_lot("filled")))
OUT = a_lot("released_out_of_specification")
SAYS_SO = a_value(a_bag("released"), "label_says", "out of specification")
RELEASED = facts(a_therapy("released"), OUT, a_bag("released"))
LABELLED = facts(a_therapy("released"), OUT, a_bag("released"), values=[SAYS_SO])
CORRECTED = a_value(LOT, "viability", "41", occurrence=50, revision=2, within="no", recorded_in=47)
WITHDRAWN = a_value(an_exception("closed"), "consent_withdrawn_on", "2026-11-25", occurrence=58)
TAKEN_OVER = a_value(cast.COI_A, "treating_unit", "south-ward", occurrence=58)
READ = {"values": {"risk_number_read": "RA-7"}}

EXAMPLES = [
    Example(
        "something_is_out_of_specification",
        "declare_out_of_specification",
        TESTED,
        "all results lie within their limits",
        "WITHIN_SPECIFICATION",
        told_instead=FINE,
    ),
    Example(
        "these_results_are_within_limits",
        "declare_out_of_specification",
        TESTED,
        "the cells are not those of the CAR that was ordered",
        "NEVER_SUPPLIED",
        told_instead=facts(
            *(a_therapy("testing"), a_lot("filled")),
            values=failing(a_lot("filled"), "identity", "not confirmed"),
        ),
    ),
    *(
        Example(
            "these_are_on_record",
            "release_out_of_specification",
            ASKED_FOR,
            f"there is no {piece}",
            "NOT_ON_RECORD",
            told_instead=without(ASKED_FOR, piece),
        )
        for piece in PIECES
    ),
    Example(
        "this_was_answered",
        "release_out_of_specification",
        ASKED_FOR,
        "the medical opinion speaks against it",
        "ANSWERED_OTHERWISE",
        told_instead=asked_for(medical_opinion="risk outweighs benefit"),
    ),
    Example(
        "these_came_in_order",
        "release_out_of_specification",
        ASKED_FOR,
        "another result came after the evaluation of the risk",
        "KNOWN_TOO_LATE",
        told_instead=asked_for(*ORDER, "record_result"),
    ),
    Example(
        "these_came_in_order",
        "release_out_of_specification",
        ASKED_FOR,
        "a result was corrected after the evaluation of the risk",
        "KNOWN_TOO_LATE",
        told_instead=asked_for(results=[*failing(LOT), CORRECTED]),
    ),
    Example(
        "these_came_in_order",
        "release_out_of_specification",
        ASKED_FOR,
        "the risk was evaluated anew after the physician accepted it",
        "KNOWN_TOO_LATE",
        told_instead=asked_for(*ORDER, "evaluate_risk"),
    ),
    Example(
        "these_came_in_order",
        "release_out_of_specification",
        ASKED_FOR,
        "nobody accepted it",
        "KNOWN_TOO_LATE",
        told_instead=asked_for(*ORDER[:-1]),
    ),
    Example(
        "consent_still_stands",
        "release_out_of_specification",
        ASKED_FOR,
        "the patient has withdrawn it since",
        "CONSENT_WITHDRAWN",
        told_instead=replace(ASKED_FOR, values=(*ASKED_FOR.values, WITHDRAWN)),
    ),
    Example(
        "who_treats_has_asked",
        "release_out_of_specification",
        ASKED_FOR,
        "another hospital has taken the patient over since",
        "ASKED_ELSEWHERE",
        told_instead=replace(ASKED_FOR, values=(*ASKED_FOR.values, TAKEN_OVER)),
    ),
    Example(
        "newest_is_meant",
        "accept_out_of_specification",
        ASKED_FOR,
        "an older evaluation was read",
        "NOT_THE_NEWEST",
        {"values": {"risk_number_read": "RA-6"}},
        holds_with=READ,
    ),
    Example(
        "label_is_to_be_replaced",
        "relabel",
        RELEASED,
        "the lot was released as usual",
        "NOT_OUT_OF_SPECIFICATION",
        told_instead=facts(a_therapy("released"), a_lot("released"), a_bag("released")),
    ),
    Example(
        "label_is_to_be_replaced",
        "relabel",
        RELEASED,
        "nothing of it is to be changed",
        "LABEL_IS_RIGHT",
        {"values": {}},
    ),
    Example(
        "disposition_is_on_the_label",
        "pack",
        LABELLED,
        "the label does not say it",
        "LABEL_SAYS_NOTHING",
        told_instead=RELEASED,
    ),
]


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_it_holds(example):
    """The request is allowed as long as the guard holds."""
    asking.holds(example)


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_it_fails(example):
    """One change, and the guard refuses with its own code."""
    asking.fails(example)


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_it_fails_beside_another(example):
    """Both reasons are told at once, where something else is wrong too."""
    asking.fails_beside_another(example)


@pytest.mark.parametrize("state", ["out_of_specification", "released_in_doubt"])
def test_a_lot_out_of_specification_is_not_released_as_usual(state):
    """Its product moves nowhere until each piece is on record."""
    told = facts(a_therapy("conditioning"), a_lot(state), a_bag("accepted"))

    decision = decided(a_request(told, "thaw"), told)

    assert "NOT_RELEASED" in codes(decision)


def test_a_bag_of_a_usual_lot_needs_no_other_label():
    """What stands on a label by law is enough where nothing is out of specification."""
    told = facts(a_therapy("released"), a_lot("released"), a_bag("released"))

    assert decided(a_request(told, "pack"), told).allowed


def test_a_bag_is_labelled_anew():
    """The new label is issued for the bag that was scanned, and its old one leads nowhere."""
    draft = decided(a_request(RELEASED, "relabel"), RELEASED).draft

    assert draft is not None
    assert draft.to_label == (a_bag("released").id,)
    assert [(v.field, v.content) for v in draft.values] == [("label_says", "out of specification")]
