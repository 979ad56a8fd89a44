"""A step under way at a shift change: handed over to a colleague, and taken over by one."""

from collections.abc import Callable
from http import HTTPStatus

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from coi.errors import CoiError, DataRefused, Refused
from coi.services import finding
from coi.services.going_on import Answer
from coi.services.handing_over import Handing, hand_over, take_over
from coi.services.in_hand import Answered
from coi.services.permissions import Permission
from coi.services.proofs import CannotSign
from coi.services.screens import Scene
from coi.web import here
from coi.web.answers import version_of
from coi.web.errors import NOT_PROVEN, status_of
from coi.web.guided import taken_in_hand
from coi.web.permissions import needs
from coi.web.proving import mine
from coi.web.shown import elsewhere, handing, page_of

pages = Blueprint("shift", __name__, url_prefix="/errands/<identifier>")

_TOLD = (*NOT_PROVEN, CannotSign, DataRefused, Refused)


@pages.get("/hand-over")
@needs(Permission.SEE_THERAPIES)
def ask(identifier: str) -> ResponseReturnValue:
    """Ask to whom a step is handed over, and what of it is done and remains."""
    return handing(_scene(identifier))


@pages.post("/hand-over")
@needs(Permission.SEE_THERAPIES)
def hand(identifier: str) -> ResponseReturnValue:
    """Hand it over, signed; the receiver finds it on the page of their work."""
    given, scene = request.form, _scene(identifier)
    try:
        told = Handing(*(given.get(name, "") for name in ("to", "done", "remains")))
        answer = Answer(identifier, version_of(given))
        hand_over(here.installation(), here.somebody(), answer, told, mine())
    except Answered as error:
        return page_of(_scene(identifier), error), status_of(error)
    except _TOLD as error:
        return _refused(scene, error, handing), status_of(error)
    flash("Handed over. Your colleague finds it under My work.")
    return redirect(url_for("therapies.show", coi=scene.errand.coi), HTTPStatus.SEE_OTHER)


@pages.post("/take-over")
@needs(Permission.SEE_THERAPIES)
def take(identifier: str) -> ResponseReturnValue:
    """Go on with it, signed: as it was handed over, or with the reason why it was not."""
    given, scene = request.form, _scene(identifier)
    try:
        answer = Answer(identifier, version_of(given))
        because = given.get("because", "")
        in_hand = take_over(here.installation(), here.somebody(), answer, mine(), because)
    except Answered as error:
        return page_of(_scene(identifier), error), status_of(error)
    except _TOLD as error:
        return _refused(scene, error, elsewhere), status_of(error)
    return taken_in_hand(in_hand)


def _refused(scene: Scene, error: CoiError, form: Callable[..., str]) -> str:
    """The form as it was filled in, without the password, and why nothing was done."""
    if not scene.errand.is_open:
        return page_of(scene, error)
    if isinstance(error, DataRefused):
        errors = {one.column: one.reason for one in error.problems if one.column}
        return form(scene, () if errors else (error,), request.form, errors)
    reasons = error.refusals if isinstance(error, Refused) else (error,)
    return form(scene, reasons, request.form, {})


def _scene(identifier: str) -> Scene:
    return finding.find(here.installation(), here.somebody(), identifier)
