"""How the record is kept: whether it may be written, and when a backup of it was last tried."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coi.errors import CoiError, DataRefused
from coi.services.acknowledging import GOES_ON, NotRemembered, acknowledge, acknowledged
from coi.services.drills import last_drilled
from coi.services.permissions import Permission
from coi.web import here
from coi.web.errors import NOT_PROVEN, status_of
from coi.web.permissions import needs
from coi.web.proving import mine

pages = Blueprint("record", __name__, url_prefix="/record")


@pages.get("")
@needs(Permission.SEE_RECORD)
def show() -> ResponseReturnValue:
    """Whether the record may be written, each time that it went on, and the last drill."""
    return _shown()


@pages.post("")
@needs(Permission.ANSWER_FOR_RECORD)
def go_on() -> ResponseReturnValue:
    """Sign that a record which is older than it was goes on; it takes the password."""
    try:
        acknowledge(here.installation(), mine(), request.form["why"])
    except (*NOT_PROVEN, DataRefused, NotRemembered) as error:
        return _shown(error), status_of(error)
    flash("Recorded: the record goes on, and is written again.")
    return redirect(url_for("record.show"), HTTPStatus.SEE_OTHER)


def _shown(error: CoiError | None = None) -> str:
    installation = here.installation()
    told = {"went_on": acknowledged(installation), "drilled": last_drilled(installation)}
    given = request.form.get("why", "")
    return render_template("record.html", **told, meaning=GOES_ON, error=error, why_typed=given)
