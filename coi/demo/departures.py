"""What the treating site lives with: damaged bags, later doses, later expiries, consent withdrawn.

Stories as in `coi.demo.stories`. What every therapy lives with is told once, for whichever
definition.
"""

from collections.abc import Sequence

from coi.demo.chapters import (
    ACCEPTED,
    AT_LAB,
    AT_SITE,
    CHECKED,
    CONDITIONED,
    FILLED,
    INFUSED_WHOLE,
    OUT,
    RELEASED,
    WHOLE,
    Step,
    thawed,
)

# -- of every definition ---------------------------------------------------------------------------


def used_and_given_up(
    at_hand: Sequence[Step], state: str = "thawed", checked: Step = CHECKED
) -> tuple[Step, ...]:
    """A bag is infused although it leaks, or so it seems; at the bedside it is given up."""
    return (
        *at_hand,
        Step("report_damage", "product", state, first=1),
        Step("use_damaged"),
        checked,
        Step("report_damage", "product", "checked"),
        Step("give_up_damaged"),
        Step("destroy", "product", "rejected"),
        checked,
        Step("infuse", "product", "checked", values=WHOLE),
    )


def damaged_on_its_way(damaged: Sequence[Step], to: str = "lab") -> tuple[Step, ...]:
    """The damaged bag is handed over, and the lot rejected while the physician has not decided."""
    return (
        *damaged,
        Step("release_custody", "product", "damaged", to=to),
        Step("reject_lot"),
        Step("accept_custody", "product", "damaged"),
        Step("destroy", "product", "damaged"),
    )


GREW_LATER = (
    Step("record_late_result", values={"test": "sterility", "result": "growth"}),
    Step("acknowledge_late_result"),
)
"""All results were in, and a retained sample grows: the physician acknowledges what it means."""

WITHDRAWN = (
    Step("withdraw_consent"),
    Step("cancel", values={"material_disposition": "destroy"}),
    Step("destroy", "material"),
)
"""The patient does not want it any more: nothing goes on, and what is left is destroyed."""


# -- of the first ----------------------------------------------------------------------------------

_THAWED = (*AT_SITE, CONDITIONED, *thawed(bags=2))
DAMAGED_AT_THAW = (*_THAWED, Step("report_damage", "product", "thawed", first=1))
INFUSED_ALL_THE_SAME = used_and_given_up(_THAWED)
DAMAGED_AND_REJECTED = (*DAMAGED_AT_THAW, Step("reject_lot"))
DAMAGED_ON_ITS_WAY = damaged_on_its_way(DAMAGED_AT_THAW)

POSTPONED = (
    *AT_SITE,
    CONDITIONED,
    Step("postpone_infusion"),
    *INFUSED_WHOLE,
    Step("postpone_infusion"),
    Step("complete_infusion"),
)
"""The patient has a fever; the first dose is given later, and the next one never."""

_LATER = "extend_expiry"
EXTENDED = (
    *OUT,
    Step(_LATER, "product", "released"),
    *ACCEPTED[:-1],
    Step(_LATER, "product", "received"),
    ACCEPTED[-1],
    Step(_LATER, "product", "accepted"),
)

GROWTH_AFTER_RELEASE = (
    *FILLED,
    *RELEASED,
    *ACCEPTED,
    CONDITIONED,
    *INFUSED_WHOLE,
    *GREW_LATER,
)
"""All results were in, and a retained sample grows: the physician acknowledges what it means."""

MOVED = (Step("ask_other_hospital"), Step("take_over_treatment"))
MOVED_ON_THE_WAY = (
    *OUT,
    *ACCEPTED[:3],
    Step("release_shipment", "shipment", "packed", to="lab"),
    *MOVED,
    Step("reroute_shipment"),
    Step("take_back_shipment", "shipment", "packed"),
    *ACCEPTED[3:],
    Step("admit_patient"),
    CONDITIONED,
    *INFUSED_WHOLE,
    Step("complete_infusion"),
)
"""The patient moves while the product is at the door; the courier takes it to the new hospital."""

CONSENT_WITHDRAWN = (*AT_LAB, *WITHDRAWN)
