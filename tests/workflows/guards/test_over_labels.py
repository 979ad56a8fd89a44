"""Another's label is on record of one container that was scanned, and never twice."""

from dataclasses import replace

import pytest

from tests import cast
from tests.builders import a_bag, a_label, a_scan, a_therapy, a_value, a_workflow, decided, facts
from tests.performer import a_request
from tests.workflows.guards import asking
from tests.workflows.guards.asking import Example
from workflows.draft import Mismatch, Strange
from workflows.facts import OverLabel, Signing
from workflows.mix_ups import refused_with_over_label

FIRST, SECOND = a_bag("released"), a_bag("released", 2)
NEW = facts(a_therapy("released"), FIRST, SECOND)
ONE_BAG = {"scans": (a_scan(a_label(FIRST.id)),)}


def on_record_of(subject, coi=cast.COI_A, patient=cast.PATIENT_A):
    """The code that is given stands on record of a container already."""
    return replace(NEW, over_labels=(OverLabel(coi, subject, patient),))


ELSEWHERE = on_record_of("COI-B/30.1", cast.COI_B, cast.PATIENT_B)


def refusing(why, code, **changes):
    """An example of the one guard, from an allowed request."""
    return Example(
        "over_label_is_on_nothing_else",
        "record_over_label",
        NEW,
        why,
        code,
        holds_with=ONE_BAG,
        **changes,
    )


EXAMPLES = [
    refusing(
        "it is on record of another bag of the patient",
        "OVER_LABEL_ELSEWHERE",
        told_instead=on_record_of(SECOND.id),
    ),
    refusing(
        "it is on record of another patient's bag",
        "OVER_LABEL_ELSEWHERE",
        told_instead=ELSEWHERE,
    ),
    refusing(
        "it is on record of this bag already",
        "OVER_LABEL_RECORDED",
        told_instead=on_record_of(FIRST.id),
    ),
    refusing(
        "two bags are scanned, and nobody knows which one it is on",
        "ONE_AT_A_TIME",
        but={"scans": (a_scan(a_label(FIRST.id)), a_scan(a_label(SECOND.id)))},
    ),
]


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_the_guard_holds(example):
    """A code that is new is recorded of the one bag that was scanned."""
    asking.holds(example)


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_the_guard_refuses(example):
    """A code that is on record, or that could be on either of two bags, is refused."""
    asking.fails(example)


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_it_refuses_beside_others(example):
    """Every reason is told at once."""
    asking.fails_beside_another(example)


def test_another_patients_label_stops_the_hand_and_names_nobody():
    """The refusal is a STOP, and neither the other therapy nor its bag is in it."""
    decision = decided(a_request(ELSEWHERE, "record_over_label", **ONE_BAG), ELSEWHERE)

    (refusal,) = decision.refusals
    assert refusal.sentence.startswith("STOP")
    assert cast.COI_B not in f"{refusal.sentence} {refusal.next_step}"
    assert decision.mismatches == (Mismatch(cast.COI_B, "COI-B/30.1", what=Strange.OVER_LABEL),)


def test_nothing_is_decided_by_whoever_was_not_told():
    """Where nobody has looked whether the code is on record, it is not recorded (SEC-45)."""
    told = replace(NEW, over_labels=None)

    decision = decided(a_request(told, "record_over_label", **ONE_BAG), told)

    assert [one.code for one in decision.refusals] == ["CHECK_FAILED"]


def test_a_label_that_is_on_another_bag_opens_a_critical_exception_on_what_was_scanned():
    """Quality assurance is told of the bag, with the other therapy."""
    request = a_request(ELSEWHERE, "record_over_label", **ONE_BAG)

    draft = refused_with_over_label(a_workflow(), request, ELSEWHERE)

    (born,) = draft.births
    told = {value.field: value.content for value in draft.values}
    assert (born.origin, draft.kind) == (FIRST.id, "refused")
    assert (told["class"], told["kind"], told["other_coi"]) == (
        "critical",
        "mismatch",
        cast.COI_B,
    )


@pytest.mark.parametrize(
    ("told", "codes"), [((), []), (ELSEWHERE.over_labels, ["OVER_LABEL_ELSEWHERE"])]
)
def test_it_is_corrected_to_no_label_of_another_bag(told, codes):
    """A correction is asked the same: by none can a code come to stand on two bags."""
    recorded = a_value(FIRST, "over_label", "a misread code")
    known = replace(NEW, values=(*NEW.values, recorded), over_labels=told)
    values = {
        "which": f"{FIRST.id} over_label {recorded.occurrence} 1",
        "content": "as it reads",
        "reason": "misread",
    }

    by = {
        "actor": cast.MIA,
        "unit": cast.FACTORY,
        "signings": (Signing(cast.MIA, "corrected"), Signing(cast.MILO, "verified")),
    }

    decision = decided(a_request(known, "correct_value", values=values, **by), known)

    assert [one.code for one in decision.refusals] == codes
