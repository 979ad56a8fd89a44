"""Who the patient of a therapy is, for those who meet the patient, and who has looked."""

from http import HTTPStatus

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from coi.errors import DataRefused
from coi.services.looking import look_at
from coi.services.looks import REASONS, look_at_patient, looks_at, therapies_beside
from coi.services.permissions import Permission
from coi.web import here
from coi.web.order_form import SEX
from coi.web.permissions import needs

pages = Blueprint("patients", __name__, url_prefix="/therapies/<coi>")


@pages.get("/patient")
@needs(Permission.SEE_IDENTITY)
def ask(coi: str) -> ResponseReturnValue:
    """Ask why somebody wants to see who the patient is; nothing is shown yet."""
    beside = therapies_beside(here.installation(), here.somebody(), coi)
    return render_template("patient.html", coi=coi, beside=beside, reasons=REASONS)


@pages.post("/patient")
@needs(Permission.SEE_IDENTITY)
def show(coi: str) -> ResponseReturnValue:
    """Put on record who looks and why, and show who the patient is."""
    installation, somebody = here.installation(), here.somebody()
    beside = therapies_beside(installation, somebody, coi)
    shown = {"coi": coi, "beside": beside, "reasons": REASONS}
    try:
        reason = request.form.get("reason", "")
        identity = look_at_patient(installation, somebody.proven, coi, reason)
    except DataRefused as error:
        page = render_template("patient.html", **shown, error=error)
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    return render_template("patient.html", **shown, identity=identity, sexes=SEX)


@pages.get("/identity-looks")
@needs(Permission.SEE_LOOKS)
def looks(coi: str) -> ResponseReturnValue:
    """List everybody who looked at the patient's identity."""
    installation, somebody = here.installation(), here.somebody()
    found = looks_at(installation, somebody, coi)
    page = look_at(installation, somebody, coi)
    zone = page.time_zone(page.view.history[0].unit)
    return render_template("looks.html", coi=coi, looks=found, zone=zone)
