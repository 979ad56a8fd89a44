"""Printers and what waits for them, as they are sent and answered."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from coi.api.schemas.common import BECAUSE, Because
from coi.services.asked import LONGEST_NAME
from coi.services.printers import FORMATS, RESOLUTIONS

_NAME = validate.Length(1, LONGEST_NAME)
_AT = "2026-11-28T09:00:00.000000Z"
_ID = "01M7EYV3Y078B1SVWVW08ADYCC"
_COI = "TEST-7KQ2M9XD-A"


class AboutPrinter(Schema):
    """What is known of a printer; the address `-` is none: its labels are fetched as files."""

    name = fields.String(required=True, validate=_NAME)
    address = fields.String(required=True, validate=validate.Length(1, 500))
    media_type = fields.String(required=True, validate=validate.OneOf([*FORMATS]))
    dpi = fields.Integer(required=True, validate=validate.OneOf(RESOLUTIONS))
    width_mm = fields.Integer(required=True)
    height_mm = fields.Integer(required=True)


class ChangedPrinter(AboutPrinter, Because):
    """A printer as it is to be, and why."""


class NewPrinter(AboutPrinter):
    """A printer to be registered at a unit."""

    unit = fields.String(required=True, validate=_NAME)


ABOUT: Mapping[str, Any] = {
    "name": "Isolator room",
    "address": "socket://10.1.2.3:9100",
    "media_type": "application/vnd.zebra-zpl",
    "dpi": 300,
    "width_mm": 100,
    "height_mm": 50,
}
CHANGED: Mapping[str, Any] = {**ABOUT, **BECAUSE}
NEW_PRINTER: Mapping[str, Any] = {**ABOUT, "unit": "works-production"}


class PrinterId(Schema):
    """By what a printer is known."""

    id = fields.String(required=True)


PRINTER_ID = {"id": _ID}


class PrintJob(Schema):
    """A label in the queue: `why` says what is in its way, or why nobody knows what came out."""

    id = fields.String(required=True)
    labels = fields.List(fields.String(), required=True)
    therapy = fields.String(required=True)
    state = fields.String(required=True)
    why = fields.String(required=True)
    waits_for_line = fields.Boolean(required=True)
    waits_for_person = fields.Boolean(required=True)
    made_at = fields.String(required=True, metadata={"format": "date-time"})
    ended_at = fields.String(required=True, allow_none=True, metadata={"format": "date-time"})


class Queue(Schema):
    """A printer with its queue; `line` is the therapy whose labels may lie there, or nothing."""

    id = fields.String(required=True)
    unit = fields.String(required=True)
    about = fields.Nested(AboutPrinter, required=True)
    line = fields.String(required=True)
    is_sending = fields.Boolean(required=True)
    jobs = fields.List(fields.Nested(PrintJob), required=True)


class Queues(Schema):
    """The printers of one's sites, with what waits at each."""

    items = fields.List(fields.Nested(Queue), required=True)


QUEUE: Mapping[str, Any] = {
    "id": _ID,
    "unit": "works-production",
    "about": ABOUT,
    "line": _COI,
    "is_sending": False,
    "jobs": [
        {
            "id": "01M7EYW8PD4M6T2V0W3X5Y7Z9A",
            "labels": ["B-TEST-3F5H7K9M-2"],
            "therapy": _COI,
            "state": "held",
            "why": "the labels are used up",
            "waits_for_line": False,
            "waits_for_person": False,
            "made_at": _AT,
            "ended_at": None,
        }
    ],
}
QUEUES = {"items": [QUEUE]}


class Troubles(Schema):
    """What a printer says of itself; nothing is in the way where it says nothing."""

    troubles = fields.List(fields.String(), required=True)


TROUBLES = {"troubles": ["the labels are used up"]}


class ClearedLine(Schema):
    """Of which therapy no label is left at a printer."""

    holds = fields.String(required=True, validate=_NAME)


CLEARED_LINE = {"holds": _COI}


class MovedPrint(Schema):
    """At which printer a label is printed instead."""

    printer = fields.String(required=True, validate=_NAME)


MOVED_PRINT = {"printer": _ID}
