"""Alarms, as they are asked for and answered."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from coi.api.schemas.common import moment
from coi.api.schemas.therapies import Step
from coi.services.alarm_list import ALL, MINE
from coi.services.reasons import LONGEST_REASON
from workflows.alarms import Level, Rings

_COI = "TEST-7KQ2M9XD-A"
_SINCE, _AT = "2026-11-28T09:00:00.000000Z", "2026-11-28T09:15:00.000000Z"
_ID = f"{_COI}~bedside-check~{_COI}/9~{_SINCE}~{_AT}"


class AlarmsWanted(Schema):
    """Which alarms are wanted; nothing said is what is usual for whoever asks."""

    which = fields.String(load_default="", validate=validate.OneOf(["", MINE, ALL]))
    kind = fields.String(
        load_default="", validate=validate.OneOf(["", *(one.value for one in Rings)])
    )
    cursor = fields.String(
        load_default="",
        validate=validate.Length(max=400),
        metadata={"description": "`next` of the answer before; nothing for the first part."},
    )


class Alarm(Schema):
    """One alarm that rings, whose it is, and what ends it; nothing else does."""

    id = fields.String(required=True, metadata={"description": "With this it is heard."})
    coi = fields.String(required=True)
    therapy = fields.String(required=True)
    kind = fields.String(required=True)
    level = fields.String(required=True, validate=validate.OneOf([one.value for one in Level]))
    title = fields.String(required=True)
    about = fields.String(required=True)
    place = fields.String(required=True)
    owners = fields.List(fields.String(), required=True)
    is_mine = fields.Boolean(required=True)
    next_step = fields.String(required=True)
    steps = fields.List(fields.Nested(Step), required=True)
    rings_at = moment()
    went_on_at = fields.String(required=True, allow_none=True, metadata={"format": "date-time"})
    is_recorded = fields.Boolean(required=True)
    heard_by = fields.String(required=True)
    heard_at = fields.String(required=True, allow_none=True, metadata={"format": "date-time"})


class Alarms(Schema):
    """One page of what rings: alarms first, the longest first."""

    items = fields.List(fields.Nested(Alarm), required=True)
    next = fields.String(required=True, allow_none=True)


ALARM: Mapping[str, Any] = {
    "id": _ID,
    "coi": _COI,
    "therapy": "Autologous CAR-T",
    "kind": "bedside-check",
    "level": "alarm",
    "title": "Thawed or issued, not checked at the bedside",
    "about": "/9",
    "place": "North Hospital, ward",
    "owners": ["infusion_nurse", "treating_physician"],
    "is_mine": True,
    "next_step": "Check bag and patient at the bedside now, or hand the bag back.",
    "steps": [{"action": "check_at_bedside", "title": "Check at the bedside"}],
    "rings_at": _AT,
    "went_on_at": None,
    "is_recorded": True,
    "heard_by": "",
    "heard_at": None,
}

ALARMS: Mapping[str, Any] = {"items": [ALARM], "next": None}


class Hearing(Schema):
    """Which alarm was heard, and what whoever heard it does about it."""

    alarm = fields.String(required=True, validate=validate.Length(1, 400))
    why = fields.String(
        load_default="",
        validate=validate.Length(max=LONGEST_REASON),
        metadata={"description": "Without it, it is refused (`REASON_MISSING`)."},
    )


HEARING: Mapping[str, Any] = {"alarm": _ID, "why": "I go to the ward now."}
