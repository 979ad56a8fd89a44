"""The door: signing in and out, and saying where one works now."""

from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coi.errors import WrongPassword
from coi.services import sessions
from coi.services.permissions import Permission
from coi.services.sessions import Locked
from coi.web import here
from coi.web.errors import status_of
from coi.web.permissions import needs

pages = Blueprint("door", __name__)


@pages.get("/sign-in")
@needs(Permission.PUBLIC)
def sign_in() -> ResponseReturnValue:
    """Ask for name and password."""
    return render_template("sign_in.html", next=request.args.get("next", ""))


@pages.post("/sign-in")
@needs(Permission.PUBLIC)
def let_in() -> ResponseReturnValue:
    """Begin a session, and go where the person wanted to go."""
    form = request.form
    try:
        token = sessions.sign_in(here.installation(), form["username"], form["password"])
    except (WrongPassword, Locked) as error:
        shown = render_template("sign_in.html", next=form.get("next", ""), error=error)
        return shown, status_of(error)
    here.enter(token)
    return redirect(_own_page(form.get("next", "")))


@pages.post("/sign-out")
@needs(Permission.PUBLIC)
def sign_out() -> ResponseReturnValue:
    """End the session; the next person finds the door."""
    here.leave()
    return redirect(url_for("door.sign_in"))


@pages.post("/unit")
@needs(Permission.SIGNED_IN)
def work_at() -> ResponseReturnValue:
    """Work at another of one's units from now on."""
    sessions.work_at(here.installation(), here.somebody(), request.form["unit"])
    return redirect(url_for("work.mine"))


def _own_page(wanted: str) -> str:
    """The page that was wanted, if it is one of ours; nobody is led elsewhere."""
    parts = urlsplit(wanted)
    is_ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    return wanted if is_ours and not parts.netloc and wanted.isprintable() else url_for("work.mine")
