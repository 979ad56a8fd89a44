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
        "rescue graft is thawed": (*needed, *RESCUE_AT_THE_WARD),
        "rescue graft is checked": (*needed, *RESCUE_AT_THE_WARD, RESCUE_CHECKED),
        "rescue graft is thawed in the end": (
            *needed,
            *RESCUE_AT_THE_WARD,
            RESCUE_CHECKED,
            Step("destroy", "rescue", "checked"),
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
        "rescue graft is rejected at the bedside": (
            *needed,
            *RESCUE_AT_THE_WARD,
            Step("reject_rescue", "rescue", "thawed"),
        ),
        "rescue graft is destroyed at the bedside": (
            *needed,
            *RESCUE_AT_THE_WARD,
            Step("destroy", "rescue", "thawed"),
        ),
        "rescue graft is lost at the bedside": (
            *needed,
            *RESCUE_AT_THE_WARD,
            RESCUE_CHECKED,
            Step("report_lost", "rescue", "checked"),
        ),
        "rescue graft is damaged, and given": (
            *needed,
            *RESCUE_AT_THE_WARD,
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
            *needed,
            *RESCUE_AT_THE_WARD,
            Step("report_rescue_damage", "rescue", "thawed"),
            Step("give_up_damaged_rescue"),
        ),
        "rescue graft is damaged, and destroyed": (
            *needed,
            *RESCUE_AT_THE_WARD,
            Step("report_rescue_damage", "rescue", "thawed"),
            Step("destroy", "rescue", "damaged"),
        ),
        "rescue graft is damaged, to be moved into another bag": (
            *needed,
            *RESCUE_AT_THE_WARD,
            Step("report_rescue_damage", "rescue", "thawed"),
            Step("salvage_damaged_rescue"),
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
        "rescue graft is damaged, and nobody has decided": (
            *needed,
            *RESCUE_AT_THE_WARD,
            Step("report_rescue_damage", "rescue", "thawed"),
        ),
    }
