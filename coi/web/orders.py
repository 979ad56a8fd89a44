"""Ordering a therapy: for whom, what, where; and a second look before it is saved."""

import secrets
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coi.errors import CoiError, DataRefused, KeyReused, Reason, Refused
from coi.services.ordering import AnotherPatient
from coi.services.permissions import Permission
from coi.services.placing import Unconfirmed, orderable, place_order
from coi.services.vault import INDEXED
from coi.web import here
from coi.web.errors import status_of
from coi.web.order_form import IDENTITY, SEX, OrderForm, draw_order, identity_name, read_order
from coi.web.permissions import needs
from coi.web.reading import Misread
from coi.web.sheet import Given

pages = Blueprint("orders", __name__, url_prefix="/orders")

MISREAD = HTTPStatus.UNPROCESSABLE_ENTITY


@pages.get("/new")
@needs(Permission.ORDER)
def ask() -> ResponseReturnValue:
    """Show the form of an order; where several therapies are installed, ask first for which."""
    found = [workflow.name for workflow in orderable(here.installation())]
    wanted = request.args.get("workflow", "") or (found[0] if len(found) == 1 else "")
    if not wanted:
        return render_template("order_choice.html", workflows=orderable(here.installation()))
    return _shown(draw_order(wanted, Given()), Given())


@pages.post("/new")
@needs(Permission.ORDER)
def order() -> ResponseReturnValue:
    """Order the therapy, ask for a second look, or say every reason why not; nothing is lost."""
    given = request.form
    form = draw_order(given.get("workflow", ""), given)
    if "redraw" in given:
        return _shown(form, given)
    try:
        wanted = read_order(form, given)
        by = here.somebody().proven
        receipt = place_order(here.installation(), wanted, by, given.get("confirmed", ""))
    except Misread as misread:
        return _shown(form, given, misread.errors), MISREAD
    except Unconfirmed as found:
        return _second_look(form, given, found), HTTPStatus.CONFLICT
    except (Refused, KeyReused, DataRefused) as error:
        return _refused(form, given, error), status_of(error)
    flash(f"Ordered: {receipt.coi}. Print the order sheet, and put it into the patient's chart.")
    return redirect(url_for("therapies.show", coi=receipt.coi), HTTPStatus.SEE_OTHER)


def _shown(
    form: OrderForm,
    given: Given,
    errors: Mapping[str, str] | None = None,
    reasons: Sequence[Reason | CoiError] = (),
) -> str:
    """The form, filled in as far as it was.

    After an answer it is another request, with a key of its own.
    """
    return render_template(
        "order.html",
        sheet=form,
        given=given,
        errors=errors or {},
        reasons=reasons,
        key=_key() if reasons or "key" not in given else given["key"],
        identity=IDENTITY,
        named=identity_name,
        sexes=list(SEX.items()),
        now="",
    )


def _key() -> str:
    return f"order-{secrets.token_urlsafe(18)}"


def _second_look(form: OrderForm, given: Given, found: Unconfirmed) -> str:
    """For whom it is, and who else that might be, before anything is saved."""
    kept = [
        (name, text)
        for name, text in given.items(multi=True)
        if name not in {"csrf_token", "confirmed", "redraw"}
    ]
    return render_template(
        "order_second_look.html",
        sheet=form,
        given=given,
        kept=kept,
        found=found,
        identity=IDENTITY,
        named=identity_name,
        sexes=SEX,
    )


def _refused(form: OrderForm, given: Given, error: CoiError) -> str:
    """Every reason: beside its field where it has one, else above the form."""
    if isinstance(error, AnotherPatient):
        # Which of the texts differ is not said: nobody finds out about a patient by trying.
        reason = "belongs to another patient here; compare it with the chart"
        return _shown(form, given, {identity_name(INDEXED): reason})
    if isinstance(error, DataRefused):
        errors = {form.field_named(one.column or ""): one.reason for one in error.problems}
        return _shown(form, given, errors)
    return _shown(form, given, reasons=error.refusals if isinstance(error, Refused) else (error,))
