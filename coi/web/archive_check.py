"""Whether archived records can be read: what the last reading found, and the signature for it."""

from collections.abc import Mapping
from http import HTTPStatus

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from coi.services.archive_check import ARCHIVE, archive_checked, read_archive, sign_archive
from coi.services.permissions import Permission
from coi.services.proving import NotSignedYet
from coi.web import here, periodic
from coi.web.errors import status_of
from coi.web.permissions import needs
from coi.web.proving import mine

pages = Blueprint("archive_check", __name__, url_prefix="/archive/check")


@pages.get("")
@needs(Permission.SEE_ACCESS)
def show() -> ResponseReturnValue:
    """What was read last, with what came of it, and when the next signature is due."""
    return periodic.shown(ARCHIVE, _told)


@pages.post("/reading")
@needs(Permission.ANSWER_FOR_RECORD)
def read() -> ResponseReturnValue:
    """Let some records be exported and read now; what comes of it is on record."""
    try:
        reading = read_archive(here.installation())
    except NotSignedYet as error:
        return periodic.shown(ARCHIVE, _told, error), status_of(error)
    flash(f"Recorded: the reading {'passed' if reading.passed else 'FAILED'}.")
    return redirect(url_for("archive_check.show"), HTTPStatus.SEE_OTHER)


@pages.post("")
@needs(Permission.ANSWER_FOR_RECORD)
def sign() -> ResponseReturnValue:
    """Sign for the last reading as it was shown; it takes the password."""
    asked = (request.form["digest"], request.form["remark"])
    return periodic.signed(
        ARCHIVE,
        lambda: sign_archive(here.installation(), mine(), *asked),
        _told,
        "Recorded: you checked that archived records can be read.",
    )


def _told() -> Mapping[str, object]:
    return {"found": archive_checked(here.installation())}
