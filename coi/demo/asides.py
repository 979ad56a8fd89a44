"""What may befall every therapy beside the first: a lot out of specification, damage, a late no.

Told once, with each definition's own chapters; what is particular to one stands with its stories.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coi.demo.chapters import CHECKED, Step
from coi.demo.departures import GREW_LATER, WITHDRAWN, damaged_on_its_way, used_and_given_up
from coi.demo.deviations import (
    ACKNOWLEDGED,
    CLOSED,
    DECLARED,
    IN_DOUBT,
    failing,
    found_within,
    not_supplied,
    supplied,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapters:
    """How far a therapy has come, in the words of its definition."""

    collected: Sequence[Step]
    filled: Sequence[Step]
    tested: Sequence[Step]  # of the filled lot: each result that is asked for before the release
    released: Step
    given: Sequence[Step]  # of the released bags: until one is infused
    settled: Sequence[Step]  # all results are in, the lot is released for good
    at_hand: Sequence[Step]  # two bags that can be checked at the bedside
    state_at_hand: str = "thawed"
    checked: Step = CHECKED
    repeated: Sequence[str] = ("viability",)


def of_every(told: Chapters) -> Mapping[str, Sequence[Step]]:
    """The stories that every definition tells."""
    declared = (*told.filled, *failing(told.tested), DECLARED)
    reported = Step("report_damage", "product", told.state_at_hand, first=1)
    return {
        "cancelled when it is filled": not_supplied(told.filled),
        "out of specification": declared,
        "out of specification, supplied": (
            *supplied(declared, "released"),
            *told.given,
            *ACKNOWLEDGED,
        ),
        "out of specification, not supplied": not_supplied(declared),
        "out of specification, found within": (
            *found_within(declared, *told.repeated),
            *CLOSED,
            told.released,
        ),
        "growth when all was released": (*told.settled, *GREW_LATER),
        "damaged, and nobody has decided": (*told.at_hand, reported),
        "damaged, to be moved into another bag": (
            *told.at_hand,
            reported,
            Step("salvage_damaged"),
        ),
        "damaged, and destroyed": (
            *told.at_hand,
            reported,
            Step("destroy", "product", "damaged"),
        ),
        "damaged, used and given up": used_and_given_up(
            told.at_hand, told.state_at_hand, told.checked
        ),
        "consent withdrawn": (*told.collected, *WITHDRAWN),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """How far a therapy has come whose lot was released with results outstanding."""

    outstanding: Sequence[str] = ("sterility",)
    out: Sequence[Step]  # just released
    reached: Sequence[tuple[Sequence[Step], Sequence[str]]]  # further on, with its bags' states
    damaged: Sequence[Step]  # a bag is reported as damaged
    back_to: str = "lab"  # where it is handed over to


def of_released_early(told: Released) -> Mapping[str, Sequence[Step]]:
    """The stories of what is released early: something grows when it is on its way or given."""
    doubted = (*told.out, *IN_DOUBT)
    return {
        "in doubt": doubted,
        "in doubt, supplied": supplied(doubted, "released"),
        **{
            f"in doubt, supplied where it is, {n}": supplied((*steps, *IN_DOUBT), *labelled)
            for n, (steps, labelled) in enumerate(told.reached, 1)
        },
        "in doubt, not supplied": not_supplied(doubted),
        "in doubt, found within": (
            *found_within(doubted, *told.outstanding),
            *CLOSED,
            Step("confirm_release"),
        ),
        "damaged, and rejected": (*told.damaged, Step("reject_lot")),
        "damaged, on its way": damaged_on_its_way(told.damaged, told.back_to),
        "damaged, on its way to another bag": damaged_on_its_way(
            (*told.damaged, Step("salvage_damaged")), told.back_to, "salvaging"
        ),
    }
