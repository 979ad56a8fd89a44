"""Stock-takes: begun, gone on with scan by scan, compared with the record, and signed."""

import secrets
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coi.errors import CoiError, DataRefused, KeyReused, Reason, Refused
from coi.services import stock_closing, stock_takes
from coi.services.permissions import Permission
from coi.services.scanning import BY_DEVICE, TYPED, Code
from coi.services.stock_closing import STOCK_COUNTED, CloseStockTake
from coi.services.stock_report import stock_report_pdf
from coi.web import here
from coi.web.errors import status_of
from coi.web.paper import as_pdf
from coi.web.permissions import needs
from coi.web.reading import Misread, Signing, prove_signers
from coi.web.sheet import Given
from workflows.stock import Finding

pages = Blueprint("stock", __name__, url_prefix="/stock-takes")

_RULES = (STOCK_COUNTED,)
DEVICE = "page"

_OTHER_PLACE = "To tell the record where it is, take the step of its own."
_TOLD: Mapping[str, tuple[str, str]] = {
    "MISSING": ("Missing", "The record says that it is here, and nobody scanned it."),
    "NOT_HERE": (
        "Here, and not by the record",
        "Another unit has it, it is on its way, or it was used up.",
    ),
    "DEAD": ("With a dead label", "Another label has taken its place, or it was voided."),
    "UNKNOWN": ("Not known here", "Nothing is found by these codes."),
    "ELSEWHERE": ("The record says another place", _OTHER_PLACE),
    "MOVED": (
        "Moved meanwhile",
        (
            "A step moved it since the stock-take was begun, and nobody scanned it: look for it "
            "once more."
        ),
    ),
    "UNPLACED": ("Found; the record names no place", _OTHER_PLACE),
    "FOUND": ("Found where it belongs", ""),
}
"""What each finding is called, and what it says of the things that are listed below it."""


@pages.get("")
@needs(Permission.TAKE_STOCK)
def every() -> ResponseReturnValue:
    """The stock-takes of my units, and the form that begins one."""
    installation, signed_in = here.installation(), here.somebody()
    return render_template(
        "stock_takes.html",
        takes=stock_takes.stock_takes_of(installation, signed_in),
        units=stock_takes.countable(installation, signed_in),
        key=f"stock-{secrets.token_urlsafe(18)}",
    )


@pages.post("")
@needs(Permission.TAKE_STOCK)
def begin() -> ResponseReturnValue:
    """Begin one, and show where its first label is scanned."""
    unit, _, place = request.form.get("where", "").partition(" ")
    found = stock_takes.begin_stock_take(
        here.installation(),
        here.somebody().proven,
        unit,
        place or stock_takes.WHOLE_UNIT,
        key=request.form.get("key", ""),
    )
    return redirect(url_for("stock.show", identifier=found), HTTPStatus.SEE_OTHER)


@pages.get("/<identifier>")
@needs(Permission.TAKE_STOCK)
def show(identifier: str) -> ResponseReturnValue:
    """Where the next label is scanned; above it what the last one was found to be."""
    last = request.args.get("last", "")
    number = int(last) if last.isascii() and last.isdigit() and len(last) < len("1000000") else 0
    by = here.somebody().proven
    found = stock_takes.counting(here.installation(), by, identifier, number)
    if not found.take.is_open:
        return redirect(url_for("stock.result", identifier=identifier))
    return render_template("stock_take.html", found=found, again="again" in request.args)


@pages.post("/<identifier>/scans")
@needs(Permission.TAKE_STOCK)
def scan(identifier: str) -> ResponseReturnValue:
    """Compare one label with the record; without a scanner's claim beside it, it was typed."""
    raw, claim = request.form.get("code", "").strip(), request.form.get("how", "")
    if not raw:
        return redirect(url_for("stock.show", identifier=identifier), HTTPStatus.SEE_OTHER)
    code = Code(raw, claim if claim in BY_DEVICE else TYPED, DEVICE)
    by = here.somebody().proven
    found = stock_takes.scan_stock(here.installation(), by, identifier, code)
    again = "1" if found.again else None
    where = url_for("stock.show", identifier=identifier, last=found.number, again=again)
    return redirect(where, HTTPStatus.SEE_OTHER)


@pages.get("/<identifier>/result")
@needs(Permission.TAKE_STOCK)
def result(identifier: str) -> ResponseReturnValue:
    """What was found and what was not; below it the signature that closes it."""
    return _shown(identifier, Given())


@pages.post("/<identifier>/result")
@needs(Permission.TAKE_STOCK)
def close(identifier: str) -> ResponseReturnValue:
    """Sign it, or say every reason why not; what was typed stays but the password."""
    installation, given, by = here.installation(), request.form, here.somebody().proven
    take = stock_closing.outcome(installation, by, identifier).take
    try:
        wanted = CloseStockTake(identifier, given.get("key", ""), given.get("shown", ""))
        signing = Signing(_RULES, take.row.unit)
        signers = prove_signers(installation, by, signing, given)
        stock_closing.close_stock_take(installation, wanted, by, signers)
    except Misread as misread:
        return _shown(identifier, given, misread.errors), HTTPStatus.UNPROCESSABLE_ENTITY
    except (Refused, KeyReused, DataRefused) as error:
        reasons = error.refusals if isinstance(error, Refused) else (error,)
        return _shown(identifier, given, reasons=reasons), status_of(error)
    flash("Closed: the stock-take is on record.")
    return redirect(url_for("stock.result", identifier=identifier), HTTPStatus.SEE_OTHER)


@pages.get("/<identifier>/report.pdf")
@needs(Permission.TAKE_STOCK)
def report(identifier: str) -> ResponseReturnValue:
    """The result as a document."""
    content = stock_report_pdf(here.installation(), here.somebody().proven, identifier)
    return as_pdf(content, f"stock-take {identifier[:8]}")


def _shown(
    identifier: str,
    given: Given,
    errors: Mapping[str, str] | None = None,
    reasons: Sequence[Reason | CoiError] = (),
) -> str:
    found = stock_closing.outcome(here.installation(), here.somebody().proven, identifier)
    return render_template(
        "stock_result.html",
        told=_TOLD,
        found=found,
        findings=tuple(Finding),
        rules=_RULES,
        given=given,
        errors=errors or {},
        reasons=reasons,
        key=f"page-{secrets.token_urlsafe(18)}",
    )
