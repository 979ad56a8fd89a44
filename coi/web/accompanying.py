"""The sheet that goes along with a container or a wristband, shown as a page that is printed."""

import secrets

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from coi.services.accompanying import (
    AccompanyingSheet,
    AskedSheet,
    lines_beside,
    may_name,
    write_accompanying_sheet,
)
from coi.services.drawing import NotPrinted
from coi.services.permissions import Permission
from coi.web import here
from coi.web.errors import status_of
from coi.web.paper import not_printed
from coi.web.permissions import needs

pages = Blueprint("accompanying", __name__, url_prefix="/therapies/<coi>")

NAMED = "named"
"""What the form says where the sheet is to bear the name."""


@pages.get("/labels/<serial>/sheet")
@needs(Permission.PRINT_LABELS)
def ask(coi: str, serial: str) -> ResponseReturnValue:
    """What a label leaves off, and whether its sheet is to bear the name."""
    installation, by = here.installation(), here.somebody().proven
    try:
        lines = lines_beside(installation, by, coi, serial)
    except NotPrinted as error:
        return not_printed(error, coi), status_of(error)
    named = may_name(installation, by, coi)
    told = {"coi": coi, "serial": serial, "lines": lines, "may_name": named, "key": _key()}
    return render_template("accompanying.html", **told)


@pages.post("/labels/<serial>/sheet")
@needs(Permission.PRINT_LABELS)
def write(coi: str, serial: str) -> ResponseReturnValue:
    """The sheet of a container."""
    is_named = request.form.get(NAMED) == "yes"
    return _written(AskedSheet(coi=coi, serial=serial, is_named=is_named, key=_asked_by()))


@pages.get("/wristband/sheet")
@needs(Permission.SEE_IDENTITY)
def ask_for_wristband(coi: str) -> ResponseReturnValue:
    """Say what the sheet of a wristband is for, to those who meet the patient."""
    may_name(here.installation(), here.somebody().proven, coi, is_required=True)
    told = {"coi": coi, "serial": "", "lines": (), "may_name": True, "key": _key()}
    return render_template("accompanying.html", **told)


@pages.post("/wristband/sheet")
@needs(Permission.SEE_IDENTITY)
def write_for_wristband(coi: str) -> ResponseReturnValue:
    """The sheet that says the name which a wristband cannot show."""
    return _written(AskedSheet(coi=coi, is_named=True, key=_asked_by()))


def draw_sheet(sheet: AccompanyingSheet) -> str:
    """The sheet as a page of its own, without the way to anywhere."""
    return render_template("accompanying_sheet.html", sheet=sheet)


def _written(asked: AskedSheet) -> ResponseReturnValue:
    installation, by = here.installation(), here.somebody().proven
    try:
        return write_accompanying_sheet(installation, by, asked, draw_sheet).decode()
    except NotPrinted as error:
        return not_printed(error, asked.coi), status_of(error)


def _key() -> str:
    """Under which one copy is printed, however often the page is loaded."""
    return f"page-{secrets.token_urlsafe(18)}"


def _asked_by() -> str:
    """The key of this request; one that a form does not bring is new."""
    return request.form.get("key") or _key()
