"""What happened while nothing could be entered, copied from the paper that was kept meanwhile.

The same form as ever, never guided: nobody scans what is long given. Each entry says when it
happened and when it was recorded, and what was against a rule opens an exception.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from coi.services.captured import examine
from coi.services.looking import look_at
from coi.services.permissions import Permission
from coi.services.versions import earlier_of
from coi.web import here
from coi.web.acting import MISREAD, as_filled_in, shown, taken
from coi.web.permissions import needs
from coi.web.reading import with_zone
from coi.web.sheet import WHEN, Given, Sheet, draw, form_again
from workflows.versions import asked, version_on

pages = Blueprint("late", __name__, url_prefix="/therapies/<coi>/late")

_CAPTURED = "captured"
_VALUE = re.compile(r"value-|new-")


@pages.get("")
@needs(Permission.SEE_THERAPIES)
def choose(coi: str) -> ResponseReturnValue:
    """Which step it was: what could be done next, by whom it can be entered."""
    page = look_at(here.installation(), here.somebody(), coi)
    return render_template("late.html", page=page)


@pages.get("/<action>")
@needs(Permission.SEE_THERAPIES)
def ask(coi: str, action: str) -> ResponseReturnValue:
    """Show the form of an action that was taken on paper."""
    given = _captured(coi, action, request.args.get("captured", ""))
    return shown(_drawn(coi, action, given), given)


@pages.post("/<action>")
@needs(Permission.SEE_THERAPIES)
def take(coi: str, action: str) -> ResponseReturnValue:
    """Record it as it happened, or say what even a late entry does not bend."""
    sheet, given = _drawn(coi, action, request.form), Given(request.form)
    not_asked = [name for name in _not_asked(sheet, given) if given.pop(name).strip()]
    if not_asked and "redraw" not in given:
        told = f"was under version {sheet.asked_by}, which asked for other values: look at them"
        return shown(sheet, given, {WHEN.name: told}), MISREAD
    captured = given.pop(_CAPTURED, "")
    return _back_to(captured, taken(sheet, given))


def _captured(coi: str, action: str, identifier: str) -> Given:
    """The form with what a device captured without a line: codes, time, as far as it tells."""
    if not identifier:
        return Given()
    waiting = examine(here.installation(), here.somebody(), identifier).waiting
    sheet = draw(here.installation(), here.somebody(), coi, action, Given())
    given = as_filled_in(waiting.codes, ())
    if (at := waiting.happened_at) is not None:
        given[WHEN.name] = f"{at.astimezone(ZoneInfo(sheet.zone)):%Y-%m-%dT%H:%M}"
    return given


def _back_to(captured: str, answer: ResponseReturnValue) -> ResponseReturnValue:
    """Once it is entered, back to what was captured: somebody says that the entry tells it."""
    if not captured or not isinstance(answer, Response):
        return answer
    return redirect(url_for("captured.show", identifier=captured), HTTPStatus.SEE_OTHER)


def _drawn(coi: str, action: str, given: Given) -> Sheet:
    """The form, which also asks when it happened; of that time, if the therapy moved on since."""
    sheet = replace(draw(here.installation(), here.somebody(), coi, action, given), is_late=True)
    now, therapy = sheet.page.view.workflow, sheet.page.view.therapy
    earlier = earlier_of(here.installation(), therapy)
    at = _moment(sheet, given) if earlier else None
    then = asked(now, action, at, earlier)
    if at is None or then is None:
        return replace(sheet, moved_at=earlier[-1].until if earlier else None)
    form = form_again(here.installation(), sheet, then, given)
    sheet = replace(sheet, form=form, moved_at=earlier[-1].until)
    return replace(sheet, asked_by=version_on(at, now, earlier).version)


def _moment(sheet: Sheet, given: Given) -> datetime | None:
    """When it happened, as far as it was told; what cannot be read is said by the form."""
    try:
        at = datetime.fromisoformat(with_zone(sheet.zone, WHEN, given.get(WHEN.name, "")))
    except ValueError:  # no time, or none that the clocks showed on that day
        return None
    return at if at.tzinfo else None


def _not_asked(sheet: Sheet, given: Given) -> Iterator[str]:
    """The values that another version asks for, and this form does not."""
    if sheet.asked_by in {0, sheet.page.view.workflow.version}:
        return iter(())
    names = {blank.name for blank in sheet.every_blank}
    return (name for name in list(given) if _VALUE.match(name) and name not in names)
