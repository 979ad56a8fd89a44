"""Who stands in for whoever releases: deputies, and who of a site is on call."""

from datetime import date
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coi.errors import CoiError, DataRefused, Problem
from coi.services.permissions import Permission
from coi.services.standing_in import (
    MEANINGS,
    Duty,
    Wish,
    end_standing_in,
    own_posts,
    stand_in,
    standing_in,
)
from coi.web import here
from coi.web.errors import NOT_PROVEN, status_of
from coi.web.permissions import needs
from coi.web.proving import mine

pages = Blueprint("standing_in", __name__, url_prefix="/standing-in")

_DUTIES = {Duty.DEPUTY: "My deputy", Duty.ON_CALL: "On call for the site"}


@pages.get("")
@needs(Permission.STAND_IN)
def show() -> ResponseReturnValue:
    """Who stands in, now and later, and the form to name somebody."""
    return _shown()


@pages.post("")
@needs(Permission.STAND_IN)
def name() -> ResponseReturnValue:
    """Name a deputy, or put somebody on call; it takes the password."""
    try:
        stand_in(here.installation(), mine(), _wish())
    except (*NOT_PROVEN, DataRefused) as error:
        return _shown(error), status_of(error)
    flash("Recorded: who stands in.")
    return redirect(url_for("standing_in.show"), HTTPStatus.SEE_OTHER)


@pages.post("/end")
@needs(Permission.STAND_IN)
def end() -> ResponseReturnValue:
    """Let somebody stand in no longer; it takes the password."""
    seq = request.form.get("seq", "")
    number = int(seq) if seq.isascii() and seq.isdigit() and len(seq) <= len("999999999") else -1
    try:
        end_standing_in(here.installation(), mine(), request.form.get("site", ""), number)
    except (*NOT_PROVEN, DataRefused) as error:
        return _shown(error), status_of(error)
    flash("Recorded: they stand in no longer.")
    return redirect(url_for("standing_in.show"), HTTPStatus.SEE_OTHER)


def _wish() -> Wish:
    """What the form says.

    Raises:
        DataRefused: a day is none, or nothing is chosen.
    """
    form = request.form
    role, _, site = form.get("post", "").partition(" ")
    username = form.get("username", "").strip()
    if form.get("duty") not in {*Duty} or not username or not username.isprintable():
        raise DataRefused([Problem("say who stands in, and for whom", column="username")])
    return Wish(Duty(form["duty"]), username, role, site, _day("first"), _day("last"))


def _day(name: str) -> date:
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError:
        raise DataRefused([Problem("is no day, as 2026-12-24", column=name)]) from None


def _shown(error: CoiError | None = None) -> str:
    somebody = here.somebody()
    sites = {unit.site.id: unit.site.name for unit in here.units().values()}
    return render_template(
        "standing_in.html",
        every=standing_in(here.installation(), somebody),
        posts=own_posts(somebody.person),
        sites=sites,
        duties=_DUTIES,
        meanings=MEANINGS,
        now=here.installation().clock.now(),
        zone=here.zone_of(somebody.unit),
        error=error,
        given=request.form,
    )
