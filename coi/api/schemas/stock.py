"""Stock-takes, as they are sent and answered."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from coi.api.schemas.therapies import Code
from workflows.stock import Finding

_COI = "TEST-7KQ2M9XD-A"
_LABEL = "B-TEST-4F8H2K6P-3"
_PLACE = "L-TEST-4F8H2K6P-3"
_ID = "0f3a5c7e9b1d2f4a6c8e0b2d4f6a8c0e"
_FINDINGS = validate.OneOf([one.value for one in Finding if one is not Finding.FOREIGN])


_HOW = validate.OneOf(["scanned", "camera", "typed", "-"])  # '-' of what nobody scanned
_SHOWN = "5d6f0e1c2b3a49587766554433221100ffeeddccbbaa99887766554433221100"


class NewStockTake(Schema):
    """What is to be counted: a place by its serial, or with `-` the whole unit."""

    unit = fields.String(required=True, validate=validate.Length(1, 100))
    place = fields.String(load_default="-", validate=validate.Length(1, 100))


NEW_STOCK_TAKE = {"unit": "north-lab", "place": _PLACE}


class StockTakeId(Schema):
    """By what a stock-take is found."""

    id = fields.String(required=True)


STOCK_TAKE_ID = {"id": _ID}


class StockScan(Code):
    """One label that was scanned."""


STOCK_SCAN = {"raw": _LABEL, "how": "scanned", "device": "scanner-3"}


class StockFound(Schema):
    """What the record says of it at this moment."""

    finding = fields.String(required=True, validate=_FINDINGS)
    serial = fields.String(required=True)
    coi = fields.String(required=True)
    place = fields.String(required=True)
    is_stop = fields.Boolean(required=True)
    again = fields.Boolean(required=True)


STOCK_FOUND: Mapping[str, Any] = {
    "finding": "elsewhere",
    "serial": _LABEL,
    "coi": _COI,
    "place": "Freezer 2, shelf 3",
    "is_stop": False,
    "again": False,
}


class StockLine(Schema):
    """One thing of the result."""

    finding = fields.String(required=True, validate=_FINDINGS)
    serial = fields.String(required=True)
    coi = fields.String(required=True)
    subject = fields.String(required=True)
    place = fields.String(required=True)
    how = fields.String(required=True, validate=_HOW)


class StockTake(Schema):
    """A stock-take with its result."""

    id = fields.String(required=True)
    unit = fields.String(required=True)
    place = fields.String(required=True)
    opened_at = fields.String(required=True, metadata={"format": "date-time"})
    closed_at = fields.String(required=True, allow_none=True, metadata={"format": "date-time"})
    shown = fields.String(required=True)
    items = fields.List(fields.Nested(StockLine), required=True)


STOCK_TAKE: Mapping[str, Any] = {
    "id": _ID,
    "unit": "north-lab",
    "place": _PLACE,
    "opened_at": "2026-11-28T09:00:00.000000Z",
    "closed_at": None,
    "shown": _SHOWN,
    "items": [
        {
            "finding": "missing",
            "serial": _LABEL,
            "coi": _COI,
            "subject": f"{_COI}/7.1",
            "place": _PLACE,
            "how": "-",
        }
    ],
}


class ShownStock(Schema):
    """By what the result is known that whoever signs has seen."""

    shown = fields.String(required=True, validate=validate.Length(1, 64))


SHOWN_STOCK = {"shown": _SHOWN}
