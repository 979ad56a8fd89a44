"""What is printed of a therapy: labels, wristband, order sheet, records, certificates.

Each print is an entry, so each is asked for with a form. A label that was printed before is printed
again only when that was seen: two pieces of paper would carry one code.
"""

import re
from collections.abc import Callable

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from coi.errors import CoiError, DataRefused, Refused, Unknown
from coi.services.copies import Printed
from coi.services.documents import (
    write_custody_record,
    write_destruction_certificate,
    write_deviation_letter,
    write_order_sheet,
)
from coi.services.downtime_kits import write_downtime_kit
from coi.services.drawing import NotPrinted
from coi.services.label_papers import (
    PRINTED_AGAIN,
    WHY_AGAIN,
    Again,
    PrintedBefore,
    wristband_copies,
    write_bag_label,
    write_wristband,
)
from coi.services.looking import is_label_of, is_seen_whole
from coi.services.permissions import Permission
from coi.services.proofs import NotAllowed
from coi.services.reconciling import write_reconciliation
from coi.web import here
from coi.web.errors import NOT_PROVEN, status_of
from coi.web.permissions import needs
from coi.web.proving import mine

pages = Blueprint("paper", __name__, url_prefix="/therapies/<coi>")


@pages.post("/labels/<serial>")
@needs(Permission.PRINT_LABELS)
def label(coi: str, serial: str) -> ResponseReturnValue:
    """Print the label of a container, once, as a file."""
    installation, by = here.installation(), here.somebody()
    if not is_label_of(installation, by, serial, coi):
        raise Unknown("therapy", coi)
    return _answered(
        coi,
        f"label {serial}",
        lambda: write_bag_label(installation, by.proven, serial).content,
    )


@pages.post("/wristband")
@needs(Permission.SEE_IDENTITY)
def wristband(coi: str) -> ResponseReturnValue:
    """Print the patient's wristband, for those who meet the patient."""
    installation, by = here.installation(), here.somebody().proven
    return _answered(
        coi,
        f"wristband {coi}",
        lambda: write_wristband(installation, by, coi, _again()).content,
        lambda: wristband_copies(installation, by, coi),
    )


@pages.post("/order-sheet")
@needs(Permission.SEE_THERAPIES)
def order_sheet(coi: str) -> ResponseReturnValue:
    """Print the order; each copy says which one it is."""
    installation, by = here.installation(), here.somebody().proven
    return _answered(coi, f"order {coi}", lambda: write_order_sheet(installation, by, coi))


@pages.post("/custody-record")
@needs(Permission.SEE_THERAPIES)
def custody_record(coi: str) -> ResponseReturnValue:
    """Print the custody record; each copy says which one it is."""
    installation, by = here.installation(), here.somebody().proven
    return _answered(coi, f"custody {coi}", lambda: write_custody_record(installation, by, coi))


@pages.post("/downtime-kit")
@needs(Permission.SEE_THERAPIES)
def downtime_kit(coi: str) -> ResponseReturnValue:
    """Print what people go on with when the system cannot be reached."""
    installation, by = here.installation(), here.somebody()
    return _answered(
        coi,
        f"downtime {coi}",
        lambda: write_downtime_kit(installation, by.proven, coi, by.unit),
    )


@pages.post("/label-reconciliation")
@needs(Permission.SEE_THERAPIES)
def reconciliation(coi: str) -> ResponseReturnValue:
    """Print what became of every label, and how they add up; each copy says which one it is."""
    installation, by = here.installation(), here.somebody().proven
    return _answered(coi, f"labels {coi}", lambda: write_reconciliation(installation, by, coi))


@pages.post("/destroyed/<thing>")
@needs(Permission.SEE_THERAPIES)
def destruction_certificate(coi: str, thing: str) -> ResponseReturnValue:
    """Print the certificate of destruction of one thing, called by its number in the therapy."""
    installation, by = here.installation(), here.somebody().proven
    return _answered(
        coi,
        f"destruction {coi} {thing}",
        lambda: write_destruction_certificate(installation, by, coi, f"{coi}/{thing}"),
    )


@pages.post("/out-of-specification/<lot>")
@needs(Permission.SEE_THERAPIES)
def deviation_letter(coi: str, lot: str) -> ResponseReturnValue:
    """Print the letter about a lot that was released out of specification."""
    installation, by = here.installation(), here.somebody().proven
    return _answered(
        coi,
        f"out of specification {coi} {lot}",
        lambda: write_deviation_letter(installation, by, coi, f"{coi}/{lot}"),
    )


def as_pdf(content: bytes, name: str) -> Response:
    """A document as the browser takes it; its name says a COI or a serial, and nobody's name."""
    file = re.sub("[^A-Za-z0-9-]+", "-", name)
    answer = Response(content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{file}.pdf"'
    return answer


def _answered(
    coi: str,
    name: str,
    write: Callable[[], bytes],
    copies: Callable[[], tuple[Printed, ...]] = tuple,
) -> ResponseReturnValue:
    """The document, or the page that says why there is none, with the way back."""
    try:
        return as_pdf(write(), name)
    except PrintedBefore as before:
        return _before(coi, name, before, before.copies), status_of(before)
    except NotAllowed:
        raise
    except (*NOT_PROVEN, DataRefused) as error:
        return _before(coi, name, error, copies()), status_of(error)
    except (NotPrinted, Refused) as error:
        return not_printed(error, coi), status_of(error)


def not_printed(error: NotPrinted | Refused, coi: str = "") -> str:
    """The page that says why nothing was printed, with the way to what can be done."""
    reasons = error.refusals if isinstance(error, Refused) else (error,)
    lists_labels = bool(coi) and is_seen_whole(here.installation(), here.somebody(), coi)
    return render_template("not_printed.html", coi=coi, reasons=reasons, lists_labels=lists_labels)


def _again() -> Again | None:
    """What whoever prints signs for; nothing where they know of no print."""
    form = request.form
    if not form.get("seen"):
        return None
    seen = int(form["seen"]) if re.fullmatch("[0-9]{1,6}", form["seen"]) else -1
    return Again(mine(), form.get("reason", ""), seen)


def _before(coi: str, name: str, error: CoiError, copies: tuple[Printed, ...]) -> str:
    """The page that asks who signs for another piece; the password is typed anew each time."""
    seen = len(copies) if copies else request.form.get("seen", "0")
    told = {"coi": coi, "name": name, "error": error, "copies": copies, "seen": seen}
    return render_template(
        "printed_before.html", **told, reasons=WHY_AGAIN, meaning=PRINTED_AGAIN, given=request.form
    )
