"""Labels that are sent to a printer, as they are asked for and answered."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from coi.api.schemas.documents import WhyAgain
from coi.services.asked import LONGEST_NAME
from coi.services.label_sending import MOST_AT_ONCE

_NAME = validate.Length(1, LONGEST_NAME)
_SOME = validate.Length(1, MOST_AT_ONCE)
_LABEL = "B-TEST-4F8H2K6P-3"
_PLACE = "L-TEST-3F5H7K9M-5"
_PRINTER = "01M7EYV3Y078B1SVWVW08ADYCC"


class SendingLabels(Schema):
    """Which labels are sent, and to which printer."""

    printer = fields.String(required=True, validate=_NAME)
    labels = fields.List(fields.String(validate=_NAME), required=True, validate=_SOME)


class SendingPlaces(Schema):
    """The labels of which places are sent, and to which printer."""

    printer = fields.String(required=True, validate=_NAME)
    places = fields.List(fields.String(validate=_NAME), required=True, validate=_SOME)


class SendingWristband(Schema):
    """To which printer; what was printed before says why it is printed again."""

    printer = fields.String(required=True, validate=_NAME)
    again = fields.Nested(WhyAgain, load_default=None, allow_none=True)


class SendingBadge(Schema):
    """To which printer."""

    printer = fields.String(required=True, validate=_NAME)


class LeftOff(Schema):
    """A field that is not on a label, and the code of why."""

    field = fields.String(required=True)
    code = fields.String(required=True)


class SentLabel(Schema):
    """One label that waits for a printer; `job` is its id in the queue while that remembers it."""

    serial = fields.String(required=True)
    job = fields.String(required=True)
    left_off = fields.List(fields.Nested(LeftOff), required=True)


class SentLabels(Schema):
    """What was sent, in its order."""

    printer = fields.String(required=True)
    labels = fields.List(fields.Nested(SentLabel), required=True)


class SentWristband(Schema):
    """A wristband that waits for a printer, and what is not on it."""

    printer = fields.String(required=True)
    left_off = fields.List(fields.Nested(LeftOff), required=True)


SENDING_LABELS: Mapping[str, Any] = {"printer": _PRINTER, "labels": [_LABEL]}
SENDING_PLACES: Mapping[str, Any] = {"printer": _PRINTER, "places": [_PLACE]}
SENDING_WRISTBAND: Mapping[str, Any] = {"printer": _PRINTER, "again": None}
SENDING_BADGE: Mapping[str, Any] = {"printer": _PRINTER}
SENT_LABELS: Mapping[str, Any] = {
    "printer": _PRINTER,
    "labels": [{"serial": _LABEL, "job": "01M7EYW8PD4M6T2V0W3X5Y7Z9A", "left_off": []}],
}
SENT_WRISTBAND: Mapping[str, Any] = {
    "printer": _PRINTER,
    "left_off": [{"field": "patient_name", "code": "NOT_PRINTABLE"}],
}
