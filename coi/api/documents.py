"""What is printed of a therapy: each print is an entry, and a second label is signed for."""

from typing import Any

from flask import Response
from flask.typing import ResponseReturnValue

from coi.api.asked import again_of
from coi.api.resource import PAGE, PDF, Body, Resources, Sign, Write
from coi.api.schemas import documents as schemas
from coi.api.told import as_label, as_pdf
from coi.errors import Unknown
from coi.services.accompanying import AskedSheet, write_accompanying_sheet
from coi.services.documents import (
    write_custody_record,
    write_destruction_certificate,
    write_deviation_letter,
    write_order_sheet,
)
from coi.services.label_papers import write_bag_label, write_wristband
from coi.services.looking import is_label_of
from coi.services.permissions import Permission
from coi.services.reconciling import write_reconciliation
from coi.services.tokens import Scope
from coi.web import here
from coi.web.accompanying import draw_sheet
from coi.web.permissions import needs

resources = Resources("documents", "What is printed of a therapy.")
_AGAIN = Body(schemas.Again, schemas.AGAIN)


@resources.offers("POST", "/therapies/<coi>/labels/<serial>", "printLabel", PDF, headers=Write)
@needs(Permission.PRINT_LABELS, Scope.LABELS_PRINT)
def label(_headers: dict[str, Any], coi: str, serial: str) -> ResponseReturnValue:
    """The label of a container, once; whoever has the file counts as having printed it."""
    installation, by = here.installation(), here.somebody()
    if not is_label_of(installation, by, serial, coi):
        raise Unknown("therapy", coi)
    return as_label(write_bag_label(installation, by.proven, serial), f"label {serial}")


@resources.offers(
    "POST", "/therapies/<coi>/wristband", "printWristband", PDF, headers=Sign, body=_AGAIN
)
@needs(Permission.SEE_IDENTITY)
def wristband(headers: dict[str, Any], told: dict[str, Any], coi: str) -> ResponseReturnValue:
    """The patient's wristband, with the name, for those who meet the patient."""
    by = here.somebody().proven
    content = write_wristband(here.installation(), by, coi, again_of(headers, told))
    return as_label(content, f"wristband {coi}")


@resources.offers(
    "POST",
    "/therapies/<coi>/labels/<serial>/sheet",
    "printAccompanyingSheet",
    PAGE,
    headers=Write,
    body=Body(schemas.Sheet, schemas.SHEET),
)
@needs(Permission.PRINT_LABELS, Scope.LABELS_PRINT)
def accompanying_sheet(
    headers: dict[str, Any], told: dict[str, Any], coi: str, serial: str
) -> ResponseReturnValue:
    """All that is to be said of a container, what its label leaves off first; no symbol."""
    asked = AskedSheet(coi=coi, serial=serial, is_named=told["named"], key=headers["key"])
    return _page(asked)


@resources.offers(
    "POST", "/therapies/<coi>/wristband/sheet", "printNamedSheet", PAGE, headers=Write
)
@needs(Permission.SEE_IDENTITY)
def named_sheet(headers: dict[str, Any], coi: str) -> ResponseReturnValue:
    """The name that a wristband cannot show, for those who meet the patient."""
    return _page(AskedSheet(coi=coi, is_named=True, key=headers["key"]))


@resources.offers("POST", "/therapies/<coi>/order-sheet", "printOrderSheet", PDF, headers=Write)
@needs(Permission.SEE_THERAPIES, Scope.LABELS_PRINT)
def order_sheet(headers: dict[str, Any], coi: str) -> ResponseReturnValue:
    """The order; each copy says which one it is."""
    by = here.somebody().proven
    return as_pdf(write_order_sheet(here.installation(), by, coi, headers["key"]), f"order {coi}")


@resources.offers(
    "POST", "/therapies/<coi>/custody-record", "printCustodyRecord", PDF, headers=Write
)
@needs(Permission.SEE_THERAPIES, Scope.EXPORTS_READ)
def custody_record(headers: dict[str, Any], coi: str) -> ResponseReturnValue:
    """The custody record; each copy says which one it is."""
    by = here.somebody().proven
    return as_pdf(
        write_custody_record(here.installation(), by, coi, headers["key"]), f"custody {coi}"
    )


@resources.offers(
    "POST", "/therapies/<coi>/label-reconciliation", "printLabelReconciliation", PDF, headers=Write
)
@needs(Permission.SEE_THERAPIES, Scope.EXPORTS_READ)
def reconciliation(headers: dict[str, Any], coi: str) -> ResponseReturnValue:
    """What became of every label, and how they add up; each copy says which one it is."""
    by = here.somebody().proven
    return as_pdf(
        write_reconciliation(here.installation(), by, coi, headers["key"]), f"labels {coi}"
    )


@resources.offers(
    "POST", "/therapies/<coi>/destroyed/<number>", "printDestruction", PDF, headers=Write
)
@needs(Permission.SEE_THERAPIES)
def destruction_certificate(headers: dict[str, Any], coi: str, number: str) -> ResponseReturnValue:
    """The certificate of destruction of one thing."""
    by = here.somebody().proven
    content = write_destruction_certificate(
        here.installation(), by, coi, f"{coi}/{number}", headers["key"]
    )
    return as_pdf(content, f"destruction {coi} {number}")


@resources.offers(
    "POST",
    "/therapies/<coi>/out-of-specification/<number>",
    "printDeviation",
    PDF,
    headers=Write,
)
@needs(Permission.SEE_THERAPIES, Scope.EXPORTS_READ)
def deviation_letter(headers: dict[str, Any], coi: str, number: str) -> ResponseReturnValue:
    """The letter about a lot that was released out of specification."""
    by = here.somebody().proven
    content = write_deviation_letter(
        here.installation(), by, coi, f"{coi}/{number}", headers["key"]
    )
    return as_pdf(content, f"out of specification {coi} {number}")


def _page(asked: AskedSheet) -> Response:
    by = here.somebody().proven
    content = write_accompanying_sheet(here.installation(), by, asked, draw_sheet)
    return Response(content, mimetype="text/html")
