"""A therapy that nobody here has heard of: where its definition is, and how it goes."""

from pathlib import Path

from coi.demo.chapters import Step

FIFTH = Path(__file__).parent / "definitions" / "limbal-cells.1.yaml"
ORDER = "/orders/new?workflow=limbal-cells"
TO_THE_WORKS = (
    Step("hand_over", "biopsy", "cut", to="works-production"),
    Step("take_over", "biopsy", "cut"),
)
TO_THEATRE = (
    Step("hand_over", "sheet", "cleared", to="north-theatre"),
    Step("take_over", "sheet", "cleared"),
)
ITS_WAY = (
    Step("agree"),
    Step("record_consent"),
    Step("admit_patient"),
    Step("plan_operation"),
    Step("cut_biopsy"),
    *TO_THE_WORKS,
    Step("put_in"),
    Step("mount"),
    Step("record_result"),
    Step("release_lot"),
    *TO_THEATRE,
    Step("look_at"),
    Step("sew_on"),
    Step("close"),
)
