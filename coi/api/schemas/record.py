"""How the record is kept, and stopping what is concerned, as they are sent and answered."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from coi.services.asked import LONGEST_NAME, LONGEST_TEXT

_NAME = validate.Length(1, LONGEST_NAME)
_COI = "TEST-7KQ2M9XD-A"


class HeadWanted(Schema):
    """From which size on the last checkpoint is to be proven."""

    since = fields.Integer(
        load_default=0,
        strict=False,
        validate=validate.Range(0, 2**53),
        metadata={"description": "How many entries the last checkpoint was of that was seen."},
    )


class Head(Schema):
    """The last checkpoint, as it was signed; empty where none was yet."""

    note = fields.String(required=True)
    proof = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "RFC 9162, 2.1.4: from `since` to it, each hash in base64."},
    )


_NOTE = "coi/TEST/9f2c61d04ab3e758\n1204\n4gVj...=\n\n\u2014 coi/TEST/9f2c61d04ab3e758 c74f...\n"
HEAD: Mapping[str, Any] = {"note": _NOTE, "proof": []}


class HeadSeen(Schema):
    """A checkpoint that was seen, and that the record does not seem to go on from."""

    note = fields.String(required=True, validate=validate.Length(1, 16_384))


HEAD_SEEN = {"note": _NOTE}


class Differs(Schema):
    """Whether the record is another one than was seen."""

    differs = fields.Boolean(required=True)


DIFFERS = {"differs": False}


class WentOn(Schema):
    """A time at which a record that was older than it had been went on."""

    recorded_at = fields.String(required=True)
    printed_name = fields.String(required=True)
    found = fields.String(required=True)
    reason = fields.String(required=True)


class Drill(Schema):
    """The last time that a backup was tried."""

    at = fields.String(required=True)
    passed = fields.Boolean(required=True)


class ClockStep(Schema):
    """A time that the clock of a server was set, forward (more than 0) or back."""

    recorded_at = fields.String(required=True)
    server = fields.String(required=True)
    seconds = fields.Float(required=True)


class NotRecording(Schema):
    """A time in which a server recorded nothing."""

    server = fields.String(required=True)
    since = fields.String(required=True)
    until = fields.String(required=True)


class SettingChanged(Schema):
    """A setting that is another than before; of a secret one both values are empty."""

    name = fields.String(required=True)
    before = fields.String(required=True)
    after = fields.String(required=True)


class Served(Schema):
    """What a server serves from a time on; without an end it still does."""

    since = fields.String(required=True)
    until = fields.String(required=True)
    server = fields.String(required=True)
    software = fields.String(required=True)
    changes = fields.List(fields.Nested(SettingChanged), required=True)


class Record(Schema):
    """How the record is kept: what may be done by it, what served when, and the last drill."""

    is_writable = fields.Boolean(required=True)
    why_not = fields.String(required=True)
    went_on = fields.List(fields.Nested(WentOn), required=True)
    last_drill = fields.Nested(Drill, required=True, allow_none=True)
    began_at = fields.String(required=True)
    findings_since = fields.String(required=True)
    clock_in_doubt = fields.String(required=True)
    clock_steps = fields.List(fields.Nested(ClockStep), required=True)
    not_recording = fields.List(fields.Nested(NotRecording), required=True)
    served = fields.List(fields.Nested(Served), required=True)


RECORD: Mapping[str, Any] = {
    "is_writable": True,
    "why_not": "",
    "went_on": [],
    "last_drill": {"at": "2026-11-27T03:00:00.000000Z", "passed": True},
    "began_at": "2026-11-01T08:00:00.000000Z",
    "findings_since": "",
    "clock_in_doubt": "",
    "clock_steps": [],
    "not_recording": [],
    "served": [
        {
            "since": "2026-11-01T08:05:00.000000Z",
            "until": "",
            "server": "coi-1",
            "software": "chain-of-identity 1.0.0",
            "changes": [],
        }
    ],
}


class GoingOn(Schema):
    """Why a record goes on without what is missing in it."""

    why = fields.String(required=True, validate=validate.Length(1, LONGEST_TEXT))


GOING_ON = {"why": "The last hour was entered again from paper; see deviation 12."}


class DoubtSigned(Schema):
    """Why work goes on although the record or a clock is in doubt."""

    why = fields.String(required=True, validate=validate.Length(1, LONGEST_TEXT))


DOUBT_SIGNED = {"why": "The clock was set an hour ahead by mistake; see deviation 14."}


_LONGEST_ASKED = 200  # as on the page; an address that is too long reaches nobody


class ConcernedWanted(Schema):
    """What is looked for, in which time, and at which unit it would be stopped."""

    what = fields.String(required=True, validate=_NAME)
    content = fields.String(required=True, validate=validate.Length(1, _LONGEST_ASKED))
    since = fields.String(load_default="", validate=validate.Length(max=10))
    until = fields.String(load_default="", validate=validate.Length(max=10))
    unit = fields.String(required=True, validate=_NAME)


class Criterion(Schema):
    """Something by which concerned therapies are found."""

    name = fields.String(required=True)
    title = fields.String(required=True)


class Criteria(Schema):
    """Everything by which concerned therapies are found."""

    items = fields.List(fields.Nested(Criterion), required=True)


CRITERIA = {"items": [{"name": "reagent_lot", "title": "Reagent lot"}]}


class ConcernedTherapy(Schema):
    """A therapy in which it was recorded."""

    coi = fields.String(required=True)
    title = fields.String(required=True)
    state = fields.String(required=True)
    on_its_way = fields.List(fields.String(), required=True)
    stops = fields.Integer(required=True)
    held_by = fields.List(fields.String(), required=True)


class Concerned(Schema):
    """Every therapy that is concerned."""

    items = fields.List(fields.Nested(ConcernedTherapy), required=True)


CONCERNED: Mapping[str, Any] = {
    "items": [
        {
            "coi": _COI,
            "title": "Autologous CAR-T",
            "state": "In manufacture",
            "on_its_way": [],
            "stops": 0,
            "held_by": [],
        }
    ]
}


class StopShip(ConcernedWanted):
    """What is stopped or goes on: the very list that was shown."""

    reason = fields.String(required=True, validate=validate.Length(1, LONGEST_TEXT))
    shown = fields.List(
        fields.String(validate=_NAME), required=True, validate=validate.Length(1, 10_000)
    )
    lifts = fields.Boolean(load_default=False)
    investigation = fields.String(load_default="", validate=validate.Length(max=LONGEST_NAME))


STOP_SHIP: Mapping[str, Any] = {
    "what": "reagent_lot",
    "content": "LOT-42",
    "since": "",
    "until": "",
    "unit": "works-production",
    "reason": "The supplier recalled the lot.",
    "shown": [_COI],
}
