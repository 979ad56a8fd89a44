"""What rings at one's sites, with the way to the step that ends it; and who has heard it."""

import re
import secrets
from hashlib import blake2b
from http import HTTPStatus

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from coi.errors import DataRefused
from coi.services.alarm_list import (
    ALL,
    MINE,
    Wanted,
    alarm_named,
    name_of,
    newest_mine,
    one_that_rings,
    ringing,
)
from coi.services.hearing import Heard, hear
from coi.services.permissions import Permission
from coi.web import here
from coi.web.errors import status_of
from coi.web.permissions import needs
from workflows.alarms import KINDS, Key, Rings

pages = Blueprint("alarms", __name__, url_prefix="/alarms")

_MARK_BYTES = 4  # of a mark: they tell a hundred alarms apart
_PART = "([A-Za-z0-9./:_-]{1,60})"
_BEHIND = re.compile("~".join([_PART] * 6))


@pages.get("")
@needs(Permission.SEE_THERAPIES)
def every() -> ResponseReturnValue:
    """What rings now: one's own, or everything at one's sites."""
    told = ringing(here.installation(), here.somebody(), wanted_of(request.args))
    return render_template(
        "alarms.html", told=told, kinds=KINDS, again=_told(told.wanted), name_of=name_of
    )


@pages.get("/count")
@needs(Permission.SEE_THERAPIES)
def count() -> ResponseReturnValue:
    """The alarms that are one's own, unnamed; the head of a page asks, and keeps nobody here."""
    marks = my_marks()
    return jsonify(mine=len(marks), marks=marks)


def my_marks() -> list[str]:
    """A mark of each alarm that rings and is one's own, by which a page knows it again."""
    found = newest_mine(here.installation(), here.somebody())
    # A hundred of them stand on a page: the slow part is done once.
    secret = here.unnamed("alarms").encode()
    return [
        blake2b("~".join(key).encode(), key=secret, digest_size=_MARK_BYTES).hexdigest()
        for key in found
    ]


@pages.get("/heard")
@needs(Permission.SEE_THERAPIES)
def ask() -> ResponseReturnValue:
    """The form in which somebody says what they do about an alarm."""
    return _shown(alarm_named(request.args.get("alarm", "")))


@pages.post("/heard")
@needs(Permission.SEE_THERAPIES)
def say() -> ResponseReturnValue:
    """It is on record who heard it; nothing is ended by it."""
    given, signed_in = request.form, here.somebody()
    key = alarm_named(given.get("alarm", ""))
    heard = Heard(key, given.get("why", ""), signed_in.unit)
    try:
        hear(here.installation(), signed_in.proven, heard, key=given.get("key", ""))
    except DataRefused as error:
        return _shown(key, error), status_of(error)
    flash("It is on record that you heard it. It rings until it is done.")
    return redirect(url_for("alarms.every"), HTTPStatus.SEE_OTHER)


def _shown(key: Key, error: DataRefused | None = None) -> str:
    signed_in = here.somebody()
    return render_template(
        "alarm_heard.html",
        one=one_that_rings(here.installation(), signed_in, key),
        error=error,
        why=request.form.get("why", ""),
        key=request.form.get("key") or f"page-{secrets.token_urlsafe(18)}",
    )


def wanted_of(told: MultiDict[str, str]) -> Wanted:
    """What the address asks for; what cannot be understood in it asks for nothing."""
    behind = _BEHIND.fullmatch(told.get("after", ""))
    which, kind = told.get("which", ""), told.get("kind", "")
    wanted = Wanted(
        which=which if which in {MINE, ALL} else "", kind=kind if kind in set(Rings) else ""
    )
    if behind is None:
        return wanted
    level, rings_at, chain, of_kind, subject, since = behind.groups()
    return Wanted(wanted.which, wanted.kind, (level, rings_at, chain, of_kind, subject, since))


def _told(wanted: Wanted) -> dict[str, str]:
    """The address of the same list, from its beginning."""
    told = {"which": wanted.which, "kind": wanted.kind}
    return {name: text for name, text in told.items() if text}
