"""Test results: read against the specification, with the verdict beside the number."""

from dataclasses import replace

import pytest

from tests.builders import (
    PASSING,
    a_bag,
    a_lot,
    a_therapy,
    a_value,
    a_workflow,
    codes,
    decided,
    facts,
    without,
)
from tests.cast import COI_A
from tests.performer import a_request
from workflows import quality

TESTING = facts(a_therapy("testing"), a_lot("filled"), a_bag("frozen"))


def reported(test, result, told=TESTING):
    """Decide on a result."""
    request = a_request(told, "record_result", values={"test": test, "result": result})
    return decided(request, told)


def verdict(test, result, told=TESTING):
    """Give what is recorded of a result: the text, and whether it lies within the limits."""
    (value,) = (v for v in reported(test, result, told).draft.values if v.field == test)
    return value.content, value.within


@pytest.mark.parametrize("test", a_workflow().tests)
def test_every_test_of_the_specification_can_pass(test):
    """The examples of the builders are within the limits of the definition."""
    assert verdict(test, PASSING[test]) == (PASSING[test], "yes")


@pytest.mark.parametrize(
    ("test", "result", "within"),
    [
        ("viability", "70", "yes"),
        ("viability", "69.9", "no"),
        ("viability", "100", "yes"),
        ("car_expression", "10", "yes"),
        ("car_expression", "9.99", "no"),
        ("car_expression", "95", "yes"),
        ("car_expression", "95.01", "no"),
        ("vector_copy_number", "0", "yes"),
        ("vector_copy_number", "5.1", "no"),
        ("mycoplasma", "detected", "no"),
        ("identity", "not confirmed", "no"),
        ("sterility", "growth", "no"),
    ],
)
def test_the_verdict_stands_beside_the_number(test, result, within):
    """A limit is the last value within; a result outside is recorded as it is."""
    assert verdict(test, result) == (result, within)


@pytest.mark.parametrize(
    ("weight", "endotoxin", "within"),
    [
        ("70", "350", "yes"),
        ("70", "350.001", "no"),
        ("20", "100", "yes"),
        ("20", "101", "no"),
        ("3", "15", "yes"),
        ("3", "16", "no"),
        ("0.3", "1.5", "yes"),
    ],
)
def test_a_limit_per_kg_holds_for_this_patients_weight(weight, endotoxin, within):
    """Five units per kilogram: what suffices for an adult is too much for a child."""
    told = facts(
        *(a_therapy("testing"), a_lot("filled")),
        values=[a_value(COI_A, "weight_kg", weight)],
    )

    assert verdict("endotoxin", endotoxin, told) == (endotoxin, within)


def test_the_newest_weight_counts():
    """A patient who has lost weight bears less."""
    weights = [a_value(COI_A, "weight_kg", kg, occurrence=n) for n, kg in ((52, "40"), (51, "80"))]
    told = facts(a_therapy("testing"), a_lot("filled"), values=weights)

    assert verdict("endotoxin", "201", told) == ("201", "no")


def test_a_corrected_weight_counts():
    """A newer revision of the same occasion takes the place of the older."""
    weights = [a_value(COI_A, "weight_kg", kg, revision=n) for n, kg in ((2, "40"), (1, "80"))]
    told = facts(a_therapy("testing"), a_lot("filled"), values=weights)

    assert verdict("endotoxin", "201", told) == ("201", "no")


def test_without_a_weight_there_is_no_verdict_per_kg():
    """The result waits until somebody has weighed the patient."""
    assert codes(reported("endotoxin", "70", without(TESTING, "weight_kg"))) == ["WEIGHT_MISSING"]


def test_a_limit_per_kg_is_not_judged_by_facts_that_were_not_read():
    """That nobody asked for the weight is no weight: the check could not be made (SEC-45)."""
    assert "CHECK_FAILED" in codes(reported("endotoxin", "70", replace(TESTING, values=None)))


def test_other_tests_need_no_weight():
    """Only the limit per kg does."""
    assert reported("viability", "90", without(TESTING, "weight_kg")).allowed


@pytest.mark.parametrize(
    "result", ["", "many", "-1", "NaN", "Infinity", "1e3", "1_0", "\u0661", "+5"]
)
def test_a_result_that_is_no_measurement_is_refused(result):
    """Digits and a point, not below zero."""
    assert codes(reported("viability", result)) == ["RESULT_UNREADABLE"]


@pytest.mark.parametrize("result", ["", "No growth", "negative", "0"])
def test_a_result_that_is_not_on_the_list_is_refused(result):
    """A qualitative result is one of the words of the specification."""
    (refusal,) = reported("sterility", result).refusals

    assert refusal.code == "RESULT_UNREADABLE"
    assert "no growth, growth" in refusal.sentence


@pytest.mark.parametrize("test", ["", "potency", "Viability"])
def test_a_test_that_is_not_in_the_specification_is_refused(test):
    """The refusal lists the tests that are."""
    (refusal,) = reported(test, "1").refusals

    assert refusal.code == "TEST_UNKNOWN"
    assert "viability" in refusal.next_step


def test_blanks_around_test_and_result_do_not_matter():
    """A scanner or a paste may bring them."""
    request = a_request(TESTING, "record_result", values={"test": " viability ", "result": " 92 "})

    (value,) = decided(request, TESTING).draft.values

    assert (value.field, value.content) == ("viability", "92")


def test_a_result_carries_method_unit_and_limits():
    """What was measured, how, and against what: as it was when it was recorded."""
    (value,) = reported("car_expression", "45.5").draft.values

    assert (value.subject, value.method, value.unit) == ("COI-A/20.1", "flow cytometry", "%")
    assert value.limits == "≥ 10 and ≤ 95 %"


@pytest.mark.parametrize(
    ("test", "limits"),
    [
        ("viability", "≥ 70 %"),
        ("vector_copy_number", "≤ 5 copies per cell"),
        ("endotoxin", "≤ 5 EU/kg"),
        ("sterility", "no growth"),
    ],
)
def test_limits_are_told_in_one_short_text(test, limits):
    """As labels, pages and documents show them."""
    assert quality.limits(a_workflow().tests[test]) == limits
