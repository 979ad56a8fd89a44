"""Label templates, as they are sent and answered."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from coi.services.asked import LONGEST_NAME, LONGEST_TEXT
from coi.services.label_templates import RESOLUTIONS, VALUES, Standing
from coi.services.template_trials import MAX_CHARACTERS

_AT = "2026-11-28T09:00:00.000000Z"
_HASH = "c8b83a1053b6ea7e759939f544cd50072211977c64641adb67d9b47666d7757d"
_MOST = 100_000


class SampleWanted(Schema):
    """Which version is tried, with which values, at which resolution; the newest, if none."""

    version = fields.Integer(load_default=None, validate=validate.Range(1, _MOST))
    values = fields.String(load_default="usual", validate=validate.OneOf(VALUES))
    dpi = fields.Integer(load_default=300, validate=validate.OneOf(RESOLUTIONS))


class KeptBy(Schema):
    """Who kept a version of a template of the site's own, when, and why."""

    by = fields.String(required=True)
    at = fields.String(required=True)
    reason = fields.String(required=True)


class TemplateVersion(Schema):
    """One version of a template, and how it stands; nobody `kept` what came with the program."""

    version = fields.Integer(required=True)
    sha256 = fields.String(required=True)
    title = fields.String(required=True)
    width_mm = fields.Float(required=True)
    height_mm = fields.Float(required=True)
    standing = fields.String(required=True, validate=validate.OneOf([*Standing]))
    kept = fields.Nested(KeptBy, required=True, allow_none=True)


class TemplateTurn(Schema):
    """That a version was approved, or its approval withdrawn; `version` is none of an unknown."""

    version = fields.Integer(required=True, allow_none=True)
    sha256 = fields.String(required=True)
    holds = fields.Boolean(required=True)
    signed_by = fields.String(required=True)
    at = fields.String(required=True)


class LabelTemplate(Schema):
    """A template: its versions and what was signed of them, the newest first."""

    name = fields.String(required=True)
    versions = fields.List(fields.Nested(TemplateVersion), required=True)
    turns = fields.List(fields.Nested(TemplateTurn), required=True)


class LabelTemplates(Schema):
    """Every label template."""

    items = fields.List(fields.Nested(LabelTemplate), required=True)


class TextFit(Schema):
    """How a text of a sample is set: its size and lines, and what is left beside it."""

    field = fields.String(required=True)
    text = fields.String(required=True)
    size_pt = fields.Float(required=True)
    lines = fields.Integer(required=True)
    left_mm = fields.Float(required=True)
    problem = fields.String(required=True)


class ReadSymbol(Schema):
    """What a scanner reads of a symbol of a sample."""

    payload = fields.String(required=True)
    kind = fields.String(required=True)
    text = fields.String(required=True)


class TriedTemplate(Schema):
    """A template tried with a sample; `problem` says why nothing would be printed."""

    template = fields.Nested(LabelTemplate, required=True)
    version = fields.Integer(required=True)
    fits = fields.List(fields.Nested(TextFit), required=True)
    symbols = fields.List(fields.Nested(ReadSymbol), required=True)
    problem = fields.String(required=True)


class TextToTry(Schema):
    """The text of a template, with which values it is tried, and at which resolution."""

    text = fields.String(required=True, validate=validate.Length(1, MAX_CHARACTERS))
    values = fields.String(load_default="usual", validate=validate.OneOf(VALUES))
    dpi = fields.Integer(load_default=300, validate=validate.OneOf(RESOLUTIONS))


class TextTried(Schema):
    """A text tried: `problems` say why it is no template; `picture` is a PNG in base64.

    `problem` says why nothing would be printed of a template; there is no picture then.
    """

    sha256 = fields.String(required=True)
    problems = fields.List(fields.String(), required=True)
    picture = fields.String(required=True)
    fits = fields.List(fields.Nested(TextFit), required=True)
    symbols = fields.List(fields.Nested(ReadSymbol), required=True)
    problem = fields.String(required=True)


class TextToKeep(Schema):
    """The text of the next version of a template of the site's own, and why it is kept."""

    text = fields.String(required=True, validate=validate.Length(1, MAX_CHARACTERS))
    reason = fields.String(required=True, validate=validate.Length(1, LONGEST_TEXT))


class KeptTemplate(Schema):
    """What was kept; another person approves it by its hash."""

    name = fields.String(required=True)
    version = fields.Integer(required=True)
    sha256 = fields.String(required=True)


class ApprovedTemplate(Schema):
    """The template that was looked at, by its hash."""

    sha256 = fields.String(required=True, validate=validate.Regexp(r"^[0-9a-f]{64}$"))


class PrintedSample(Schema):
    """At which printer a sample is printed."""

    printer = fields.String(required=True, validate=validate.Length(1, LONGEST_NAME))


APPROVED: Mapping[str, Any] = {"sha256": _HASH}
PRINTED: Mapping[str, Any] = {"printer": "01JZ8Q4N6T2V0W3X5Y7Z9A1B2C"}
_TEMPLATE: Mapping[str, Any] = {
    "name": "bag-label",
    "versions": [
        {
            "version": 3,
            "sha256": _HASH,
            "title": "label of a bag, 100 by 50 mm",
            "width_mm": 100.0,
            "height_mm": 50.0,
            "standing": "approved",
            "kept": None,
        }
    ],
    "turns": [{"version": 3, "sha256": _HASH, "holds": True, "signed_by": "Queenie Q", "at": _AT}],
}
TEMPLATES: Mapping[str, Any] = {"items": [_TEMPLATE]}
TRIED: Mapping[str, Any] = {
    "template": _TEMPLATE,
    "version": 3,
    "fits": [
        {
            "field": "volume",
            "text": "68 mL",
            "size_pt": 8.0,
            "lines": 1,
            "left_mm": 3.1,
            "problem": "",
        }
    ],
    "symbols": [{"payload": "serial", "kind": "code_128", "text": "SAMPLEUNUSABLE"}],
    "problem": "",
}
TEXT_TO_KEEP: Mapping[str, Any] = {"text": "name: own-shelf\nversion: 1", "reason": "New shelves"}
KEPT: Mapping[str, Any] = {"name": "own-shelf", "version": 1, "sha256": _HASH}
TEXT_TO_TRY: Mapping[str, Any] = {"text": "name: shelf\nversion: 1", "values": "usual", "dpi": 300}
TEXT_TRIED: Mapping[str, Any] = {
    "sha256": "",
    "problems": ["title: Missing data for required field."],
    "picture": "",
    "fits": [],
    "symbols": [],
    "problem": "",
}
