"""A therapy that is copied from paper: every step to be compared, and the two who end it."""

import secrets
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coi.errors import CoiError, DataRefused, KeyReused, Reason, Refused
from coi.services.acting import take_action
from coi.services.attempt import TakeAction
from coi.services.permissions import EVERYWHERE, Permission
from coi.services.transcription import Comparison, comparison
from coi.web import here
from coi.web.errors import status_of
from coi.web.permissions import needs
from coi.web.reading import Misread, Signing, prove_signers
from coi.web.sheet import Given
from workflows.on_paper import COMPARED_UNTIL, END_TRANSCRIPTION

pages = Blueprint("transcription", __name__, url_prefix="/therapies/<coi>/transcription")


@pages.get("")
@needs(Permission.SEE_THERAPIES)
def show(coi: str) -> ResponseReturnValue:
    """Everything that was copied, in order, with the two signatures that end it."""
    return _shown(comparison(here.installation(), here.somebody(), coi), Given())


@pages.post("")
@needs(Permission.SEE_THERAPIES)
def end(coi: str) -> ResponseReturnValue:
    """End the transcription, or say every reason why not; what was typed stays."""
    installation, by, given = here.installation(), here.somebody(), request.form
    found = comparison(installation, by, coi)
    try:
        wanted = _wanted(found, given)
        rules = found.ending.signatures if found.ending else ()
        signers = prove_signers(installation, by.proven, Signing(rules, wanted.unit), given)
        take_action(installation, wanted, by.proven, signers)
    except Misread as misread:
        return _shown(found, given, misread.errors), HTTPStatus.UNPROCESSABLE_ENTITY
    except (Refused, KeyReused, DataRefused) as error:
        reasons = error.refusals if isinstance(error, Refused) else (error,)
        now = comparison(installation, by, coi)
        return _shown(now, given, reasons=reasons), status_of(error)
    flash("Done: the transcription has ended. From here on every step is taken as ever.")
    return redirect(url_for("therapies.show", coi=coi), HTTPStatus.SEE_OTHER)


def _wanted(found: Comparison, given: Given) -> TakeAction:
    """What the use case is asked for: the newest entry is the one that stood on the page.

    Raises:
        Misread: nobody can tell where it is signed.
    """
    unit, key = here.somebody().unit, given.get("key", "")
    if unit == EVERYWHERE:
        raise Misread({"unit": "is signed at a unit: choose at the top where you work"})
    told = {COMPARED_UNTIL: given.get("seen", "")}
    return TakeAction(found.coi, END_TRANSCRIPTION, unit, key, values=told)


def _shown(
    found: Comparison,
    given: Given,
    errors: Mapping[str, str] | None = None,
    reasons: Sequence[Reason | CoiError] = (),
) -> str:
    """The page as the therapy stands by now."""
    return render_template(
        "transcription.html",
        found=found,
        rules=found.ending.signatures if found.ending else (),
        given=given,
        # What was compared is what stood on the page that was read: a slip of the hand changes
        # nothing of that, and only a refusal, which says so, shows what came since as new.
        seen=given.get("seen", "") if errors else found.newest,
        errors=errors or {},
        reasons=reasons,
        key=f"page-{secrets.token_urlsafe(18)}",
    )
