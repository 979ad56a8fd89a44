"""Versions of a workflow, and moving a therapy between them, as they are sent and answered."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from coi.api.schemas.common import WholeNumber
from coi.api.schemas.errands import Why
from coi.api.schemas.therapies import AskedSignature
from coi.services.asked import LONGEST_NAME, LONGEST_TEXT

_MOST = 999_999_999


class VersionWanted(Schema):
    """To which version it would move; nothing said is the newest."""

    to = fields.Integer(load_default=None, validate=validate.Range(1, _MOST))


class Difference(Schema):
    """One thing that is otherwise."""

    about = fields.String(required=True)
    how = fields.String(required=True)
    lines = fields.List(fields.String(), required=True)
    ahead = fields.Boolean(required=True)


class Proposal(Schema):
    """What it would mean for a therapy to move."""

    now = fields.Integer(required=True)
    to = fields.Integer(required=True)
    seen = fields.Integer(required=True)
    differences = fields.List(fields.Nested(Difference), required=True)
    outside = fields.List(fields.String(), required=True)
    released = fields.List(fields.String(), required=True)
    obstacles = fields.List(fields.Nested(Why), required=True)
    signatures = fields.List(fields.Nested(AskedSignature), required=True)


class Versions(Schema):
    """The newer versions, and what moving to one would mean."""

    newer = fields.List(fields.Integer(), required=True)
    proposal = fields.Nested(Proposal, required=True, allow_none=True)


VERSIONS: Mapping[str, Any] = {
    "newer": [2],
    "proposal": {
        "now": 1,
        "to": 2,
        "seen": 9,
        "differences": [
            {"about": "Collect", "how": "changed", "lines": ["asks for: weight"], "ahead": True}
        ],
        "outside": [],
        "released": [],
        "obstacles": [],
        "signatures": [{"meaning": "I have reviewed the change", "roles": ["qa_officer"]}],
    },
}


class Move(Schema):
    """To which version a therapy is to move, why, and what was seen of it."""

    to = WholeNumber(required=True, validate=validate.Range(1, _MOST))
    seen = WholeNumber(required=True, validate=validate.Range(0, _MOST))
    unit = fields.String(required=True, validate=validate.Length(1, LONGEST_NAME))
    reason = fields.String(required=True, validate=validate.Length(1, LONGEST_TEXT))


MOVE: Mapping[str, Any] = {
    "to": 2,
    "seen": 9,
    "unit": "works-production",
    "reason": "The change of the process was approved on 20 November.",
}
