"""The twelve conditions that refuse and never only warn, by number, each with its guard and codes.

The numbers are those of the comments in `workflows.guards`.
"""

from dataclasses import dataclass

import pytest

from tests.builders import a_workflow, decided
from tests.workflows.guards.asking import Example
from tests.workflows.guards.examples import EXAMPLES
from workflows.guards import ALWAYS, GUARDS


@dataclass(frozen=True, slots=True)
class Hard:
    """One hard condition, with the guards that keep it and the codes by which they refuse."""

    number: int
    refuses: str
    codes: dict[str, tuple[str, ...]]

    def __str__(self) -> str:
        return f"{self.number} {self.refuses}"


DISPENSABLE = 5

HARD = [
    Hard(
        1,
        "the wrong therapy is scanned",
        {"scanned_codes_are_of_this_therapy": ("WRONG_THERAPY", "WRONG_ORDER", "WRONG_FACTS")},
    ),
    Hard(
        2,
        "a container is not in the expected set",
        {
            "containers_are_expected": ("UNKNOWN_CODE", "UNEXPECTED_CONTAINER"),
            "whole_contents_are_scanned": (
                "CONTENTS_INCOMPLETE",
                "CONTENTS_UNEXPECTED",
                "TYPED_BY_ONE",
            ),
        },
    ),
    Hard(
        3,
        "the patient is not matched on two identifiers by two people",
        {
            "patient_is_identified_by_two_people": ("PATIENT_NOT_IDENTIFIED", "IDENTITY_DIFFERS"),
            "wristband_is_this_patients": (
                "WRONG_PATIENT",
                "OLD_WRISTBAND",
                "WRISTBAND_NOT_SCANNED",
            ),
        },
    ),
    Hard(
        4,
        "the product is not released",
        {
            "disposition_is_released": ("NOT_RELEASED", "LOT_ON_HOLD"),
            "disposition_is_decided": ("NOT_RELEASED", "LOT_ON_HOLD"),
            "required_results_are_in": ("RESULTS_MISSING",),
            "results_are_within_limits": ("OUT_OF_SPECIFICATION",),
        },
    ),
    Hard(
        5,
        "the product has expired, or its thaw window has passed",
        {"product_is_in_date": ("EXPIRED",), "thaw_window_is_open": ("THAW_WINDOW_PASSED",)},
    ),
    Hard(
        6,
        "custody has a gap",
        {
            "custody_is_unbroken": (
                *("IN_TRANSIT", "NOT_IN_TRANSIT", "NOT_THE_HOLDER", "NOT_THE_CONSIGNEE"),
                *("CONSIGNEE_IS_HOLDER", "CONSIGNEE_MISSING"),
            ),
            "site_takes_part": ("SITE_TAKES_NO_PART",),
            "consignee_takes_part": ("CONSIGNEE_TAKES_NO_PART",),
            "nothing_is_packed_elsewhere": ("PACKED",),
            "nothing_is_on_hold": ("ON_HOLD", "THERAPY_ON_HOLD", "CAME_ON_HOLD"),
        },
    ),
    Hard(
        7,
        "a mandatory step is not signed",
        {
            "every_signature_is_given": (
                *("SIGNATURE_MISSING", "SIGNER_NOT_ENTITLED", "SIGNER_NOT_ENABLED"),
            )
        },
    ),
    Hard(
        8,
        "one person performs and verifies, or makes and releases",
        {
            "signers_are_different_people": ("SAME_PERSON", "TOOK_PART"),
            "signer_took_no_part": ("TOOK_PART",),
        },
    ),
    Hard(
        9,
        "a critical exception is open",
        {"no_critical_exception_is_open": ("EXCEPTION_OPEN",)},
    ),
    Hard(
        10,
        "an account is closed, or somebody is not trained",
        {"people_are_active": ("ACCOUNT_INACTIVE",), "people_are_trained": ("TRAINING_EXPIRED",)},
    ),
    Hard(
        11,
        "a label template is not approved",
        {"label_template_is_approved": ("TEMPLATE_NOT_APPROVED",)},
    ),
    Hard(
        12,
        "the shipper holds for less than the planned transit and a margin",
        {"shipper_holds_long_enough": ("SHIPPER_HOLD_TIME", "SHIPPER_NOT_QUALIFIED")},
    ),
]
EXERCISED = [
    (hard, guard, code) for hard in HARD for guard, codes in hard.codes.items() for code in codes
]


@pytest.mark.parametrize("hard", HARD, ids=str)
def test_a_hard_condition_is_kept_by_guards(hard):
    """The guards exist, and are asked of every action or of some action of the definition."""
    used = {use.name for action in a_workflow().actions.values() for use in action.guards}

    assert hard.codes.keys() <= GUARDS.keys()
    assert hard.codes.keys() <= used | ALWAYS.keys()


@pytest.mark.parametrize("hard", HARD, ids=str)
def test_only_expiry_may_be_dispensed_with(hard):
    """The definition allows a departure from number 5 alone, with two named signatures."""
    dispensable = hard.codes.keys() & a_workflow().dispensable.keys()

    assert bool(dispensable) is (hard.number == DISPENSABLE)
    assert all(len(a_workflow().dispensable[name]) == 2 for name in dispensable)


@pytest.mark.parametrize(("hard", "guard", "code"), EXERCISED, ids=str)
def test_a_hard_condition_refuses(hard, guard, code):
    """Whoever tries is refused, with the code; nothing is drafted."""
    del hard
    tried: list[Example] = [e for e in EXAMPLES if (e.guard, e.code) == (guard, code)]

    decisions = [decided(*example.bad) for example in tried]

    assert decisions
    assert not any(decision.allowed for decision in decisions)
    assert all(code in [r.code for r in decision.refusals] for decision in decisions)
