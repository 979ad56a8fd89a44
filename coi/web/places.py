"""Places: the shelves, tank positions and benches of one's units, and their labels."""

import secrets
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coi.errors import DataRefused
from coi.services.documents import write_location_label
from coi.services.labelling import NotPrinted
from coi.services.permissions import Permission
from coi.services.places import places_of, register_place
from coi.services.print_view import printers_for
from coi.services.printers import PDF
from coi.web import here
from coi.web.errors import status_of
from coi.web.paper import as_pdf
from coi.web.permissions import needs

pages = Blueprint("places", __name__, url_prefix="/places")


@pages.get("")
@needs(Permission.KEEP_PLACES)
def show() -> ResponseReturnValue:
    """Show the places of each of one's units."""
    return _shown()


@pages.post("")
@needs(Permission.KEEP_PLACES)
def add() -> ResponseReturnValue:
    """Register a place, and say that its label is to be printed."""
    form = request.form
    name, unit = form.get("name", "").strip(), form.get("unit", "")
    try:
        serial = register_place(
            here.installation(), here.somebody().proven, unit, name, key=form.get("key", "")
        )
    except DataRefused as error:
        return _shown(error), status_of(error)
    flash(f"Added: {name}. Print its label {serial} and fix it to the place.")
    return redirect(url_for("places.show"))


@pages.post("/<serial>/label")
@needs(Permission.KEEP_PLACES)
def label(serial: str) -> ResponseReturnValue:
    """Print the label of a place: at a printer, or as a file."""
    to, by = request.form.get("printer", ""), here.somebody().proven
    try:
        content = write_location_label(here.installation(), by, serial, to)
    except NotPrinted as error:
        return render_template("not_printed.html", error=error), status_of(error)
    if to:
        flash(f"The label {serial} waits for the printer.")
        return redirect(url_for("printers.show", printer=to), HTTPStatus.SEE_OTHER)
    return as_pdf(content, f"place {serial}")


def _shown(error: DataRefused | None = None) -> str:
    """The page; after an error the form as it was filled in, with a key of its own."""
    return render_template(
        "places.html",
        units=places_of(here.installation(), here.somebody()),
        printers=printers_for(here.installation(), here.somebody().proven, PDF),
        given=request.form,
        error=error,
        key=f"place-{secrets.token_urlsafe(18)}",
    )
