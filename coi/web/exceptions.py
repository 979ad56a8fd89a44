"""The exceptions of all therapies: what deserves attention first, and its next step."""

import re

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from coi.services.exception_list import CLASSES, KINDS, Wanted, every_exception
from coi.services.permissions import Permission
from coi.web import here
from coi.web.permissions import needs

pages = Blueprint("exceptions", __name__, url_prefix="/exceptions")

_BEHIND = re.compile(r"([0-9TZ:. -]{20,64})~([A-Z0-9./-]{1,60})")


@pages.get("")
@needs(Permission.SEE_THERAPIES)
def every() -> ResponseReturnValue:
    """The open exceptions of the therapies at this person's sites; the closed ones on request."""
    told = every_exception(here.installation(), here.somebody(), wanted_of(request.args))
    again = _told(told.wanted)
    return render_template("exceptions.html", told=told, again=again, classes=CLASSES, kinds=KINDS)


def wanted_of(told: MultiDict[str, str]) -> Wanted:
    """What the address asks for; what cannot be understood in it asks for nothing."""
    behind = _BEHIND.fullmatch(told.get("after", ""))
    return Wanted(
        closed="closed" in told,
        of_class=one if (one := told.get("class", "")) in CLASSES else "",
        kind=one if (one := told.get("kind", "")) in KINDS else "",
        mine="mine" in told,
        after=(behind[1], behind[2]) if behind else ("", ""),
    )


def _told(wanted: Wanted) -> dict[str, str]:
    """The address of the same list, from its beginning."""
    told = {"class": wanted.of_class, "kind": wanted.kind}
    told |= {"closed": "1" if wanted.closed else "", "mine": "1" if wanted.mine else ""}
    return {name: text for name, text in told.items() if text}
