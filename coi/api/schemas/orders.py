"""What can be ordered, and an order, as they are sent and answered."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from coi.api.schemas.therapies import RECEIPT, Blank
from coi.services.asked import LONGEST_NAME, LONGEST_TEXT

_NAME = validate.Length(1, LONGEST_NAME)
PATIENT: Mapping[str, str] = {
    "family_name": "Example",
    "given_name": "Anna",
    "birth_date": "1961-04-27",
    "sex": "F",
    "medical_record_number": "0004711",
}
"""Whom an order is for; nobody of this name was ever treated here."""

Patient = Schema.from_dict(
    {name: fields.String(required=True, validate=validate.Length(max=200)) for name in PATIENT},
    name="Patient",
)
"""What tells the patient from others."""


class OrderedWorkflow(Schema):
    """A therapy that can be ordered, what its order records, and where one may order it."""

    name = fields.String(required=True)
    version = fields.Integer(required=True)
    title = fields.String(required=True)
    values = fields.List(fields.Nested(Blank), required=True)
    units = fields.List(fields.String(), required=True)


class Workflows(Schema):
    """Everything that can be ordered."""

    items = fields.List(fields.Nested(OrderedWorkflow), required=True)


WORKFLOWS: Mapping[str, Any] = {
    "items": [
        {
            "name": "autologous-car-t",
            "version": 1,
            "title": "Autologous CAR-T",
            "values": [
                {
                    "name": "weight_kg",
                    "title": "Weight",
                    "kind": "number",
                    "unit": "kg",
                    "low": "2",
                    "high": "400",
                    "choices": [],
                    "accept": [],
                    "required": True,
                    "on": "therapy",
                }
            ],
            "units": ["north-ward"],
        }
    ]
}


class Order(Schema):
    """An order: which therapy, where it is ordered, for whom, and what it records."""

    workflow = fields.String(required=True, validate=_NAME)
    unit = fields.String(required=True, validate=_NAME)
    patient = fields.Nested(Patient, required=True)
    values = fields.Dict(
        keys=fields.String(validate=_NAME),
        values=fields.String(validate=validate.Length(max=LONGEST_TEXT)),
        load_default=dict,
    )
    consent_signed_on = fields.String(load_default="", validate=validate.Length(max=10))
    confirmed = fields.String(
        load_default="",
        validate=validate.Length(max=100),
        metadata={"description": "The token of the finding that somebody has looked at."},
    )


ORDER: Mapping[str, Any] = {
    "workflow": "autologous-car-t",
    "unit": "north-ward",
    "patient": PATIENT,
    "values": {
        "weight_kg": "71.5",
        "treating_unit": "north-ward",
        "manufacturing_unit": "works-production",
        "prescriber": "Dr Ruth Example",
        "collection_wanted_on": "2027-01-15",
    },
    "consent_signed_on": "2026-11-20",
}
ORDERED: Mapping[str, Any] = {**RECEIPT, "seq": 0, "action": "order"}
