"""The audit trail: what is unusual first, then everything; and who had access."""

import re
from datetime import date

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from coi.services.permissions import Permission
from coi.services.trail import NEWEST, Wanted, steps_known, trail
from coi.services.unusual import WORDS, Unusual
from coi.web import here
from coi.web.permissions import needs

pages = Blueprint("trail", __name__)

_BEHIND = re.compile(r"([0-9TZ:.-]{20,40})~([A-Za-z0-9:_-]{1,80})~([0-9]{1,9})")
_YEARS = range(2000, 2201)
_LONGEST = 100


@pages.get("/trail")
@needs(Permission.SEE_TRAIL)
def every() -> ResponseReturnValue:
    """What is unusual in the therapies at this person's sites; everything on request."""
    return _page(wanted_of(request.args), "trail.every")


@pages.get("/therapies/<coi>/trail")
@needs(Permission.SEE_TRAIL)
def of_therapy(coi: str) -> ResponseReturnValue:
    """The same of one therapy."""
    return _page(wanted_of(request.args, coi), "trail.of_therapy", coi=coi)


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


def _text(told: MultiDict[str, str], name: str) -> str:
    """What no database can hold asks for nothing."""
    text = told.get(name, "").strip()
    return text[:_LONGEST] if text.isprintable() else ""


def _day(told: MultiDict[str, str], name: str) -> date | None:
    try:
        day = date.fromisoformat(told.get(name, ""))
    except ValueError:
        return None
    return day if day.year in _YEARS else None


def _page(wanted: Wanted, endpoint: str, **address: str) -> str:
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
    )


def _narrowed(wanted: Wanted) -> dict[str, str]:
    """The conditions, as an address says them."""
    days = {"since": wanted.since, "until": wanted.until}
    told = {name: day.isoformat() for name, day in days.items() if day}
    told |= {"who": wanted.who, "what": wanted.what, "why": wanted.why}
    told |= {"said": wanted.said, "site": wanted.site}
    return {name: text for name, text in told.items() if text}
