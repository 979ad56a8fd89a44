"""Who a patient is, and who has looked, as they are asked for and answered."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from coi.api.schemas.common import moment
from coi.api.schemas.orders import PATIENT, Patient
from coi.services.looks import REASONS


class Look(Schema):
    """Why somebody looks."""

    reason = fields.String(required=True, validate=validate.OneOf([*REASONS]))


LOOK = {"reason": "treatment"}


class Identity(Schema):
    """Who the patient is, and their other therapies."""

    patient = fields.Nested(Patient, required=True)
    therapies_beside = fields.List(fields.String(), required=True)


IDENTITY: Mapping[str, Any] = {"patient": PATIENT, "therapies_beside": []}


class PastLook(Schema):
    """One look: who, why, when."""

    by = fields.String(required=True)
    reason = fields.String(required=True)
    at = moment()


class Looks(Schema):
    """Everybody who looked."""

    items = fields.List(fields.Nested(PastLook), required=True)


LOOKS: Mapping[str, Any] = {
    "items": [
        {
            "by": "Nina Example",
            "reason": "The patient is in front of me",
            "at": "2026-11-28T09:00:00.000000Z",
        }
    ]
}
