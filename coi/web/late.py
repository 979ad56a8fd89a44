"""What happened while nothing could be entered, copied from the paper that was kept meanwhile.

The same form as ever, never guided: nobody scans what is long given. Each entry says when it
happened and when it was recorded, and what was against a rule opens an exception.
"""

from dataclasses import replace

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from coi.services.looking import look_at
from coi.services.permissions import Permission
from coi.web import here
from coi.web.acting import shown, taken
from coi.web.permissions import needs
from coi.web.sheet import Given, Sheet, draw

pages = Blueprint("late", __name__, url_prefix="/therapies/<coi>/late")


@pages.get("")
@needs(Permission.SEE_THERAPIES)
def choose(coi: str) -> ResponseReturnValue:
    """Which step it was: what could be done next, by whom it can be entered."""
    page = look_at(here.installation(), here.somebody(), coi)
    return render_template("late.html", page=page)


@pages.get("/<action>")
@needs(Permission.SEE_THERAPIES)
def ask(coi: str, action: str) -> ResponseReturnValue:
    """Show the form of an action that was taken on paper."""
    return shown(_drawn(coi, action, Given()), Given())


@pages.post("/<action>")
@needs(Permission.SEE_THERAPIES)
def take(coi: str, action: str) -> ResponseReturnValue:
    """Record it as it happened, or say what even a late entry does not bend."""
    return taken(_drawn(coi, action, request.form), request.form)


def _drawn(coi: str, action: str, given: Given) -> Sheet:
    """The form, which also asks when it happened."""
    return replace(draw(here.installation(), here.somebody(), coi, action, given), is_late=True)
