"""A therapy under way moves to a newer version: the difference, what forbids it, two signatures."""

import secrets
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coi.errors import CoiError, Conflict, DataRefused, KeyReused, Reason, Refused, Unknown
from coi.services import migrating
from coi.services.migrating import SIGNATURES, Migration
from coi.services.permissions import EVERYWHERE, Permission
from coi.web import here
from coi.web.errors import status_of
from coi.web.permissions import needs
from coi.web.reading import Misread, Signing, prove_signers
from coi.web.sheet import Given

pages = Blueprint("versions", __name__, url_prefix="/therapies/<coi>/version")


@pages.get("")
@needs(Permission.CHANGE_VERSION)
def show(coi: str) -> ResponseReturnValue:
    """What moving to a newer version would mean; the newest, unless another is named."""
    return _shown(coi, request.args.get("to", type=int), Given())


@pages.post("")
@needs(Permission.CHANGE_VERSION)
def move(coi: str) -> ResponseReturnValue:
    """Move the therapy, or say every reason why not; what was typed stays but the passwords."""
    installation, given, by = here.installation(), request.form, here.somebody().proven
    version = given.get("to", type=int)
    try:
        asked = _asked(coi, version or 0, given)
        signing = Signing(SIGNATURES, asked.unit)
        migrating.migrate(installation, asked, by, prove_signers(installation, by, signing, given))
    except Misread as misread:
        return _shown(coi, version, given, misread.errors), HTTPStatus.UNPROCESSABLE_ENTITY
    except (Refused, KeyReused, DataRefused, Conflict) as error:
        reasons = error.refusals if isinstance(error, Refused) else (error,)
        return _shown(coi, version, given, reasons=reasons), status_of(error)
    flash(f"Done: from now on this therapy runs on version {version} of its workflow.")
    return redirect(url_for("therapies.show", coi=coi), HTTPStatus.SEE_OTHER)


def _asked(coi: str, version: int, given: Given) -> Migration:
    """What the use case is asked for.

    Raises:
        Misread: no reason was given, nobody can tell what was seen, or where it is signed.
    """
    seen = given.get("seen", type=int)
    if not given.get("reason", "").strip():
        raise Misread({"reason": "is missing"})
    if seen is None:
        raise Misread({"reason": "was written on a page that is not whole: load it again"})
    unit, key = here.somebody().unit, given.get("key", "")
    if unit == EVERYWHERE:
        raise Misread({"reason": "is signed at a unit: choose at the top where you work"})
    return Migration(coi, version, unit, given["reason"], seen, key)


def _shown(
    coi: str,
    version: int | None,
    given: Given,
    errors: Mapping[str, str] | None = None,
    reasons: Sequence[Reason | CoiError] = (),
) -> str:
    """The page as the therapy stands by now; somebody else may have been quicker.

    Raises:
        Unknown: the version is none of the newer ones.
    """
    installation, by = here.installation(), here.somebody().proven
    newer = migrating.newer_versions(installation, by, coi)
    if newer and version is None:
        version = newer[-1]
    if newer and version not in newer:
        raise Unknown("version", str(version))
    return render_template(
        "version.html",
        coi=coi,
        newer=newer,
        proposal=migrating.propose(installation, by, coi, version or 0) if newer else None,
        moved=migrating.moves_before(installation, by, coi),
        rules=SIGNATURES,
        given=given,
        errors=errors or {},
        reasons=reasons,
        key=f"page-{secrets.token_urlsafe(18)}",
    )
