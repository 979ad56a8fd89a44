"""The problem document, as it is described; `coi.api.problems` writes it."""

from marshmallow import Schema, fields

_EXAMPLE = {
    "type": "urn:coi:problem:UNKNOWN",
    "title": "Not Found",
    "status": 404,
    "detail": "No therapy TEST-00000000-0 is known here.",
    "code": "UNKNOWN",
    "next_step": "Check the identifier, or scan it again.",
}


class Reason(Schema):
    """One reason for which the engine refused."""

    code = fields.String(required=True)
    guard = fields.String(required=True)
    sentence = fields.String(required=True)
    next_step = fields.String(required=True)


class Misfit(Schema):
    """One thing that is wrong with what was sent."""

    where = fields.String(allow_none=True, required=True)
    line = fields.Integer(allow_none=True, required=True)
    reason = fields.String(required=True)


class FoundPatient(Schema):
    """Who the patient of an order may be: what is to be confirmed, their therapies, the token."""

    kind = fields.String(required=True)
    therapies = fields.List(fields.String(), required=True)
    token = fields.String(required=True)


class Copy(Schema):
    """One copy that was printed before."""

    copy = fields.Integer(required=True)
    at = fields.String(required=True, metadata={"format": "date-time"})
    by = fields.String(required=True)
    unit = fields.String(required=True)


class Problem(Schema):
    """Why nothing was done, and what to do next (RFC 9457)."""

    class Meta:
        """Said of the whole."""

        description = "Why nothing was done, and what to do next (RFC 9457)."
        example = _EXAMPLE

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    code = fields.String(required=True)
    next_step = fields.String(required=True)
    reasons = fields.List(fields.Nested(Reason))
    problems = fields.List(fields.Nested(Misfit))
    subject = fields.String()
    turn = fields.Integer()
    found = fields.Nested(FoundPatient)
    copies = fields.List(fields.Nested(Copy))
