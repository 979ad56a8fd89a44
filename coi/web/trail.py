"""The audit trail: what is unusual first, then everything; and who had access."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from coi.errors import CoiError, DataRefused
from coi.services.permissions import Permission
from coi.services.trail import NEWEST, Wanted, steps_known, trail
from coi.services.trail_review import REVIEWED, Reviewed, review_trail, reviewed
from coi.services.trail_reviews import Read
from coi.services.unusual import WORDS, Unusual
from coi.web import here
from coi.web.errors import NOT_PROVEN, status_of
from coi.web.permissions import needs
from coi.web.proving import mine

pages = Blueprint("trail", __name__)

_BEHIND = re.compile(r"([0-9TZ:.-]{20,40})~([A-Za-z0-9:_-]{1,80})~([0-9]{1,9})")
_ENTRY = re.compile(r"[0-9]{1,9}")
_YEARS = range(2000, 2201)
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Signing:
    """How it stands with the review of a therapy's trail, and why it was not signed just now."""

    stands: Reviewed
    error: CoiError | None
    meaning: str = REVIEWED


@pages.get("/trail")
@needs(Permission.SEE_TRAIL)
def every() -> ResponseReturnValue:
    """What is unusual in the therapies at this person's sites; everything on request."""
    return _page(wanted_of(request.args), "trail.every")


@pages.get("/therapies/<coi>/trail")
@needs(Permission.SEE_TRAIL)
def of_therapy(coi: str) -> ResponseReturnValue:
    """The same of one therapy."""
    return _of_therapy(coi)


def _of_therapy(coi: str, error: CoiError | None = None) -> str:
    # Asked before the lines: whoever signs has seen no entry less than they sign for.
    stands = reviewed(here.installation(), here.somebody(), coi)
    signing = Signing(stands, error)
    return _page(wanted_of(request.args, coi), "trail.of_therapy", signing, coi=coi)


@pages.post("/therapies/<coi>/trail")
@needs(Permission.REVIEW_TRAIL)
def review(coi: str) -> ResponseReturnValue:
    """Sign that the trail of a therapy was reviewed as it was shown; it takes the password."""
    try:
        review_trail(here.installation(), mine(), coi, _read(request.form))
    except (*NOT_PROVEN, DataRefused) as error:
        return _of_therapy(coi, error), status_of(error)
    flash("Recorded: you reviewed the trail as far as it was shown.")
    return redirect(url_for("trail.of_therapy", coi=coi), HTTPStatus.SEE_OTHER)


def _read(told: Mapping[str, str]) -> Read:
    """How far it was shown; what is no entry's number was never shown."""
    entry = told.get("entry", "")
    return Read(int(entry) if _ENTRY.fullmatch(entry) else -1, _text(told, "hash"))


@pages.get("/access")
@needs(Permission.SEE_ACCESS)
def access() -> ResponseReturnValue:
    """Who came in and who could not, was given what, looked at whom, and took what along."""
    return _page(wanted_of(request.args, access=True), "trail.access")


def wanted_of(told: MultiDict[str, str], coi: str = "", *, access: bool = False) -> Wanted:
    """What the address asks for; what cannot be understood in it asks for nothing."""
    behind = _BEHIND.fullmatch(told.get("after", ""))
    return Wanted(
        everything=access or "all" in told,
        access=access,
        who=_text(told, "who"),
        what=_text(told, "what"),
        since=_day(told, "since"),
        until=_day(told, "until"),
        why=one if (one := told.get("why", "")) in {*Unusual} else "",
        said=_text(told, "said"),
        site=_text(told, "site"),
        coi=coi or _text(told, "coi").upper(),
        after=(behind[1], behind[2], int(behind[3])) if behind else NEWEST,
    )


def _text(told: Mapping[str, str], name: str) -> str:
    """What no database can hold asks for nothing."""
    text = told.get(name, "").strip()
    return text[:_LONGEST] if text.isprintable() else ""


def _day(told: MultiDict[str, str], name: str) -> date | None:
    try:
        day = date.fromisoformat(told.get(name, ""))
    except ValueError:
        return None
    return day if day.year in _YEARS else None


def _page(wanted: Wanted, endpoint: str, signing: Signing | None = None, **address: str) -> str:
    installation = here.installation()
    shown = trail(installation, here.somebody(), wanted)
    narrowed = _narrowed(wanted) | ({"coi": wanted.coi} if wanted.coi and not address else {})
    first = address | narrowed
    return render_template(
        "trail.html",
        shown=shown,
        wanted=wanted,
        endpoint=endpoint,
        address=address,
        narrowed=narrowed,
        first=first,
        again=first | ({"all": "1"} if wanted.everything and not wanted.access else {}),
        reasons=WORDS,
        steps=steps_known(installation, access=wanted.access),
        sites=sorted({(unit.site.id, unit.site.name) for unit in here.units().values()}),
        begins=wanted.after == NEWEST,
        signing=signing,
    )


def _narrowed(wanted: Wanted) -> dict[str, str]:
    """The conditions, as an address says them."""
    days = {"since": wanted.since, "until": wanted.until}
    told = {name: day.isoformat() for name, day in days.items() if day}
    told |= {"who": wanted.who, "what": wanted.what, "why": wanted.why}
    told |= {"said": wanted.said, "site": wanted.site}
    return {name: text for name, text in told.items() if text}
