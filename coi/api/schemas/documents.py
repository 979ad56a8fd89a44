"""Documents, and prints of what was printed before, as they are asked for."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from coi.api.schemas.common import WholeNumber
from coi.services.label_papers import WHY_AGAIN


class WhyAgain(Schema):
    """Why a piece is printed once more, and how many copies were seen."""

    reason = fields.String(required=True, validate=validate.OneOf([*WHY_AGAIN]))
    seen = WholeNumber(required=True, validate=validate.Range(0, 999_999))


class Again(Schema):
    """What is printed for the first time says nothing; what was printed before, why."""

    again = fields.Nested(WhyAgain, load_default=None, allow_none=True)


AGAIN: Mapping[str, Any] = {"again": None}


class Sheet(Schema):
    """Whether the sheet is to bear the name; then it is for those alone who meet the patient."""

    named = fields.Boolean(load_default=False)


SHEET: Mapping[str, Any] = {"named": False}
