"""The report by which quality assurance evaluates the system, and signs for it."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coi.errors import CoiError, DataRefused
from coi.services.evaluation import EVALUATED, evaluate, evaluated
from coi.services.permissions import Permission
from coi.web import here
from coi.web.errors import NOT_PROVEN, status_of
from coi.web.permissions import needs
from coi.web.proving import mine

pages = Blueprint("evaluation", __name__, url_prefix="/evaluation")


@pages.get("")
@needs(Permission.SEE_ACCESS)
def show() -> ResponseReturnValue:
    """The system as it is, and what has happened since the evaluation before."""
    return _shown()


@pages.post("")
@needs(Permission.ANSWER_FOR_RECORD)
def sign() -> ResponseReturnValue:
    """Sign for the report as it was shown; it takes the password."""
    form = request.form
    try:
        asked = (form["until"], form["digest"], form["remark"])
        evaluate(here.installation(), mine(), *asked)
    except (*NOT_PROVEN, DataRefused) as error:
        return _shown(error), status_of(error)
    flash("Recorded: you evaluated the system.")
    return redirect(url_for("evaluation.show"), HTTPStatus.SEE_OTHER)


def _shown(error: CoiError | None = None) -> str:
    installation = here.installation()
    return render_template(
        "evaluation.html",
        stands=evaluated(installation),
        days=installation.settings.evaluation_days,
        meaning=EVALUATED,
        error=error,
        remark=request.form.get("remark", ""),
    )
