"""Pages that belong to no chapter: the scan box's answer."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coi.services.looking import what_is
from coi.services.permissions import Permission
from coi.services.scanning import Code
from coi.web import here
from coi.web.permissions import needs

pages = Blueprint("scan", __name__)


@pages.post("/scan")
@needs(Permission.SEE_THERAPIES)
def scan() -> ResponseReturnValue:
    """Say what a code is, whose, and where to go on with it; an order leads to its therapy."""
    how = "typed" if request.form.get("typed") else "scanned"
    code = Code(request.form["code"], how, request.form.get("device", "-")[:64] or "-")
    found = what_is(here.installation(), here.somebody(), code)
    if found.kind == "order" and found.coi:
        return redirect(url_for("therapies.show", coi=found.coi))
    return render_template("scanned.html", found=found, code=code)
