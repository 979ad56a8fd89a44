"""Equipment: which there is, until when it is calibrated, and what was entered of each piece."""

import secrets
from collections.abc import Callable
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coi.errors import DataRefused, KeyReused
from coi.services import equipment_keeping as keeping
from coi.services.equipment import equipment_of, history_of, oversees
from coi.services.permissions import Permission
from coi.services.places import keeps, places_of
from coi.services.print_view import printers_for
from coi.web import here
from coi.web.errors import status_of
from coi.web.permissions import needs
from workflows.model import EquipmentKind

pages = Blueprint("equipment", __name__, url_prefix="/equipment")

MOST_SHOWN = 200
"""Nobody reads further down a list: whoever looks for one piece says which."""

_FIELDS = ("unit", "number", "kind", "name", "maker_serial", "until", "certificate")


@pages.get("")
@needs(Permission.SEE_EQUIPMENT)
def every() -> ResponseReturnValue:
    """The equipment that I see; what ends first stands first."""
    return _listed()


@pages.post("")
@needs(Permission.KEEP_PLACES)
def register() -> ResponseReturnValue:
    """Register a piece of equipment, or say beside its field what is wrong."""
    given = {name: request.form.get(name, "").strip() for name in _FIELDS}
    unit = given.pop("unit")
    about = keeping.About(calibrated_until=given.pop("until"), **given)
    key = request.form.get("key", "")
    try:
        serial = keeping.register_equipment(
            here.installation(), here.somebody().proven, unit, about, key=key
        )
    except (DataRefused, KeyReused) as error:
        return _listed(error), status_of(error)
    flash(f"Registered: {about.number}. Print its label {serial} and fix it to the equipment.")
    return redirect(url_for("equipment.show", serial=serial), HTTPStatus.SEE_OTHER)


@pages.get("/<serial>")
@needs(Permission.SEE_EQUIPMENT)
def show(serial: str) -> ResponseReturnValue:
    """One piece of equipment, with all that was entered of it."""
    return _one(serial)


@pages.post("/<serial>/calibration")
@needs(Permission.KEEP_PLACES)
def calibrate(serial: str) -> ResponseReturnValue:
    """Enter a new calibration, with its certificate and the reason."""
    form = request.form
    new = keeping.Calibration(form.get("until", ""), form.get("certificate", "").strip())
    key, why = form.get("key", ""), here.why()

    def deed() -> str:
        installation, by = here.installation(), here.somebody().proven
        keeping.renew_calibration(installation, by, serial, new, key=key, why=why)
        return f"Entered: calibrated until {new.until}."

    return _done(serial, "calibration", deed)


@pages.post("/<serial>/service")
@needs(Permission.KEEP_PLACES)
def serve(serial: str) -> ResponseReturnValue:
    """Take a piece out of service, or put it back; with the reason."""
    in_service, key = request.form.get("service") == "in", request.form.get("key", "")

    def deed() -> str:
        installation, by = here.installation(), here.somebody().proven
        keeping.put_in_service(
            installation, by, serial, in_service=in_service, key=key, why=here.why()
        )
        return "It is in service again." if in_service else "It is out of service from now on."

    return _done(serial, "service", deed)


def _done(serial: str, part: str, deed: Callable[[], str]) -> ResponseReturnValue:
    """Do it and say so, or show again what was typed and why it was not done."""
    try:
        flash(deed())
    except (DataRefused, KeyReused) as error:
        return _one(serial, error, part), status_of(error)
    return redirect(url_for("equipment.show", serial=serial), HTTPStatus.SEE_OTHER)


def _one(serial: str, error: DataRefused | KeyReused | None = None, part: str = "") -> str:
    installation, somebody = here.installation(), here.somebody()
    entered = history_of(installation, somebody.person, serial)
    known = entered[0].known
    may_keep = keeps(somebody.person, known.unit.id)
    return render_template(
        "equipment_piece.html",
        one=known,
        entered=entered,
        now=installation.clock.now(),
        may_keep=may_keep,
        printers=printers_for(installation, somebody.proven) if may_keep else (),
        given=request.form,
        error=error,
        part=part,
        key=f"label-{secrets.token_urlsafe(18)}",
    )


def _listed(error: DataRefused | KeyReused | None = None) -> str:
    """The register; after an error the form as it was filled in, with a key of its own."""
    installation, somebody = here.installation(), here.somebody()
    sought = request.args.get("q", "").strip()[:100]
    known = equipment_of(installation, somebody.person)
    wanted = sought.casefold()
    found = [one for one in known if wanted in f"{one.piece.number} {one.piece.name}".casefold()]
    problems = error.problems if isinstance(error, DataRefused) else ()
    errors = {problem.column or "key": problem.reason for problem in problems}
    return render_template(
        "equipment.html",
        found=found[:MOST_SHOWN],
        number=len(found),
        sought=sought,
        units=[kept.unit for kept in places_of(installation, somebody)],
        oversees=oversees(somebody.person),
        kinds_of_equipment=[kind.value for kind in EquipmentKind],
        now=installation.clock.now(),
        given=request.form,
        errors=errors or ({"key": error.sentence} if error else {}),
        code=error.code if error else "",
        key=f"equipment-{secrets.token_urlsafe(18)}",
    )
