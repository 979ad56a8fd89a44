"""Places: the shelves, tank positions and benches of one's units, and their labels."""

import secrets
from collections.abc import Iterator, Sequence
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coi.errors import DataRefused
from coi.services.batches import BATCHES, batch_stands
from coi.services.drawing import NotPrinted
from coi.services.label_papers import write_location_label
from coi.services.permissions import Permission
from coi.services.places import KnownPlace, UnitPlaces, places_of, register_place
from coi.services.print_view import printers_for
from coi.services.thing_sending import SendPlaces, send_places
from coi.web import here
from coi.web.errors import status_of
from coi.web.paging import part_of, searched
from coi.web.paper import as_pdf, not_printed
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
    form, installation, by = request.form, here.installation(), here.somebody().proven
    to = form.get("printer", "")
    try:
        if not to:
            content = write_location_label(installation, by, serial).content
            return as_pdf(content, f"place {serial}")
        send_places(installation, by, SendPlaces((serial,), to, form.get("key", "")))
    except NotPrinted as error:
        return not_printed(error), status_of(error)
    except DataRefused as error:
        return _shown(error), status_of(error)
    flash(f"The label {serial} waits for the printer.")
    back = url_for("places.show", q=request.args.get("q"), page=request.args.get("page"))
    return redirect(back, HTTPStatus.SEE_OTHER)


@pages.post("/units/<unit>/labels")
@needs(Permission.KEEP_PLACES)
def labels(unit: str) -> ResponseReturnValue:
    """Begin to print the label of every place of a unit; how far it is stands on its page."""
    form, somebody = request.form, here.somebody()
    kept = places_of(here.installation(), somebody)
    serials = [one.serial for of in kept if of.unit.id == unit for one in of.places]
    try:
        asked = SendPlaces(tuple(serials), form.get("printer", ""), form.get("key", ""))
        BATCHES.begin(here.installation(), somebody.proven, asked)
    except DataRefused as error:
        return _shown(error), status_of(error)
    return redirect(url_for("places.batch", key=asked.key), HTTPStatus.SEE_OTHER)


@pages.get("/batches/<key>")
@needs(Permission.KEEP_PLACES)
def batch(key: str) -> ResponseReturnValue:
    """How far a batch is: how many labels are drawn, how many came out."""
    installation, somebody = here.installation(), here.somebody()
    run = BATCHES.of(key, somebody.person.id)
    found = batch_stands(installation, somebody.proven, key, run)
    return render_template("batch.html", found=found)


def _shown(error: DataRefused | None = None) -> str:
    """The page; after an error the form as it was filled in, with a key of its own."""
    units = places_of(here.installation(), here.somebody())
    part = part_of([*_lines(units, searched())])
    return render_template(
        "places.html",
        units=units,
        part=part,
        shown=_by_unit(units, part.shown),
        printers=printers_for(here.installation(), here.somebody().proven),
        given=request.form,
        error=error,
        key=f"place-{secrets.token_urlsafe(18)}",
    )


_Line = tuple[str, KnownPlace | None]
"""A unit, and one of its places; one line of a unit that has none."""


def _lines(units: Sequence[UnitPlaces], wanted: str) -> Iterator[_Line]:
    """What is found, in its order; who searches is not told of units without places."""
    for at in units:
        yield from ((at.unit.id, one) for one in at.called(wanted))
        if not at.places and not wanted:
            yield at.unit.id, None


def _by_unit(
    units: Sequence[UnitPlaces], lines: Sequence[_Line]
) -> Iterator[tuple[UnitPlaces, list[KnownPlace]]]:
    """The units of a page with those of their places that stand on it."""
    found: dict[str, list[KnownPlace]] = {}
    for unit, place in lines:
        found.setdefault(unit, []).extend([place] if place else [])
    return ((at, found[at.unit.id]) for at in units if at.unit.id in found)
