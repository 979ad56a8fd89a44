"""Sites and their units: where people work, and what can hold something."""

import secrets
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coi.errors import CoiError, DataRefused, Unknown
from coi.services import hours as keeping
from coi.services import sites as registry
from coi.services.directory import everybody, sites_and_units
from coi.services.hours import Hours
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
    """One unit, who holds which role there, and when somebody is at its dock."""
    return _unit(unit)


@pages.post("/units/<unit>/hours")
@needs(Permission.ADMINISTER)
def set_hours(unit: str) -> ResponseReturnValue:
    """Say when somebody is at the unit's dock, and what to do there when nobody is."""
    given, installation = request.form, here.installation()
    told = {name: given.get(name, "").strip() for name in ("opens", "closes", "otherwise")}
    hours = Hours("".join(given.getlist("day")), **told)
    key, why = given.get("key", ""), given.get("why", "")
    try:
        keeping.set_hours(installation, here.somebody().proven, unit, hours, key=key, why=why)
    except DataRefused as error:
        return _unit(unit, error), status_of(error)
    flash("Recorded: each handoff says so from now on.")
    return redirect(url_for("sites.show_unit", unit=unit), HTTPStatus.SEE_OTHER)


def _unit(unit: str, error: DataRefused | None = None) -> str:
    """The page of a unit.

    Raises:
        Unknown: there is none.
    """
    _sites, units = sites_and_units(here.installation())
    if unit not in units:
        raise Unknown("unit", unit)
    held = [
        (listed, sorted(role for role, at in listed.person.roles if at == unit))
        for listed in everybody(here.installation())
    ]
    told: dict[str, object] = {"days": keeping.DAYS, "error": error, "given": request.form}
    told |= {"hours": keeping.hours_of(here.installation(), unit), "key": _key()}
    return render_template(
        "unit.html", unit=units[unit], held=[one for one in held if one[1]], **told
    )


def _key() -> str:
    return request.form.get("key") or f"page-{secrets.token_urlsafe(18)}"


def _shown(part: str = "", error: CoiError | None = None) -> str:
    known, units = sites_and_units(here.installation())
    told = {"part": part, "error": error, "given": request.form, "kinds": registry.KINDS}
    return render_template("sites.html", sites=known, units=list(units.values()), **told)
