"""What was captured without a line: the list, each beside the record, and what becomes of it."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coi.errors import CoiError, DataRefused, Unknown
from coi.services.answers import Found, Sort
from coi.services.capture_settling import SET_ASIDE, set_aside, settle
from coi.services.captured import captures_waiting, examine
from coi.services.permissions import Permission
from coi.web import here
from coi.web.errors import NOT_PROVEN, status_of
from coi.web.paging import part_of
from coi.web.permissions import needs
from coi.web.proving import mine

pages = Blueprint("captured", __name__, url_prefix="/captured")


@pages.get("")
@needs(Permission.SEE_THERAPIES)
def every() -> ResponseReturnValue:
    """Each handoff that nobody has settled, the oldest first."""
    part = part_of(captures_waiting(here.installation(), here.somebody()))
    return render_template("captures.html", part=part)


@pages.get("/<identifier>")
@needs(Permission.SEE_THERAPIES)
def show(identifier: str) -> ResponseReturnValue:
    """One handoff: what was scanned, what is against it, and the ways to settle it."""
    return _shown(identifier)


@pages.post("/<identifier>")
@needs(Permission.SETTLE_CAPTURES)
def link(identifier: str) -> ResponseReturnValue:
    """An entry tells it: the one that was entered late, or one that was there already."""
    coi, _blank, seq = request.form.get("entry", "").partition(" ")
    number = int(seq) if seq.isascii() and seq.isdigit() and len(seq) <= len("999999999") else -1
    by = here.somebody().proven
    try:
        became = settle(here.installation(), by, identifier, coi, number)
    except DataRefused as error:
        return _shown(identifier, error), status_of(error)
    return _done(f"Settled: {became}, entry {number} of {coi}.")


@pages.post("/<identifier>/aside")
@needs(Permission.SET_CAPTURES_ASIDE)
def put_aside(identifier: str) -> ResponseReturnValue:
    """Nothing comes of it; it takes the password and a reason."""
    try:
        set_aside(here.installation(), mine(), identifier, here.why())
    except (*NOT_PROVEN, DataRefused) as error:
        return _why_not(identifier, error), status_of(error)
    return _done("Settled: set aside.")


def _done(told: str) -> ResponseReturnValue:
    flash(told)
    return redirect(url_for("captured.every"), HTTPStatus.SEE_OTHER)


def _why_not(identifier: str, error: CoiError) -> str:
    """The page with the error; who did not prove who they are is not told whether there is one.

    Raises:
        CoiError: the same, where there is none.
    """
    try:
        return _shown(identifier, error)
    except Unknown:
        raise error from None


def _shown(identifier: str, error: CoiError | None = None) -> str:
    examined = examine(here.installation(), here.somebody(), identifier)
    told = [(one.code, _in_words(one)) for one in examined.answer.found]
    return render_template(
        "capture.html",
        one=examined,
        told=told,
        meaning=SET_ASIDE,
        error=error,
        given=request.form,
    )


def _in_words(found: Found) -> str:
    """What a code is, as far as this person may know."""
    stands = found.standing
    if found.sort is Sort.THING and stands is not None:
        return f"{stands.title} {found.coi}{stands.subject}: {stands.state}, {stands.holder}"
    if found.sort is Sort.ORDER:
        return f"the order {found.coi}"
    return str(found.sort)
