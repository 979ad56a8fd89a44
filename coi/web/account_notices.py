"""What others did to one's account by which people come in: read, or not wanted."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coi.errors import CoiError, DataRefused
from coi.services import account_notices
from coi.services.permissions import Permission
from coi.web import door, here
from coi.web.errors import status_of
from coi.web.permissions import needs

_DIGITS = 18
"""No chain is longer, and no database counts further."""

pages = Blueprint("account_notices", __name__, url_prefix="/account/notices")


@pages.get("")
@needs(Permission.SIGNED_IN)
def mine() -> ResponseReturnValue:
    """What was done, when, by whom and why, and what to do if it was not wanted."""
    return _shown(request.args.get("next", ""))


@pages.post("")
@needs(Permission.SIGNED_IN)
def read() -> ResponseReturnValue:
    """Whoever is here has read it, and goes where they wanted to go."""
    wanted, by = request.form.get("next", ""), here.somebody().proven
    try:
        is_read = account_notices.read_notices(here.installation(), by, _newest())
    except DataRefused as error:
        return _shown(wanted, error), status_of(error)
    if not is_read:
        return _again(wanted)
    return redirect(door.page_for(here.somebody(), wanted), HTTPStatus.SEE_OTHER)


@pages.post("/not-wanted")
@needs(Permission.SIGNED_IN)
def object_to() -> ResponseReturnValue:
    """Whoever is here did not want it: others are told by an alarm, and it goes on to be shown."""
    by = here.somebody().proven
    if account_notices.object_to_notices(here.installation(), by, _newest()):
        flash("Recorded: you did not want this. Whoever is told of alarms is told of it.")
    return _again(request.form.get("next", ""))


def _newest() -> int:
    """The newest that stood on the page."""
    told = request.form.get("newest", "")
    return int(told) if told.isascii() and told.isdigit() and len(told) <= _DIGITS else -1


def _again(wanted: str) -> ResponseReturnValue:
    here_again = url_for("account_notices.mine", next=wanted or None)
    return redirect(here_again, HTTPStatus.SEE_OTHER)


def _shown(wanted: str, error: CoiError | None = None) -> str:
    notices = account_notices.account_notices(here.installation(), here.somebody())
    told = {"next": wanted, "onward": door.page_for(here.somebody(), wanted), "error": error}
    return render_template("account_notices.html", notices=notices, **told)
