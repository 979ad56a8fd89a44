"""Edited stem cells, told as steps: pooled from two cycles, and a rescue graft kept beside them.

Stories as in `coi.demo.stories`, of the definition gene-edited-hsc. The tours do the rest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from coi.demo.asides import Chapters, of_every
from coi.demo.chapters import (
    ACCEPTED,
    CHECKED,
    FROZEN,
    INFUSED_IN_PARTS,
    INFUSED_WHOLE,
    LIFTED,
    LOOKED_INTO,
    MATERIAL_ACCEPTED,
    ORDERED,
    RECEIVED_FRESH,
    RECEIVED_FROZEN,
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
from coi.demo.departures import damaged_while_frozen, product_kept_longer_on_paper, secured
from coi.demo.exits import departing
from coi.demo.rescue import (
    CALLED,
    KEPT,
    RESCUE,
    RESCUE_AT_THE_WARD,
    RESCUE_CHECKED,
    RESCUE_GIVEN,
    RESCUE_THAWED,
    RESCUED,
    SET_ASIDE,
    of_the_rescue_graft,
)

WORKFLOW, SITE = "gene-edited-hsc", "north"


def cycle(bags: int) -> tuple[Step, ...]:
    """One cycle: the cells are mobilised, collected, and brought to the cell laboratory."""
    return (Step("start_mobilisation"), *collected(bags))


EDITED = (Step("select"), Step("edit"), Step("harvest"), Step("formulate"))
TESTED = (*[Step("record_result")] * 10, Step("finish_sample", "sample", "taken"))
RELEASED = (*TESTED, Step("release_lot"))
CONDITIONED = Step("start_myeloablation")

_AT_LAB = (*ORDERED, *cycle(3))
_FIRST = (*ORDERED, *cycle(2), *RESCUE, *RECEIVED_FROZEN, MATERIAL_ACCEPTED)
_SECOND = (*_FIRST, *cycle(2), *RECEIVED_FRESH, MATERIAL_ACCEPTED)
_POOLED = (*_SECOND, started(2))
_FILLED = (*_POOLED, *EDITED, *filled(3))
_OUT = (*_FILLED, *RELEASED)
_AT_SITE = (*_OUT, *ACCEPTED)
_CONDITIONED = (*_AT_SITE, CONDITIONED)
_INFUSED = (*_CONDITIONED, *INFUSED_WHOLE, *INFUSED_IN_PARTS, *INFUSED_WHOLE)
GOES_WELL = (
    *_INFUSED,
    Step("complete_infusion"),
    Step("declare_engraftment"),
    Step("destroy", "material", "accepted"),
    Step("destroy", "rescue", "accepted"),
    Step("close"),
)
"""From the order to the hand-over to follow-up; every bag is given, and the cells engraft."""

_DEPARTS = "product_is_in_date", "product"
_TOO_LATE = (
    *ORDERED,
    *cycle(2),
    *departing("material_is_fresh", "material", "collected", SET_ASIDE, 80),
    *KEPT,
    *RECEIVED_FRESH,
    *departing("material_is_fresh", "material", "received", MATERIAL_ACCEPTED),
    *departing("material_is_fresh", "material", "accepted", started()),
    *EDITED,
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
"""Cells too long on their way, and a product past its date: each departure is granted first."""

_RESCUE_DEPARTS = "product_is_in_date", "rescue"
_RESCUE_TOO_LATE = (
    *_AT_LAB,
    replace(SET_ASIDE, expires_in_hours=200 * 24),
    *KEPT,
    *RECEIVED_FROZEN,
    MATERIAL_ACCEPTED,
    started(1),
    *EDITED,
    *filled(1),
    *RELEASED,
    *ACCEPTED,
    CONDITIONED,
    CALLED,
    *departing(*_RESCUE_DEPARTS, "accepted", RESCUE_THAWED, 201 * 24),
    *RESCUE_AT_THE_WARD[1:],
    *departing(*_RESCUE_DEPARTS, "thawed", RESCUE_CHECKED),
    *departing(*_RESCUE_DEPARTS, "checked", RESCUE_GIVEN),
)
"""The rescue graft is past its date when it is needed, and nothing else is there."""


_AGAINST_THE_RULES = (
    *_AT_LAB,
    *RESCUE,
    *packed_on_paper("material", "collected", 2),
    FROZEN,
    *packed_on_paper("material", "frozen", 2),
    *travelled("material", "frozen"),
    on_paper("accept_material", "material", "received", container_intact="no"),
    *LOOKED_INTO * 2,
    started(),
    *EDITED,
    *filled_on_paper(RELEASED, CONDITIONED),
    Step("destroy", "product", "rejected"),
    Step("complete_infusion"),
)
"""On paper, and against the rules: whatever still lives is stopped, and looked at."""

_RESCUE_ON_PAPER = (
    *_AT_LAB,
    replace(SET_ASIDE, expires_in_hours=200 * 24),
    KEPT[0],
    replace(KEPT[1], values={"rescue_dose": "too few"}),
    *LOOKED_INTO,
    KEPT[2],
    *RECEIVED_FROZEN,
    MATERIAL_ACCEPTED,
    started(1),
    *EDITED,
    *filled(1),
    *RELEASED,
    *ACCEPTED,
    CONDITIONED,
    CALLED,
    replace(on_paper("thaw_rescue", "rescue", "accepted"), after_hours=201 * 24),
    *LOOKED_INTO,
    *RESCUE_AT_THE_WARD[1:],
    on_paper("check_rescue_at_bedside", "rescue", "thawed"),
    *LOOKED_INTO,
    Step("check_rescue_at_bedside", "rescue", "checked", mode=on_paper("x").mode, hours_ago=1e-3),
    *LOOKED_INTO,
    on_paper("infuse_rescue", "rescue", "checked"),
)
"""The rescue graft is given on paper, and past its date: it is stopped each time."""

_CANCELLED = (Step("cancel"), Step("discontinue_lot"))
_HELD = (Step("hold", "lot"),)
_ON_ITS_WAY = (Step("reject_lot"), Step("accept_custody", "product"), Step("destroy", "product"))
_BROKEN_AT_SITE = (Step("reject_product", "product", "accepted"), Step("make_again"), started(1))
_ONE_ACCEPTED = replace(ACCEPTED[-1], first=1)
_REJECTED_AT_SITE = (*_OUT, *ACCEPTED[:-1], Step("reject_product", "product", "received", first=2))
_SENT_BACK = travelled("product", "rejected")
_TWO_RESCUES = (*_AT_LAB, SET_ASIDE, SET_ASIDE)

_NEEDED = (*_CONDITIONED, CALLED)
_POSTPONED = Step("postpone_infusion")
_CHAPTERS = Chapters(
    collected=_AT_LAB,
    filled=_FILLED,
    tested=TESTED,
    released=RELEASED[-1],
    given=(*ACCEPTED, CONDITIONED, *INFUSED_WHOLE),
    settled=_AT_SITE,
    at_hand=(*_CONDITIONED, *thawed(bags=2)),
)

STORIES: Mapping[str, Sequence[Step]] = {
    "goes well": GOES_WELL,
    "just ordered": (),
    "does not engraft, and is rescued": (
        *_INFUSED,
        Step("complete_infusion"),
        CALLED,
        *RESCUED,
        Step("destroy", "material", "accepted"),
        Step("close"),
    ),
    "product lost after conditioning, and rescued": (
        *_TWO_RESCUES,
        *[replace(step, first=0) for step in KEPT[:2]],
        *[replace(KEPT[2], first=1)] * 2,
        *RECEIVED_FROZEN,
        MATERIAL_ACCEPTED,
        started(1),
        *EDITED,
        *filled(1),
        *RELEASED,
        *ACCEPTED,
        CONDITIONED,
        Step("report_lost", "product", "accepted"),
        CALLED,
        *RESCUE_AT_THE_WARD,
        RESCUE_CHECKED,
        Step("check_rescue_at_bedside", "rescue", "checked"),
        RESCUE_GIVEN,
        *RESCUED,
    ),
    "called in the midst of it": (*_CONDITIONED, *INFUSED_WHOLE, CALLED),
    "called for too early": _NEEDED,
    "rescue graft set aside at once": (
        *ORDERED,
        *[step for step in cycle(2) if step.action != "complete_collection"],
        SET_ASIDE,
    ),
    "rejected in testing, and a result afterwards": (
        *_FILLED,
        Step("reject_lot"),
        Step("record_late_result", values={"test": "sterility", "result": "growth"}),
    ),
    "lost before it was frozen": (
        *_POOLED,
        *EDITED,
        Step("fill", born=2),
        Step("report_lost", "product", "filled", first=1),
    ),
    "too late, and dispensed": _TOO_LATE,
    "rescue graft too late, and dispensed": _RESCUE_TOO_LATE,
    "on paper, against the rules": _AGAINST_THE_RULES,
    "rescued on paper": _RESCUE_ON_PAPER,
    **{
        f"cancelled in manufacture, stage {n}": (*_POOLED, *EDITED[:n], *_CANCELLED)
        for n in range(5)
    },
    "cancelled while the lot is on hold": (*_POOLED, *_HELD, LIFTED, *_HELD, *_CANCELLED, LIFTED),
    "damaged on its way": (
        *_AT_LAB[:-1],
        Step("accept_custody", "material", "collected", values={"condition": "damaged"}),
        *LOOKED_INTO * 3,
        *RECEIVED_FROZEN[:3],
        Step("accept_shipment", "shipment", "packed", values={"seal_intact": "no"}),
    ),
    "made again, as all was lost": (
        *_OUT,
        *ACCEPTED[:3],
        Step("report_shipment_lost"),
        Step("make_again"),
        started(1),
    ),
    "broken at the hospital, made again": (*_AT_SITE, *_BROKEN_AT_SITE),
    "collected again, as manufacture failed": (*_POOLED, Step("fail_lot"), *cycle(1)),
    "whole therapy on hold": STOPPED_SHORTLY,
    "something was seen": SEEN_AND_CLOSED,
    "stopped with others of a lot": STOPPED_WITH_OTHERS,
    "rejected, unfrozen and on its way": (
        *_POOLED,
        *EDITED,
        Step("fill", born=2),
        Step("freeze_product", "product", "filled", first=1),
        Step("release_custody", "product", to="works-store"),
        *_ON_ITS_WAY,
    ),
    "rejected at receipt": (
        *_AT_LAB,
        *RECEIVED_FROZEN,
        Step("reject_material", "material", "received"),
        Step("destroy", "material", "rejected", first=1),
    ),
    "destroyed before they were used": (
        *_AT_LAB,
        FROZEN,
        Step("destroy", "material", "frozen", first=1),
        *RECEIVED_FROZEN[1:],
        Step("destroy", "material", "received", first=1),
    ),
    "sent back, not yet handed over": (*_REJECTED_AT_SITE, *_SENT_BACK[:1]),
    "sent back": (*_REJECTED_AT_SITE, *_SENT_BACK),
    "accepted one by one": (
        *_POOLED,
        *EDITED,
        *filled(4),
        *RELEASED,
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
    "destroyed when it was thawed": (
        *_CONDITIONED,
        *thawed(),
        Step("destroy", "product", "thawed"),
    ),
    "cancelled before myeloablation": (*_AT_SITE, Step("cancel")),
    "cancelled while the rescue graft is needed": (*_NEEDED, Step("cancel")),
    "dispensation withdrawn": (
        *_AT_LAB,
        Step("grant_dispensation", "material", first=1, values={"guard": "material_is_fresh"}),
        Step("withdraw_dispensation"),
    ),
    "damaged while frozen": damaged_while_frozen((*_OUT, *ACCEPTED[:-1])),
    **of_every(_CHAPTERS),
    **of_the_rescue_graft(_TWO_RESCUES, _NEEDED),
    "postponed while the rescue graft is there": (
        *_CONDITIONED,
        _POSTPONED,
        *INFUSED_WHOLE,
        _POSTPONED,
    ),
    "product keeps longer, on paper": product_kept_longer_on_paper(
        _OUT, ACCEPTED[:-1], ACCEPTED[-1]
    ),
    **{
        f"stopped with the courier, {what}": steps
        for what, steps in {
            "fresh cells": (*_AT_LAB, *secured("material", "collected")),
            "frozen cells": (*_AT_LAB, FROZEN, *secured("material", "frozen")),
            "product": (*_OUT, *secured("product", "released")),
            "product sent back": (*_REJECTED_AT_SITE, *secured("product", "rejected")),
        }.items()
    },
    "consent withdrawn, and rescued all the same": (
        *_CONDITIONED,
        Step("withdraw_consent"),
        CALLED,
        Step("lift_for_the_rescue", "exception", "open"),
        *RESCUED,
        Step("withdraw_consent"),
        Step("lift_for_the_rescue", "exception", "open"),
    ),
}
