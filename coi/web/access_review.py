"""Who has which access: the list that quality assurance reviews, and signs for."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coi.errors import CoiError, DataRefused
from coi.services.access_review import REVIEWED, access_reviewed, review_access
from coi.services.permissions import Permission
from coi.web import here
from coi.web.errors import NOT_PROVEN, status_of
from coi.web.permissions import needs
from coi.web.proving import mine

pages = Blueprint("access_review", __name__, url_prefix="/access/review")


@pages.get("")
@needs(Permission.SEE_ACCESS)
def show() -> ResponseReturnValue:
    """Every active account with its roles, and when they are to be reviewed."""
    return _shown()


@pages.post("")
@needs(Permission.ANSWER_FOR_RECORD)
def sign() -> ResponseReturnValue:
    """Sign that the list was reviewed as it was shown; it takes the password."""
    form = request.form
    try:
        review_access(here.installation(), mine(), form["digest"], form["remark"])
    except (*NOT_PROVEN, DataRefused) as error:
        return _shown(error), status_of(error)
    flash("Recorded: you reviewed who has which access.")
    return redirect(url_for("access_review.show"), HTTPStatus.SEE_OTHER)


def _shown(error: CoiError | None = None) -> str:
    installation = here.installation()
    return render_template(
        "access_review.html",
        stands=access_reviewed(installation),
        days=installation.settings.access_review_days,
        meaning=REVIEWED,
        place=installation.place,
        error=error,
        remark=request.form.get("remark", ""),
    )
