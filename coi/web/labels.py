"""Every label that a therapy ever had: where each is, what is open, and what is done about it."""

import secrets
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coi.errors import CoiError, DataRefused, KeyReused, Reason, Refused, Unknown
from coi.services.label_ledger import TurnLabel, label_ledger, signatures_for, turn_label
from coi.services.permissions import EVERYWHERE, Permission
from coi.services.scanning import TYPED, Code
from coi.web import here
from coi.web.errors import status_of
from coi.web.permissions import needs
from coi.web.reading import Misread, Signing, prove_signers
from coi.web.sheet import Given
from workflows.label_deeds import Deed
from workflows.label_life import LabelDeed

pages = Blueprint("labels", __name__, url_prefix="/therapies/<coi>/labels")

_WAYS: Mapping[str, tuple[LabelDeed, str]] = {
    "scan": (LabelDeed.CONFIRM, ""),
    "void": (LabelDeed.VOID, ""),
    "anew": (LabelDeed.REPRINT, ""),
    "destroyed": (LabelDeed.ACCOUNT, "destroyed"),
    "returned": (LabelDeed.ACCOUNT, "returned"),
    "lost": (LabelDeed.ACCOUNT, "lost"),
}
"""The last word of an address, and what it does with a label."""

_WORDS: Mapping[str, tuple[str, str]] = {
    "scan": (
        "Scan a label where it belongs",
        "Hold the label on its container to the scanner. Then it is printed, readable and on.",
    ),
    "void": (
        "Void a label",
        (
            "It is dead from then on, anywhere. Do this when nobody can say how often it was "
            "printed, or when it is torn, doubled or lost; then say where each piece is."
        ),
    ),
    "anew": (
        "Print a label anew",
        (
            "A new serial takes its place, and this one is dead for ever. Keep every piece of it "
            "until its destruction has a witness."
        ),
    ),
    "destroyed": (
        "Every piece is destroyed",
        (
            "Two look: whoever destroys it, and a witness. No piece says that none ever came out "
            "of the printer."
        ),
    ),
    "returned": (
        "Every piece was given back",
        "To whoever keeps the labels of this site; say to whom.",
    ),
    "lost": (
        "A piece cannot be found",
        "Say where it was searched for. Quality assurance signs for the explanation.",
    ),
}
"""What each way is called, and what it means for the label."""


@pages.get("")
@needs(Permission.SEE_THERAPIES)
def show(coi: str) -> ResponseReturnValue:
    """Every label with what it names, where that is, and what nobody has said yet."""
    found = label_ledger(here.installation(), here.somebody().proven, coi)
    return render_template("labels.html", found=found)


@pages.get("/<serial>/<way>")
@needs(Permission.SEE_THERAPIES)
def ask(coi: str, serial: str, way: str) -> ResponseReturnValue:
    """What is asked before something is done with a label."""
    return _shown(coi, serial, way, Given())


@pages.post("/<serial>/<way>")
@needs(Permission.SEE_THERAPIES)
def turn(coi: str, serial: str, way: str) -> ResponseReturnValue:
    """Do it, or say every reason why not; what was typed stays but the passwords."""
    installation, given, by = here.installation(), request.form, here.somebody().proven
    try:
        asked = _asked(coi, _deed(serial, way, given), given)
        signing = Signing(signatures_for(installation, by, coi, asked.deed), asked.unit)
        turn_label(installation, asked, by, prove_signers(installation, by, signing, given))
    except Misread as misread:
        return _shown(coi, serial, way, given, misread.errors), HTTPStatus.UNPROCESSABLE_ENTITY
    except (Refused, KeyReused, DataRefused) as error:
        reasons = error.refusals if isinstance(error, Refused) else (error,)
        return _shown(coi, serial, way, given, reasons=reasons), status_of(error)
    flash("Done: it is on record.")
    return redirect(url_for("labels.show", coi=coi), HTTPStatus.SEE_OTHER)


def _deed(serial: str, way: str, given: Given) -> Deed:
    """What is to be done.

    Raises:
        Unknown: there is no such way.
        Misread: the pieces are no number.
    """
    if way not in _WAYS:
        raise Unknown("page", way)
    what, end = _WAYS[way]
    pieces = given.get("pieces", "0")
    if not (pieces.isascii() and pieces.isdigit()):
        raise Misread({"pieces": "is no number"})
    return Deed(what, serial, given.get("reason", ""), end, int(pieces[:3]))


def _asked(coi: str, deed: Deed, given: Given) -> TurnLabel:
    """What the use case is asked for; a code is typed unless the page saw a scanner write it.

    Raises:
        Misread: nobody can tell where it is done.
    """
    unit, raw = here.somebody().unit, given.get("codes", "").strip()
    if unit == EVERYWHERE:
        raise Misread({"unit": "is done at a unit: choose at the top where you work"})
    how = "scanned" if raw in given.get("scanned", "").split("\n") else TYPED
    code = Code(raw, how) if raw else None
    return TurnLabel(coi, deed, unit, given.get("key", ""), code)


def _shown(
    coi: str,
    serial: str,
    way: str,
    given: Given,
    errors: Mapping[str, str] | None = None,
    reasons: Sequence[Reason | CoiError] = (),
) -> str:
    """The form of one deed, as the label stands by now.

    Raises:
        Unknown: there is no such label of this therapy, or no such way.
    """
    installation, by = here.installation(), here.somebody().proven
    lines = label_ledger(installation, by, coi).lines
    line = next((one for one in lines if one.life.serial == serial), None)
    if line is None:
        raise Unknown("label", serial)
    return render_template(
        "label.html",
        words=_WORDS,
        coi=coi,
        line=line,
        way=way,
        rules=signatures_for(installation, by, coi, _deed(serial, way, Given())),
        given=given,
        errors=errors or {},
        reasons=reasons,
        key=f"page-{secrets.token_urlsafe(18)}",
    )
