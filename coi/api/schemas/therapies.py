"""Therapies, their steps and what happened, as they are sent and answered."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from coi.api.schemas.common import Page, moment
from coi.api.schemas.problem import Reason
from coi.services.asked import LONGEST_NAME, LONGEST_TEXT
from coi.services.attempt import MOST_PARTS
from coi.services.identity import SOURCES
from coi.services.scanning import TYPED, WAYS
from coi.services.vault import IDENTITY_FIELDS

_COI = "TEST-7KQ2M9XD-A"
_BAG = f"{_COI}/6"
_LABEL = "B-TEST-4F8H2K6P-3"
_WARD, _PRODUCTION = "north-ward", "works-production"


MOST_HOURS = 366 * 24
"""The furthest ahead that is asked for what will be due: a year."""


class TherapiesWanted(Page):
    """Which therapies are wanted; nothing said is all that may be seen."""

    phase = fields.String(load_default="", validate=validate.Length(max=LONGEST_NAME))
    unit = fields.String(load_default="", validate=validate.Length(max=LONGEST_NAME))
    coi = fields.String(
        load_default="",
        validate=validate.Regexp("^[A-Z0-9-]{0,40}$", error="is no beginning of a COI"),
        metadata={"description": "How the COI begins."},
    )
    overdue = fields.Boolean(load_default=False)
    on_hold = fields.Boolean(load_default=False)
    workflow = fields.String(
        load_default="",
        validate=validate.Regexp("^[a-z0-9-]{0,80}$", error="is no name of a workflow"),
        metadata={"description": "The product: the name of its workflow, in whichever version."},
    )
    site = fields.String(
        load_default="",
        validate=validate.Length(max=LONGEST_NAME),
        metadata={"description": "A site that takes part in it."},
    )
    due_within_hours = fields.Integer(
        load_default=0,
        validate=validate.Range(0, MOST_HOURS),
        metadata={"description": "Due within so many hours, or overdue; 0 is whenever."},
    )


class Step(Schema):
    """A step, by its name and its title."""

    action = fields.String(required=True)
    title = fields.String(required=True)


class Line(Schema):
    """A therapy in a list."""

    coi = fields.String(required=True)
    therapy = fields.String(required=True)
    state = fields.String(required=True)
    held = fields.String(required=True)
    due_at = fields.String(required=True, allow_none=True, metadata={"format": "date-time"})
    due = fields.List(fields.Nested(Step), required=True)
    mine = fields.List(fields.Nested(Step), required=True)
    paper = fields.String(required=True)


class Lines(Schema):
    """One page of a list of therapies."""

    items = fields.List(fields.Nested(Line), required=True)
    next = fields.String(required=True, allow_none=True)


LINES = {
    "items": [
        {
            "coi": _COI,
            "therapy": "Autologous CAR-T",
            "state": "Collected",
            "held": "nothing",
            "due_at": "2026-11-29T10:00:00.000000Z",
            "due": [{"action": "release_to_courier", "title": "Release to the courier"}],
            "mine": [{"action": "release_to_courier", "title": "Release to the courier"}],
            "paper": "",
        }
    ],
    "next": None,
}


class Subject(Schema):
    """One thing of a therapy, where it stands and who holds it."""

    id = fields.String(required=True)
    sort = fields.String(required=True)
    title = fields.String(required=True)
    state = fields.String(required=True)
    state_title = fields.String(required=True)
    holder = fields.String(required=True)
    consignee = fields.String(required=True)
    stops = fields.Integer(required=True)
    inside = fields.String(required=True)
    turn = fields.Integer(required=True)
    labels = fields.List(fields.String(), required=True)


SUBJECT = {
    "id": _BAG,
    "sort": "bag",
    "title": "Apheresis bag",
    "state": "labelled",
    "state_title": "Labelled",
    "holder": _WARD,
    "consignee": "-",
    "stops": 0,
    "inside": "-",
    "turn": 2,
    "labels": [_LABEL],
}


class Workflow(Schema):
    """By which definition a therapy runs."""

    name = fields.String(required=True)
    version = fields.Integer(required=True)
    title = fields.String(required=True)


class Therapy(Schema):
    """A therapy as it stands, as far as who asks may see it."""

    coi = fields.String(required=True)
    workflow = fields.Nested(Workflow, required=True)
    state = fields.String(required=True)
    state_title = fields.String(required=True)
    phase = fields.String(required=True)
    stops = fields.Integer(required=True)
    entries = fields.Integer(required=True)
    hash = fields.String(required=True)
    invalid = fields.List(fields.String(), required=True)
    subjects = fields.List(fields.Nested(Subject), required=True)
    mine = fields.List(fields.Nested(Step), required=True)
    others = fields.List(fields.Nested(Step), required=True)


THERAPY = {
    "coi": _COI,
    "workflow": {"name": "autologous-car-t", "version": 1, "title": "Autologous CAR-T"},
    "state": "collected",
    "state_title": "Collected",
    "phase": "collection",
    "stops": 0,
    "entries": 9,
    "hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "invalid": [],
    "subjects": [SUBJECT],
    "mine": [{"action": "release_to_courier", "title": "Release to the courier"}],
    "others": [],
}


class Signature(Schema):
    """A signature, and the lines in which it is shown everywhere (11.50)."""

    person = fields.String(required=True)
    printed_name = fields.String(required=True)
    role = fields.String(required=True)
    meaning = fields.String(required=True)
    signed_at = moment()
    username = fields.String(required=True)
    shown = fields.List(fields.String(), required=True)


class Entry(Schema):
    """One entry of the record."""

    seq = fields.Integer(required=True)
    hash = fields.String(required=True)
    kind = fields.String(required=True)
    action = fields.String(required=True)
    title = fields.String(required=True)
    actor = fields.String(required=True)
    actor_name = fields.String(required=True)
    role = fields.String(required=True)
    unit = fields.String(required=True)
    happened_at = moment()
    recorded_at = moment()
    signatures = fields.List(fields.Nested(Signature), required=True)
    refusals = fields.List(fields.Nested(Reason), required=True)
    content = fields.Dict(required=True)


class Entries(Schema):
    """One page of what happened, oldest first."""

    items = fields.List(fields.Nested(Entry), required=True)
    next = fields.String(required=True, allow_none=True)


ENTRIES = {
    "items": [
        {
            "seq": 4,
            "hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "kind": "act",
            "action": "release_to_courier",
            "title": "Release to the courier",
            "actor": "01JZ8Q4N6T2V0W3X5Y7Z9A1B2C",
            "actor_name": "Nina Example",
            "role": "apheresis_nurse",
            "unit": _WARD,
            "happened_at": "2026-11-28T09:00:00.000000Z",
            "recorded_at": "2026-11-28T09:00:00.000000Z",
            "signatures": [],
            "refusals": [],
            "content": {"format": 1},
        }
    ],
    "next": None,
}


class Revision(Schema):
    """One wording of a value: as it was recorded first, or as it was corrected."""

    content = fields.String(required=True)
    unit = fields.String(required=True)
    limits = fields.String(required=True)
    is_outside = fields.Boolean(required=True)
    entry = fields.Integer(required=True)
    at = fields.AwareDateTime(required=True)
    by = fields.String(required=True)
    reason = fields.String(required=True)


class Value(Schema):
    """A value with every earlier wording, the newest first."""

    item = fields.String(required=True)
    title = fields.String(required=True)
    now = fields.Nested(Revision, required=True)
    before = fields.List(fields.Nested(Revision), required=True)


class Values(Schema):
    """Every value of a therapy, in the order in which it was recorded first."""

    items = fields.List(fields.Nested(Value), required=True)


VALUES = {
    "items": [
        {
            "item": "therapy",
            "title": "Weight",
            "now": {
                "content": "71.5",
                "unit": "kg",
                "limits": "",
                "is_outside": False,
                "entry": 0,
                "at": "2026-11-28T09:00:00+01:00",
                "by": "Nina Example",
                "reason": "",
            },
            "before": [],
        }
    ]
}


class Blank(Schema):
    """A field that a step records."""

    name = fields.String(required=True)
    title = fields.String(required=True)
    kind = fields.String(required=True)
    unit = fields.String(required=True)
    low = fields.String(required=True, allow_none=True)
    high = fields.String(required=True, allow_none=True)
    choices = fields.List(fields.String(), required=True)
    accept = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Of a file: what it can be; it is held first (holdFile)."},
    )
    required = fields.Boolean(required=True)
    on = fields.String(required=True)


class AskedSignature(Schema):
    """A signature that a step takes."""

    meaning = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)


class Thing(Schema):
    """Something that is named, since it carries no label."""

    id = fields.String(required=True)
    title = fields.String(required=True)
    state = fields.String(required=True)


class Form(Schema):
    """All that a step asks for, as the therapy stands."""

    action = fields.String(required=True)
    title = fields.String(required=True)
    verb = fields.String(required=True)
    is_guided = fields.Boolean(required=True)
    is_at_the_patient = fields.Boolean(
        required=True, metadata={"description": "It is taken as an errand, screen by screen."}
    )
    roles = fields.List(fields.String(), required=True)
    scans = fields.List(fields.String(), required=True)
    named = fields.List(fields.Nested(Thing), required=True)
    births = fields.List(fields.String(), required=True)
    values = fields.List(fields.Nested(Blank), required=True)
    asks_consignee = fields.Boolean(required=True)
    asks_who_the_patient_is = fields.Boolean(required=True)
    signatures = fields.List(fields.Nested(AskedSignature), required=True)
    turns = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


FORM = {
    "action": "release_to_courier",
    "title": "Release to the courier",
    "verb": "release_custody",
    "is_guided": True,
    "is_at_the_patient": False,
    "roles": ["apheresis_nurse"],
    "scans": ["the label of each apheresis bag that you mean"],
    "named": [],
    "births": [],
    "values": [],
    "asks_consignee": True,
    "asks_who_the_patient_is": False,
    "signatures": [{"meaning": "I hand these cells over", "roles": ["apheresis_nurse"]}],
    "turns": {_BAG: 2},
}


class FormWanted(Schema):
    """At which unit the step would be taken."""

    unit = fields.String(load_default="", validate=validate.Length(max=LONGEST_NAME))


class Code(Schema):
    """What a scanner or a keyboard gave."""

    raw = fields.String(required=True, validate=validate.Length(1, LONGEST_TEXT))
    how = fields.String(load_default=TYPED, validate=validate.OneOf(WAYS))
    device = fields.String(load_default="-", validate=validate.Length(1, 64))


class TimedCode(Code):
    """The same, with what the clock of the device shows: a claim, and no time of the record."""

    device_time = fields.String(
        load_default="", validate=validate.Length(max=40), metadata={"format": "date-time"}
    )


class Birth(Schema):
    """Something that comes into being."""

    sort = fields.String(required=True, validate=validate.Length(1, LONGEST_NAME))
    values = fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict)


Identifiers = Schema.from_dict(
    {name: fields.String(validate=validate.Length(max=LONGEST_TEXT)) for name in IDENTITY_FIELDS},
    name="Identifiers",
)
"""Who a patient is, as far as it was said or read."""


class Heard(Schema):
    """What one person heard or read of who the patient is."""

    username = fields.String(required=True, validate=validate.Length(1, LONGEST_NAME))
    identifiers = fields.Nested(Identifiers, load_default=dict)
    source = fields.String(load_default=SOURCES[0], validate=validate.OneOf(SOURCES))


def _some(field: "fields.Field[Any]") -> "fields.List[Any]":
    return fields.List(field, load_default=list, validate=validate.Length(max=MOST_PARTS))


class Taking(Schema):
    """A step as it is asked for: what was scanned, named, made and measured."""

    unit = fields.String(required=True, validate=validate.Length(1, LONGEST_NAME))
    codes = _some(fields.Nested(TimedCode))
    named = _some(fields.String(validate=validate.Length(1, LONGEST_NAME)))
    births = _some(fields.Nested(Birth))
    values = fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict)
    consignee = fields.String(load_default="-", validate=validate.Length(1, LONGEST_NAME))
    bench = fields.String(load_default="-", validate=validate.Length(1, LONGEST_NAME))
    stated = _some(fields.Nested(Heard))


class TakingLate(Taking):
    """A step that was taken on paper, with when it happened."""

    happened_at = fields.AwareDateTime(required=True)


TAKING: Mapping[str, Any] = {
    "unit": _WARD,
    "codes": [{"raw": _LABEL, "how": "scanned", "device": "scanner-3"}],
    "consignee": _PRODUCTION,
}
TAKING_LATE: Mapping[str, Any] = {**TAKING, "happened_at": "2026-11-28T09:00:00+01:00"}


class Issued(Schema):
    """A serial that was issued for a thing, to be printed and applied."""

    serial = fields.String(required=True)
    subject = fields.String(required=True)


class Receipt(Schema):
    """What was recorded."""

    coi = fields.String(required=True)
    seq = fields.Integer(required=True)
    hash = fields.String(required=True)
    action = fields.String(required=True)
    born = fields.List(fields.String(), required=True)
    labels = fields.List(fields.Nested(Issued), required=True)
    wristband = fields.String(required=True)
    notices = fields.List(fields.String(), required=True)
    repeated = fields.Boolean(required=True)


RECEIPT = {
    "coi": _COI,
    "seq": 10,
    "hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "action": "release_to_courier",
    "born": [],
    "labels": [],
    "wristband": "",
    "notices": [],
    "repeated": False,
}


class Receipts(Schema):
    """What was recorded in several therapies."""

    items = fields.List(fields.Nested(Receipt), required=True)


RECEIPTS = {"items": [RECEIPT]}
