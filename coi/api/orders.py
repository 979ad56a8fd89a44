"""Ordering a therapy: what can be ordered where, and for whom; with a second look where needed."""

from collections.abc import Iterator
from typing import Any

from flask.typing import ResponseReturnValue

from coi.api.filled import filled_in, named
from coi.api.resource import Body, Resources, Write, created, found
from coi.api.schemas import orders as schemas
from coi.api.schemas import therapies
from coi.api.told import Told, blank_told, receipt_told
from coi.errors import DataRefused, Problem
from coi.services.ordering import CONSENT_FIELD, AnotherPatient, NewOrder
from coi.services.permissions import Permission
from coi.services.placing import order_page, orderable, place_order
from coi.services.tokens import Scope
from coi.services.vault import INDEXED
from coi.web import here
from coi.web.order_form import OrderForm, draw_order, identity_name, read_order
from coi.web.permissions import needs

resources = Resources("orders", "What can be ordered, and ordering it.")


@resources.offers("GET", "/workflows", "listWorkflows", found(schemas.Workflows, schemas.WORKFLOWS))
@needs(Permission.ORDER, Scope.ORDERS_WRITE)
def every_workflow() -> ResponseReturnValue:
    """What can be ordered, with what an order of it records, and where one may order it."""
    return {"items": [_workflow_told(one.name) for one in orderable(here.installation())]}


@resources.offers(
    "POST",
    "/orders",
    "placeOrder",
    created(therapies.Receipt, schemas.ORDERED),
    headers=Write,
    body=Body(schemas.Order, schemas.ORDER),
)
@needs(Permission.ORDER, Scope.ORDERS_WRITE)
def place(headers: dict[str, Any], told: dict[str, Any]) -> ResponseReturnValue:
    """Order a therapy for a patient.

    Where the patient is known already, or another one looks alike, nothing is saved: the answer
    CONFIRM_PATIENT says what was found, with a token. Whoever orders compares it with the chart;
    the same order is then sent again with that token as `confirmed`.
    """
    order = _read(headers["key"], told)
    by = here.somebody().proven
    try:
        receipt = place_order(here.installation(), order, by, told["confirmed"])
    except AnotherPatient:
        # Which of the texts differ is not said: nobody finds out about a patient by trying.
        reason = "belongs to another patient here; compare it with the chart"
        raise AnotherPatient([Problem(reason, column=INDEXED)]) from None
    return receipt_told(receipt)


def _workflow_told(name: str) -> Told:
    page = order_page(here.installation(), here.somebody(), name)
    return {
        "name": page.workflow.name,
        "version": page.workflow.version,
        "title": page.workflow.title,
        "values": [blank_told(one.field) for one in page.blanks],
        "units": [one.id for one in page.own],
    }


def _read(key: str, told: dict[str, Any]) -> NewOrder:
    """The order, read as the page reads it.

    Raises:
        DataRefused: something is missing, unreadable or asked by no order of this workflow.
    """
    form = draw_order(told["workflow"], filled_in({"unit": told["unit"]}))
    names = {blank.field.name: blank.name for blank in form.page.blanks}
    if unknown := sorted({*told["values"]} - {*names}):
        raise DataRefused([Problem("is no field of this order", column=one) for one in unknown])
    given = filled_in(
        {
            "unit": told["unit"],
            "key": key,
            CONSENT_FIELD: told["consent_signed_on"],
            **{identity_name(name): text for name, text in told["patient"].items()},
            **{names[name]: text for name, text in told["values"].items()},
        }
    )
    with named(dict(_columns(form))):
        return read_order(form, given)


def _columns(form: OrderForm) -> Iterator[tuple[str, str]]:
    """What a field of the form is called in the interface."""
    yield from ((blank.name, blank.field.name) for blank in form.page.blanks)
    yield from ((identity_name(name), name) for name in schemas.PATIENT)
