"""How often things went otherwise at each site, a month on a page."""

from datetime import date

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from coi.services.permissions import Permission
from coi.services.rates import COUNTED, rates
from coi.services.unusual import WORDS
from coi.web import here
from coi.web.permissions import needs

pages = Blueprint("rates", __name__)


@pages.get("/rates")
@needs(Permission.SEE_TRAIL)
def of_month() -> ResponseReturnValue:
    """One month at the sites of whoever asks; what is no month is this one."""
    month = rates(here.installation(), here.somebody(), _asked(request.args.get("month", "")))
    return render_template("rates.html", month=month, counted=COUNTED, words=WORDS)


def _asked(told: str) -> date | None:
    try:
        day = date.fromisoformat(f"{told}-01")
    except ValueError:
        return None
    return day if day.year > 1 else None
