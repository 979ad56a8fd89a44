"""Which codes of others a site reads: switched on by its QA, who vouches for the licence."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coi.errors import CoiError, DataRefused
from coi.services.code_erasing import ERASED, erase_codes
from coi.services.dialect_view import dialects_of
from coi.services.dialects import NOT_READ, READ, Switch, switch_dialect
from coi.services.permissions import Permission
from coi.web import here
from coi.web.errors import NOT_PROVEN, status_of
from coi.web.permissions import needs
from coi.web.proving import mine

pages = Blueprint("dialects", __name__, url_prefix="/dialects")

TITLES = {"isbt128": "ISBT 128", "gs1": "GS1"}
"""How people call each dialect."""


@pages.get("")
@needs(Permission.KEEP_DIALECTS)
def every() -> ResponseReturnValue:
    """What each of my sites reads beside our own codes."""
    return _shown()


@pages.post("/<site>/tables/erase")
@needs(Permission.KEEP_DIALECTS)
def erase(site: str) -> ResponseReturnValue:
    """Erase what a site has imported, as when its licence ends; it takes the password."""
    try:
        gone = erase_codes(here.installation(), mine(), site)
    except NOT_PROVEN as error:
        return _shown(error, (site, "tables")), status_of(error)
    flash(f"Erased: {gone} tables of codes." if gone else "There was no table to erase.")
    return redirect(url_for("dialects.every"), HTTPStatus.SEE_OTHER)


@pages.post("/<site>/<dialect>")
@needs(Permission.KEEP_DIALECTS)
def switch(site: str, dialect: str) -> ResponseReturnValue:
    """Let a site read a dialect, or no longer; what was typed stays but the password."""
    form = request.form
    holds, licence = form["holds"] == "1", form["licence"].strip()
    wanted = Switch(site=site, dialect=dialect, licence=licence, holds=holds)
    try:
        switch_dialect(here.installation(), mine(), wanted)
    except (*NOT_PROVEN, DataRefused) as error:
        return _shown(error, (site, dialect)), status_of(error)
    flash(f"{TITLES[dialect]} is {'read' if holds else 'no longer read'}.")
    return redirect(url_for("dialects.every"), HTTPStatus.SEE_OTHER)


def _shown(error: CoiError | None = None, about: tuple[str, str] = ("", "")) -> str:
    sites = dialects_of(here.installation(), here.somebody().proven)
    told = {"sites": sites, "titles": TITLES, "error": error, "about": about, "erased": ERASED}
    return render_template("dialects.html", **told, given=request.form, on=READ, off=NOT_READ)
