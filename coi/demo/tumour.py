"""Lymphocytes from a tumour, told as steps: excised in theatre, grown far away, given with IL-2.

Stories as in `coi.demo.stories`, of the definition til. The tours do the rest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from coi.demo.asides import Chapters, Released, of_every, of_released_early
from coi.demo.chapters import (
    ACCEPTED,
    CHECKED,
    CONDITIONED,
    INFUSED_IN_PARTS,
    INFUSED_WHOLE,
    LIFTED,
    LOOKED_INTO,
    MATERIAL_ACCEPTED,
    ORDERED,
    RECEIVED_FRESH,
    SEEN_AND_CLOSED,
    STOPPED_SHORTLY,
    STOPPED_WITH_OTHERS,
    Step,
    collected,
    filled,
    filled_on_paper,
    on_paper,
    packed_on_paper,
    started,
    thawed,
    travelled,
)
from coi.demo.departures import (
    damaged_on_its_way,
    damaged_while_frozen,
    product_kept_longer_on_paper,
    secured,
)
from coi.demo.exits import departing

WORKFLOW, SITE = "til", "north"

GROWN = (
    Step("pre_expand"),
    Step("pre_expand", values={"day_of_culture": "14"}),
    Step("start_rapid_expansion"),
    Step("expand"),
    Step("expand", values={"day_of_culture": "22"}),
    Step("harvest"),
    Step("formulate"),
)
TESTED = (*[Step("record_result")] * 9, Step("finish_sample", "sample", "taken"))
LAST_RESULT = Step("record_result")
RELEASED_EARLY = (*TESTED, Step("release_lot_provisionally"))
RELEASED = (*TESTED, LAST_RESULT, Step("release_lot"))
INTERLEUKIN = (
    Step("give_interleukin", values={"dose_number": "1"}),
    Step("give_interleukin", values={"dose_number": "2"}),
    Step("stop_interleukin", values={"doses_given": "2", "stopped_because": "not tolerated"}),
)

_EXCISED = (*ORDERED, *collected(3))
_AT_WORKS = (*_EXCISED, *RECEIVED_FRESH)
_CUT = (*_AT_WORKS, MATERIAL_ACCEPTED, started(2))
_FILLED = (*_CUT, *GROWN, *filled(4))
_OUT = (*_FILLED, *RELEASED_EARLY)
_AT_SITE = (*_OUT, *ACCEPTED)
GOES_WELL = (
    *_AT_SITE,
    CONDITIONED,
    *INFUSED_WHOLE,
    *INFUSED_IN_PARTS,
    *INFUSED_WHOLE,
    *INFUSED_WHOLE,
    Step("complete_infusion"),
    *INTERLEUKIN,
    LAST_RESULT,
    Step("confirm_release"),
    Step("destroy", "material", "accepted"),
    Step("close"),
)
"""From the order to the hand-over to follow-up; all four bags are given."""

_DEPARTS = "product_is_in_date", "product"
_TOO_LATE = (
    *ORDERED,
    *collected(1),
    *RECEIVED_FRESH,
    *departing("material_is_fresh", "material", "received", MATERIAL_ACCEPTED, 80),
    *departing("material_is_fresh", "material", "accepted", started()),
    *GROWN,
    *filled(1, expires_in_hours=15 * 24),
    *RELEASED,
    *ACCEPTED[:-1],
    *departing(*_DEPARTS, "received", ACCEPTED[-1], 16 * 24),
    CONDITIONED,
    *departing(*_DEPARTS, "accepted", thawed()[0]),
    *thawed()[1:],
    *departing(*_DEPARTS, "thawed", CHECKED),
    *departing(*_DEPARTS, "checked", Step("infuse_part", "product", "checked")),
    *departing(*_DEPARTS, "infusing", Step("check_at_bedside", "product", "infusing")),
    *departing(*_DEPARTS, "infusing", Step("infuse", "product", "infusing")),
)
"""Tissue too long on its way, and a product past its date: each departure is granted first."""


_AGAINST_THE_RULES = (
    *ORDERED,
    *collected(2),
    *packed_on_paper("material", "collected", 2),
    *RECEIVED_FRESH,
    on_paper("accept_material", "material", "received", container_intact="no"),
    *LOOKED_INTO * 2,
    started(),
    *GROWN,
    *filled_on_paper(RELEASED, CONDITIONED),
    Step("complete_infusion"),
)
"""On paper, and against the rules: whatever still lives is stopped, and looked at."""

_CANCELLED = (Step("cancel"), Step("discontinue_lot"))
_HELD = (Step("hold", "lot"),)
_ON_ITS_WAY = (Step("reject_lot"), Step("accept_custody", "product"), Step("destroy", "product"))
_ONE_ACCEPTED = replace(ACCEPTED[-1], first=1)
_REJECTED_AT_SITE = (*_OUT, *ACCEPTED[:-1], Step("reject_product", "product", "received", first=2))
_SENT_BACK = travelled("product", "rejected")
_ALL_RELEASED = (*_FILLED, *RELEASED)
_BROKEN_AT_SITE = (Step("reject_product", "product", "accepted"), Step("make_again"), started(1))
_CONDITIONED = (*_AT_SITE, CONDITIONED)
_THAWED = (*_CONDITIONED, *thawed(bags=2))
_SOME_ACCEPTED = (*_OUT, *ACCEPTED[:-1], _ONE_ACCEPTED, _ONE_ACCEPTED)
_CRACKED = damaged_while_frozen((*_OUT, *ACCEPTED[:-1]))
_CHAPTERS = Chapters(
    collected=_EXCISED,
    filled=_FILLED,
    tested=TESTED,
    released=RELEASED_EARLY[-1],
    given=(*ACCEPTED, CONDITIONED, *INFUSED_WHOLE),
    settled=(*_ALL_RELEASED, *ACCEPTED),
    at_hand=_THAWED,
)
_IN_LYMPHODEPLETION = (*_REJECTED_AT_SITE, ACCEPTED[-1], CONDITIONED)
_BETWEEN_TWO_BAGS = (*_SOME_ACCEPTED, CONDITIONED, *INFUSED_WHOLE)
_RELEASED_EARLY = Released(
    out=_OUT,
    reached=(
        (_SOME_ACCEPTED, ("accepted", "received")),
        (_IN_LYMPHODEPLETION, ("accepted",)),
        (_BETWEEN_TWO_BAGS, ("accepted", "received")),
    ),
    damaged=(*_THAWED, Step("report_damage", "product", "thawed", first=1)),
)

STORIES: Mapping[str, Sequence[Step]] = {
    "goes well": GOES_WELL,
    "just ordered": (),
    "too late, and dispensed": _TOO_LATE,
    "on paper, against the rules": _AGAINST_THE_RULES,
    **{
        f"cancelled in manufacture, stage {n}": (*_CUT, *GROWN[:stage], *_CANCELLED)
        for n, stage in enumerate((0, 1, 3, 4, 6, 7), 1)
    },
    "cancelled while the lot is on hold": (*_CUT, *_HELD, LIFTED, *_HELD, *_CANCELLED, LIFTED),
    "damaged on its way": (
        *_EXCISED[:-1],
        Step("accept_custody", "material", "collected", values={"condition": "damaged"}),
        *LOOKED_INTO * 3,
        *RECEIVED_FRESH[:2],
        Step("accept_shipment", "shipment", "packed", values={"seal_intact": "no"}),
    ),
    "made again, as all was lost": (
        *_ALL_RELEASED,
        *ACCEPTED[:3],
        Step("report_shipment_lost"),
        Step("make_again"),
        started(1),
    ),
    "broken at the hospital, made again": (*_ALL_RELEASED, *ACCEPTED, *_BROKEN_AT_SITE),
    "broken late, made again": (*_ALL_RELEASED, *ACCEPTED, CONDITIONED, *_BROKEN_AT_SITE),
    "whole therapy on hold": STOPPED_SHORTLY,
    "something was seen": SEEN_AND_CLOSED,
    "stopped with others of a lot": STOPPED_WITH_OTHERS,
    "no interleukin": (
        *GOES_WELL[: -len(INTERLEUKIN) - 4],
        Step("stop_interleukin", values={"doses_given": "0", "stopped_because": "not indicated"}),
    ),
    "rejected, unfrozen and on its way": (
        *_CUT,
        *GROWN,
        Step("fill", born=2),
        Step("freeze_product", "product", "filled", first=1),
        Step("release_custody", "product", to="works-store"),
        *_ON_ITS_WAY,
    ),
    "rejected on its way to the hospital": (
        *_OUT,
        Step("release_custody", "product", "released", to="works-store"),
        *_ON_ITS_WAY,
    ),
    "rejected on its way to the ward": (
        *_OUT,
        *ACCEPTED[:-1],
        Step("release_custody", "product", "received", to="ward"),
        *_ON_ITS_WAY[:2],
    ),
    "rejected at receipt": (
        *_AT_WORKS,
        Step("reject_material", "material", "received"),
        Step("destroy", "material", "rejected", first=1),
    ),
    "sent back, not yet handed over": (*_REJECTED_AT_SITE, *_SENT_BACK[:1]),
    "sent back": (*_REJECTED_AT_SITE, *_SENT_BACK),
    "accepted one by one": (
        *_OUT,
        *ACCEPTED[:-1],
        *[_ONE_ACCEPTED] * 2,
        CONDITIONED,
        _ONE_ACCEPTED,
        *INFUSED_WHOLE,
        _ONE_ACCEPTED,
        *thawed(),
        CHECKED,
        Step("check_at_bedside", "product", "checked"),
    ),
    "rejected at the bedside": (
        *_AT_SITE,
        CONDITIONED,
        *thawed(bags=2),
        CHECKED,
        Step("reject_lot"),
    ),
    "tissue in the cell laboratory": (
        *_EXCISED,
        Step("relocate", "material", "collected"),
        Step("destroy", "material", "collected", first=1),
    ),
    "destroyed when it was thawed": (
        *_AT_SITE,
        CONDITIONED,
        *thawed(),
        Step("destroy", "product", "thawed"),
    ),
    "cancelled before lymphodepletion": (*_AT_SITE, Step("cancel")),
    "growth after the interleukin": (
        *GOES_WELL[:-4],
        Step("record_result", values={"test": "sterility", "result": "growth"}),
        Step("reject_lot"),
    ),
    "dispensation withdrawn": (
        *_EXCISED,
        *RECEIVED_FRESH,
        Step("grant_dispensation", "material", first=1, values={"guard": "material_is_fresh"}),
        Step("withdraw_dispensation"),
    ),
    "damaged while frozen": _CRACKED,
    "damaged while frozen, on its way": damaged_on_its_way(_CRACKED, "ward", "damaged_frozen"),
    "product keeps longer, on paper": product_kept_longer_on_paper(
        _OUT, ACCEPTED[:-1], ACCEPTED[-1]
    ),
    **{
        f"stopped with the courier, {what}": steps
        for what, steps in {
            "tissue": (*_EXCISED, *secured("material", "collected")),
            "product": (*_OUT, *secured("product", "released")),
            "product sent back": (*_REJECTED_AT_SITE, *secured("product", "rejected")),
        }.items()
    },
    **of_every(_CHAPTERS),
    **of_released_early(_RELEASED_EARLY),
}
