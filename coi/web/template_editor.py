"""The text of a label template while it is written: tried, printed as a sample, kept in the end.

What was typed stands in the page alone until it is kept: a second tab is another text.
"""

from base64 import b64encode
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coi.errors import CoiError, DataRefused, KeyReused, Problem, Refused
from coi.services import label_templates as templates
from coi.services.drawing import NotPrinted
from coi.services.keeping_templates import KEPT, keep_template, propose_template
from coi.services.known_templates import text_of
from coi.services.permissions import Permission
from coi.services.template_trials import (
    MAX_CHARACTERS,
    TextTried,
    TriesUnderWay,
    in_words,
    try_text,
)
from coi.services.tries import prove
from coi.web import here
from coi.web.errors import NOT_PROVEN, status_of
from coi.web.people import new_key
from coi.web.permissions import needs
from coi.web.sampling import chosen_resolution, chosen_values
from labels.layout import Template
from labels.template_reader import TemplateRefused, read_template

pages = Blueprint("template_editor", __name__, url_prefix="/label-templates")

_FIRST = "bag-label"
"""What a text is begun from, unless a template is chosen."""

_TOLD = (*NOT_PROVEN, DataRefused, KeyReused, NotPrinted, Refused, TriesUnderWay)


@pages.get("/try")
@needs(Permission.KEEP_TEMPLATES)
def ask() -> ResponseReturnValue:
    """The text of a template to start from, drawn, and a form in which to change it."""
    return _text_tried(_begun_from())


@pages.post("/try")
@needs(Permission.KEEP_TEMPLATES)
def try_() -> ResponseReturnValue:
    """What was typed, drawn, or everything that is wrong with it; nothing is saved."""
    return _text_tried(_typed())


@pages.post("/keep")
@needs(Permission.KEEP_TEMPLATES)
def look() -> ResponseReturnValue:
    """What would be kept: a sample, and what stands against it; nothing is saved by looking."""
    return _about_to_keep(_typed())


@pages.post("/kept")
@needs(Permission.KEEP_TEMPLATES)
def keep() -> ResponseReturnValue:
    """Keep the text as the next version of a template of one's own; whoever does so signs."""
    text, form, by = _typed(), request.form, here.somebody().proven
    try:
        proven = prove(here.installation(), by.username, form["password"], by)
        kept = keep_template(here.installation(), proven, text, form["reason"])
    except _TOLD as error:
        return _about_to_keep(text, error)
    flash(f"Version {kept.version} of {kept.name} is kept. Another person approves it.")
    shown = url_for("label_templates.show", name=kept.name, version=kept.version)
    return redirect(shown, HTTPStatus.SEE_OTHER)


@pages.post("/sample")
@needs(Permission.KEEP_TEMPLATES)
def print_() -> ResponseReturnValue:
    """Print a sample of the text at a printer; it says of itself that it is no label."""
    text, form, by = _typed(), request.form, here.somebody().proven
    try:
        template = _read(text)
        templates.print_sample(here.installation(), by, template, form["printer"], key=form["key"])
    except _TOLD as error:
        return _about_to_keep(text, error)
    flash("A sample waits for the printer. It is no label: destroy it.")
    return _about_to_keep(text)


def _begun_from() -> str:
    name, version = request.args.get("template", _FIRST), request.args.get("version", type=int)
    return here.installation().read(lambda tx: text_of(tx, name, version))


def _typed() -> str:
    # A browser sends the end of a line as two characters.
    return request.form.get("text", "").replace("\r\n", "\n")


def _read(text: str) -> Template:
    try:
        return read_template(text)
    except TemplateRefused as error:
        raise DataRefused([*map(Problem, error.problems)]) from error


def _text_tried(text: str, error: CoiError | None = None) -> tuple[str, HTTPStatus]:
    outcome, busy = _tried(text)
    error = error or busy
    page = render_template(
        "label_template_try.html", text=text, most=MAX_CHARACTERS, **_told(outcome), error=error
    )
    return page, status_of(error) if error else HTTPStatus.OK


def _about_to_keep(text: str, error: CoiError | None = None) -> tuple[str, HTTPStatus]:
    """What would be kept; a text that is no template yet is shown as it was typed, with why."""
    installation, by = here.installation(), here.somebody().proven
    try:
        proposal = propose_template(installation, by, text)
    except DataRefused:
        return _text_tried(text)
    except TriesUnderWay as busy:
        return _text_tried(text, busy)
    outcome, busy_now = _tried(text)
    page = render_template(
        "label_template_keep.html",
        text=text,
        proposal=proposal,
        against=[in_words(one) for one in proposal.against],
        printers=templates.sample_printers(installation, by),
        key=new_key(),
        meaning=KEPT,
        reason=request.form.get("reason", ""),
        **_told(outcome),
        error=error or busy_now,
    )
    return page, status_of(error) if error else HTTPStatus.OK


def _tried(text: str) -> tuple[TextTried, TriesUnderWay | None]:
    try:
        return try_text(text, chosen_values(), chosen_resolution()), None
    except TriesUnderWay as busy:
        return TextTried(), busy


def _told(outcome: TextTried) -> dict[str, object]:
    return {
        "outcome": outcome,
        "problems": [in_words(one) for one in outcome.problems],
        "picture": b64encode(outcome.picture).decode(),
        "chosen": {"dpi": chosen_resolution(), "values": chosen_values()},
        "resolutions": templates.RESOLUTIONS,
    }
