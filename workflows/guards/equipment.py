"""With what a step is done: known equipment, in service and calibrated (21 CFR 211.68, 211.160)."""

from datetime import datetime

from workflows.case import Case
from workflows.facts import Equipment
from workflows.fields import named_in
from workflows.model import Field, FieldKind
from workflows.refusal import Refusal

CALIBRATED_UNTIL = "calibrated until"


def equipment_is_fit(case: Case) -> Refusal | None:
    """Equipment that a step names is of its unit, in service, and calibrated at that time."""
    named = named_in(case.action, case.request, FieldKind.EQUIPMENT)
    found = (_why_not(case, field, text) for field, text in named)
    return next((refusal for refusal in found if refusal), None)


def _why_not(case: Case, field: Field, text: str) -> Refusal | None:
    """Why this equipment is not used in this step; None where it may be."""
    found = case.equipment.get(text)
    if found is None:
        return Refusal(
            "EQUIPMENT_UNKNOWN",
            f"“{text[:64]}” is no equipment of this unit",
            "Scan the label of what you use; what is new is registered first",
        )
    if field.equipment not in {None, found.kind}:
        return Refusal(
            "EQUIPMENT_OF_ANOTHER_KIND",
            f"{found.number} ({found.name}) is not what “{field.title}” asks for",
            "Scan the label of the right equipment",
        )
    return _out_of_service(found) or _calibration_over(found, case.facts.now)


def _out_of_service(found: Equipment) -> Refusal | None:
    if found.in_service:
        return None
    return Refusal(
        "EQUIPMENT_OUT_OF_SERVICE",
        f"{found.number} ({found.name}) is out of service",
        "Use other equipment; the register says why it is out of service",
    )


def _calibration_over(found: Equipment, now: datetime) -> Refusal | None:
    """A calibration holds to the end of its last day (UTC)."""
    if now <= found.calibrated_until:
        return None
    return Refusal(
        "CALIBRATION_OVER",
        f"The calibration of {found.number} ({found.name}) ended on"
        f" {found.calibrated_until:%Y-%m-%d}",
        "Use other equipment, or have it calibrated and enter the new certificate",
    )


def calibration_told(found: Equipment) -> str:
    """Until when it was calibrated, as the record keeps it beside its number."""
    return f"{CALIBRATED_UNTIL} {found.calibrated_until:%Y-%m-%d}"
