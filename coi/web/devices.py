"""Registered devices: each is registered from itself, and ended from anywhere.

What its browser holds is kept from scripts and from other sites, and goes back to nobody.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from http import HTTPStatus

from flask import (
    Blueprint,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.wrappers import Response

from coi.errors import CoiError, DataRefused
from coi.services import device_tests, devices
from coi.services.at_devices import ASKED, NOT_ASKED, ask_for_devices, rules_of
from coi.services.device_tests import Read, Symbol
from coi.services.other_devices import ASKED as ANOTHER
from coi.services.other_devices import NOT_ASKED as NOT_ANOTHER
from coi.services.other_devices import ask_for_another_device, other_device_rules
from coi.services.permissions import Permission
from coi.services.proofs import CannotSign, Proven
from coi.services.received import Sent, visible, with_controls
from coi.web import here
from coi.web.errors import NOT_PROVEN, status_of
from coi.web.paging import part_of, searched
from coi.web.permissions import needs
from coi.web.pictures import bars, data_matrix_gs1, qr_code
from coi.web.proving import mine

pages = Blueprint("devices", __name__, url_prefix="/devices")

HELD_FOR = timedelta(days=400)
"""Browsers hold nothing for longer."""

_READ = "read"
"""Where a session holds what a device read right, until that was shown."""

_LONGEST = 400
_DRAWN: Mapping[Symbol, Callable[[str], Markup]] = {
    Symbol.QR: qr_code,
    Symbol.MATRIX: data_matrix_gs1,
    Symbol.BARS: bars,
}

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
    """The codes that the scanner of this device shall read, and what the last one was read as."""
    return _test(read=_read_last())


@pages.post("/test")
@needs(Permission.SIGNED_IN)
def test() -> ResponseReturnValue:
    """What was read is on record, whatever it was."""
    by, sent = here.somebody().proven, _sent()
    try:
        read = device_tests.record_test(here.installation(), by, sent, request.form["how"])
    except DataRefused as error:
        return _test(error), status_of(error)
    if read.wrong is not None:
        return _test(read=read)
    flash("Recorded: this device reads what is there.")
    session[_READ] = [read.symbol.value, sent.text, sent.before, sent.after, sent.is_heard]
    return redirect(url_for("devices.ask_test"), HTTPStatus.SEE_OTHER)


@pages.post("/test/try")
@needs(Permission.SIGNED_IN)
def try_scanner() -> ResponseReturnValue:
    """What was read at a device that is not registered; nothing is recorded."""
    return _test(read=device_tests.try_scanner(here.somebody().proven, _sent()))


def _sent() -> Sent:
    """What the scanner sent: each key, where a script heard them; else what stands in the field."""
    form = request.form
    heard, before, after = (
        with_controls(form.get(name, "")[:_LONGEST]) for name in ("sent", "before", "after")
    )
    if heard.strip("\r\n"):
        return Sent(heard, before, after, is_heard=True)
    return Sent(form["code"][:_LONGEST])


def _read_last() -> Read | None:
    """What was read right just now; told once."""
    if _READ not in session:
        return None
    symbol, *told = session.pop(_READ)
    return device_tests.read_right(Symbol(symbol), Sent(*told))


def _test(error: CoiError | None = None, read: Read | None = None) -> str:
    asked = device_tests.code_asked(here.installation(), here.somebody().proven)
    drawn = [(name, visible(text), _DRAWN[name](text)) for name, text in asked.codes.items()]
    told = {"asked": asked, "pictures": drawn, "error": error, "read": read}
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
    part = part_of([one for one in found if one.is_called(searched())])
    told = {
        "part": part,
        "any": bool(found),
        "units": choices,
        "this": this,
        "error": error,
    }
    tested = device_tests.standing_of(here.installation(), part.shown)
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
