"""Printers and the print queue: what waits for which printer, why, and what people do about it."""

from typing import Any

from flask import Response
from flask.typing import ResponseReturnValue

from coi.api.asked import proven_by
from coi.api.resource import NOTHING, Answer, Body, Resources, Sign, Write, created, found
from coi.api.schemas import printers as schemas
from coi.api.schemas.common import BECAUSE, Because
from coi.clock import rfc3339
from coi.services import print_deeds, print_view
from coi.services import registering_printers as register
from coi.services.permissions import Permission
from coi.services.print_view import Job, Queue
from coi.services.printers import About
from coi.web import here
from coi.web.permissions import needs

resources = Resources("printers", "Printers, and what waits for them.")

_FILE = Answer(media_type="application/octet-stream")


@resources.offers("GET", "/printers", "listPrinters", found(schemas.Queues, schemas.QUEUES))
@needs(Permission.PRINT_LABELS)
def every() -> ResponseReturnValue:
    """The printers of one's sites, with what waits at each."""
    queues = print_view.queues_of(here.installation(), here.somebody().proven)
    return {"items": [_told(one) for one in queues]}


@resources.offers("GET", "/printers/<printer>", "showPrinter", found(schemas.Queue, schemas.QUEUE))
@needs(Permission.PRINT_LABELS)
def show(printer: str) -> ResponseReturnValue:
    """One printer, with its newest labels."""
    installation, by = here.installation(), here.somebody().proven
    return _told(print_view.look_at_queue(installation, by, printer))


@resources.offers(
    "POST",
    "/printers",
    "registerPrinter",
    created(schemas.PrinterId, schemas.PRINTER_ID),
    headers=Sign,
    body=Body(schemas.NewPrinter, schemas.NEW_PRINTER),
)
@needs(Permission.KEEP_PRINTERS)
def add(headers: dict[str, Any], told: dict[str, Any]) -> ResponseReturnValue:
    """Register a printer of a unit; an administrator or QA signs it."""
    unit = told.pop("unit")
    by = proven_by(headers["grants"], register.REGISTERED)
    installation, about = here.installation(), About(**told)
    return {"id": register.register_printer(installation, by, unit, about, key=headers["key"])}


@resources.offers(
    "PUT",
    "/printers/<printer>",
    "changePrinter",
    NOTHING,
    headers=Sign,
    body=Body(schemas.ChangedPrinter, schemas.CHANGED),
)
@needs(Permission.KEEP_PRINTERS)
def change(headers: dict[str, Any], told: dict[str, Any], printer: str) -> ResponseReturnValue:
    """Let a printer be so from now on, and say why; what it was stays on record."""
    by, why, key = proven_by(headers["grants"], register.CHANGED), told.pop("why"), headers["key"]
    register.change_printer(here.installation(), by, printer, About(**told), key=key, why=why)
    return ""


@resources.offers(
    "DELETE",
    "/printers/<printer>",
    "retirePrinter",
    NOTHING,
    headers=Sign,
    body=Body(Because, BECAUSE),
)
@needs(Permission.KEEP_PRINTERS)
def retire(headers: dict[str, Any], told: dict[str, Any], printer: str) -> ResponseReturnValue:
    """Let a printer be one no longer, and say why."""
    by = proven_by(headers["grants"], register.RETIRED)
    register.retire_printer(here.installation(), by, printer, why=told["why"])
    return ""


@resources.offers(
    "POST",
    "/printers/<printer>/ask",
    "askPrinter",
    found(schemas.Troubles, schemas.TROUBLES),
    headers=Write,
)
@needs(Permission.PRINT_LABELS)
def ask(_headers: dict[str, Any], printer: str) -> ResponseReturnValue:
    """Ask a printer how it is; nothing is recorded."""
    by = here.somebody().proven
    condition = print_deeds.ask_printer(here.installation(), by, printer)
    return {"troubles": [one.value for one in condition.troubles]}


@resources.offers("POST", "/printers/<printer>/test", "printTest", NOTHING, headers=Write)
@needs(Permission.PRINT_LABELS)
def test(headers: dict[str, Any], printer: str) -> ResponseReturnValue:
    """Print a label that says of itself that it is none."""
    by, key = here.somebody().proven, headers["key"]
    print_deeds.print_test(here.installation(), by, printer, key=key)
    return ""


@resources.offers(
    "POST",
    "/printers/<printer>/line",
    "clearPrinterLine",
    NOTHING,
    headers=Sign,
    body=Body(schemas.ClearedLine, schemas.CLEARED_LINE),
)
@needs(Permission.PRINT_LABELS)
def clear(headers: dict[str, Any], told: dict[str, Any], printer: str) -> ResponseReturnValue:
    """Sign that no label of a therapy is left at a printer; those of another one may come."""
    by = proven_by(headers["grants"], print_deeds.LINE_CLEARED)
    key = headers["key"]
    print_deeds.clear_line(here.installation(), by, printer, told["holds"], key=key)
    return ""


@resources.offers(
    "POST",
    "/print-jobs/<job>/move",
    "movePrint",
    NOTHING,
    headers=Sign,
    body=Body(schemas.MovedPrint, schemas.MOVED_PRINT),
)
@needs(Permission.PRINT_LABELS)
def move(headers: dict[str, Any], told: dict[str, Any], job: str) -> ResponseReturnValue:
    """Sign that a label which waits is printed at another printer."""
    by, key = proven_by(headers["grants"], print_deeds.MOVED), headers["key"]
    print_deeds.move_job(here.installation(), by, job, told["printer"], key=key)
    return ""


@resources.offers("POST", "/print-jobs/<job>/again", "tryPrintAgain", NOTHING, headers=Write)
@needs(Permission.PRINT_LABELS)
def again(_headers: dict[str, Any], job: str) -> ResponseReturnValue:
    """Let a label that is held be tried now."""
    print_deeds.try_again(here.installation(), here.somebody().proven, job)
    return ""


@resources.offers("DELETE", "/print-jobs/<job>", "cancelPrint", NOTHING, headers=Write)
@needs(Permission.PRINT_LABELS)
def cancel(_headers: dict[str, Any], job: str) -> ResponseReturnValue:
    """Let a label that waits not be printed."""
    print_deeds.cancel_job(here.installation(), here.somebody().proven, job)
    return ""


@resources.offers("POST", "/print-jobs/<job>/file", "fetchPrint", _FILE, headers=Write)
@needs(Permission.PRINT_LABELS)
def fetch(_headers: dict[str, Any], job: str) -> ResponseReturnValue:
    """Give a label as a file, once; nobody knows then what comes out of a printer."""
    by = here.somebody().proven
    content, media_type = print_deeds.fetch_job(here.installation(), by, job)
    return Response(content, mimetype=media_type)


def _told(queue: Queue) -> dict[str, Any]:
    printer = queue.printer
    return {
        "id": printer.id,
        "unit": printer.unit.id,
        "about": {name: getattr(printer.about, name) for name in About.__slots__},
        "line": queue.line,
        "is_sending": queue.is_sending,
        "jobs": [_job(one) for one in queue.jobs],
    }


def _job(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "labels": [*job.labels],
        "therapy": job.therapy,
        "state": job.state,
        "why": job.why,
        "waits_for_line": job.waits_for_line,
        "waits_for_person": job.waits_for_person,
        "made_at": rfc3339(job.made_at),
        "ended_at": rfc3339(job.ended_at) if job.ended_at else None,
    }
