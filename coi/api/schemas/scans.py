"""Codes and what they are, as they are sent and answered."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from coi.api.schemas.therapies import Code, Step
from coi.services.answers import MOST_CODES, Sort

_COI = "TEST-7KQ2M9XD-A"
_LABEL = "B-TEST-4F8H2K6P-3"


class Scan(Schema):
    """The codes of one burst of a scanner."""

    codes = fields.List(fields.Nested(Code), required=True, validate=validate.Length(1, MOST_CODES))


SCAN = {"codes": [{"raw": _LABEL, "how": "scanned", "device": "scanner-3"}]}


class Standing(Schema):
    """A thing as it stands."""

    subject = fields.String(required=True)
    title = fields.String(required=True)
    state = fields.String(required=True)
    holder = fields.String(required=True)
    sent_to = fields.String(required=True)
    since = fields.String(required=True, allow_none=True, metadata={"format": "date-time"})
    on_hold = fields.Boolean(required=True)


class Hit(Schema):
    """A thing of which the record says another system's number."""

    coi = fields.String(required=True)
    subject = fields.String(required=True)
    title = fields.String(required=True)
    state = fields.String(required=True)


class Badge(Schema):
    """A badge of the staff: whose, and whether it is still worn."""

    serial = fields.String(required=True)
    name = fields.String(required=True)
    role = fields.String(required=True)
    place = fields.String(required=True)
    is_worn = fields.Boolean(required=True)


class FoundCode(Schema):
    """What one code is; what does not belong to its sort is empty."""

    raw = fields.String(required=True)
    sort = fields.String(required=True, validate=validate.OneOf([one.name.lower() for one in Sort]))
    coi = fields.String(required=True)
    thing = fields.Nested(Standing, required=True, allow_none=True)
    actions = fields.List(fields.Nested(Step), required=True)
    cois = fields.List(fields.String(), required=True)
    holds = fields.String(required=True)
    place = fields.String(required=True)
    keeps_cold_hours = fields.Integer(required=True, allow_none=True)
    badge = fields.Nested(Badge, required=True, allow_none=True)
    why_not = fields.String(required=True)
    hits = fields.List(fields.Nested(Hit), required=True)


class Scanned(Schema):
    """The answers to the codes, in their order."""

    items = fields.List(fields.Nested(FoundCode), required=True)
    of_two_therapies = fields.Boolean(required=True)
    of_two_patients = fields.Boolean(required=True)


SCANNED: Mapping[str, Any] = {
    "items": [
        {
            "raw": _LABEL,
            "sort": "thing",
            "coi": _COI,
            "thing": {
                "subject": "/6",
                "title": "Apheresis bag",
                "state": "Labelled",
                "holder": "North Hospital, Ward",
                "sent_to": "",
                "since": "2026-11-28T09:00:00.000000Z",
                "on_hold": False,
            },
            "actions": [{"action": "release_custody", "title": "Release to the courier"}],
            "cois": [],
            "holds": "",
            "place": "",
            "keeps_cold_hours": None,
            "badge": None,
            "why_not": "",
            "hits": [],
        }
    ],
    "of_two_therapies": False,
    "of_two_patients": False,
}
