"""Test results, read against the specification of their test, the verdict beside the number."""

from dataclasses import replace
from decimal import Decimal

from workflows.case import Case
from workflows.draft import NewValue
from workflows.facts import Value
from workflows.fields import is_number
from workflows.model import Kind, QualityTest
from workflows.refusal import Refusal

WEIGHT = "weight_kg"


def test_of(case: Case) -> QualityTest | None:
    """The test whose result the request brings, or None when there is no such test."""
    return case.workflow.tests.get(case.request.values.get("test", "").strip())


def problems(case: Case) -> tuple[Refusal, ...]:
    """What is wrong with the test or its result; empty when both can be recorded."""
    test = test_of(case)
    names = ", ".join(case.workflow.tests)
    if test is None:
        return (
            Refusal("TEST_UNKNOWN", "The test is not in the specification", f"One of: {names}"),
        )
    text = case.request.values.get("result", "").strip()
    if reason := wrong_result(test, text):
        return (_unreadable(test, reason),)
    if test.per_kg and _weight(case) is None:
        return (
            Refusal(
                "WEIGHT_MISSING",
                f"{test.title} has a limit per kg, and no body weight is recorded",
                "The clinic records the weight first",
            ),
        )
    return ()


def wrong_result(test: QualityTest, text: str) -> str:
    """Why a result cannot be recorded; empty when it can."""
    return _wrong_choice(test, text) if test.choices else _wrong_number(text)


def _wrong_choice(test: QualityTest, text: str) -> str:
    """Why a qualitative result cannot be recorded; empty when it can."""
    return "" if text in test.choices else f"is none of: {', '.join(test.choices)}"


def _wrong_number(text: str) -> str:
    """Why a measured result cannot be recorded; empty when it can."""
    if not is_number(text):
        return "is not a number such as 12.5"
    return "" if Decimal(text) >= 0 else "is below zero"


def _unreadable(test: QualityTest, reason: str) -> Refusal:
    return Refusal("RESULT_UNREADABLE", f"The result of {test.title} {reason}", "Give result")


def _weight(case: Case) -> Decimal | None:
    """The patient's newest weight in kg, or None."""
    return weight_of(case.value(case.facts.therapy.coi, WEIGHT))


def weight_of(value: Value | None) -> Decimal | None:
    """The weight that was recorded, or None."""
    return Decimal(value.content) if value else None


def result(case: Case, subject: str, occurrence: int) -> NewValue:
    """The value to record: result, unit, method, limits and whether it lies within them."""
    test = test_of(case)
    if test is None:  # `problems` has refused before
        raise LookupError("test")
    text = case.request.values["result"].strip()
    new = NewValue(subject, test.name, text, occurrence, unit=test.unit, method=test.method)
    return judged(case, test, new)


def judged(case: Case, test: QualityTest, result: NewValue) -> NewValue:
    """The result with the limits that it was compared with, and whether it lies within them."""
    weight = _weight(case)
    return replace(
        result,
        limits=limits(test) + _per_kg(test, result.content, weight),
        within="yes" if is_within(test, result.content, weight) else "no",
    )


def limits(test: QualityTest) -> str:
    """The specification in one short text, as labels, pages and PDFs show it."""
    if test.choices:
        return " or ".join(test.passes)
    unit = f"{test.unit}/kg" if test.per_kg else test.unit
    low = f"≥ {test.low}" if test.low is not None else ""
    high = f"≤ {test.high}" if test.high is not None else ""
    return f"{' and '.join(filter(None, (low, high)))} {unit}"


def _per_kg(test: QualityTest, text: str, weight: Decimal | None) -> str:
    """What was compared with a limit per kg: the quotient, and the weight that it was made with."""
    if not test.per_kg or not weight:
        return ""
    # Rounded to be read; the verdict is made with the exact quotient.
    quotient = (Decimal(text) / weight).quantize(Decimal("0.0001"))
    return f" (is {quotient} at {weight} kg)"


def is_within(test: QualityTest, text: str, weight: Decimal | None) -> bool:
    """The result lies within the limits, per kg where the specification says so."""
    if test.choices:
        return text in test.passes
    number = Decimal(text)
    if test.per_kg:
        # What is not known does not lie within.
        if not weight:
            return False
        number /= weight
    return (test.low is None or number >= test.low) and (test.high is None or number <= test.high)


def lots(case: Case) -> tuple[str, ...]:
    """The lots whose results the action depends on."""
    return tuple(turn.subject.id for turn in case.turns_of(Kind.LOT))
