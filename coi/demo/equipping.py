"""Registers the equipment without which a step is refused, where the unit has none yet."""

from collections.abc import Callable
from datetime import timedelta

from coi.demo.values import PROCESSOR
from coi.services.equipment import equipment_at
from coi.services.equipment_keeping import About, register_equipment
from coi.services.installation import Installation
from coi.services.proofs import Proven
from workflows.model import Action, EquipmentKind, FieldKind

CALIBRATED_DAYS = 300


def equip(
    installation: Installation, by: Proven, unit: str, action: Action, turn: Callable[[], None]
) -> None:
    """Let the unit have what a field of the action must name; `turn` waits for earlier stories."""
    asked = [one for one in action.fields if one.kind is FieldKind.EQUIPMENT and one.required]
    if not asked or _is_equipped(installation, unit):
        return
    turn()
    if _is_equipped(installation, unit):  # by an earlier one
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


def _is_equipped(installation: Installation, unit: str) -> bool:
    return any(one.number == PROCESSOR for one in equipment_at(installation, unit))
