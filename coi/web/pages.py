"""Pages that belong to no chapter: the scan box's answer."""

import logging
import secrets
from collections.abc import Iterator
from functools import partial

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coi.errors import DataRefused, Problem
from coi.services.answers import MOST_CODES, Answer, Found, answer, split_burst
from coi.services.permissions import Permission
from coi.services.scanned_before import Leads, take_along
from coi.services.scanning import BY_DEVICE, TYPED, Code
from coi.web import here
from coi.web.permissions import needs
from workflows.model import Action

pages = Blueprint("scan", __name__)

DEVICE = "scan box"
_log = logging.getLogger(__name__)


@pages.post("/scan")
@needs(Permission.SEE_THERAPIES)
def scan() -> ResponseReturnValue:
    """Say what each code is, whose, and what may be done with it; an order opens its therapy."""
    codes = tuple(_codes())
    if len(codes) > MOST_CODES:
        raise DataRefused([Problem(f"{len(codes)} codes at once; {MOST_CODES} are possible")])
    found = answer(here.installation(), here.somebody(), codes)
    _note_unreadable(found)
    if found.order:
        return redirect(url_for("therapies.show", coi=found.order))
    return render_template("scanned.html", answer=found, into=partial(_into, found))


def _into(answer: Answer, found: Found, action: Action) -> str:
    """The way into a step, with what was scanned for it: sealed, for this session, once."""
    key = f"page-{secrets.token_urlsafe(18)}"
    leads = Leads(here.somebody().session, found.coi, action.name, key)
    before = take_along(here.installation(), leads, answer.codes_for(found, action))
    return url_for("acting.ask", coi=found.coi, action=action.name, key=key, before=before)


def _codes() -> Iterator[Code]:
    """Each code that was sent; without a claim beside it that can be trusted it was typed."""
    texts, ways = request.form.getlist("code"), request.form.getlist("how")
    claims = ways if len(ways) == len(texts) else [""] * len(texts)
    for text, claim in zip(texts, claims, strict=True):
        how = claim if claim in BY_DEVICE else TYPED
        yield from (Code(raw, how, DEVICE) for raw in split_burst(text))


def _note_unreadable(found: Answer) -> None:
    """Leave a trace of hostile symbols, without what they hold: that may be anybody's name."""
    for one in found.found:
        if one.why_not:
            _log.warning("unreadable code, %s: %d characters", one.why_not.code, len(one.code.raw))
