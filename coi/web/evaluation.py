"""The report by which quality assurance evaluates the system, and signs for it."""

from collections.abc import Mapping

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from coi.services.evaluation import SYSTEM, evaluate, evaluated
from coi.services.permissions import Permission
from coi.web import here, periodic
from coi.web.permissions import needs
from coi.web.proving import mine

pages = Blueprint("evaluation", __name__, url_prefix="/evaluation")


@pages.get("")
@needs(Permission.SEE_ACCESS)
def show() -> ResponseReturnValue:
    """The system as it is, and what has happened since the evaluation before."""
    return periodic.shown(SYSTEM, _told)


@pages.post("")
@needs(Permission.ANSWER_FOR_RECORD)
def sign() -> ResponseReturnValue:
    """Sign for the report as it was shown; it takes the password."""
    asked = (request.form["until"], request.form["digest"], request.form["remark"])
    return periodic.signed(
        SYSTEM,
        lambda: evaluate(here.installation(), mine(), *asked),
        _told,
        "Recorded: you evaluated the system.",
    )


def _told() -> Mapping[str, object]:
    return {"found": evaluated(here.installation())}
