"""Steps that are taken screen by screen, as they are asked, answered and told."""

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import Schema, fields, validate

from coi.api.schemas.common import Sign, WholeNumber, Write, moment
from coi.api.schemas.therapies import AskedSignature, Blank, Identifiers, Thing, TimedCode
from coi.errors import Reason
from coi.services.asked import LONGEST_NAME, LONGEST_TEXT
from coi.services.identity import SOURCES

_NAME = validate.Length(1, LONGEST_NAME)
_COI = "TEST-7KQ2M9XD-A"
_SEEN: Mapping[str, Any] = {
    "data_key": "If-Match",
    "required": True,
    "metadata": {"description": "The ETag of the screen that is answered.", "example": '"3"'},
}


class Answering(Write):
    """What an answer to a screen carries: to which one it is."""

    seen = fields.String(**_SEEN)


class SignedAnswer(Sign):
    """What an answer carries that is signed, or confirmed by another person."""

    seen = fields.String(**_SEEN)


class Beginning(Schema):
    """Which step of which therapy is begun, and where."""

    coi = fields.String(required=True, validate=_NAME)
    action = fields.String(required=True, validate=_NAME)
    unit = fields.String(required=True, validate=_NAME)


BEGINNING = {"coi": _COI, "action": "check_at_bedside", "unit": "north-ward"}


class ScannedCode(TimedCode):
    """What a scanner gave."""


SCANNED_CODE = {"raw": _COI, "how": "scanned", "device": "scanner-3"}


class TypedCode(Schema):
    """The characters under a symbol that cannot be read."""

    raw = fields.String(required=True, validate=validate.Length(1, LONGEST_TEXT))


TYPED_CODE = {"raw": "B-TEST-4F8H2K6P-3"}


class SignedVersion(Schema):
    """What is signed: the step as it stood when it was read back."""

    version = WholeNumber(required=True, validate=validate.Range(1, 999_999_999))


SIGNED_VERSION = {"version": 6}


class HandedOver(SignedVersion):
    """To whom a step is handed over, as it stood, and what of it is done and remains."""

    to = fields.String(
        required=True, validate=_NAME, metadata={"description": "The user name of a colleague."}
    )
    done = fields.String(required=True, validate=validate.Length(1, LONGEST_TEXT))
    remains = fields.String(required=True, validate=validate.Length(1, LONGEST_TEXT))


HANDED_OVER: Mapping[str, Any] = {
    "version": 6,
    "to": "lena",
    "done": "The seal is intact.",
    "remains": "Scan what is in it, and sign.",
}


class TakenOver(SignedVersion):
    """A step that is taken over as it stood; with a reason where nobody handed it over."""

    because = fields.String(load_default="", validate=validate.Length(max=LONGEST_TEXT))


TAKEN_OVER: Mapping[str, Any] = {"version": 7, "because": ""}


class Offer(Schema):
    """That a step was handed over, and is not taken over yet."""

    by = fields.String(required=True)
    to = fields.String(required=True)
    at = moment()
    done = fields.String(required=True)
    remains = fields.String(required=True)
    is_mine = fields.Boolean(required=True)


class AnswerTold(Schema):
    """An answer: what the screen asks for, and nothing else."""

    done = fields.Boolean(
        load_default=False, metadata={"description": "That is all of them, or: it reads right."}
    )
    value = fields.String(load_default="", validate=validate.Length(max=LONGEST_TEXT))
    named = fields.List(
        fields.String(validate=_NAME), load_default=list, validate=validate.Length(max=100)
    )
    said = fields.Nested(Identifiers, load_default=dict)
    source = fields.String(load_default="", validate=validate.OneOf(["", *SOURCES]))


ANSWER: Mapping[str, Any] = {
    "said": {"family_name": "Example", "birth_date": "1961-04-27"},
    "source": "patient",
}


class Why(Schema):
    """One reason, in the words in which it was given."""

    code = fields.String(required=True)
    sentence = fields.String(required=True)
    next_step = fields.String(required=True)


def reasons_told(reasons: Sequence[Reason]) -> list[Mapping[str, str]]:
    """Reasons, as they are answered."""
    return [
        {"code": one.code, "sentence": one.sentence, "next_step": one.next_step} for one in reasons
    ]


class ReadBackLine(Schema):
    """A line that is read back."""

    title = fields.String(required=True)
    text = fields.String(required=True)
    by = fields.String(
        required=True,
        metadata={"description": "The colleague who entered it before; empty for whoever asks."},
    )


class Screen(Schema):
    """What is asked now of whoever has the step in hand, with what it is answered from."""

    name = fields.String(required=True)
    asks = fields.String(required=True)
    title = fields.String(required=True)
    number = fields.Integer(required=True)
    of = fields.Integer(required=True)
    unread = fields.Integer(required=True)
    read = fields.List(fields.String(), required=True)
    field = fields.Nested(Blank, required=True, allow_none=True)
    named = fields.List(fields.Nested(Thing), required=True)
    parties = fields.List(fields.String(), required=True)
    read_back = fields.List(fields.Nested(ReadBackLine), required=True)
    signatures = fields.List(fields.Nested(AskedSignature), required=True)


class Verdict(Schema):
    """How a step ended."""

    kind = fields.String(required=True)
    told = fields.List(fields.String(), required=True)
    reasons = fields.List(fields.Nested(Why), required=True)


class Errand(Schema):
    """A step under way, as whoever asks may see it."""

    id = fields.String(required=True)
    coi = fields.String(required=True)
    action = fields.String(required=True)
    title = fields.String(required=True)
    unit = fields.String(required=True)
    version = fields.Integer(required=True)
    standing = fields.String(
        required=True, validate=validate.OneOf(["in_hand", "waiting", "elsewhere", "ended"])
    )
    screen = fields.Nested(Screen, required=True, allow_none=True)
    reasons = fields.List(fields.Nested(Why), required=True)
    judgement = fields.String(required=True)
    verdict = fields.Nested(Verdict, required=True, allow_none=True)
    parked = fields.List(fields.String(), required=True)
    offer = fields.Nested(Offer, required=True, allow_none=True)


ERRAND: Mapping[str, Any] = {
    "id": "3f2a9c0d5e7b1846",
    "coi": _COI,
    "action": "check_at_bedside",
    "title": "Check at the bedside",
    "unit": "north-ward",
    "version": 3,
    "standing": "in_hand",
    "screen": {
        "name": "said",
        "asks": "said",
        "title": "What the patient says",
        "number": 4,
        "of": 6,
        "unread": 0,
        "read": [],
        "field": None,
        "named": [],
        "parties": [],
        "read_back": [],
        "signatures": [],
    },
    "reasons": [],
    "judgement": "",
    "verdict": None,
    "parked": [],
    "offer": None,
}


class UnderWay(Schema):
    """A step that can be gone on with."""

    id = fields.String(required=True)
    coi = fields.String(required=True)
    action = fields.String(required=True)
    title = fields.String(required=True)
    unit = fields.String(required=True)
    by = fields.String(required=True)
    opened_at = moment()
    waits = fields.Boolean(required=True)
    is_mine = fields.Boolean(required=True)
    is_handed = fields.Boolean(required=True)


class Errands(Schema):
    """What one has begun, and what waits for one."""

    items = fields.List(fields.Nested(UnderWay), required=True)


ERRANDS: Mapping[str, Any] = {
    "items": [
        {
            "id": "3f2a9c0d5e7b1846",
            "coi": _COI,
            "action": "check_at_bedside",
            "title": "Check at the bedside",
            "unit": "north-ward",
            "by": "Ivo Example",
            "opened_at": "2026-11-28T09:00:00.000000Z",
            "waits": True,
            "is_mine": False,
            "is_handed": False,
        }
    ]
}
