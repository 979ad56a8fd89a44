"""A permit for the time without a line: asked for while there is one, bag by bag."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coi.errors import CoiError, DataRefused, Refused
from coi.services.likeness import looks_like_others
from coi.services.permissions import Permission
from coi.services.permitting import issue_permit, permittable
from coi.web import here
from coi.web.errors import status_of
from coi.web.permissions import needs

pages = Blueprint("permits", __name__, url_prefix="/therapies/<coi>/permit")


@pages.get("")
@needs(Permission.SEE_IDENTITY)
def ask(coi: str) -> ResponseReturnValue:
    """The bags in the hands of this device's unit, and which of them could have a permit."""
    return _shown(coi)


@pages.post("")
@needs(Permission.SEE_IDENTITY)
def issue(coi: str) -> ResponseReturnValue:
    """This device has a permit for one bag, or every reason why not."""
    by, label = here.somebody().proven, request.form.get("label", "")
    try:
        permit = issue_permit(here.installation(), by, coi, label)
    except (Refused, DataRefused) as error:
        return _shown(coi, error), status_of(error)
    flash(f"Recorded: this device has a permit for {permit.label}.")
    return redirect(url_for("permits.ask", coi=coi), HTTPStatus.SEE_OTHER)


def _shown(coi: str, error: CoiError | None = None) -> str:
    installation = here.installation()
    try:
        bags = permittable(installation, here.somebody().proven, coi)
    except DataRefused as refused:
        bags, error = (), error or refused
    return render_template(
        "permit.html",
        coi=coi,
        bags=bags,
        minutes=installation.settings.permit_minutes,
        looks_alike=bool(bags) and looks_like_others(installation, coi, here.sites_worked_at()),
        error=error,
    )
