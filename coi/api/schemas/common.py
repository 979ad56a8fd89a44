"""What many resources share: pages of a list, what every writing request carries, times."""

from marshmallow import EXCLUDE, Schema, fields, validate

from coi.services.asked import LONGEST_KEY
from coi.services.reasons import LONGEST_REASON

MOST = 100
"""The most lines of a list that are answered at once."""


class WholeNumber(fields.Integer):
    """A whole number in a body: `2` and `2.0`, which JSON Schema calls one; never `2.5` or `"2"`.

    marshmallow's own makes 2 of `2.5`, or refuses `2.0` where it is strict.
    """

    def _validated(self, value: object) -> int:
        whole = int(value) if isinstance(value, float) and value.is_integer() else value
        if not isinstance(whole, int):
            raise self.make_error("invalid", input=value)
        return int(super()._validated(whole))


_PRINTABLE = r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?"


class Headers(Schema):
    """Headers: what is not named here is somebody else's."""

    class Meta:
        """Other headers come too."""

        unknown = EXCLUDE


class Read(Headers):
    """What a reading request may say."""

    if_none_match = fields.String(
        data_key="If-None-Match",
        metadata={"description": "The ETag of what is known already: it is not sent again."},
    )


class Write(Headers):
    """What every writing request carries."""

    key = fields.String(
        data_key="Idempotency-Key",
        required=True,
        validate=[
            validate.Length(min=1, max=LONGEST_KEY),
            validate.Regexp(rf"^{_PRINTABLE}$", error="has characters other than printable ASCII"),
        ],
        metadata={
            "description": "What is sent twice under the same key has one effect, and one answer.",
            "example": "01JZ8Q4N6T2V0W3X5Y7Z9A1B2C",
        },
    )


class Sign(Write):
    """What a request carries that is signed, or rests on what was seen."""

    grants = fields.String(
        data_key="Signature-Grant",
        load_default="",
        metadata={
            "description": "The grant of each signer, from POST /grants, with commas between them."
        },
    )
    seen = fields.String(
        data_key="If-Match",
        load_default="",
        metadata={"description": "The ETag of what was looked at before this was decided."},
    )


class Page(Schema):
    """Which part of a list is wanted."""

    limit = fields.Integer(
        load_default=50,
        validate=validate.Range(1, MOST),
        metadata={"description": "How many lines are answered at most."},
    )
    cursor = fields.String(
        load_default="",
        validate=validate.Length(max=400),
        metadata={"description": "`next` of the answer before; nothing for the first part."},
    )


def moment(**more: object) -> fields.String:
    """A time in RFC 3339, with its zone."""
    return fields.String(metadata={"format": "date-time", **more})


class Because(Schema):
    """Why something that is kept is changed or ended: it stands in the trail."""

    why = fields.String(
        load_default="",
        validate=validate.Length(max=LONGEST_REASON),
        metadata={"description": "Without a reason it is refused (`REASON_MISSING`)."},
    )


BECAUSE = {"why": "The ward moved to another building"}
