"""Equipment, as it is sent and answered."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from coi.api.schemas.common import BECAUSE, Because
from coi.services.asked import LONGEST_NAME
from coi.services.equipment import ENDS_SOON, IN_SERVICE, OUT, OVER
from coi.services.equipment_keeping import LONGEST_NUMBER
from workflows.model import EquipmentKind

_NAME = validate.Length(1, LONGEST_NAME)
_KIND = validate.OneOf([kind.value for kind in EquipmentKind])
_STANDING = validate.OneOf([IN_SERVICE, ENDS_SOON, OVER, OUT])
_UNTIL = {"description": "The last day on which its calibration holds."}


class NewEquipment(Schema):
    """A piece of equipment to be registered."""

    unit = fields.String(required=True, validate=_NAME)
    number = fields.String(required=True, validate=validate.Length(1, LONGEST_NUMBER))
    kind = fields.String(required=True, validate=_KIND)
    name = fields.String(required=True, validate=_NAME)
    maker_serial = fields.String(required=True, validate=_NAME)
    calibrated_until = fields.Date(required=True, metadata=_UNTIL)
    certificate = fields.String(required=True, validate=_NAME)


class Equipment(NewEquipment):
    """A piece of equipment as it stands, with the serial of its label."""

    serial = fields.String(required=True)
    standing = fields.String(required=True, validate=_STANDING)


class EveryEquipment(Schema):
    """The equipment of one's units; what ends first stands first."""

    items = fields.List(fields.Nested(Equipment), required=True)


class Calibrated(Because):
    """A new calibration, by its certificate."""

    calibrated_until = fields.Date(required=True, metadata=_UNTIL)
    certificate = fields.String(required=True, validate=_NAME)


class Service(Because):
    """Whether it is in service from now on."""

    in_service = fields.Boolean(required=True)


NEW_EQUIPMENT: Mapping[str, Any] = {
    "unit": "works-production",
    "number": "INC-04",
    "kind": "incubator",
    "name": "Left by the door",
    "maker_serial": "SN 7741",
    "calibrated_until": "2027-11-28",
    "certificate": "CAL-2026-118",
}
EQUIPMENT: Mapping[str, Any] = {
    **NEW_EQUIPMENT,
    "serial": "L-TEST-3F5H7K9M-2",
    "standing": IN_SERVICE,
}
EVERY_EQUIPMENT = {"items": [EQUIPMENT]}
CALIBRATED = {"calibrated_until": "2028-11-28", "certificate": "CAL-2027-002", **BECAUSE}
SERVICE = {"in_service": False, "why": "The door does not close"}
