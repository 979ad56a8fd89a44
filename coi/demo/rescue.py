"""The rescue graft: kept, tested and accepted before myeloablation, and given when all else fails.

Chapters and stories as in `coi.demo.stories`, of the definition gene-edited-hsc.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from coi.demo.chapters import WHOLE, Step
from coi.demo.departures import kept_longer_on_paper

SET_ASIDE = Step("set_rescue_aside", "material", "collected", first=1)
KEPT = (
    Step("freeze_rescue", "rescue", "kept"),
    Step("test_rescue", "rescue", "frozen"),
    Step("accept_rescue", "rescue", "tested"),
)
RESCUE = (SET_ASIDE, *KEPT)
CALLED = Step("call_for_rescue")
RESCUE_THAWED = Step("thaw_rescue", "rescue", "accepted", first=1)
RESCUE_AT_THE_WARD = (
    RESCUE_THAWED,
    Step("release_custody", "rescue", "thawed", to="ward"),
    Step("accept_custody", "rescue", "thawed"),
)
RESCUE_CHECKED = Step("check_rescue_at_bedside", "rescue", "thawed", first=1)
RESCUE_GIVEN = Step("infuse_rescue", "rescue", "checked", values=WHOLE)
RESCUED = (*RESCUE_AT_THE_WARD, RESCUE_CHECKED, RESCUE_GIVEN)


_CRACKED_AND_KEPT = (
    Step("report_rescue_damage", "rescue", "frozen", first=1),
    Step("use_damaged_frozen_rescue"),
)


def of_the_rescue_graft(
    two: Sequence[Step], needed: Sequence[Step]
) -> Mapping[str, Sequence[Step]]:
    """What befalls it: `two` were set aside, or one is `needed`."""
    at_the_ward = (*needed, *RESCUE_AT_THE_WARD)
    return {**_while_it_is_kept(two), **_at_the_bedside(at_the_ward), **_damaged(at_the_ward)}


def _while_it_is_kept(two: Sequence[Step]) -> Mapping[str, Sequence[Step]]:
    """What befalls the one or the other of two before anybody needs it."""
    keeps = "extend_rescue_expiry"
    return {
        "rescue graft keeps longer": (
            *two,
            KEPT[0],
            Step(keeps, "rescue", "frozen", first=1),
            KEPT[1],
            Step(keeps, "rescue", "tested", first=1),
            Step("destroy", "rescue", "tested", first=1),
            KEPT[2],
            Step(keeps, "rescue", "accepted"),
        ),
        "rescue graft keeps longer, on paper": (
            *two,
            KEPT[0],
            *kept_longer_on_paper(keeps, "rescue", "frozen", 366),
            replace(KEPT[1], first=1),
            *kept_longer_on_paper(keeps, "rescue", "tested", 367),
            Step("destroy", "rescue", "tested"),
            KEPT[1],
            KEPT[2],
            *kept_longer_on_paper(keeps, "rescue", "accepted", 368),
        ),
        "rescue graft is of no use": (*two, Step("reject_rescue", "rescue", "kept", first=1)),
        "rescue graft is rejected, frozen and tested": (
            *two,
            replace(KEPT[0], first=0),
            Step("reject_rescue", "rescue", "frozen", first=1),
            KEPT[1],
            Step("reject_rescue", "rescue", "tested"),
        ),
        "rescue graft is destroyed, frozen and tested": (
            *two,
            replace(KEPT[0], first=0),
            Step("destroy", "rescue", "frozen", first=1),
            KEPT[1],
            Step("destroy", "rescue", "tested"),
        ),
        "rescue graft is damaged while frozen": (
            *two,
            KEPT[0],
            *_CRACKED_AND_KEPT,
            KEPT[1],
            Step("report_rescue_damage", "rescue", "tested", first=1),
            Step("use_damaged_frozen_rescue"),
            KEPT[1],
            replace(KEPT[2], first=1),
            Step("report_rescue_damage", "rescue", "accepted"),
        ),
    }


def _at_the_bedside(there: Sequence[Step]) -> Mapping[str, Sequence[Step]]:
    """What befalls it when it is thawed and at the ward."""
    return {
        "rescue graft is thawed": there,
        "rescue graft is checked": (*there, RESCUE_CHECKED),
        "rescue graft is thawed in the end": (
            *there,
            RESCUE_CHECKED,
            Step("destroy", "rescue", "checked"),
        ),
        "rescue graft is rejected at the bedside": (
            *there,
            Step("reject_rescue", "rescue", "thawed"),
        ),
        "rescue graft is destroyed at the bedside": (
            *there,
            Step("destroy", "rescue", "thawed"),
        ),
        "rescue graft is lost at the bedside": (
            *there,
            RESCUE_CHECKED,
            Step("report_lost", "rescue", "checked"),
        ),
    }


def _damaged(there: Sequence[Step]) -> Mapping[str, Sequence[Step]]:
    """What becomes of it when it is damaged there."""
    return {
        "rescue graft is damaged, and given": (
            *there,
            Step("report_rescue_damage", "rescue", "thawed"),
            Step("use_damaged_rescue"),
            RESCUE_CHECKED,
            Step("report_rescue_damage", "rescue", "checked"),
            Step("salvage_damaged_rescue"),
            Step("rebag_rescue", "rescue", "salvaging"),
            RESCUE_CHECKED,
            RESCUE_GIVEN,
        ),
        "rescue graft is damaged, and given up": (
            *there,
            Step("report_rescue_damage", "rescue", "thawed"),
            Step("give_up_damaged_rescue"),
        ),
        "rescue graft is damaged, and destroyed": (
            *there,
            Step("report_rescue_damage", "rescue", "thawed"),
            Step("destroy", "rescue", "damaged"),
        ),
        "rescue graft is damaged, to be moved into another bag": (
            *there,
            Step("report_rescue_damage", "rescue", "thawed"),
            Step("salvage_damaged_rescue"),
        ),
        "rescue graft is damaged, and nobody has decided": (
            *there,
            Step("report_rescue_damage", "rescue", "thawed"),
        ),
    }
