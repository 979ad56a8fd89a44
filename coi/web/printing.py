"""What of a therapy is to be printed, at which printer, and what becomes of it."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coi.errors import CoiError, DataRefused, KeyReused, Refused
from coi.services.drawing import NotPrinted
from coi.services.label_papers import PrintedBefore
from coi.services.label_printing import printing_page
from coi.services.label_sending import SendLabels, send_labels, send_wristband
from coi.services.permissions import Permission
from coi.services.print_view import in_words
from coi.web import here
from coi.web.errors import status_of
from coi.web.people import new_key
from coi.web.permissions import needs

pages = Blueprint("printing", __name__, url_prefix="/therapies/<coi>/printing")


@pages.get("")
@needs(Permission.PRINT_LABELS)
def show(coi: str) -> ResponseReturnValue:
    """What can be printed of a therapy, step by step; asked to watch, it looks again by itself."""
    return _shown(coi)


@pages.post("")
@needs(Permission.PRINT_LABELS)
def send(coi: str) -> ResponseReturnValue:
    """Let the chosen labels wait for the chosen printer, all or none."""
    form = request.form
    try:
        sent = send_labels(
            here.installation(),
            here.somebody().proven,
            SendLabels(
                coi, tuple(form.getlist("label")), form.get("printer", ""), form.get("key", "")
            ),
        )
    except (DataRefused, KeyReused, NotPrinted, Refused) as error:
        return _shown(coi, error), status_of(error)
    _tell(len(sent.labels))
    return redirect(url_for("printing.show", coi=coi, watch=1), HTTPStatus.SEE_OTHER)


@pages.post("/wristband")
@needs(Permission.SEE_IDENTITY)
def wristband(coi: str) -> ResponseReturnValue:
    """Let the patient's wristband wait for the chosen printer, for those who meet the patient."""
    printer = request.form.get("printer", "")
    try:
        left_off = send_wristband(here.installation(), here.somebody().proven, coi, printer)
    except (DataRefused, NotPrinted, PrintedBefore) as error:
        return _shown(coi, error), status_of(error)
    _tell(1)
    for field, why in left_off.items():
        flash(f"Not on the wristband: {field.replace('_', ' ')} ({why}).")
    return redirect(url_for("printing.show", coi=coi, watch=1), HTTPStatus.SEE_OTHER)


def _tell(count: int) -> None:
    words = "1 label waits" if count == 1 else f"{count} labels wait"
    flash(f"{words} for the printer.")


def _shown(coi: str, error: CoiError | None = None) -> str:
    """The page; after an error with every reason why nothing was sent.

    Raises:
        Unknown: there is no such therapy that this person may see.
    """
    page = printing_page(here.installation(), here.somebody(), coi)
    reasons = error.refusals if isinstance(error, Refused) else [error] if error else []
    return render_template(
        "printing.html",
        page=page,
        printers=[(one.id, in_words(one)) for one in page.printers],
        reasons=reasons,
        watches="watch" in request.args and bool(page.waiting),
        key=new_key(),
    )
