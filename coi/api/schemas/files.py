"""Files of steps, as they are sent and answered."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from coi.services.file_kinds import LARGEST

_MOST_LETTERS = 4 * -(-LARGEST // 3)  # of base64
_HASH = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"


class Holding(Schema):
    """A file that a step is to keep: a JPEG, a PNG, a PDF or a text, told by its content alone."""

    content = fields.String(
        required=True,
        validate=validate.Length(min=1, max=_MOST_LETTERS),
        metadata={"description": "The file in base64; neither its name nor its type is kept."},
    )


HOLDING: Mapping[str, Any] = {"content": "Zm9v"}


class HeldFile(Schema):
    """A file that is held for twelve hours at most, until a step keeps it."""

    reference = fields.String(
        required=True,
        metadata={"description": "What a step is told as the value of its field."},
    )
    media_type = fields.String(required=True)
    bytes = fields.Integer(required=True)
    sha256 = fields.String(required=True)


HELD_FILE: Mapping[str, Any] = {
    "reference": f"text/plain, 3 bytes, SHA-256 {_HASH}",
    "media_type": "text/plain",
    "bytes": 3,
    "sha256": _HASH,
}
