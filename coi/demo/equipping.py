"""Registers the equipment without which a step is refused, where the unit has none yet."""

from datetime import timedelta

from coi.demo.values import PROCESSOR
from coi.services.equipment import equipment_at
from coi.services.equipment_keeping import About, register_equipment
from coi.services.installation import Installation
from coi.services.proofs import Proven
from workflows.model import Action, EquipmentKind, FieldKind

CALIBRATED_DAYS = 300


def equip(installation: Installation, by: Proven, unit: str, action: Action) -> None:
    """Let the unit have what a field of the action must name."""
    asked = [one for one in action.fields if one.kind is FieldKind.EQUIPMENT and one.required]
    if not asked or any(one.number == PROCESSOR for one in equipment_at(installation, unit)):
        return
    until = installation.clock.now() + timedelta(days=CALIBRATED_DAYS)
    about = About(
        number=PROCESSOR,
        kind=(asked[0].equipment or EquipmentKind.OTHER).value,
        name="Cell processor",
        maker_serial="DEMO-7741",
        calibrated_until=f"{until:%Y-%m-%d}",
        certificate="DEMO-CAL-12",
    )
    register_equipment(installation, by, unit, about, key=f"equipment of {unit}")
