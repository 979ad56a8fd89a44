"""Out of specification: supplied all the same at the physician's request, or found to be within.

Stories as in `coi.demo.stories`: each begins with a result outside its limits.
"""

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

_FAILED = (*FILLED, *results(*EARLY, viability="58.0"), Step("finish_sample", "sample", "taken"))
_DECLARED = Step("declare_out_of_specification")
_CLOSED = closed()
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

SUPPLIED = (
    *_FAILED,
    _DECLARED,
    *_CLOSED,
    *ASKED_FOR,
    Step("relabel", "product", "released"),
    *ACCEPTED,
    CONDITIONED,
    *INFUSED,
    Step("record_late_result", values={"test": "sterility", "result": "no growth"}),
    Step("acknowledge_late_result"),
)
IN_DOUBT = (*results(sterility="growth"), _DECLARED)
SUPPLIED_IN_DOUBT = (
    *OUT,
    *IN_DOUBT,
    *_CLOSED,
    *ASKED_FOR,
    Step("relabel", "product", "released"),
    *ACCEPTED,
)
SUPPLIED_FROM_THE_SHELF = (
    *AT_SITE,
    *IN_DOUBT,
    *_CLOSED,
    *ASKED_FOR,
    Step("relabel", "product", "accepted"),
    Step("relabel", "product", "received"),
)
SUPPLIED_IN_LYMPHODEPLETION = (
    *AT_SITE,
    Step("reject_product", "product", "received"),
    CONDITIONED,
    *IN_DOUBT,
    *_CLOSED,
    *ASKED_FOR,
    Step("relabel", "product", "accepted"),
    *INFUSED_WHOLE,
)
SUPPLIED_BETWEEN_TWO_BAGS = (
    *AT_SITE,
    CONDITIONED,
    *INFUSED_WHOLE,
    *IN_DOUBT,
    *_CLOSED,
    *ASKED_FOR,
    Step("relabel", "product", "accepted"),
    Step("relabel", "product", "received"),
    *INFUSED_WHOLE,
)
"""Released with sterility outstanding; something grows before the infusion, and nothing else is
there."""

OUT_OF_SPECIFICATION = (*_FAILED, _DECLARED)
_CANCELLED = Step("cancel", values={"material_disposition": "destroy"})
NOT_SUPPLIED = (*OUT_OF_SPECIFICATION, _CANCELLED, Step("discontinue_lot"))
NOT_SUPPLIED_IN_DOUBT = (*OUT, *IN_DOUBT, _CANCELLED, Step("discontinue_lot"))

_WITHIN_AFTER_ALL = (*OUT_OF_SPECIFICATION, *results("viability", "sterility"))
FOUND_WITHIN = (
    *_WITHIN_AFTER_ALL,
    Step("withdraw_out_of_specification"),
    *_CLOSED,
    Step("release_lot"),
)
FOUND_WITHIN_LATE = (
    *OUT,
    *IN_DOUBT,
    *results("sterility"),
    Step("withdraw_out_of_specification"),
    *_CLOSED,
    Step("confirm_release"),
)
"""The laboratory had made a mistake: the declaration is withdrawn, and the lot goes its way."""
