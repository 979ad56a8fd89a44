"""Registered devices, as they are answered."""

from marshmallow import Schema, fields


class Device(Schema):
    """A workstation or a tablet of a unit, since when it is registered."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    unit = fields.String(required=True)
    since = fields.String(required=True, metadata={"format": "date-time"})


class Devices(Schema):
    """The registered devices that one keeps."""

    items = fields.List(fields.Nested(Device), required=True)


DEVICES = {
    "items": [
        {
            "id": "01M7EYV3Y078B1SVWVW08ADYCC",
            "name": "Tablet 3",
            "unit": "north-ward",
            "since": "2026-11-28T09:00:00.000000Z",
        }
    ]
}
