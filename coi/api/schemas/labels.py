"""What became of labels, as it is sent and answered."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from coi.api.schemas.therapies import Code
from workflows.label_life import ENDS, MOST_PIECES, LabelDeed, LabelState

_COI = "TEST-7KQ2M9XD-A"
_LABEL = "B-TEST-4F8H2K6P-3"
_STATES = validate.OneOf([state.value for state in LabelState])


class LabelTold(Schema):
    """One thing that was said of a label, by whom and when."""

    entry = fields.Integer(required=True)
    state = fields.String(required=True, validate=_STATES)
    at = fields.String(required=True, metadata={"format": "date-time"})
    by = fields.String(required=True)
    unit = fields.String(required=True)
    reason = fields.String(required=True)
    pieces = fields.Integer(required=True)


class LabelLine(Schema):
    """One label: what it names, how that stands, and what was told of the label."""

    serial = fields.String(required=True)
    subject = fields.String(required=True)
    issue = fields.Integer(required=True)
    state = fields.String(required=True, validate=_STATES)
    is_open = fields.Boolean(required=True)
    is_on_paper = fields.Boolean(required=True)
    old_values = fields.List(fields.String(), required=True)
    thing = fields.String(required=True)
    place = fields.String(required=True)
    story = fields.List(fields.Nested(LabelTold), required=True)


class Labels(Schema):
    """Every label that a therapy ever had, in the order of issue."""

    items = fields.List(fields.Nested(LabelLine), required=True)


LABELS: Mapping[str, Any] = {
    "items": [
        {
            "serial": _LABEL,
            "subject": f"{_COI}/7.1",
            "issue": 1,
            "state": "issued",
            "is_open": True,
            "is_on_paper": False,
            "old_values": [],
            "thing": "Starting material 7.1",
            "place": "collected, north-apheresis",
            "story": [
                {
                    "entry": 7,
                    "state": "issued",
                    "at": "2026-11-28T09:00:00.000000Z",
                    "by": "Nina Example",
                    "unit": "north-apheresis",
                    "reason": "",
                    "pieces": 0,
                }
            ],
        }
    ]
}


class TurningLabel(Schema):
    """What is done with a label: why, and how many pieces of it ended how."""

    deed = fields.String(required=True, validate=validate.OneOf([deed.value for deed in LabelDeed]))
    unit = fields.String(required=True)
    reason = fields.String(load_default="")
    end = fields.String(
        load_default="", validate=validate.OneOf(["", *(end.value for end in ENDS)])
    )
    pieces = fields.Integer(load_default=0, validate=validate.Range(0, MOST_PIECES))
    code = fields.Nested(Code, load_default=None, allow_none=True)


TURNING_LABEL: Mapping[str, Any] = {
    "deed": "void_label",
    "unit": "north-apheresis",
    "reason": "It tore when it was peeled off",
}
