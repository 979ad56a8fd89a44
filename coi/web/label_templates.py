"""Label templates: what each prints with made-up values, and what quality assurance signs of it."""

from http import HTTPStatus

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coi.errors import CoiError, DataRefused, KeyReused, Refused
from coi.services import label_templates as templates
from coi.services.approvals import APPROVED, WITHDRAWN, approve_template
from coi.services.drawing import NotPrinted
from coi.services.label_templates import KnownVersion, look_at_template, version_of
from coi.services.permissions import Permission
from coi.web import here
from coi.web.errors import NOT_PROVEN, status_of
from coi.web.people import new_key
from coi.web.permissions import needs
from coi.web.proving import mine
from coi.web.sampling import chosen_resolution, chosen_values

pages = Blueprint("label_templates", __name__, url_prefix="/label-templates")

_TOLD = (*NOT_PROVEN, DataRefused, KeyReused, NotPrinted, Refused)


@pages.get("")
@needs(Permission.KEEP_TEMPLATES)
def every() -> ResponseReturnValue:
    """Every template with its versions and how they stand."""
    found = templates.every_template(here.installation(), here.somebody().proven)
    return render_template("label_templates.html", templates=found)


@pages.get("/<name>")
@needs(Permission.KEEP_TEMPLATES)
def show(name: str) -> ResponseReturnValue:
    """One version of a template: a sample, how each text fits, and what each symbol reads."""
    return _shown(name)


@pages.get("/<name>/sample.png")
@needs(Permission.KEEP_TEMPLATES)
def picture(name: str) -> ResponseReturnValue:
    """A sample in the dots of a printer."""
    drawn = templates.picture_of(_wanted(name).template, chosen_values(), chosen_resolution())
    return Response(drawn, mimetype="image/png")


@pages.get("/<name>/sample.pdf")
@needs(Permission.KEEP_TEMPLATES)
def page(name: str) -> ResponseReturnValue:
    """A sample as a page to print, over which it says that it is no label."""
    drawn = templates.sample_pdf(_wanted(name).template, chosen_values())
    answer = Response(drawn, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="sample-of-{name}.pdf"'
    return answer


@pages.post("/<name>/approval")
@needs(Permission.KEEP_TEMPLATES)
def approve(name: str) -> ResponseReturnValue:
    """Approve the newest version, or withdraw one; whoever does so signs what was shown."""
    form = request.form
    holds, seen = form["holds"] == "1", form["sha256"]
    try:
        approve_template(here.installation(), mine(), name, holds=holds, seen=seen)
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


def _wanted(name: str) -> KnownVersion:
    """The version that the address names, or the newest."""
    known = look_at_template(here.installation(), here.somebody().proven, name)
    return version_of(known, request.args.get("version", type=int))


def _shown(name: str, error: CoiError | None = None) -> str:
    installation, by = here.installation(), here.somebody().proven
    known = look_at_template(installation, by, name)
    wanted = version_of(known, request.args.get("version", type=int))
    resolution, values = chosen_resolution(), chosen_values()
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
        is_author=wanted.kept is not None and wanted.kept.person == by.person,
        on=APPROVED,
        off=WITHDRAWN,
    )
