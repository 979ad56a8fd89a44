"""Exceptions, as they are asked for and answered."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from coi.api.schemas.common import moment
from coi.api.schemas.therapies import Step
from coi.services.exception_list import CLASSES, KINDS

_COI = "TEST-7KQ2M9XD-A"


class ExceptionsWanted(Schema):
    """Which exceptions are wanted; nothing said is every open one."""

    closed = fields.Boolean(load_default=False)
    of_class = fields.String(
        data_key="class", load_default="", validate=validate.OneOf(["", *CLASSES])
    )
    kind = fields.String(load_default="", validate=validate.OneOf(["", *KINDS]))
    mine = fields.Boolean(load_default=False)
    cursor = fields.String(
        load_default="",
        validate=validate.Length(max=400),
        metadata={"description": "`next` of the answer before; nothing for the first part."},
    )


class ListedException(Schema):
    """One exception of the list."""

    coi = fields.String(required=True)
    id = fields.String(required=True)
    therapy = fields.String(required=True)
    of_class = fields.String(required=True, data_key="class")
    class_before = fields.String(required=True)
    kind = fields.String(required=True)
    about = fields.String(required=True)
    since = moment()
    due_at = fields.String(required=True, allow_none=True, metadata={"format": "date-time"})
    owner = fields.String(required=True)
    next_step = fields.Nested(Step, required=True, allow_none=True)
    is_mine_to_take = fields.Boolean(required=True)


class Exceptions(Schema):
    """One page of the list."""

    items = fields.List(fields.Nested(ListedException), required=True)
    next = fields.String(required=True, allow_none=True)


EXCEPTIONS: Mapping[str, Any] = {
    "items": [
        {
            "coi": _COI,
            "id": f"{_COI}/9",
            "therapy": "Autologous CAR-T",
            "class": "major",
            "class_before": "",
            "kind": "out_of_specification",
            "about": "Lot /7",
            "since": "2026-11-28T09:00:00.000000Z",
            "due_at": "2026-12-05T09:00:00.000000Z",
            "owner": "Quentin Example",
            "next_step": {"action": "assess_exception", "title": "Assess the exception"},
            "is_mine_to_take": True,
        }
    ],
    "next": None,
}
