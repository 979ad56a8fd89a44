"""One thing on each screen: what is done at the patient, and from hand to hand.

What becomes of an answer is decided by the use cases; here it is read, and the next screen shown.
"""

from collections.abc import Callable, Sequence
from http import HTTPStatus

from flask import Blueprint, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from coi.errors import Refused
from coi.services import answering, concluding, finding, going_on, in_hand
from coi.services.going_on import Answer
from coi.services.in_hand import Answered, Elsewhere, InHand
from coi.services.judging import Judged, Judgement
from coi.services.permissions import Permission
from coi.services.scanning import BY_DEVICE, Code, of_another_system
from coi.services.screens import Asks, Scene
from coi.web import here
from coi.web.answers import change_of, entered, prove_all, typed, version_of
from coi.web.errors import status_of
from coi.web.permissions import needs
from coi.web.reading import Misread
from coi.web.sheet import Given
from coi.web.shown import another, page_of, screen

_ADDRESS = frozenset({"csrf_token", "version"})
"""What each form of a step sends, whatever is typed in it."""

pages = Blueprint("guided", __name__, url_prefix="/errands/<identifier>")


@pages.get("")
@needs(Permission.SEE_THERAPIES)
def show(identifier: str) -> ResponseReturnValue:
    """Show the present screen of a step, or how it ended."""
    return page_of(_scene(identifier))


@pages.post("")
@needs(Permission.SEE_THERAPIES)
def answer(identifier: str) -> ResponseReturnValue:
    """Answer the present screen; a stale one is told so, and shown what is asked now."""
    return _answered(identifier, _answer)


@pages.post("/back")
@needs(Permission.SEE_THERAPIES)
def back(identifier: str) -> ResponseReturnValue:
    """Ask the screen before again."""
    return _answered(identifier, lambda scene, _given: _changed(scene, answering.back))


@pages.post("/unread")
@needs(Permission.SEE_THERAPIES)
def unread(identifier: str) -> ResponseReturnValue:
    """It cannot be read: try again, and after the third time type what is printed (BD-05)."""
    return _answered(identifier, lambda scene, _given: _changed(scene, answering.unread))


@pages.post("/typed")
@needs(Permission.SEE_THERAPIES)
def type_code(identifier: str) -> ResponseReturnValue:
    """Take the characters under the symbol, typed twice and confirmed by a second person."""
    return _answered(identifier, lambda scene, given: scan(scene, typed(scene, given)))


@pages.post("/take-up")
@needs(Permission.SEE_THERAPIES)
def take_up(identifier: str) -> ResponseReturnValue:
    """Go on with a step here, or begin with the second check; what was typed stands in it."""
    try:
        taken = in_hand.take_up(here.installation(), here.somebody(), identifier)
    except (Refused, Answered) as error:
        return page_of(_scene(identifier), error, request.form), status_of(error)
    shown = taken_in_hand(taken)
    is_typed = set(request.form) - _ADDRESS
    return page_of(_scene(identifier), given=request.form) if is_typed else shown


@pages.post("/discard")
@needs(Permission.SEE_THERAPIES)
def discard(identifier: str) -> ResponseReturnValue:
    """End a step of which nothing shall come."""
    return _answered(identifier, _discard)


@pages.get("/now")
@needs(Permission.SEE_THERAPIES)
def now(identifier: str) -> ResponseReturnValue:
    """Tell a page that waits for the end of a step how far it is."""
    errand = _scene(identifier).errand
    return jsonify(version=errand.version, ended=not errand.is_open)


def taken_in_hand(taken: InHand) -> ResponseReturnValue:
    """On to the step, saying what was put aside for it (BD-12)."""
    for coi in taken.parked:
        flash(f"One patient at a time: the step of {coi} was put aside. It can be gone on with.")
    return _next(taken.errand.id)


def scan(scene: Scene, code: Code) -> ResponseReturnValue:
    """Judge what was read: on to the next screen, or a page of its own."""
    judged = going_on.scan(here.installation(), here.somebody(), _address(scene), code)
    if judged.judgement is Judgement.UNREAD and (told := of_another_system(code.raw)):
        flash(told)
    return _told(scene, judged)


def _told(scene: Scene, judged: Judged) -> ResponseReturnValue:
    match judged.judgement:
        case Judgement.ANOTHER:
            return another(scene, judged.reasons), HTTPStatus.CONFLICT
        case Judgement.REFUSED:
            return screen(scene, Given(), reasons=judged.reasons), HTTPStatus.CONFLICT
        case Judgement.RIGHT if judged.read is not None:
            flash(f"Scanned: {judged.read.title}.")
    return _next(scene.errand.id)


def scan_before(taken: InHand, codes: Sequence[Code]) -> ResponseReturnValue:
    """Answer each screen with what was scanned for it before the step began, in whatever order.

    What is another's ends the step, whatever is asked. At the patient nothing is taken over: there
    everything is scanned when it is asked for. What was typed is asked again too, and so is what no
    screen asks for now, a place or a bench.
    """
    shown, left = taken_in_hand(taken), [code for code in codes if code.how in BY_DEVICE]
    by = here.installation(), here.somebody()
    scene = _scene(taken.errand.id)
    is_judged = _is_in_hand(scene) and not scene.form.is_at_the_patient
    if is_judged and going_on.stop_before(*by, _address(scene), codes):
        return _next(scene.errand.id)
    while _takes_over(scene) and (code := going_on.fitting(*by, _address(scene), left)):
        left.remove(code)
        judged = going_on.scan(*by, _address(scene), code)
        shown = _told(scene, judged)
        if judged.judgement is not Judgement.RIGHT:
            return shown
        scene = _scene(scene.errand.id)
    _tell_of_before(taken, scene, codes)
    return shown


def _tell_of_before(taken: InHand, scene: Scene, codes: Sequence[Code]) -> None:
    """Say what became of a form that was sent where the step was under way already."""
    known = {one.raw for part in scene.errand.parts for one in part.reads}
    is_left = taken.untaken or any(code.raw not in known for code in codes)
    if taken.retold:
        flash(
            "You had begun this step already. What you typed now stands in place of what was there:"
            " look at each screen again."
        )
    if taken.was_begun and is_left and not scene.form.is_at_the_patient:
        flash(
            "This step was begun already. Of what you scanned and typed now not all was taken:"
            " look at what each screen says."
        )


def _takes_over(scene: Scene) -> bool:
    """It is in hand here, not at the patient, and asks for a code."""
    return scene.present.is_scan and _is_in_hand(scene) and not scene.form.is_at_the_patient


# -- one answer ------------------------------------------------------------------------------------


def _answered(
    identifier: str, act: Callable[[Scene, Given], ResponseReturnValue]
) -> ResponseReturnValue:
    """What becomes of an answer to the screen that its sender saw; nothing typed is lost."""
    scene, given = _scene(identifier), request.form
    try:
        _require_present(scene, given)
        if act is not _discard:
            _require_in_hand(scene)
        return act(scene, given)
    except Misread as misread:
        return screen(scene, given, misread.errors), HTTPStatus.UNPROCESSABLE_ENTITY
    except (Answered, Elsewhere, Refused) as error:
        return page_of(_scene(identifier), error, given), status_of(error)


def _require_present(scene: Scene, given: Given) -> None:
    """The screen that was answered is the one that is asked; the use case looks once more.

    Raises:
        Answered: it was answered before, here or elsewhere.
    """
    if version_of(given) != scene.errand.version or not scene.errand.is_open:
        raise Answered


def _require_in_hand(scene: Scene) -> None:
    """Who answers has the step in hand, here; nobody else is drawn a screen of it (BD-06).

    Raises:
        Elsewhere: they have not; the page of it says no more than that.
    """
    if not _is_in_hand(scene):
        raise Elsewhere


def _is_in_hand(scene: Scene) -> bool:
    somebody, errand = here.somebody(), scene.errand
    holder = (errand.person, errand.session)
    return errand.is_open and holder == (somebody.person.id, somebody.session)


def _answer(scene: Scene, given: Given) -> ResponseReturnValue:
    present = scene.present
    if present.is_scan and not (present.asks is Asks.THINGS and "done" in given):
        return scan(scene, entered(scene, given))
    if present.asks is Asks.SIGN:
        proven = prove_all(here.installation(), scene, given)
        concluding.sign(here.installation(), here.somebody(), scene.errand, proven)
        return _next(scene.errand.id)
    return _changed(scene, change_of(scene, given))


def _changed(scene: Scene, change: going_on.Change) -> ResponseReturnValue:
    going_on.step(here.installation(), here.somebody(), _address(scene), change)
    return _next(scene.errand.id)


def _discard(scene: Scene, _given: Given) -> ResponseReturnValue:
    going_on.discard(here.installation(), here.somebody(), _address(scene))
    flash("Discarded. Nothing has happened, and nothing was recorded.")
    return redirect(url_for("therapies.show", coi=scene.errand.coi), HTTPStatus.SEE_OTHER)


def _address(scene: Scene) -> Answer:
    return Answer(scene.errand.id, scene.errand.version)


def _scene(identifier: str) -> Scene:
    return finding.find(here.installation(), here.somebody(), identifier)


def _next(identifier: str) -> ResponseReturnValue:
    return redirect(url_for("guided.show", identifier=identifier), HTTPStatus.SEE_OTHER)
