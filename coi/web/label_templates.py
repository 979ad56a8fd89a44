"""Label templates: what each prints with made-up values, and what quality assurance signs of it."""

from base64 import b64encode
from http import HTTPStatus

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coi.errors import CoiError, DataRefused, KeyReused, Refused
from coi.services import label_templates as templates
from coi.services.approvals import APPROVED, WITHDRAWN, approve_template
from coi.services.drawing import NotPrinted
from coi.services.known_templates import text_of
from coi.services.label_templates import KnownVersion, look_at_template, version_of
from coi.services.permissions import Permission
from coi.services.proofs import JustProven
from coi.services.template_trials import (
    MAX_CHARACTERS,
    TextTried,
    TriesUnderWay,
    in_words,
    try_text,
)
from coi.services.tries import prove
from coi.web import here
from coi.web.errors import NOT_PROVEN, status_of
from coi.web.people import new_key
from coi.web.permissions import needs
from labels.layout import Resolution
from labels.sample import Values

pages = Blueprint("label_templates", __name__, url_prefix="/label-templates")

_FIRST = "bag-label"
"""What a text is begun from, unless a template is chosen."""

_TOLD = (*NOT_PROVEN, DataRefused, KeyReused, NotPrinted, Refused)


@pages.get("")
@needs(Permission.KEEP_TEMPLATES)
def every() -> ResponseReturnValue:
    """Every template with its versions and how they stand."""
    found = templates.every_template(here.installation(), here.somebody().proven)
    return render_template("label_templates.html", templates=found)


@pages.get("/try")
@needs(Permission.KEEP_TEMPLATES)
def ask() -> ResponseReturnValue:
    """The text of a template to start from, drawn, and a form in which to change it."""
    name, version = request.args.get("template", _FIRST), request.args.get("version", type=int)
    return _text_tried(here.installation().read(lambda tx: text_of(tx, name, version)))


@pages.post("/try")
@needs(Permission.KEEP_TEMPLATES)
def try_() -> ResponseReturnValue:
    """What was typed, drawn, or everything that is wrong with it; nothing is saved."""
    # A browser sends the end of a line as two characters.
    return _text_tried(request.form.get("text", "").replace("\r\n", "\n"))


@pages.get("/<name>")
@needs(Permission.KEEP_TEMPLATES)
def show(name: str) -> ResponseReturnValue:
    """One version of a template: a sample, how each text fits, and what each symbol reads."""
    return _shown(name)


@pages.get("/<name>/sample.png")
@needs(Permission.KEEP_TEMPLATES)
def picture(name: str) -> ResponseReturnValue:
    """A sample in the dots of a printer."""
    drawn = templates.picture_of(_wanted(name).template, _values(), _resolution())
    return Response(drawn, mimetype="image/png")


@pages.get("/<name>/sample.pdf")
@needs(Permission.KEEP_TEMPLATES)
def page(name: str) -> ResponseReturnValue:
    """A sample as a page to print, over which it says that it is no label."""
    drawn = templates.sample_pdf(_wanted(name).template, _values())
    answer = Response(drawn, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="sample-of-{name}.pdf"'
    return answer


@pages.post("/<name>/approval")
@needs(Permission.KEEP_TEMPLATES)
def approve(name: str) -> ResponseReturnValue:
    """Approve the newest version, or withdraw that; whoever does so signs what was shown."""
    form = request.form
    holds, seen = form["holds"] == "1", form["sha256"]
    try:
        approve_template(here.installation(), _proven(), name, holds=holds, seen=seen)
    except _TOLD as error:
        return _shown(name, error), status_of(error)
    flash(f"The label template {name} is {'approved' if holds else 'withdrawn'}.")
    return redirect(url_for("label_templates.show", name=name), HTTPStatus.SEE_OTHER)


@pages.post("/<name>/sample")
@needs(Permission.KEEP_TEMPLATES)
def print_(name: str) -> ResponseReturnValue:
    """Print a sample at a printer; it says of itself that it is no label."""
    form, by = request.form, here.somebody().proven
    printer, key = form["printer"], form["key"]
    template = _wanted(name).template
    try:
        templates.print_sample(here.installation(), by, template, printer, key=key)
    except _TOLD as error:
        return _shown(name, error), status_of(error)
    flash("A sample waits for the printer. It is no label: destroy it.")
    shown = url_for("label_templates.show", name=name, version=template.version)
    return redirect(shown, HTTPStatus.SEE_OTHER)


def _proven() -> JustProven:
    """Whoever is signed in, with the password typed for this."""
    by = here.somebody().proven
    return prove(here.installation(), by.username, request.form["password"], by)


def _wanted(name: str) -> KnownVersion:
    """The version that the address names, or the newest."""
    known = look_at_template(here.installation(), here.somebody().proven, name)
    return version_of(known, request.args.get("version", type=int))


def _resolution() -> Resolution:
    """The resolution that the address names, of those that there are."""
    asked = request.values.get("dpi", type=int)
    return next((one for one in templates.RESOLUTIONS if one == asked), 300)


def _values() -> Values:
    """The values that the address names, of those that there are."""
    asked = request.values.get("values")
    return next((one for one in templates.VALUES if one == asked), "usual")


def _text_tried(text: str) -> tuple[str, HTTPStatus]:
    resolution, values = _resolution(), _values()
    outcome, error = TextTried(), None
    try:
        outcome = try_text(text, values, resolution)
    except TriesUnderWay as busy:
        error = busy
    page = render_template(
        "label_template_try.html",
        text=text,
        most=MAX_CHARACTERS,
        outcome=outcome,
        problems=[in_words(one) for one in outcome.problems],
        picture=b64encode(outcome.picture).decode(),
        chosen={"dpi": resolution, "values": values},
        resolutions=templates.RESOLUTIONS,
        error=error,
    )
    return page, status_of(error) if error else HTTPStatus.OK


def _shown(name: str, error: CoiError | None = None) -> str:
    installation, by = here.installation(), here.somebody().proven
    known = look_at_template(installation, by, name)
    wanted = version_of(known, request.args.get("version", type=int))
    resolution, values = _resolution(), _values()
    return render_template(
        "label_template.html",
        known=known,
        wanted=wanted,
        trial=templates.try_template(wanted.template, values, resolution),
        chosen={"version": wanted.template.version, "dpi": resolution, "values": values},
        resolutions=templates.RESOLUTIONS,
        printers=templates.sample_printers(installation, by),
        error=error,
        key=new_key(),
        on=APPROVED,
        off=WITHDRAWN,
    )
