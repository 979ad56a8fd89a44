"""Who has which access: the list that quality assurance reviews, and signs for."""

from collections.abc import Mapping

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from coi.services.access_review import ACCESS, access_reviewed, review_access
from coi.services.permissions import Permission
from coi.web import here, periodic
from coi.web.permissions import needs
from coi.web.proving import mine

pages = Blueprint("access_review", __name__, url_prefix="/access/review")


@pages.get("")
@needs(Permission.SEE_ACCESS)
def show() -> ResponseReturnValue:
    """Every active account with its roles, and when they are to be reviewed."""
    return periodic.shown(ACCESS, _told)


@pages.post("")
@needs(Permission.ANSWER_FOR_RECORD)
def sign() -> ResponseReturnValue:
    """Sign that the list was reviewed as it was shown; it takes the password."""
    asked = (request.form["digest"], request.form["remark"])
    return periodic.signed(
        ACCESS,
        lambda: review_access(here.installation(), mine(), *asked),
        _told,
        "Recorded: you reviewed who has which access.",
    )


def _told() -> Mapping[str, object]:
    installation = here.installation()
    return {"found": access_reviewed(installation), "place": installation.place}
