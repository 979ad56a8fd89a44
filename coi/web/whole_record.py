"""The whole record of a therapy, to take along: what is in it, and the password for it."""

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from coi.errors import CoiError, DataRefused
from coi.services.looks import REASONS, IdentityErased
from coi.services.permissions import Permission
from coi.services.whole_record import may_name_patient, write_whole_record
from coi.web import here
from coi.web.errors import NOT_PROVEN, status_of
from coi.web.permissions import needs
from coi.web.proving import mine

pages = Blueprint("whole_record", __name__, url_prefix="/therapies/<coi>/record")

WITHOUT = "without"
"""The answer to why the file shall say who the patient is: it shall not."""


@pages.get("")
@needs(Permission.SEE_THERAPIES)
def ask(coi: str) -> ResponseReturnValue:
    """Say what the file holds, and ask for the password."""
    return _asked(coi)


@pages.post("")
@needs(Permission.SEE_THERAPIES)
def take(coi: str) -> ResponseReturnValue:
    """Take along the whole record, once it is on record that it leaves."""
    installation, by = here.installation(), here.somebody().proven
    # Asked before any password: nobody learns here which therapies there are.
    may_name_patient(installation, by, coi)
    chosen = request.form.get("identity", WITHOUT)
    try:
        named = "" if chosen == WITHOUT else chosen
        content = write_whole_record(installation, mine(), coi, named)
    except (*NOT_PROVEN, DataRefused, IdentityErased) as error:
        return _asked(coi, error), status_of(error)
    answer = Response(content, mimetype="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="record-{coi}.zip"'
    return answer


def _asked(coi: str, error: CoiError | None = None) -> str:
    """The page; what was chosen stays, and the password does not."""
    names = may_name_patient(here.installation(), here.somebody().proven, coi)
    told = {"coi": coi, "error": error, "names": names, "reasons": REASONS}
    chosen = request.form.get("identity", WITHOUT)
    return render_template("whole_record.html", **told, chosen=chosen, without=WITHOUT)
