"""Which printers there are: registered, changed and retired by who answers for it."""

from collections.abc import Callable
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coi.errors import CoiError, DataRefused, KeyReused, Refused
from coi.services import print_view
from coi.services import registering_printers as use_cases
from coi.services.permissions import Permission
from coi.services.printers import DOWNLOAD, FORMATS, RESOLUTIONS, About
from coi.services.proofs import CannotSign
from coi.web import here
from coi.web.errors import NOT_PROVEN, status_of
from coi.web.people import new_key
from coi.web.permissions import needs
from coi.web.proving import mine

pages = Blueprint("printer_register", __name__, url_prefix="/printer-register")

_TOLD = (*NOT_PROVEN, CannotSign, DataRefused, KeyReused, Refused)


@pages.get("")
@needs(Permission.KEEP_PRINTERS)
def every() -> ResponseReturnValue:
    """The printers that I keep, and the form for a new one."""
    return _listed()


@pages.post("")
@needs(Permission.KEEP_PRINTERS)
def register() -> ResponseReturnValue:
    """Register a printer, or say what is wrong; what was typed stays but the password."""
    form, about = request.form, _about()
    try:
        use_cases.register_printer(
            here.installation(), mine(), form["unit"], about, key=form["key"]
        )
    except _TOLD as error:
        return _listed(error), status_of(error)
    flash(f"Registered: the printer {about.name}.")
    return redirect(url_for("printer_register.every"), HTTPStatus.SEE_OTHER)


@pages.get("/<printer>")
@needs(Permission.KEEP_PRINTERS)
def show(printer: str) -> ResponseReturnValue:
    """One printer, with the form to change it."""
    return _one(printer)


@pages.post("/<printer>")
@needs(Permission.KEEP_PRINTERS)
def change(printer: str) -> ResponseReturnValue:
    """Let a printer be so from now on."""
    form, about = request.form, _about()
    key, why = form["key"], here.why()

    def deed() -> str:
        use_cases.change_printer(here.installation(), mine(), printer, about, key=key, why=why)
        return f"Changed: the printer {about.name}."

    return _done(printer, deed)


@pages.post("/<printer>/retire")
@needs(Permission.KEEP_PRINTERS)
def retire(printer: str) -> ResponseReturnValue:
    """Let a printer be one no longer."""

    def deed() -> str:
        use_cases.retire_printer(here.installation(), mine(), printer, why=here.why())
        return "Retired. It is a printer no longer."

    return _done(printer, deed)


def _about() -> About:
    """What the form says of a printer; what is no number is none that a printer can have."""
    form = request.form
    dpi, width, height = (form.get(name, 0, int) for name in ("dpi", "width_mm", "height_mm"))
    address = form["address"].strip() or DOWNLOAD
    return About(form["name"].strip(), address, form["media_type"], dpi, width, height)


def _done(printer: str, deed: Callable[[], str]) -> ResponseReturnValue:
    """The list after a deed, or the printer's page with the reason why there was none."""
    try:
        told = deed()
    except _TOLD as error:
        return _one(printer, error), status_of(error)
    flash(told)
    return redirect(url_for("printer_register.every"), HTTPStatus.SEE_OTHER)


_CHOICES = {"formats": FORMATS.items(), "resolutions": [(one, f"{one} dpi") for one in RESOLUTIONS]}


def _listed(error: CoiError | None = None) -> str:
    printers, units = print_view.printers_of(here.installation(), here.somebody().proven)
    choices = [(one.id, f"{one.site.name}, {one.name}") for one in units]
    told = {"printers": printers, "units": choices, "error": error, "given": request.form}
    key = request.form.get("key") or new_key()
    return render_template("printer_register.html", **told, **_CHOICES, key=key)


def _one(printer: str, error: CoiError | None = None) -> str:
    installation, by = here.installation(), here.somebody().proven
    known = print_view.printer_of(installation, by, printer)
    told = {"printer": known, "error": error, "given": request.form, "key": new_key()}
    return render_template("printer_change.html", **told, **_CHOICES)
