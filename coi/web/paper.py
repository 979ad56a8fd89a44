"""What is printed of a therapy: labels, wristband, order sheet, custody record.

Each print is an entry, so each is asked for with a form. A label that was printed before is printed
again only when that was seen: two pieces of paper would carry one code.
"""

import re
from collections.abc import Callable
from http import HTTPStatus

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from coi.errors import Unknown
from coi.services.documents import (
    PrintedBefore,
    write_bag_label,
    write_custody_record,
    write_order_sheet,
    write_wristband,
)
from coi.services.labelling import NotPrinted
from coi.services.looking import is_label_of
from coi.services.permissions import Permission
from coi.web import here
from coi.web.errors import status_of
from coi.web.permissions import needs

pages = Blueprint("paper", __name__, url_prefix="/therapies/<coi>")


@pages.post("/labels/<serial>")
@needs(Permission.SEE_THERAPIES)
def label(coi: str, serial: str) -> ResponseReturnValue:
    """Print the label of a container."""
    installation, by = here.installation(), here.somebody()
    if not is_label_of(installation, by, serial, coi):
        raise Unknown("therapy", coi)
    return _answered(
        coi, f"label {serial}", lambda seen: write_bag_label(installation, by.proven, serial, seen)
    )


@pages.post("/wristband")
@needs(Permission.SEE_IDENTITY)
def wristband(coi: str) -> ResponseReturnValue:
    """Print the patient's wristband, for those who meet the patient."""
    installation, by = here.installation(), here.somebody().proven
    return _answered(
        coi, f"wristband {coi}", lambda seen: write_wristband(installation, by, coi, seen)
    )


@pages.post("/order-sheet")
@needs(Permission.SEE_THERAPIES)
def order_sheet(coi: str) -> ResponseReturnValue:
    """Print the order; each copy says which one it is."""
    installation, by = here.installation(), here.somebody().proven
    return _answered(coi, f"order {coi}", lambda _seen: write_order_sheet(installation, by, coi))


@pages.post("/custody-record")
@needs(Permission.SEE_THERAPIES)
def custody_record(coi: str) -> ResponseReturnValue:
    """Print the custody record; each copy says which one it is."""
    installation, by = here.installation(), here.somebody().proven
    return _answered(
        coi, f"custody {coi}", lambda _seen: write_custody_record(installation, by, coi)
    )


def as_pdf(content: bytes, name: str) -> Response:
    """A document as the browser takes it; its name says a COI or a serial, and nobody's name."""
    file = re.sub("[^A-Za-z0-9-]+", "-", name)
    answer = Response(content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{file}.pdf"'
    return answer


def _answered(coi: str, name: str, write: Callable[[int], bytes]) -> ResponseReturnValue:
    """The document, or the page that says why there is none, with the way back."""
    seen = request.form.get("seen", "")
    try:
        return as_pdf(write(int(seen) if re.fullmatch("[0-9]{1,6}", seen) else 0), name)
    except PrintedBefore as before:
        shown = render_template("printed_before.html", coi=coi, name=name, before=before)
        return shown, HTTPStatus.CONFLICT
    except NotPrinted as error:
        return render_template("not_printed.html", coi=coi, error=error), status_of(error)
