"""The print queue: what waits at each printer, why, and what somebody does about it."""

from collections.abc import Callable
from http import HTTPStatus

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coi.errors import CoiError, DataRefused, KeyReused, Refused
from coi.services import print_deeds, print_view
from coi.services.drawing import PDF
from coi.services.permissions import Permission
from coi.services.print_deeds import LINE_CLEARED, MOVED
from coi.services.proofs import CannotSign
from coi.web import here
from coi.web.errors import NOT_PROVEN, status_of
from coi.web.people import new_key
from coi.web.permissions import needs
from coi.web.proving import mine

pages = Blueprint("printers", __name__, url_prefix="/printers")

_TOLD = (*NOT_PROVEN, CannotSign, DataRefused, KeyReused, Refused)


@pages.get("")
@needs(Permission.PRINT_LABELS)
def every() -> ResponseReturnValue:
    """The printers of my sites, with what waits at each."""
    queues = print_view.queues_of(here.installation(), here.somebody().proven)
    return render_template("printers.html", queues=queues)


@pages.get("/<printer>")
@needs(Permission.PRINT_LABELS)
def show(printer: str) -> ResponseReturnValue:
    """One printer: what lies there, what waits, and what became of the newest labels."""
    return _shown(printer)


@pages.post("/<printer>/ask")
@needs(Permission.PRINT_LABELS)
def ask(printer: str) -> ResponseReturnValue:
    """Ask a printer how it is."""

    def deed() -> str:
        by = here.somebody().proven
        told = print_deeds.ask_printer(here.installation(), by, printer)
        return f"It says: {', '.join(told.troubles) or 'ready'}."

    return _done(printer, deed)


@pages.post("/<printer>/test")
@needs(Permission.PRINT_LABELS)
def test(printer: str) -> ResponseReturnValue:
    """Print a label that says of itself that it is none."""
    key = request.form["key"]

    def deed() -> str:
        print_deeds.print_test(here.installation(), here.somebody().proven, printer, key=key)
        return "A test print waits for the printer. It is no label: destroy it."

    return _done(printer, deed)


@pages.post("/<printer>/line")
@needs(Permission.PRINT_LABELS)
def clear(printer: str) -> ResponseReturnValue:
    """Sign that no label of a therapy is left at the printer."""
    key, holds = request.form["key"], request.form["holds"]

    def deed() -> str:
        print_deeds.clear_line(here.installation(), mine(), printer, holds, key=key)
        return "The line is clear: labels of another therapy may come."

    return _done(printer, deed)


@pages.post("/<printer>/labels/<job>/move")
@needs(Permission.PRINT_LABELS)
def move(printer: str, job: str) -> ResponseReturnValue:
    """Sign that a label is printed at another printer."""
    key, to = request.form["key"], request.form["printer"]

    def deed() -> str:
        print_deeds.move_job(here.installation(), mine(), job, to, key=key)
        return "Moved: it waits at the other printer now."

    return _done(printer, deed)


@pages.post("/<printer>/labels/<job>/again")
@needs(Permission.PRINT_LABELS)
def again(printer: str, job: str) -> ResponseReturnValue:
    """Let a label that is held be tried now."""

    def deed() -> str:
        print_deeds.try_again(here.installation(), here.somebody().proven, job)
        return "It is sent as soon as the printer is ready."

    return _done(printer, deed)


@pages.post("/<printer>/labels/<job>/cancel")
@needs(Permission.PRINT_LABELS)
def cancel(printer: str, job: str) -> ResponseReturnValue:
    """Let a label not be printed."""

    def deed() -> str:
        print_deeds.cancel_job(here.installation(), here.somebody().proven, job)
        return "Cancelled: it is not printed."

    return _done(printer, deed)


@pages.post("/<printer>/labels/<job>/file")
@needs(Permission.PRINT_LABELS)
def fetch(printer: str, job: str) -> ResponseReturnValue:
    """Give a label as a file, once."""
    try:
        content, media_type = print_deeds.fetch_job(
            here.installation(), here.somebody().proven, job
        )
    except _TOLD as error:
        return _shown(printer, error), status_of(error)
    answer = Response(content, mimetype=media_type)
    ending = "pdf" if media_type == PDF else "zpl"
    answer.headers["Content-Disposition"] = f'attachment; filename="label-{job}.{ending}"'
    return answer


def _done(printer: str, deed: Callable[[], str]) -> ResponseReturnValue:
    """The printer's page after a deed, or with the reason why there was none."""
    try:
        told = deed()
    except _TOLD as error:
        return _shown(printer, error), status_of(error)
    flash(told)
    return redirect(url_for("printers.show", printer=printer), HTTPStatus.SEE_OTHER)


def _shown(printer: str, error: CoiError | None = None) -> str:
    installation, by = here.installation(), here.somebody().proven
    queue = print_view.look_at_queue(installation, by, printer)
    others = print_view.others_for(installation, by, queue.printer)
    told = {"queue": queue, "others": others, "error": error, "key": new_key()}
    return render_template("printer.html", **told, cleared=LINE_CLEARED, moved=MOVED)
