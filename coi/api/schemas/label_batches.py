"""Batches of labels of several therapies, as they are asked for and answered."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from coi.services.asked import LONGEST_NAME
from coi.services.label_batch_stands import STATES
from coi.services.label_batches import MOST

_NAME = validate.Length(1, LONGEST_NAME)
_LABEL = "B-TEST-4F8H2K6P-3"
_PRINTER = "01M7EYV3Y078B1SVWVW08ADYCC"


class BeginningLabelBatch(Schema):
    """Which labels are sent, of whichever therapies, and to which printer."""

    printer = fields.String(required=True, validate=_NAME)
    labels = fields.List(
        fields.String(validate=_NAME), required=True, validate=validate.Length(1, MOST)
    )


class LabelInBatch(Schema):
    """One label and what has become of it; of one that could not be sent, why, and what next.

    `job` is its id in the queue while that remembers it.
    """

    serial = fields.String(required=True)
    therapy = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    job = fields.String(required=True)
    code = fields.String(required=True)
    sentence = fields.String(required=True)
    next_step = fields.String(required=True)


class LabelBatch(Schema):
    """How a batch stands, with each label in the order in which they are sent.

    `left` counts what is not sent any more since it was stopped; one that `can_go_on` waits until
    somebody says so.
    """

    id = fields.String(required=True)
    printer = fields.String(required=True)
    printed = fields.Integer(required=True)
    waiting = fields.Integer(required=True)
    failed = fields.Integer(required=True)
    left = fields.Integer(required=True)
    is_under_way = fields.Boolean(required=True)
    is_stopped = fields.Boolean(required=True)
    can_go_on = fields.Boolean(required=True)
    labels = fields.List(fields.Nested(LabelInBatch), required=True)


BEGINNING: Mapping[str, Any] = {"printer": _PRINTER, "labels": [_LABEL]}
BATCH: Mapping[str, Any] = {
    "id": "5b0d4c8a1f6e4d2fb9a37c11e0d28846",
    "printer": _PRINTER,
    "printed": 1,
    "waiting": 0,
    "failed": 0,
    "left": 0,
    "is_under_way": False,
    "is_stopped": False,
    "can_go_on": False,
    "labels": [
        {
            "serial": _LABEL,
            "therapy": "TEST-28JT97KC-M",
            "state": "printed",
            "job": "01M7EYW8PD4M6T2V0W3X5Y7Z9A",
            "code": "",
            "sentence": "",
            "next_step": "",
        }
    ],
}
