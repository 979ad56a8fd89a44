"""The audit trail, as it is asked for and answered."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from coi.api.schemas.common import WholeNumber, moment
from coi.services.unusual import Unusual

MOST_ENTRIES = 999_999_999
_COI = "TEST-7KQ2M9XD-A"


def _text() -> fields.String:
    return fields.String(load_default="", validate=validate.Length(max=100))


class TrailWanted(Schema):
    """What is wanted of the trail; nothing said is all that is to be looked at first."""

    everything = fields.Boolean(load_default=False)
    who = _text()
    what = _text()
    since = fields.Date(load_default=None)
    until = fields.Date(load_default=None)
    why = fields.String(load_default="", validate=validate.OneOf(["", *Unusual]))
    said = _text()
    site = _text()
    coi = _text()
    cursor = fields.String(
        load_default="",
        validate=validate.Length(max=400),
        metadata={"description": "`next` of the answer before; nothing for the first part."},
    )


class Change(Schema):
    """One thing that an entry changed."""

    thing = fields.String(required=True)
    what = fields.String(required=True)
    old = fields.String(required=True)
    new = fields.String(required=True)
    why = fields.String(required=True)


class TrailEntry(Schema):
    """One entry of the trail."""

    chain = fields.String(required=True)
    entry = fields.Integer(required=True)
    hash = fields.String(required=True)
    recorded_at = moment()
    happened_at = moment()
    by = fields.String(required=True)
    username = fields.String(required=True)
    role = fields.String(required=True)
    place = fields.String(required=True)
    time_zone = fields.String(required=True)
    action = fields.String(required=True)
    title = fields.String(required=True)
    looked_at_first_because = fields.List(fields.String(), required=True)
    changes = fields.List(fields.Nested(Change), required=True)


class Trail(Schema):
    """One part of the trail, the newest entry first."""

    items = fields.List(fields.Nested(TrailEntry), required=True)
    next = fields.String(required=True, allow_none=True)


class TrailRead(Schema):
    """How far the trail of a therapy was read: its last entry that was shown."""

    entry = WholeNumber(required=True, validate=validate.Range(0, MOST_ENTRIES))
    hash = fields.String(required=True, validate=validate.Regexp(r"^[0-9a-f]{64}\Z"))


class TrailReview(Schema):
    """One review of the trail of a therapy: who signed it, when, and how far they had read."""

    by = fields.String(required=True)
    at = moment()
    entry = fields.Integer(required=True)
    hash = fields.String(required=True)


class TrailReviews(Schema):
    """How far the trail of a therapy was reviewed, the newest review first."""

    head = fields.Nested(TrailRead, required=True)
    since = fields.Integer(
        required=True,
        metadata={"description": "So many entries that count came after the newest review."},
    )
    items = fields.List(fields.Nested(TrailReview), required=True)


TRAIL_READ: Mapping[str, Any] = {"entry": 41, "hash": "5e" * 32}
TRAIL_REVIEW: Mapping[str, Any] = {
    "by": "Quirin Example",
    "at": "2026-11-28T09:00:00.000000Z",
    **TRAIL_READ,
}
TRAIL_REVIEWS: Mapping[str, Any] = {"head": TRAIL_READ, "since": 0, "items": [TRAIL_REVIEW]}

TRAIL: Mapping[str, Any] = {
    "items": [
        {
            "chain": _COI,
            "entry": 17,
            "hash": "5e" * 32,
            "recorded_at": "2026-11-28T09:00:00.000000Z",
            "happened_at": "2026-11-28T09:00:00.000000Z",
            "by": "Carla Example",
            "username": "carla",
            "role": "coordinator",
            "place": "Ward, North Hospital",
            "time_zone": "Europe/Berlin",
            "action": "correct_value",
            "title": "Correct a recorded value",
            "looked_at_first_because": ["corrected"],
            "changes": [
                {
                    "thing": "Therapy",
                    "what": "Body weight",
                    "old": "64.5 kg",
                    "new": "46.5 kg",
                    "why": "Two digits were swapped",
                }
            ],
        }
    ],
    "next": None,
}
