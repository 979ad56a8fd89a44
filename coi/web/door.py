"""The door: signing in and out, and saying where one works now.

At a registered device a badge and its PIN open it too. Whoever signs in where somebody else is
signed in takes over this browser: the other session ends.
"""

from urllib.parse import urlsplit

from flask import (
    Blueprint,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf
from werkzeug.exceptions import HTTPException

from coi.errors import CoiError
from coi.services import sessions
from coi.services.account_notices import notice_waits
from coi.services.badge_door import Shown, sign_in_by_badge
from coi.services.devices import registered_at
from coi.services.factors import Typed
from coi.services.looking import is_seen
from coi.services.permissions import Permission, may
from coi.services.sessions import SignedIn
from coi.web import here, proving
from coi.web.errors import NOT_PROVEN, status_of
from coi.web.permissions import needs, permission_of

pages = Blueprint("door", __name__)


@pages.get("/sign-in")
@needs(Permission.PUBLIC)
def sign_in() -> ResponseReturnValue:
    """Ask for name and password."""
    return asked(request.args.get("next", ""))


@pages.post("/sign-in")
@needs(Permission.PUBLIC)
def let_in() -> ResponseReturnValue:
    """Begin a session, and go where the person wanted to go; whoever was here is out."""
    form, wanted = request.form, request.form.get("next", "")
    try:
        secret = Typed(form["password"], proving.code_of(form, "password"))
        before, came_from, device = here.token(), here.came_from(), here.device()
        token = sessions.sign_in(
            here.installation(), form["username"], secret, before, came_from, device
        )
    except NOT_PROVEN as error:
        return asked(wanted, error), status_of(error)
    return _entered(token, wanted)


@pages.post("/sign-in/badge")
@needs(Permission.PUBLIC)
def let_in_by_badge() -> ResponseReturnValue:
    """Begin a session by badge and PIN, at a registered device; whoever was here is out."""
    form, wanted = request.form, request.form.get("next", "")
    shown = Shown(form["badge"], form["pin"], here.device())
    try:
        token = sign_in_by_badge(here.installation(), shown, here.token(), here.came_from())
    except NOT_PROVEN as error:
        return asked(wanted, error), status_of(error)
    return _entered(token, wanted)


def asked(wanted: str, error: CoiError | None = None) -> str:
    """Ask for name and password, at a registered device first for badge and PIN, or lead on."""
    here.anybody()
    device = registered_at(here.installation(), here.device())
    return render_template("sign_in.html", next=wanted, error=error, device=device)


def _entered(token: str, wanted: str) -> ResponseReturnValue:
    """Somebody has come in: nothing of whoever was here is left, and they go where they wanted."""
    return redirect(first_page(here.enter(token), wanted))


@pages.post("/sign-out")
@needs(Permission.PUBLIC)
def sign_out() -> ResponseReturnValue:
    """End the session; the next person finds the door, and behind it the page that was open."""
    here.leave()
    wanted = request.form.get("next", "")
    return redirect(url_for("door.sign_in", next=wanted if here.is_ours(wanted) else None))


@pages.get("/line")
@needs(Permission.PUBLIC)
def line() -> ResponseReturnValue:
    """There is a line, and who is here, unnamed; a page's script asks before it sends a form.

    With it comes what a form is sent with now: who signed in anew sends the one that is filled in.
    """
    if here.anybody() is None:
        return jsonify(who="")
    return jsonify(who=here.who(), csrf_token=generate_csrf())


@pages.post("/unit")
@needs(Permission.SIGNED_IN)
def work_at() -> ResponseReturnValue:
    """Work at another of one's units from now on."""
    signed_in = sessions.work_at(here.installation(), here.somebody(), request.form["unit"])
    return redirect(page_for(signed_in, request.form.get("next", "")))


def first_page(signed_in: SignedIn, wanted: str) -> str:
    """What others did to the account comes first, as long as its owner has not read it."""
    if notice_waits(here.installation(), signed_in):
        return url_for("account_notices.mine", next=wanted if here.is_ours(wanted) else None)
    return page_for(signed_in, wanted)


def page_for(signed_in: SignedIn, wanted: str) -> str:
    """The page that was wanted, if it is one of ours and theirs to see; nobody is led elsewhere."""
    if here.is_ours(wanted) and _may_open(signed_in, wanted):
        return wanted
    if wanted and here.is_ours(wanted):
        flash("The page that was open here is not shown to you.")
    return url_for("work.mine")


def _may_open(signed_in: SignedIn, wanted: str) -> bool:
    """The page is there, and shown to this person; another site's is shown to nobody else."""
    try:
        endpoint, told = current_app.url_map.bind("").match(urlsplit(wanted).path, method="GET")
    except HTTPException:
        return False
    permission = permission_of(current_app, endpoint)
    # What is open to everybody is the door, and nobody wants to come back to it.
    if permission is Permission.PUBLIC or not may(signed_in.person, permission):
        return False
    return "coi" not in told or is_seen(here.installation(), signed_in, told["coi"])
