"""The text of a label template while it is written: tried, printed as a sample, kept in the end.

What was typed stands in the page alone until it is kept: a second tab is another text.
"""

import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final, TypeAlias, get_args

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coi.errors import CoiError, DataRefused, KeyReused, Problem, Refused
from coi.services import label_templates as templates
from coi.services.drawing import NotPrinted
from coi.services.keeping_templates import KEPT, against_keeping, keep_template, propose_template
from coi.services.known_templates import text_to_begin
from coi.services.permissions import Permission
from coi.services.template_trials import (
    MAX_CHARACTERS,
    TextTried,
    TriesUnderWay,
    in_words,
    try_text,
)
from coi.web import here
from coi.web.errors import NOT_PROVEN, status_of
from coi.web.people import new_key
from coi.web.permissions import needs
from coi.web.proving import mine
from coi.web.sampling import chosen_resolution, chosen_values
from labels.container_template import known_fields, known_payloads
from labels.fonts import Face
from labels.layout import SymbolKind, Template
from labels.template_form import (
    SORTS,
    VERBS,
    Form,
    form_of,
    from_fields,
    pressed,
    text_of_form,
)
from labels.template_reader import TemplateRefused, read_template

pages = Blueprint("template_editor", __name__, url_prefix="/label-templates")

_FIRST = "bag-label"
"""What a text is begun from, unless a template is chosen."""

Rows: TypeAlias = frozenset[tuple[str, int]]
"""Some rows of a form, by their sort and number."""

TITLES: Final[Mapping[str, str]] = {
    "name": "Name",
    "version": "Version",
    "title": "Title",
    "width_mm": "Width, mm",
    "height_mm": "Height, mm",
    "payload": "Holds",
    "kind": "Kind",
    "x_mm": "From the left, mm",
    "y_mm": "From the top, mm",
    "module_mm": "Module, mm",
    "field": "Prints the field",
    "when": "Or, when this is given",
    "say": "says these words",
    "size_pt": "Size, pt",
    "smallest_pt": "At least, pt",
    "face": "Face",
    "lines": "Lines",
    "band": "White on black",
}
"""What each field of the form is called."""

_BUTTON: Final = re.compile(
    rf"(?P<verb>{'|'.join(VERBS)}) (?P<sort>{'|'.join(SORTS)}) (?P<at>[0-9]{{1,3}})"
)
_PLACE: Final = re.compile(rf"({'|'.join(SORTS)})\[([0-9]{{1,3}})\]")

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


@pages.get("/form")
@needs(Permission.KEEP_TEMPLATES)
def ask_form() -> ResponseReturnValue:
    """The text of a template to start from, drawn, and its fields in a form."""
    return _in_form(_begun_from())


@pages.post("/form")
@needs(Permission.KEEP_TEMPLATES)
def press() -> ResponseReturnValue:
    """What was typed, after a button was pressed: a row more, less, or elsewhere; drawn anew."""
    if not _is_form():
        return _in_form(_typed())
    return _form_drawn(*_pressed(from_fields(request.form)))


@pages.post("/keep")
@needs(Permission.KEEP_TEMPLATES)
def look() -> ResponseReturnValue:
    """What would be kept: a sample, and what stands against it; nothing is saved by looking."""
    return _about_to_keep(_typed())


@pages.post("/kept")
@needs(Permission.KEEP_TEMPLATES)
def keep() -> ResponseReturnValue:
    """Keep the text as the next version of a template of one's own; whoever does so signs."""
    text, form = _typed(), request.form
    try:
        kept = keep_template(here.installation(), mine(), text, form["reason"])
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
    return here.installation().read(lambda tx: text_to_begin(tx, name, version))


def _is_form() -> bool:
    return "slots-count" in request.form


def _typed() -> str:
    """The text that was typed, or that the form writes."""
    if _is_form():
        return text_of_form(from_fields(request.form))
    # A browser sends the end of a line as two characters.
    return request.form.get("text", "").replace("\r\n", "\n")


def _pressed(form: Form) -> tuple[Form, Rows]:
    """The form after its button, and which row that was."""
    known = _BUTTON.fullmatch(request.form.get("do", ""))
    if known is None:
        return form, frozenset()
    verb = next(one for one in VERBS if one == known["verb"])
    sort = next(one for one in SORTS if one == known["sort"])
    at = int(known["at"])
    after = pressed(form, verb, sort, at)
    now = {"add": len(after.rows[sort]) - 1, "up": at - 1, "down": at + 1}.get(verb, -1)
    return after, frozenset({(sort, now)})


def _read(text: str) -> Template:
    try:
        return read_template(text)
    except TemplateRefused as error:
        raise DataRefused([*map(Problem, error.problems)]) from error


def _text_tried(
    text: str, error: CoiError | None = None, not_in_form: Sequence[str] = ()
) -> tuple[str, HTTPStatus]:
    outcome, busy = _tried(text)
    error = error or busy
    page = render_template(
        "label_template_try.html",
        text=text,
        most=MAX_CHARACTERS,
        not_in_form=_placed(not_in_form),
        **_told(outcome),
        error=error,
    )
    return page, status_of(error) if error else HTTPStatus.OK


def _in_form(text: str) -> tuple[str, HTTPStatus]:
    """A text as a form; one that a form cannot show stays as it was typed, with why."""
    try:
        form = form_of(text)
    except TemplateRefused as error:
        return _text_tried(text, not_in_form=error.problems)
    return _form_drawn(form, frozenset())


def _form_drawn(form: Form, touched: Rows) -> tuple[str, HTTPStatus]:
    text = text_of_form(form)
    outcome, busy = _tried(text)
    told = _told(outcome)
    rows = (one["row"].split("-") for one in (*told["problems"], *told["against"]) if one["row"])
    to_mend = frozenset((sort, int(n)) for sort, n in rows)
    page = render_template(
        "label_template_form.html",
        form=form,
        text=text,
        titles=TITLES,
        kinds=get_args(SymbolKind),
        faces=get_args(Face),
        known_fields=sorted(known_fields()),
        known_payloads=sorted(known_payloads()),
        touched=touched,
        opened=touched | to_mend,
        to_mend=to_mend,
        **told,
        error=busy,
    )
    return page, status_of(busy) if busy else HTTPStatus.OK


def _about_to_keep(text: str, error: CoiError | None = None) -> tuple[str, HTTPStatus]:
    """What would be kept; a text that is no template yet is shown as it was typed, with why."""
    installation, by = here.installation(), here.somebody().proven
    try:
        proposal = propose_template(installation, by, text)
    except DataRefused:
        return _text_tried(text)
    except TriesUnderWay as under_way:
        return _text_tried(text, under_way)
    outcome, busy = _tried(text)
    why = error if error is not None else busy
    page = render_template(
        "label_template_keep.html",
        text=text,
        proposal=proposal,
        printers=templates.sample_printers(installation, by),
        key=new_key(),
        meaning=KEPT,
        reason=request.form.get("reason", ""),
        **_told(outcome) | {"against": _placed(proposal.against)},
        error=why,
    )
    return page, status_of(why) if why is not None else HTTPStatus.OK


def _tried(text: str) -> tuple[TextTried, TriesUnderWay | None]:
    try:
        return try_text(text, chosen_values(), chosen_resolution()), None
    except TriesUnderWay as busy:
        return TextTried(), busy


def _told(outcome: TextTried) -> dict[str, Any]:
    template = outcome.template
    return {
        "outcome": outcome,
        "problems": _placed(outcome.problems),
        "against": _placed(tuple(against_keeping(template)) if template else ()),
        "picture": b64encode(outcome.picture).decode(),
        "chosen": {"dpi": chosen_resolution(), "values": chosen_values()},
        "resolutions": templates.RESOLUTIONS,
    }


def _placed(problems: Sequence[str]) -> list[dict[str, str]]:
    """Each problem in words, with the row of the form that it is about; '' for none."""
    return [{"words": in_words(one), "row": _row(one)} for one in problems]


def _row(problem: str) -> str:
    place = _PLACE.match(problem)
    return f"{place[1]}-{place[2]}" if place else ""
