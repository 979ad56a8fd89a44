"""One therapy: where everything is, who holds it, what happened, what is next."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from coi.services.looking import look_at
from coi.services.permissions import Permission
from coi.web import here
from coi.web.permissions import needs

pages = Blueprint("therapies", __name__, url_prefix="/therapies")


@pages.get("/<coi>")
@needs(Permission.SEE_THERAPIES)
def show(coi: str) -> ResponseReturnValue:
    """The whole therapy, as far as this person may see it."""
    return render_template("therapy.html", page=look_at(here.installation(), here.somebody(), coi))
