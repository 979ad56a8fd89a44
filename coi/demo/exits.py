"""What befalls a therapy that does not go straight through: as steps, for the stories.

Cells are collected again, lots fail, products come back, patients withdraw; what is too old is
used by a dispensation, and what nobody recorded at its time is recorded late.
"""

from coi.demo.cast import holders
from coi.demo.chapters import (
    ACCEPTED,
    AT_LAB,
    AT_THE_BEDSIDE,
    AT_WORKS,
    CHECKED,
    CONDITIONED,
    EARLY,
    FILLED,
    FROZEN,
    IN_MANUFACTURE,
    INFUSED_IN_PARTS,
    INFUSED_WHOLE,
    LOOKED_INTO,
    MADE,
    MATERIAL_ACCEPTED,
    ORDERED,
    OUT,
    RECEIVED_FRESH,
    RELEASED,
    RELEASED_EARLY,
    SAMPLED,
    STOPPED_SHORTLY,
    STOPPED_WITH_OTHERS,
    Step,
    closed,
    collected,
    filled,
    results,
    started,
    thawed,
    travelled,
)
from workflows.facts import Mode

FRESH = (
    *ORDERED,
    *collected(1),
    *RECEIVED_FRESH,
    MATERIAL_ACCEPTED,
    started(),
    *MADE,
    *filled(1),
    *RELEASED,
    *ACCEPTED,
    CONDITIONED,
    *INFUSED_IN_PARTS,
    Step("complete_infusion"),
    Step("close"),
)
COLLECTED_AGAIN = (
    *ORDERED,
    Step("plan_collection"),
    Step("fail_collection"),
    Step("plan_collection"),
    Step("judge_insufficient"),
    *collected(1),
    *collected(1)[:3],
)
REJECTED_AT_RECEIPT = (
    *AT_WORKS,
    Step("reject_material", "material", "received"),
    Step("destroy", "material", "rejected", first=1),
    *collected(1),
)
MANUFACTURE_FAILED = (
    *IN_MANUFACTURE,
    *MADE[:1],
    Step("fail_lot"),
    started(1),
    *MADE[:2],
    Step("fail_lot"),
    started(1),
    *MADE[:5],
    *SAMPLED,
    Step("fail_lot"),
    Step(
        "record_late_result", "lot", "failed", first=1, values={"test": "viability", "result": "31"}
    ),
    Step("plan_collection"),
)
LOT_REJECTED = (
    *FILLED,
    *results(*EARLY, viability="58.0"),
    Step("reject_lot", values={"cause": "viability below 70 %"}),
    Step("destroy", "product", "rejected"),
    started(1),
    *MADE[:1],
)
SENT_BACK = (
    *OUT,
    *ACCEPTED[:-1],
    Step("reject_product", "product", "received", first=2),
    ACCEPTED[-1],
    *travelled("product", "rejected"),
    Step("destroy", "product", "rejected", first=1),
)
WITHDREW = (*ORDERED, Step("cancel", values={"material_disposition": "none exists"}))
CANCELLED_IN_TESTING = (
    *FILLED,
    Step("cancel", values={"material_disposition": "destroy"}),
    Step("destroy", "material", "accepted"),
    Step("destroy", "product", "frozen"),
    Step("destroy", "sample", "taken", first=1),
    Step("report_lost", "sample", "taken"),
    Step("discontinue_lot"),
)

ON_HOLD = (
    *AT_WORKS,
    Step("hold_therapy"),
    Step("admit_patient"),
    Step("lift_therapy", "exception", "open"),
    *STOPPED_WITH_OTHERS,
    *STOPPED_SHORTLY,
    Step("hold_therapy"),
)
POSITIVE_AFTER_INFUSION = (
    *FILLED,
    *RELEASED_EARLY,
    *ACCEPTED,
    CONDITIONED,
    *INFUSED_WHOLE,
    Step("complete_infusion"),
    *results(sterility="growth"),
    Step("reject_lot", values={"cause": "growth in the sterility test"}),
    Step("record_late_result", values={"test": "sterility", "result": "growth"}),
    Step("acknowledge_late_result"),
    *closed(),
    Step("destroy", "product", "rejected"),
)
"""Infused with sterility outstanding; the positive result comes afterwards."""


def departing(
    rule: str, machine: str, state: str, then: Step, hours: float = 0
) -> tuple[Step, ...]:
    """A dispensation is granted, and the step is taken that uses it."""
    # Each rule names who signs a departure from it: the one the physician, the other release.
    is_material = rule == "material_is_fresh"
    avoid = holders("treating_physician" if is_material else "qualified_person")
    values = {"guard": rule}
    grant = Step("grant_dispensation", machine, state, 1, "", 1, values, avoid, after_hours=hours)
    return grant, then


DISPENSED = (
    *ORDERED,
    *collected(1),
    *RECEIVED_FRESH,
    *departing("material_is_fresh", "material", "received", MATERIAL_ACCEPTED, 80),
    *departing("material_is_fresh", "material", "accepted", started()),
    *MADE,
    *filled(1, expires_in_hours=15 * 24),
    *RELEASED,
    *ACCEPTED[:-1],
    *departing("product_is_in_date", "product", "received", ACCEPTED[-1], 16 * 24),
    CONDITIONED,
    *departing("product_is_in_date", "product", "accepted", thawed()[0]),
    *thawed()[1:],
    *departing("product_is_in_date", "product", "thawed", CHECKED),
    *departing(
        "product_is_in_date", "product", "checked", Step("infuse_part", "product", "checked")
    ),
    *departing(
        "product_is_in_date", "product", "infusing", Step("check_at_bedside", "product", "infusing")
    ),
    *departing("product_is_in_date", "product", "infusing", Step("infuse", "product", "infusing")),
    Step("complete_infusion"),
)
"""Cells too long on their way, and a product past its date: each departure is granted first."""

DISPENSATION_WITHDRAWN = (
    *ORDERED,
    *collected(1),
    *RECEIVED_FRESH,
    *departing(
        "material_is_fresh", "material", "received", Step("withdraw_dispensation"), hours=80
    ),
    Step("grant_dispensation", "material", values={"guard": "material_is_fresh"}),
)
_LATE_HAND_OVER = Step(
    "release_shipment",
    "shipment",
    "packed",
    to="wheels-van",
    mode=Mode.LATE,
    after_hours=250,
    hours_ago=1,
)
LATE_FACTS = (
    *FILLED,
    *RELEASED_EARLY,
    ACCEPTED[0],
    _LATE_HAND_OVER,
    ACCEPTED[2],
    *LOOKED_INTO,
    Step("release_shipment", "shipment", "packed", to="lab", mode=Mode.LATE, hours_ago=2),
    ACCEPTED[4],
    *LOOKED_INTO,
    *ACCEPTED[5:],
    CONDITIONED,
    *AT_THE_BEDSIDE,
    Step("infuse", "product", "checked", mode=Mode.LATE, after_hours=3, hours_ago=1.5),
    *closed(),
)
"""Recorded late, as it happened; what was against a rule becomes an exception."""


TAKEN_BACK = (
    *AT_LAB,
    FROZEN,
    Step("release_custody", "material", "frozen", to="ward"),
    Step("take_back", "material", "frozen"),
    *travelled("material", "frozen")[:2],
    Step("take_back_shipment"),
)
