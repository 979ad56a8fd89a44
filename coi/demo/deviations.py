"""Out of specification: supplied all the same at the physician's request, or found to be within.

Stories as in `coi.demo.stories`: each begins with a result outside its limits. What happens then is
told once, for whichever definition.
"""

from collections.abc import Sequence
from dataclasses import replace

from coi.demo.chapters import (
    ACCEPTED,
    AT_SITE,
    CONDITIONED,
    EARLY,
    FILLED,
    INFUSED,
    INFUSED_WHOLE,
    OUT,
    Step,
    closed,
    results,
)

DECLARED = Step("declare_out_of_specification")
CLOSED = closed()
ASKED_FOR = (
    Step("evaluate_risk"),
    Step("give_medical_opinion"),
    Step("request_out_of_specification"),
    Step("consent_to_out_of_specification"),
    Step("accept_out_of_specification"),
    Step("notify_authority"),
    Step("release_out_of_specification"),
)
"""Each piece that has to be on record, and then the release."""

ACKNOWLEDGED = (
    Step("record_late_result", values={"test": "sterility", "result": "no growth"}),
    Step("acknowledge_late_result"),
)
IN_DOUBT = (*results(sterility="growth"), DECLARED)
"""Something grows in what is released already."""

_CANCELLED = (Step("cancel", values={"material_disposition": "destroy"}), Step("discontinue_lot"))


# -- of every definition ---------------------------------------------------------------------------


def failing(tested: Sequence[Step]) -> tuple[Step, ...]:
    """The tests of a lot, of which the first gives a result outside its limits."""
    low = {"test": "viability", "result": "58.0"}
    return replace(tested[0], values=low), *tested[1:]


def supplied(declared: Sequence[Step], *labelled: str) -> tuple[Step, ...]:
    """Each piece comes on record, and the bags in these states are labelled anew."""
    anew = (Step("relabel", "product", state) for state in labelled)
    return *declared, *CLOSED, *ASKED_FOR, *anew


def found_within(declared: Sequence[Step], *repeated: str) -> tuple[Step, ...]:
    """The laboratory had made a mistake: these tests are repeated, the declaration is withdrawn."""
    return *declared, *results(*repeated), Step("withdraw_out_of_specification")


def not_supplied(declared: Sequence[Step]) -> tuple[Step, ...]:
    """The therapy is cancelled, and its lot is ended: nobody asks for it, or not in time."""
    return *declared, *_CANCELLED


# -- of the first ----------------------------------------------------------------------------------

OUT_OF_SPECIFICATION = (
    *FILLED,
    *failing(results(*EARLY)),
    Step("finish_sample", "sample", "taken"),
    DECLARED,
)
_OUT_IN_DOUBT = (*OUT, *IN_DOUBT)

SUPPLIED = (
    *supplied(OUT_OF_SPECIFICATION, "released"),
    *ACCEPTED,
    CONDITIONED,
    *INFUSED,
    *ACKNOWLEDGED,
)
SUPPLIED_IN_DOUBT = (*supplied(_OUT_IN_DOUBT, "released"), *ACCEPTED)
SUPPLIED_FROM_THE_SHELF = supplied((*AT_SITE, *IN_DOUBT), "accepted", "received")
SUPPLIED_IN_LYMPHODEPLETION = (
    *supplied(
        (*AT_SITE, Step("reject_product", "product", "received"), CONDITIONED, *IN_DOUBT),
        "accepted",
    ),
    *INFUSED_WHOLE,
)
SUPPLIED_BETWEEN_TWO_BAGS = (
    *supplied((*AT_SITE, CONDITIONED, *INFUSED_WHOLE, *IN_DOUBT), "accepted", "received"),
    *INFUSED_WHOLE,
)
"""Released with sterility outstanding; something grows before the infusion, and nothing else is
there."""

NOT_SUPPLIED = not_supplied(OUT_OF_SPECIFICATION)
NOT_SUPPLIED_IN_DOUBT = not_supplied(_OUT_IN_DOUBT)

FOUND_WITHIN = (
    *found_within(OUT_OF_SPECIFICATION, "viability", "sterility"),
    *CLOSED,
    Step("release_lot"),
)
FOUND_WITHIN_LATE = (
    *found_within(_OUT_IN_DOUBT, "sterility"),
    *CLOSED,
    Step("confirm_release"),
)
"""The laboratory had made a mistake: the declaration is withdrawn, and the lot goes its way."""
