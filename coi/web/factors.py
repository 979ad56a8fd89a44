"""One's own second factors: enrolled with the password and a first code, and given up."""

from collections.abc import Callable
from http import HTTPStatus

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coi.errors import CoiError, DataRefused
from coi.services import enrolling, factors
from coi.services.enrolling import Offer
from coi.services.permissions import Permission
from coi.services.person_file import FACTORS, person_file
from coi.web import here, proving
from coi.web.errors import NOT_PROVEN, status_of
from coi.web.permissions import needs
from coi.web.pictures import qr_code

pages = Blueprint("factors", __name__, url_prefix="/account/factors")

_TOLD = (*NOT_PROVEN, DataRefused)


@pages.get("")
@needs(Permission.SIGNED_IN)
def mine() -> ResponseReturnValue:
    """Which factors whoever is here has, and a secret for one more."""
    return _shown(enrolling.offer_app(here.installation(), here.somebody()))


@pages.post("/app")
@needs(Permission.SIGNED_IN)
def enrol_app() -> ResponseReturnValue:
    """Enrol an app that shows codes, once it has shown one; it takes the password."""
    installation, signed_in, form = here.installation(), here.somebody(), request.form
    secret = proving.typed(form, "password")

    def deed() -> None:
        enrolling.enrol_app(installation, signed_in, secret, form["sealed"], form["first"])

    told = "Your second factor is enrolled. From now on its code is asked for with your password."
    return _done(deed, told, form["sealed"])


@pages.post("/passkey/asked")
@needs(Permission.SIGNED_IN)
def ask_new_passkey() -> ResponseReturnValue:
    """What the page's script asks the browser for, to make a passkey."""
    return _as_json(enrolling.ask_to_enrol(here.installation(), here.somebody()))


@pages.post("/passkey")
@needs(Permission.SIGNED_IN)
def enrol_passkey() -> ResponseReturnValue:
    """Enrol the passkey that the browser has made; it takes the password."""
    installation, signed_in, form = here.installation(), here.somebody(), request.form
    secret = proving.typed(form, "password")

    def deed() -> None:
        enrolling.enrol_passkey(installation, signed_in, secret, form["answer"])

    return _done(deed, "Your passkey is enrolled. From now on it is asked for with your password.")


@pages.post("/shown/asked")
@needs(Permission.PUBLIC)
def ask_passkey() -> ResponseReturnValue:
    """What a page's script asks the browser for, to show a passkey: at the door too."""
    return _as_json(factors.ask_passkey(here.installation()))


def _as_json(text: str) -> ResponseReturnValue:
    return current_app.response_class(text, mimetype="application/json")


@pages.post("/give-up")
@needs(Permission.SIGNED_IN)
def give_up() -> ResponseReturnValue:
    """Give one of one's own factors up; it takes the password and a factor."""
    installation, signed_in, form = here.installation(), here.somebody(), request.form
    secret = proving.typed(form, "password")

    def deed() -> None:
        enrolling.give_up(installation, signed_in, secret, form["factor"])

    return _done(deed, "That second factor is given up.")


def _done(deed: Callable[[], None], told: str, sealed: str = "") -> ResponseReturnValue:
    """The page after a deed, or with the reason why there was none."""
    try:
        deed()
    except _TOLD as error:
        proving.ask_code_after(error)
        return _shown(_offered(sealed), error), status_of(error)
    here.hold_anew()
    flash(told)
    return redirect(url_for("factors.mine"), HTTPStatus.SEE_OTHER)


def _offered(sealed: str) -> Offer:
    """The secret that the app holds already, if it was offered here; else another one."""
    installation, signed_in = here.installation(), here.somebody()
    try:
        return enrolling.offer_again(installation, signed_in, sealed)
    except DataRefused:
        return enrolling.offer_app(installation, signed_in)


def _shown(offer: Offer, error: CoiError | None = None) -> str:
    signed_in = here.somebody()
    file = person_file(here.installation(), signed_in.proven.username)
    told = {"file": file, "kinds": FACTORS, "offer": offer, "error": error}
    return render_template("factors.html", **told, picture=qr_code(offer.uri))
