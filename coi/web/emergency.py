"""Who a patient is, in an emergency, for who may not see it else; and what was found of it."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coi.errors import CoiError, DataRefused
from coi.services.emergency import (
    LASTS,
    REASONS,
    Emergency,
    GlassClosed,
    NotNeeded,
    Opened,
    break_glass,
    look_again,
    open_until,
)
from coi.services.emergency_review import (
    REVIEWED,
    VERDICTS,
    Finding,
    emergencies,
    review_emergency,
)
from coi.services.permissions import Permission
from coi.services.scanning import is_readable
from coi.web import here
from coi.web.errors import NOT_PROVEN, status_of
from coi.web.order_form import SEX
from coi.web.permissions import needs
from coi.web.proving import mine
from labels.identifiers import parse_scan

pages = Blueprint("emergency", __name__)


@pages.get("/emergency")
@needs(Permission.BREAK_GLASS)
def find() -> ResponseReturnValue:
    """Ask for which therapy; whether there is one is not said before the glass is broken."""
    told = request.args.get("coi", "").strip()[:64]
    read = parse_scan(told).coi if is_readable(told) else None
    if read is not None:
        return redirect(url_for("emergency.ask", coi=read.text), HTTPStatus.SEE_OTHER)
    return render_template("emergency_find.html", told=told)


@pages.get("/therapies/<coi>/emergency")
@needs(Permission.BREAK_GLASS)
def ask(coi: str) -> ResponseReturnValue:
    """Ask what the emergency is; nothing is shown yet."""
    return _asked(coi)


@pages.post("/therapies/<coi>/emergency")
@needs(Permission.BREAK_GLASS)
def open_it(coi: str) -> ResponseReturnValue:
    """Put on record that there is an emergency, and show who the patient is."""
    somebody, form = here.somebody(), request.form
    told = Emergency(coi, form.get("reason", ""), form.get("why", ""))
    try:
        opened = break_glass(here.installation(), mine(), somebody.session, told)
    except (*NOT_PROVEN, DataRefused, NotNeeded) as error:
        return _asked(coi, error), status_of(error)
    return _shown(coi, opened)


@pages.post("/therapies/<coi>/emergency/look")
@needs(Permission.BREAK_GLASS)
def look(coi: str) -> ResponseReturnValue:
    """Show it once more, as long as it is open in this session."""
    somebody = here.somebody()
    try:
        opened = look_again(here.installation(), somebody.proven, somebody.session, coi)
    except GlassClosed as error:
        return _asked(coi, error), status_of(error)
    return _shown(coi, opened)


@pages.get("/emergencies")
@needs(Permission.SEE_EMERGENCIES)
def every() -> ResponseReturnValue:
    """Every emergency at one's sites; what waits for a review comes first."""
    return _listed()


@pages.post("/emergencies")
@needs(Permission.ANSWER_FOR_RECORD)
def review() -> ResponseReturnValue:
    """Sign what was found of one; it takes the password."""
    form = request.form
    seq = form.get("seq", "")
    number = int(seq) if seq.isascii() and seq.isdigit() and len(seq) < len(str(2**53)) else -1
    chain = chain if (chain := form.get("chain", "")).isprintable() else ""
    found = Finding(chain, number, form.get("verdict", ""), form.get("remark", ""))
    try:
        review_emergency(here.installation(), mine(), found)
    except (*NOT_PROVEN, DataRefused) as error:
        return _listed(error), status_of(error)
    flash("Recorded: you reviewed this emergency access.")
    return redirect(url_for("emergency.every"), HTTPStatus.SEE_OTHER)


def _asked(coi: str, error: CoiError | None = None) -> str:
    somebody = here.somebody()
    return render_template(
        "emergency.html",
        coi=coi,
        error=error,
        reasons=REASONS,
        given=request.form,
        minutes=int(LASTS.total_seconds() // 60),
        until=open_until(here.installation(), somebody.proven, somebody.session, coi),
        zone=here.zone_of(somebody.unit),
    )


def _shown(coi: str, opened: Opened) -> str:
    zone = here.zone_of(here.somebody().unit)
    return render_template("emergency.html", coi=coi, opened=opened, sexes=SEX, zone=zone)


def _listed(error: CoiError | None = None) -> str:
    somebody = here.somebody()
    return render_template(
        "emergencies.html",
        every=emergencies(here.installation(), somebody),
        verdicts=VERDICTS,
        meaning=REVIEWED,
        error=error,
        given=request.form,
        zone=here.zone_of(somebody.unit),
    )
