"""How the record is kept: whether it may be written, what is in doubt, and what served when."""

from collections.abc import Callable
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from coi.errors import CoiError, DataRefused
from coi.services import doubt, stepped
from coi.services.acknowledging import (
    GOES_ON,
    KeyIsAnothers,
    NotRemembered,
    acknowledge,
    acknowledged,
)
from coi.services.captured import captures_open
from coi.services.daily_kits import kits_printed
from coi.services.doubt import accept_findings
from coi.services.drills import last_drilled
from coi.services.head_seen import head_in_words, head_since, report_head
from coi.services.installation import Installation
from coi.services.permissions import Permission
from coi.services.proofs import JustProven
from coi.services.record_kept import record_kept
from coi.services.settings_approval import (
    APPROVED,
    approvals,
    approve_settings,
    digest_of_changes,
    not_approved,
)
from coi.services.stepped import accept_clock
from coi.web import here
from coi.web.errors import NOT_PROVEN, status_of
from coi.web.permissions import needs
from coi.web.proving import mine

MEANINGS = {
    "record": GOES_ON,
    "clock": stepped.GOES_ON,
    "findings": doubt.GOES_ON,
    "settings": APPROVED,
}
"""What is signed on this page."""

LONGEST_SIZE = 15
"""So many digits a number of entries has at most, as a browser counts."""

pages = Blueprint("record", __name__, url_prefix="/record")


@pages.get("")
@needs(Permission.SEE_RECORD)
def show() -> ResponseReturnValue:
    """Whether the record may be written, what is in doubt, what served, and the last drill."""
    return _shown()


@pages.post("")
@needs(Permission.ANSWER_FOR_RECORD)
def go_on() -> ResponseReturnValue:
    """Sign that a record which is older than it was goes on; it takes the password."""
    try:
        acknowledge(here.installation(), mine(), request.form["why"])
    except (*NOT_PROVEN, DataRefused, KeyIsAnothers, NotRemembered) as error:
        return _shown(error), status_of(error)
    flash("Recorded: the record goes on, and is written again.")
    return redirect(url_for("record.show"), HTTPStatus.SEE_OTHER)


@pages.get("/head")
@needs(Permission.SIGNED_IN)
def show_head() -> ResponseReturnValue:
    """The last checkpoint, proven to go on from the one that this browser saw; a script asks."""
    since = request.args.get("since", "0")
    if not (since.isascii() and since.isdecimal() and len(since) <= LONGEST_SIZE):
        raise NotFound
    return head_in_words(head_since(here.installation(), int(since)))


@pages.post("/head")
@needs(Permission.SIGNED_IN)
def report_seen() -> ResponseReturnValue:
    """Tell of a checkpoint that the record does not seem to go on from; a script does."""
    return {"differs": report_head(here.installation(), request.form["note"])}


@pages.post("/clock")
@needs(Permission.ANSWER_FOR_RECORD)
def sign_for_clock() -> ResponseReturnValue:
    """Sign that work goes on although a clock was set; it takes the password."""
    return _signed_for(accept_clock, "clock")


@pages.post("/findings")
@needs(Permission.ANSWER_FOR_RECORD)
def sign_for_findings() -> ResponseReturnValue:
    """Sign that work goes on although a verification found something; it takes the password."""
    return _signed_for(accept_findings, "findings")


@pages.post("/settings")
@needs(Permission.ANSWER_FOR_RECORD)
def approve() -> ResponseReturnValue:
    """Approve what was set otherwise, with the reason; it takes the password."""
    asked = (request.form["digest"], request.form["why"])
    try:
        approve_settings(here.installation(), mine(), *asked)
    except (*NOT_PROVEN, DataRefused) as error:
        return _shown(error, "settings"), status_of(error)
    flash("Recorded: you approved what was set otherwise.")
    return redirect(url_for("record.show"), HTTPStatus.SEE_OTHER)


def _signed_for(
    accept: Callable[[Installation, JustProven, str], int], what: str
) -> ResponseReturnValue:
    try:
        accept(here.installation(), mine(), request.form["why"])
    except (*NOT_PROVEN, DataRefused) as error:
        return _shown(error, what), status_of(error)
    flash("Recorded: work goes on.")
    return redirect(url_for("record.show"), HTTPStatus.SEE_OTHER)


def _shown(error: CoiError | None = None, signing: str = "record") -> str:
    installation = here.installation()
    waiting = installation.read(not_approved)
    return render_template(
        "record.html",
        waiting=[one.since for one in waiting],
        shown=digest_of_changes(waiting),
        approvals=installation.read(approvals),
        went_on=acknowledged(installation),
        drilled=last_drilled(installation),
        kept=record_kept(installation),
        captured=captures_open(installation),
        kits=kits_printed(installation),
        meanings=MEANINGS,
        error=error,
        typed={signing: request.form.get("why", "")},
    )
