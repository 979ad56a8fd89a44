"""A therapy made at the point of care, told as steps: one hospital does it all, within days.

Stories as in `coi.demo.stories`, of the definition point-of-care-car-t. The tours do the rest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from coi.demo.asides import Chapters, Released, of_every, of_released_early
from coi.demo.chapters import (
    LIFTED,
    LOOKED_INTO,
    MADE,
    ORDERED,
    SAMPLED,
    SEEN_AND_CLOSED,
    STOPPED_SHORTLY,
    STOPPED_WITH_OTHERS,
    Step,
    closed,
    on_paper,
    started,
)
from coi.demo.departures import kept_longer_on_paper
from coi.demo.exits import departing

WORKFLOW, SITE = "point-of-care-car-t", "west"

COLLECTED = (
    Step("plan_collection"),
    Step("collect", born=2),
    Step("complete_collection"),
    Step("release_custody", "material", "collected", to="cleanroom"),
    Step("accept_custody", "material", "collected"),
)
COLLECTED_ONCE = (COLLECTED[0], Step("collect", born=1), *COLLECTED[2:])
MATERIAL_ACCEPTED = Step("accept_material", "material", "collected")
GROWN = (*MADE[:3], Step("start_lymphodepletion"), MADE[3])
_TO_TESTING = tuple(replace(step, to="testing" if step.to else "") for step in SAMPLED)
FILLED = (Step("harvest"), Step("formulate"), Step("fill", born=3), *_TO_TESTING)
TESTED = (*[Step("record_result")] * 8, Step("finish_sample", "sample", "taken"))
RELEASED = Step("release_lot_provisionally")
AT_THE_WARD = (
    Step("release_custody", "product", "released", to="ward"),
    Step("accept_custody", "product", "released"),
)
ACCEPTED = Step("accept_product", "product", "released")
CHECKED = Step("check_at_bedside", "product", "accepted", first=1)
INFUSED_WHOLE = (
    CHECKED,
    Step("infuse", "product", "checked", values={"infused_ml": "59.5", "remainder_because": ""}),
)
INFUSED_IN_PARTS = (
    CHECKED,
    Step("check_at_bedside", "product", "checked"),
    Step("infuse_part", "product", "checked"),
    Step("infuse_part", "product", "infusing"),
    Step("check_at_bedside", "product", "infusing"),
    Step("infuse", "product", "infusing"),
)
LATE_RESULTS = (*[Step("record_result")] * 2, Step("confirm_release"))

_MADE = (*ORDERED, *COLLECTED, MATERIAL_ACCEPTED, started(1), *GROWN, *FILLED)
_RELEASED = (*_MADE, *TESTED, RELEASED)
GOES_WELL = (
    *_RELEASED,
    *AT_THE_WARD,
    ACCEPTED,
    *INFUSED_WHOLE,
    *INFUSED_IN_PARTS,
    *INFUSED_WHOLE,
    Step("complete_infusion"),
    Step("destroy", "material", "accepted"),
    *LATE_RESULTS,
    Step("close"),
)
"""From the order to the hand-over to follow-up; the culture is read when the cells are in."""

_DEPARTS = "product_is_in_date", "product"
_TOO_LATE = (
    *ORDERED,
    *COLLECTED_ONCE,
    *departing("material_is_fresh", "material", "collected", MATERIAL_ACCEPTED, 30),
    *departing("material_is_fresh", "material", "accepted", started(1)),
    *GROWN,
    Step("harvest"),
    Step("formulate"),
    Step("fill", born=1, expires_in_hours=8),
    *TESTED[:8],
    RELEASED,
    *AT_THE_WARD,
    *departing(*_DEPARTS, "released", ACCEPTED, 9),
    *departing(*_DEPARTS, "accepted", CHECKED),
    *departing(*_DEPARTS, "checked", Step("infuse_part", "product", "checked")),
    *departing(*_DEPARTS, "infusing", Step("check_at_bedside", "product", "infusing")),
    *departing(*_DEPARTS, "infusing", Step("infuse", "product", "infusing")),
)
"""Fresh cells that waited too long, twice: each departure is granted first."""

_AGAINST_THE_RULES = (
    *ORDERED,
    *COLLECTED,
    on_paper("accept_material", "material", "collected", container_intact="no"),
    *LOOKED_INTO * 2,
    started(),
    *GROWN,
    Step("harvest"),
    Step("formulate"),
    replace(on_paper("fill"), born=2, expires_in_hours=-1),
    *closed(0),
    *TESTED[:8],
    RELEASED,
    *AT_THE_WARD,
    on_paper("accept_product", "product", "released"),
    *LOOKED_INTO * 2,
    Step("reject_product", "product", "accepted", first=1),
    on_paper("check_at_bedside", "product", "accepted"),
    *LOOKED_INTO,
    on_paper("infuse_part", "product", "checked"),
    *LOOKED_INTO,
    on_paper("check_at_bedside", "product", "infusing"),
    *LOOKED_INTO,
    on_paper("infuse", "product", "infusing"),
    Step("complete_infusion"),
)
"""On paper, and against the rules: whatever still lives is stopped, and looked at."""

_STAGES = ((), MADE[:1], MADE[:2], GROWN, (*GROWN, *FILLED[:1]), (*GROWN, *FILLED[:2]))
_BEGUN = (*ORDERED, *COLLECTED, MATERIAL_ACCEPTED, started(1))
_CANCELLED = (Step("cancel"), Step("discontinue_lot"))
_HELD = (Step("hold", "lot"),)
_ON_ITS_WAY = (Step("reject_lot"), Step("accept_custody", "product"), Step("destroy", "product"))
_ACCEPTED_ALL = (*_RELEASED, *AT_THE_WARD, ACCEPTED)
_INFUSED_ONE = (*_ACCEPTED_ALL, *INFUSED_WHOLE)
_REPORTED = Step("report_damage", "product", "accepted", first=1)
_CHAPTERS = Chapters(
    collected=(*ORDERED, *COLLECTED),
    filled=_MADE,
    tested=TESTED,
    released=RELEASED,
    given=(*AT_THE_WARD, ACCEPTED, *INFUSED_WHOLE),
    settled=(*_INFUSED_ONE, *LATE_RESULTS),
    at_hand=_ACCEPTED_ALL,
    state_at_hand="accepted",
    checked=CHECKED,
)
_RELEASED_EARLY = Released(
    outstanding=("sterility", "vector_copy_number"),
    out=_RELEASED,
    reached=(
        (
            (*_RELEASED, *AT_THE_WARD, Step("reject_product", "product", "released", first=1)),
            ("released",),
        ),
        (_ACCEPTED_ALL, ("accepted",)),
        (_INFUSED_ONE, ("accepted",)),
    ),
    damaged=(*_ACCEPTED_ALL, _REPORTED),
    back_to="cleanroom",
)

STORIES: Mapping[str, Sequence[Step]] = {
    "goes well": GOES_WELL,
    "too late, and dispensed": _TOO_LATE,
    "on paper, against the rules": _AGAINST_THE_RULES,
    **{
        f"cancelled in manufacture, stage {n}": (*_BEGUN, *stage, *_CANCELLED)
        for n, stage in enumerate(_STAGES, 1)
    },
    "cancelled while the lot is on hold": (*_BEGUN, *_HELD, LIFTED, *_HELD, *_CANCELLED, LIFTED),
    "damaged on its way": (
        *ORDERED,
        *COLLECTED[:-1],
        Step("accept_custody", "material", "collected", values={"condition": "damaged"}),
    ),
    "rejected on its way to the ward": (*_RELEASED, AT_THE_WARD[0], *_ON_ITS_WAY, *LOOKED_INTO * 3),
    "rejected before it was tested": (
        *_MADE,
        Step("release_custody", "product", "filled", to="ward"),
        *_ON_ITS_WAY,
        *LOOKED_INTO * 3,
    ),
    "lost before it was given, made again": (
        *_RELEASED,
        *LATE_RESULTS,
        Step("report_lost", "product", "released"),
        Step("make_again"),
        started(1),
    ),
    "broken at the bedside, made again": (
        *_ACCEPTED_ALL,
        *LATE_RESULTS,
        Step("reject_product", "product", "accepted"),
        Step("make_again"),
        started(1),
    ),
    "rejected when it was checked": (*_ACCEPTED_ALL, CHECKED, Step("reject_lot")),
    "destroyed when it was checked": (
        *_ACCEPTED_ALL,
        CHECKED,
        Step("destroy", "product", "checked"),
    ),
    "destroyed before it was used": (
        *ORDERED,
        *COLLECTED,
        Step("destroy", "material", "collected", first=1),
    ),
    "not accepted at the bedside, and cancelled": (
        *_RELEASED,
        *AT_THE_WARD,
        Step("reject_product", "product", "released", first=1),
        Step("cancel"),
    ),
    "accepted one by one": (
        *_RELEASED,
        *AT_THE_WARD,
        *[replace(ACCEPTED, first=1)] * 2,
        *INFUSED_WHOLE,
        ACCEPTED,
    ),
    "whole therapy on hold": STOPPED_SHORTLY,
    "something was seen": SEEN_AND_CLOSED,
    "stopped with others of a lot": STOPPED_WITH_OTHERS,
    "dispensation withdrawn": (
        *ORDERED,
        *COLLECTED,
        Step("grant_dispensation", "material", first=1, values={"guard": "material_is_fresh"}),
        Step("withdraw_dispensation"),
    ),
    "just ordered": (),
    **of_every(_CHAPTERS),
    **of_released_early(_RELEASED_EARLY),
    "damaged when it came to the ward": (
        *_RELEASED,
        *AT_THE_WARD,
        Step("report_damage", "product", "released", first=1),
        Step("use_damaged"),
        *INFUSED_WHOLE,
        Step("report_damage", "product", "released", first=1),
        Step("salvage_damaged"),
    ),
    "moved into another bag when it came to the ward": (
        *_RELEASED,
        *AT_THE_WARD,
        Step("report_damage", "product", "released", first=1),
        Step("salvage_damaged"),
    ),
    "product keeps longer, on paper": (
        *_RELEASED,
        *AT_THE_WARD,
        *kept_longer_on_paper("extend_expiry", "product", "released", 2),
        Step("destroy", "product", "released", first=1),
        ACCEPTED,
        *kept_longer_on_paper("extend_expiry", "product", "accepted", 3),
    ),
}
