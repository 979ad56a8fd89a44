"""Stop-ship: look for what is concerned, stop all of it by one signature, and let it go on."""

import secrets
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coi.errors import CoiError, Conflict, DataRefused, KeyReused, Reason, Refused
from coi.services.concerned import Concerned, Criterion, criteria, find, units_of
from coi.services.permissions import Permission
from coi.services.stop_ship import ListChanged, StopShip, stop_ship
from coi.web import here
from coi.web.errors import NOT_PROVEN, status_of
from coi.web.permissions import needs
from coi.web.proving import mine
from coi.web.sheet import Given

pages = Blueprint("stop_ship", __name__, url_prefix="/stop-ship")

_ASKED = ("what", "content", "since", "until", "unit")
_REFUSED = (Refused, Conflict, DataRefused, KeyReused, ListChanged)


@pages.get("")
@needs(Permission.STOP_SHIP)
def ask() -> ResponseReturnValue:
    """The form of the search; below it what is concerned, once something is looked for."""
    given = request.args
    if not given.get("what") and not given.get("content"):
        return _shown(given, ())
    try:
        return _shown(given, _found(given))
    except DataRefused as error:
        return _shown(given, (), reasons=(error,)), status_of(error)


@pages.post("")
@needs(Permission.STOP_SHIP)
def act() -> ResponseReturnValue:
    """Stop what was shown, or let it go on; every reason why not, and what was typed stays."""
    installation, given = here.installation(), request.form
    try:
        wanted = _wanted(given)
        done = stop_ship(installation, wanted, mine())
    except NOT_PROVEN as error:
        told = {"password": f"{error.sentence} {error.next_step}"}
        return _shown(given, _found(given), told), status_of(error)
    except _REFUSED as error:
        reasons = error.refusals if isinstance(error, Refused) else (error,)
        return _shown(given, _found(given), reasons=reasons), status_of(error)
    words, number = "Goes on" if wanted.lifts else "Stopped", len({one.coi for one in done})
    flash(f"{words}: {number} {'therapy' if number == 1 else 'therapies'}.")
    return redirect(_way_back(given), HTTPStatus.SEE_OTHER)


def _way_back(given: Given) -> str:
    """The page that shows the same list, as it stands by now."""
    return f"{url_for('stop_ship.ask')}?{urlencode({name: given.get(name, '') for name in _ASKED})}"


def _criterion(given: Given) -> Criterion:
    return Criterion(*(given.get(name, "") for name in _ASKED[:-1]))


def _wanted(given: Given) -> StopShip:
    """What is signed: the very list that was shown."""
    return StopShip(
        criterion=_criterion(given),
        reason=given.get("reason", ""),
        unit=given.get("unit", ""),
        key=given.get("key", ""),
        shown=tuple(given.getlist("shown")),
        lifts="lift" in given,
        investigation=given.get("investigation", ""),
    )


def _found(given: Given) -> tuple[Concerned, ...]:
    try:
        criterion = _criterion(given)
    except DataRefused:
        if request.method == "GET":
            raise
        return ()
    by = here.somebody().proven
    return find(here.installation(), by, criterion, given.get("unit", ""))


def _shown(
    given: Given,
    found: Sequence[Concerned],
    errors: Mapping[str, str] | None = None,
    reasons: Sequence[Reason | CoiError] = (),
) -> str:
    """The page: what was looked for, what was found, and the form that is signed."""
    installation, signed_in = here.installation(), here.somebody()
    units = units_of(installation, signed_in.person)
    known = criteria(installation)
    return render_template(
        "stop_ship.html",
        given=given,
        found=found,
        looked=bool(given.get("content")) and not (reasons and not found),
        held=[one for one in found if one.held_by],
        criteria=known,
        title=dict(known).get(given.get("what", ""), ""),
        units=units,
        unit=given.get("unit") or _usual(units, signed_in.unit),
        errors=errors or {},
        reasons=reasons,
        key=f"page-{secrets.token_urlsafe(18)}",
    )


def _usual(units: Sequence[tuple[str, str]], works_at: str) -> str:
    """Where one works, as far as one may stop something there; else the first such unit."""
    own = [unit for unit, _words in units]
    return works_at if works_at in own else next(iter(own), "")
