"""What drivers without an account state, as it is sent and answered."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from coi.api.schemas.common import moment
from coi.services.asked import LONGEST_TEXT
from coi.services.pictures import LARGEST

_TEXT = validate.Length(max=LONGEST_TEXT)
_MOST_LETTERS = 4 * -(-LARGEST // 3)  # of base64
_HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


class Stating(Schema):
    """What a driver says at a handoff; it is no signature, and never looks like one."""

    name = fields.String(required=True, validate=_TEXT)
    company = fields.String(required=True, validate=_TEXT)
    time = fields.String(
        required=True, validate=_TEXT, metadata={"description": "As the driver says it."}
    )
    vehicle = fields.String(load_default="", validate=_TEXT)
    papers = fields.String(load_default="", validate=_TEXT)
    picture = fields.String(
        load_default="",
        validate=validate.Length(max=_MOST_LETTERS),
        metadata={"description": "A PNG or JPEG of the papers, in base64."},
    )


STATING: Mapping[str, Any] = {
    "name": "Dora Driver",
    "company": "Cold Chain Couriers",
    "time": "14:05",
    "vehicle": "KA-CC 12",
    "papers": "AWB 4711",
}


class Statement(Schema):
    """A statement as it is kept: of which handoff, by its number and its hash; and what was said.

    What was said is left out where it was erased, and so is the picture.
    """

    entry = fields.Integer(required=True)
    hash = fields.String(required=True)
    of_entry = fields.Integer(required=True)
    of_hash = fields.String(required=True)
    taken_down_by = fields.String(required=True)
    unit = fields.String(required=True)
    recorded_at = moment()
    said = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    picture = fields.String(
        required=True,
        metadata={"description": "The commitment to the picture; '' where there was none."},
    )
    media_type = fields.String(required=True)


class Statements(Schema):
    """What drivers stated in a therapy, in the order in which it was taken down."""

    items = fields.List(fields.Nested(Statement), required=True)


STATEMENT: Mapping[str, Any] = {
    "entry": 9,
    "hash": _HASH,
    "of_entry": 8,
    "of_hash": _HASH,
    "taken_down_by": "Nina Example",
    "unit": "north-ward",
    "recorded_at": "2026-11-28T14:06:00.000000Z",
    "said": STATING,
    "picture": "",
    "media_type": "",
}

STATEMENTS: Mapping[str, Any] = {"items": [STATEMENT]}
