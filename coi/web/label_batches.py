"""Labels of several therapies printed in one batch: chosen, begun, looked at, stopped."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from coi.errors import CoiError, DataRefused, KeyReused
from coi.services.batch_runs import BatchesGoing
from coi.services.label_batches import (
    RUNS,
    AskedBatch,
    batch_view,
    begin_batch,
    go_on,
    kept_batches,
    stop,
)
from coi.services.label_choosing import labels_to_print
from coi.services.permissions import Permission
from coi.services.print_view import in_words
from coi.services.worklist import ALL
from coi.web import here
from coi.web.errors import status_of
from coi.web.people import new_key
from coi.web.permissions import needs
from coi.web.work import SOON, told_of, wanted_of

pages = Blueprint("label_batches", __name__, url_prefix="/printing")

_LAST = "label_batch"
"""Under this the session keeps which batch its person began last."""


@pages.get("")
@needs(Permission.PRINT_LABELS)
def choose() -> ResponseReturnValue:
    """The therapies of a list of which labels can be printed, to choose from."""
    return _shown()


@pages.post("")
@needs(Permission.PRINT_LABELS)
def begin() -> ResponseReturnValue:
    """Begin a batch; how far it is stands on its page."""
    form, installation, by = request.form, here.installation(), here.somebody().proven
    try:
        chosen = tuple(form.getlist("label"))
        asked = AskedBatch(chosen, form.get("printer", ""), form.get("key", ""))
        begin_batch(installation, by, asked)
    except (DataRefused, KeyReused, BatchesGoing) as error:
        return _shown(error), status_of(error)
    RUNS.begin(installation, asked.key)
    session[_LAST] = asked.key
    return redirect(url_for("label_batches.show", key=asked.key), HTTPStatus.SEE_OTHER)


@pages.get("/<key>")
@needs(Permission.PRINT_LABELS)
def show(key: str) -> ResponseReturnValue:
    """How many are printed, wait and failed, how the printer stands; looks again by itself."""
    found = batch_view(here.installation(), here.somebody().proven, key)
    return render_template("label_batch.html", found=found)


@pages.post("/<key>/stop")
@needs(Permission.PRINT_LABELS)
def end(key: str) -> ResponseReturnValue:
    """Let nothing more of it be printed."""
    stop(here.installation(), here.somebody().proven, key)
    flash(
        "Stopped: what was not printed yet is not printed, and can be chosen again. A label that"
        " was being drawn is not counted as a copy."
    )
    return redirect(url_for("label_batches.show", key=key), HTTPStatus.SEE_OTHER)


@pages.post("/<key>/go-on")
@needs(Permission.PRINT_LABELS)
def again(key: str) -> ResponseReturnValue:
    """Let it go on, where the printer was off or nobody is at it any more."""
    go_on(here.installation(), here.somebody().proven, key)
    flash("It goes on.")
    return redirect(url_for("label_batches.show", key=key), HTTPStatus.SEE_OTHER)


def _shown(error: CoiError | None = None) -> str:
    installation, signed_in, wanted = here.installation(), here.somebody(), wanted_of(request.args)
    found = labels_to_print(installation, signed_in, wanted)
    again = {**told_of(wanted), "which": wanted.which or ALL}
    kept, last = kept_batches(installation, signed_in.proven), session.get(_LAST, "")
    return render_template(
        "label_choosing.html",
        found=found,
        work=found.work,
        wanted=found.work.wanted,
        again=again,
        printers=[(one.id, in_words(one)) for one in found.printers],
        last=last,
        going=[one for one in kept if one.goes_on and one.key != last],
        zone=here.zone_of(signed_in.unit),
        soon=SOON,
        error=error,
        key=new_key(),
    )
