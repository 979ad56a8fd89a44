"""The custody records of a work list: drawn beside the page, looked at, stopped, fetched."""

from http import HTTPStatus

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coi.services.custody_batch import (
    begin_records,
    fetch_records,
    go_on_with_records,
    records_view,
    stop_records,
)
from coi.services.permissions import Permission
from coi.web import here
from coi.web.permissions import needs
from coi.web.work import wanted_of

pages = Blueprint("custody_records", __name__, url_prefix="/exports/custody-records")


@pages.post("")
@needs(Permission.SEE_THERAPIES)
def begin() -> ResponseReturnValue:
    """Begin to draw the custody record of each therapy on my list."""
    wanted, key = wanted_of(request.form), request.form.get("key", "")
    begin_records(here.installation(), here.somebody().proven, wanted, key)
    return _shown(key)


@pages.get("/<key>")
@needs(Permission.SEE_THERAPIES)
def show(key: str) -> ResponseReturnValue:
    """How many are drawn; looks again by itself."""
    found = records_view(here.installation(), here.somebody().proven, key)
    zone = here.zone_of(here.somebody().unit)
    return render_template("custody_records.html", found=found, zone=zone)


@pages.post("/<key>/stop")
@needs(Permission.SEE_THERAPIES)
def end(key: str) -> ResponseReturnValue:
    """Let no more of them be drawn."""
    stop_records(here.installation(), here.somebody().proven, key)
    flash(
        "Stopped: what is drawn can be fetched. A record that was being drawn is not among them,"
        " nor counted as a copy."
    )
    return _shown(key)


@pages.post("/<key>/go-on")
@needs(Permission.SEE_THERAPIES)
def again(key: str) -> ResponseReturnValue:
    """Let those be drawn that are not, where nobody is at it any more."""
    go_on_with_records(here.installation(), here.somebody().proven, key)
    flash("It goes on.")
    return _shown(key)


@pages.get("/<key>/file")
@needs(Permission.SEE_THERAPIES)
def file(key: str) -> ResponseReturnValue:
    """Fetch the records that are drawn, in one file."""
    records = fetch_records(here.installation(), here.somebody().proven, key)
    answer = Response(records, mimetype="application/zip")
    answer.headers["Content-Disposition"] = 'attachment; filename="custody-records.zip"'
    return answer


def _shown(key: str) -> ResponseReturnValue:
    return redirect(url_for("custody_records.show", key=key), HTTPStatus.SEE_OTHER)
