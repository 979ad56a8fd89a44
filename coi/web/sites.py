"""Sites and their units: where people work, and what can hold something."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coi.errors import CoiError, DataRefused, Unknown
from coi.services import sites as registry
from coi.services.directory import everybody, sites_and_units
from coi.services.permissions import Permission
from coi.services.sites import Site
from coi.web import here
from coi.web.errors import status_of
from coi.web.permissions import needs

pages = Blueprint("sites", __name__, url_prefix="/sites")


@pages.get("")
@needs(Permission.ADMINISTER)
def every() -> ResponseReturnValue:
    """Every site with its units."""
    return _shown()


@pages.post("")
@needs(Permission.ADMINISTER)
def add_site() -> ResponseReturnValue:
    """Register a site; its chain begins."""
    given = {name: request.form[name].strip() for name in Site.__slots__}
    try:
        registry.register_site(here.installation(), here.somebody().proven, Site(**given))
    except DataRefused as error:
        return _shown("site", error), status_of(error)
    flash(f"Registered: {given['name']}.")
    return redirect(url_for("sites.every"), HTTPStatus.SEE_OTHER)


@pages.post("/units")
@needs(Permission.ADMINISTER)
def add_unit() -> ResponseReturnValue:
    """Register a unit of a site; it can hold things from now on."""
    unit, site, name = (request.form[name].strip() for name in ("id", "site", "name"))
    try:
        registry.register_unit(here.installation(), here.somebody().proven, unit, site, name)
    except DataRefused as error:
        return _shown("unit", error), status_of(error)
    flash(f"Registered: {name}.")
    return redirect(url_for("sites.every"), HTTPStatus.SEE_OTHER)


@pages.get("/units/<unit>")
@needs(Permission.ADMINISTER)
def show_unit(unit: str) -> ResponseReturnValue:
    """One unit, and who holds which role there."""
    _sites, units = sites_and_units(here.installation())
    if unit not in units:
        raise Unknown("unit", unit)
    held = [
        (listed, sorted(role for role, at in listed.person.roles if at == unit))
        for listed in everybody(here.installation())
    ]
    return render_template("unit.html", unit=units[unit], held=[one for one in held if one[1]])


def _shown(part: str = "", error: CoiError | None = None) -> str:
    known, units = sites_and_units(here.installation())
    told = {"part": part, "error": error, "given": request.form, "kinds": registry.KINDS}
    return render_template("sites.html", sites=known, units=list(units.values()), **told)
