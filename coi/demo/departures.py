"""What the treating site lives with: damaged bags, later doses, later expiries, consent withdrawn.

Stories as in `coi.demo.stories`. What every therapy lives with is told once, for whichever
definition.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from coi.demo.chapters import (
    ACCEPTED,
    AT_LAB,
    AT_SITE,
    CHECKED,
    CONDITIONED,
    FILLED,
    FROZEN,
    INFUSED_WHOLE,
    LOOKED_INTO,
    OUT,
    RELEASED,
    Step,
    on_paper,
    thawed,
    travelled,
)

# -- of every definition ---------------------------------------------------------------------------


def used_and_given_up(
    at_hand: Sequence[Step], state: str = "thawed", checked: Step = CHECKED
) -> tuple[Step, ...]:
    """A bag is infused although it leaks, or so it seems; at the bedside it is given up.

    The next one leaks too: what is in it is moved into another bag, and infused when that leaks.
    """
    return (
        *at_hand,
        Step("report_damage", "product", state, first=1),
        Step("use_damaged"),
        checked,
        Step("report_damage", "product", "checked"),
        Step("give_up_damaged"),
        Step("destroy", "product", "rejected"),
        Step("report_damage", "product", state, first=1),
        Step("salvage_damaged"),
        Step("rebag", "product", "salvaging"),
        checked,
        Step("infuse_part", "product", "checked"),
        Step("report_damage", "product", "infusing"),
        Step("use_damaged"),
        checked,
        Step("infuse", "product", "checked", values={"remainder_because": "it leaked"}),
    )


def damaged_while_frozen(arrived: Sequence[Step]) -> tuple[Step, ...]:
    """A bag is cracked when it arrives, and is kept all the same; then another crack is found."""
    return (
        *arrived,
        Step("report_damage", "product", "received", first=1),
        Step("use_damaged_frozen"),
        Step("accept_product", "product", "received", first=1, values={"container_intact": "no"}),
        Step("report_damage", "product", "accepted"),
    )


def damaged_on_its_way(
    damaged: Sequence[Step], to: str = "lab", state: str = "damaged"
) -> tuple[Step, ...]:
    """The damaged bag is handed over, and the lot rejected before it is given."""
    return (
        *damaged,
        Step("release_custody", "product", state, to=to),
        Step("reject_lot"),
        Step("accept_custody", "product", state),
        Step("destroy", "product", state),
    )


def secured(machine: str, state: str) -> tuple[Step, ...]:
    """Stopped while a courier has it: it goes on to where it is kept, and is not used there."""
    way = travelled(machine, state)
    return (*way[:3], Step("hold", "shipment"), replace(way[3], action="secure_shipment"), way[4])


def kept_longer_on_paper(action: str, machine: str, state: str, days: float) -> tuple[Step, ...]:
    """Its expiry is extended by more than the shelf life: it is stopped, and looked at."""
    extended = on_paper(action, machine, state, first=1)
    return replace(extended, expires_in_hours=days * 24), *LOOKED_INTO


def product_kept_longer_on_paper(
    out: Sequence[Step], arrived: Sequence[Step], accepted: Step
) -> tuple[Step, ...]:
    """So is a bag that was released, that arrived, and another one that was accepted."""
    return (
        *out,
        *kept_longer_on_paper(_LATER, "product", "released", 366),
        *arrived,
        *kept_longer_on_paper(_LATER, "product", "received", 367),
        Step("destroy", "product", "received", first=1),
        accepted,
        *kept_longer_on_paper(_LATER, "product", "accepted", 368),
    )


_LATER = "extend_expiry"


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
DAMAGED_AND_SALVAGED = (*DAMAGED_AT_THAW, Step("salvage_damaged"))
SALVAGED_ON_ITS_WAY = damaged_on_its_way(DAMAGED_AND_SALVAGED, state="salvaging")
DAMAGED_WHILE_FROZEN = damaged_while_frozen((*OUT, *ACCEPTED[:-1]))
CRACKED_ON_ITS_WAY = damaged_on_its_way(DAMAGED_WHILE_FROZEN, "ward", "damaged_frozen")
STOPPED_WITH_THE_COURIER: Mapping[str, Sequence[Step]] = {
    "fresh cells": (*AT_LAB, *secured("material", "collected")),
    "frozen cells": (*AT_LAB, FROZEN, *secured("material", "frozen")),
    "product": (*OUT, *secured("product", "released")),
    "product sent back": (
        *OUT,
        *ACCEPTED[:-1],
        Step("reject_product", "product", "received", first=1),
        *secured("product", "rejected"),
    ),
}
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

EXTENDED_ON_PAPER = product_kept_longer_on_paper(OUT, ACCEPTED[:-1], ACCEPTED[-1])
EXTENDED = (
    *OUT,
    Step(_LATER, "product", "released", first=1),
    *ACCEPTED[:-1],
    Step(_LATER, "product", "received", first=1),
    Step("destroy", "product", "received", first=1),
    ACCEPTED[-1],
    Step(_LATER, "product", "accepted", first=1),
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
