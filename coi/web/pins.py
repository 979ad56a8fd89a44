"""One's own badge and its PIN: set with the password, given up, and struck off when lost."""

from collections.abc import Callable
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coi.errors import CoiError, DataRefused, Problem
from coi.services import badges, pins
from coi.services.permissions import Permission
from coi.services.person_file import person_file
from coi.web import here, proving
from coi.web.errors import NOT_PROVEN, status_of
from coi.web.permissions import needs

pages = Blueprint("pins", __name__, url_prefix="/account/badge")

_TOLD = (*NOT_PROVEN, DataRefused)


@pages.get("")
@needs(Permission.SIGNED_IN)
def mine() -> ResponseReturnValue:
    """Which badge whoever is here wears, and whether it has a PIN."""
    return _shown()


@pages.post("/pin")
@needs(Permission.SIGNED_IN)
def set_pin() -> ResponseReturnValue:
    """Set one's own PIN; it takes the password."""
    form, by = request.form, here.somebody().proven

    def deed() -> None:
        if form["pin"] != form["again"]:
            raise DataRefused([Problem("the two differ; type all again", column="PIN")])
        pins.set_pin(here.installation(), by, proving.typed(form, "password"), form["pin"])
        here.hold_anew()

    told = "Your PIN is set. With your badge it opens the door of registered devices at your sites."
    return _done(deed, told)


@pages.post("/pin/end")
@needs(Permission.SIGNED_IN)
def end_pin() -> ResponseReturnValue:
    """Give one's own PIN up."""
    by = here.somebody().proven
    return _done(lambda: pins.end_pin(here.installation(), by), "Your PIN is given up.")


@pages.post("/lost")
@needs(Permission.SIGNED_IN)
def strike_off() -> ResponseReturnValue:
    """Strike one's own badge off, which is lost; whoever came in by it is out."""
    by, why = here.somebody().proven, request.form["why"].strip()

    def deed() -> None:
        badges.strike_off_badge(here.installation(), by, by.username, why)

    return _done(deed, "Struck off: your badge. An administrator issues another one.")


def _done(deed: Callable[[], None], told: str) -> ResponseReturnValue:
    """The page after a deed, or with the reason why there was none."""
    try:
        deed()
    except _TOLD as error:
        proving.ask_code_after(error)
        return _shown(error), status_of(error)
    flash(told)
    return redirect(url_for("pins.mine"), HTTPStatus.SEE_OTHER)


def _shown(error: CoiError | None = None) -> str:
    file = person_file(here.installation(), here.somebody().proven.username)
    return render_template("badge.html", file=file, error=error, hint=pins.WHAT_IT_IS)
