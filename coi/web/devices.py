"""Registered devices: each is registered from itself, and ended from anywhere.

What its browser holds is kept from scripts and from other sites, and goes back to nobody.
"""

from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from coi.errors import CoiError, DataRefused
from coi.services import device_tests, devices
from coi.services.at_devices import ASKED, NOT_ASKED, ask_for_devices, rules_of
from coi.services.other_devices import ASKED as ANOTHER
from coi.services.other_devices import NOT_ASKED as NOT_ANOTHER
from coi.services.other_devices import ask_for_another_device, other_device_rules
from coi.services.permissions import Permission
from coi.services.proofs import CannotSign, Proven
from coi.services.wedge import Diagnosis
from coi.web import here
from coi.web.errors import NOT_PROVEN, status_of
from coi.web.permissions import needs
from coi.web.pictures import qr_code
from coi.web.proving import mine

pages = Blueprint("devices", __name__, url_prefix="/devices")

HELD_FOR = timedelta(days=400)
"""Browsers hold nothing for longer."""

_TOLD = (*NOT_PROVEN, CannotSign, DataRefused)


@pages.get("")
@needs(Permission.KEEP_DEVICES)
def every() -> ResponseReturnValue:
    """The devices that I keep, and the form for the one that I sit at."""
    return _listed()


@pages.post("")
@needs(Permission.KEEP_DEVICES)
def register() -> ResponseReturnValue:
    """Register this device, or say what is wrong; what was typed stays but the password."""
    unit, name = request.form["unit"], request.form["name"].strip()
    try:
        held = devices.register_device(here.installation(), mine(), unit, name, here.device())
    except _TOLD as error:
        return _listed(error), status_of(error)
    return hold(_done(f"Registered: this device is {name}."), held)


@pages.post("/<device>/end")
@needs(Permission.KEEP_DEVICES)
def end(device: str) -> ResponseReturnValue:
    """Let a device be one no longer, at once."""
    try:
        devices.end_device(here.installation(), mine(), device, why=here.why())
    except _TOLD as error:
        return _listed(error), status_of(error)
    return _done("Ended. It is a registered device no longer.")


@pages.post("/rules/<site>")
@needs(Permission.KEEP_DEVICES)
def rule(site: str) -> ResponseReturnValue:
    """Let the steps of a site be taken at its registered devices alone, or at any."""
    asked = request.form["asked"] == "1"
    try:
        ask_for_devices(here.installation(), mine(), site, asked=asked, why=here.why())
    except _TOLD as error:
        return _listed(error), status_of(error)
    where = "at its registered devices alone" if asked else "at any device"
    return _done(f"Steps of this site are taken {where} from now on.")


@pages.post("/second-check/<site>")
@needs(Permission.KEEP_DEVICES)
def second_check(site: str) -> ResponseReturnValue:
    """Let the second check at a site be made at another device than the first, or at any."""
    asked = request.form["asked"] == "1"
    try:
        ask_for_another_device(here.installation(), mine(), site, asked=asked, why=here.why())
    except _TOLD as error:
        return _listed(error), status_of(error)
    where = "at another registered device" if asked else "at any device"
    return _done(f"The second check is made {where} from now on.")


@pages.get("/test")
@needs(Permission.SIGNED_IN)
def ask_test() -> ResponseReturnValue:
    """The code that the scanner of this device shall read."""
    return _test()


@pages.post("/test")
@needs(Permission.SIGNED_IN)
def test() -> ResponseReturnValue:
    """What was read is on record, whatever it was."""
    by, form = here.somebody().proven, request.form
    try:
        wrong = device_tests.record_test(here.installation(), by, form["code"], form["how"])
    except DataRefused as error:
        return _test(error), status_of(error)
    if wrong is not None:
        return _test(wrong=wrong)
    flash("Recorded: this device reads what is there.")
    return redirect(url_for("devices.ask_test"), HTTPStatus.SEE_OTHER)


def _test(error: CoiError | None = None, wrong: Diagnosis | None = None) -> str:
    asked = device_tests.code_asked(here.installation(), here.somebody().proven)
    picture = qr_code(asked.code) if asked else ""
    told = {"asked": asked, "picture": picture, "error": error, "wrong": wrong}
    return render_template("device_test.html", **told)


def hold(answer: Response, held: str) -> Response:
    """Let the browser that is answered hold this, for as long as browsers hold anything."""
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    answer.set_cookie(
        *(here.device_cookie(), held),
        max_age=HELD_FOR,
        secure=secure,
        httponly=True,
        samesite="Strict",
    )
    return answer


def _done(told: str) -> Response:
    flash(told)
    return redirect(url_for("devices.every"), HTTPStatus.SEE_OTHER)


def _listed(error: CoiError | None = None) -> str:
    by = here.somebody().proven
    found, units, this = devices.devices_of(here.installation(), by, here.device())
    choices = [(one.id, f"{one.site.name}, {one.name}") for one in units]
    told = {"devices": found, "units": choices, "this": this, "error": error}
    tested = device_tests.every_standing(here.installation())
    rules = {"steps": _where_steps_are_taken(by), "checks": _where_the_second_checks(by)}
    return render_template("devices.html", **told, **rules, given=request.form, tested=tested)


def _where_steps_are_taken(by: Proven) -> Mapping[str, object]:
    return {
        "page": "devices.rule",
        "on": ASKED,
        "off": NOT_ASKED,
        "sites": rules_of(here.installation(), by),
    }


def _where_the_second_checks(by: Proven) -> Mapping[str, object]:
    return {
        "page": "devices.second_check",
        "on": ANOTHER,
        "off": NOT_ANOTHER,
        "sites": other_device_rules(here.installation(), by),
    }
