"""Label templates: how each stands, a sample of it, and what quality assurance signs of it."""

from base64 import b64encode
from dataclasses import asdict
from typing import Any

from flask import Response
from flask.typing import ResponseReturnValue

from coi.api.asked import proven_by
from coi.api.resource import NOTHING, PDF, Answer, Body, Resources, Sign, Write, found
from coi.api.schemas import label_templates as schemas
from coi.clock import rfc3339
from coi.services import approvals
from coi.services import label_templates as templates
from coi.services.keeping_templates import KEPT, keep_template
from coi.services.label_templates import KnownTemplate, Turn, look_at_template, version_of
from coi.services.permissions import Permission
from coi.services.template_trials import try_text
from coi.web import here
from coi.web.permissions import needs
from labels.layout import Template
from labels.sample import Trial

resources = Resources("label_templates", "Label templates, which quality assurance approves.")

_PICTURE = Answer(media_type="image/png")
_ONE = "/label-templates/<name>"


@resources.offers(
    "GET",
    "/label-templates",
    "listLabelTemplates",
    found(schemas.LabelTemplates, schemas.TEMPLATES),
)
@needs(Permission.KEEP_TEMPLATES)
def every() -> ResponseReturnValue:
    """Every label template, with its versions and what was signed of them."""
    known = templates.every_template(here.installation(), here.somebody().proven)
    return {"items": [_told(one) for one in known]}


@resources.offers(
    "POST",
    "/label-template-trials",
    "tryLabelTemplate",
    found(schemas.TextTried, schemas.TEXT_TRIED),
    body=Body(schemas.TextToTry, schemas.TEXT_TO_TRY),
)
@needs(Permission.KEEP_TEMPLATES)
def try_(told: dict[str, Any]) -> ResponseReturnValue:
    """A template's text, drawn with a sample, or all that is wrong with it; nothing is kept."""
    outcome = try_text(told["text"], told["values"], told["dpi"])
    template = outcome.template
    return {
        "sha256": template.sha256 if template else "",
        "problems": outcome.problems,
        "picture": b64encode(outcome.picture).decode(),
        **_tried(outcome.trial or Trial(())),
    }


@resources.offers(
    "POST",
    "/label-templates",
    "keepLabelTemplate",
    found(schemas.KeptTemplate, schemas.KEPT),
    headers=Sign,
    body=Body(schemas.TextToKeep, schemas.TEXT_TO_KEEP),
)
@needs(Permission.KEEP_TEMPLATES)
def keep(headers: dict[str, Any], told: dict[str, Any]) -> ResponseReturnValue:
    """Keep a text as the next version of a template of the site's own; QA signs it."""
    by = proven_by(headers["grants"], KEPT)
    kept = keep_template(here.installation(), by, told["text"], told["reason"])
    return {"name": kept.name, "version": kept.version, "sha256": kept.sha256}


@resources.offers(
    "GET",
    _ONE,
    "showLabelTemplate",
    found(schemas.TriedTemplate, schemas.TRIED),
    query=schemas.SampleWanted,
)
@needs(Permission.KEEP_TEMPLATES)
def show(wanted: dict[str, Any], name: str) -> ResponseReturnValue:
    """One template, tried with a sample: how each text fits, and what each symbol reads."""
    known = _known(name)
    template = version_of(known, wanted["version"]).template
    trial = templates.try_template(template, wanted["values"], wanted["dpi"])
    return {"template": _told(known), "version": template.version, **_tried(trial)}


@resources.offers(
    "GET",
    f"{_ONE}/preview",
    "previewLabelTemplate",
    _PICTURE,
    query=schemas.SampleWanted,
)
@needs(Permission.KEEP_TEMPLATES)
def preview(wanted: dict[str, Any], name: str) -> ResponseReturnValue:
    """A sample of a template as a picture, in the dots of a printer."""
    template = _template(name, wanted)
    drawn = templates.picture_of(template, wanted["values"], wanted["dpi"])
    return Response(drawn, mimetype=_PICTURE.media_type)


@resources.offers(
    "GET",
    f"{_ONE}/sample",
    "fetchLabelSample",
    PDF,
    query=schemas.SampleWanted,
)
@needs(Permission.KEEP_TEMPLATES)
def page(wanted: dict[str, Any], name: str) -> ResponseReturnValue:
    """A sample as a page to print, over which it says that it is no label."""
    drawn = templates.sample_pdf(_template(name, wanted), wanted["values"])
    return Response(drawn, mimetype=PDF.media_type)


@resources.offers(
    "POST",
    f"{_ONE}/sample",
    "printLabelTemplate",
    NOTHING,
    headers=Write,
    body=Body(schemas.PrintedSample, schemas.PRINTED),
)
@needs(Permission.KEEP_TEMPLATES)
def print_(headers: dict[str, Any], told: dict[str, Any], name: str) -> ResponseReturnValue:
    """Print a sample of the newest version; it says of itself that it is no label."""
    installation, by = here.installation(), here.somebody().proven
    template = _known(name).newest.template
    templates.print_sample(installation, by, template, told["printer"], key=headers["key"])
    return ""


@resources.offers(
    "PUT",
    f"{_ONE}/approval",
    "approveLabelTemplate",
    NOTHING,
    headers=Sign,
    body=Body(schemas.ApprovedTemplate, schemas.APPROVED),
)
@needs(Permission.KEEP_TEMPLATES)
def approve(headers: dict[str, Any], told: dict[str, Any], name: str) -> ResponseReturnValue:
    """Approve the newest version, exactly as it was looked at; QA signs it."""
    by = proven_by(headers["grants"], approvals.APPROVED)
    approvals.approve_template(here.installation(), by, name, seen=told["sha256"])
    return ""


@resources.offers(
    "DELETE", f"{_ONE}/approval/<sha256>", "withdrawLabelTemplate", NOTHING, headers=Sign
)
@needs(Permission.KEEP_TEMPLATES)
def withdraw(headers: dict[str, Any], name: str, sha256: str) -> ResponseReturnValue:
    """Withdraw the approval of the version with this hash, in force or replaced; QA signs it."""
    by = proven_by(headers["grants"], approvals.WITHDRAWN)
    approvals.approve_template(here.installation(), by, name, holds=False, seen=sha256)
    return ""


def _known(name: str) -> KnownTemplate:
    return look_at_template(here.installation(), here.somebody().proven, name)


def _template(name: str, wanted: dict[str, Any]) -> Template:
    return version_of(_known(name), wanted["version"]).template


def _told(known: KnownTemplate) -> dict[str, Any]:
    return {
        "name": known.name,
        "versions": [
            {
                **{
                    key: getattr(one.template, key)
                    for key in ("version", "sha256", "title", "width_mm", "height_mm")
                },
                "standing": one.standing.value,
                "kept": one.kept
                and {"by": one.kept.by, "at": rfc3339(one.kept.at), "reason": one.kept.reason},
            }
            for one in known.versions
        ],
        "turns": [_turn(one) for one in known.turns],
    }


def _turn(turn: Turn) -> dict[str, Any]:
    return {**asdict(turn), "at": rfc3339(turn.at)}


def _tried(trial: Trial) -> dict[str, Any]:
    return {
        "fits": [
            {
                "field": one.slot.asks,
                **{
                    key: getattr(one, key)
                    for key in ("text", "size_pt", "lines", "left_mm", "problem")
                },
            }
            for one in trial.fits
        ],
        "symbols": [
            {"payload": one.slot.payload, "kind": one.slot.kind, "text": one.text}
            for one in trial.decoded
        ],
        "problem": trial.problem.sentence if trial.problem else "",
    }
