"""What a driver without an account says at a handoff, taken down by who hands over or takes in."""

import secrets
from http import HTTPStatus

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from coi.errors import DataRefused
from coi.services.drivers import ENDINGS, Statement, handoff, picture_of, take_statement
from coi.services.permissions import Permission
from coi.services.pictures import Picture, picture_in
from coi.web import here
from coi.web.errors import status_of
from coi.web.permissions import needs
from workflows.told_by_others import NAMES

pages = Blueprint("drivers", __name__, url_prefix="/therapies/<coi>/entries/<int:seq>/statement")


@pages.get("")
@needs(Permission.SEE_THERAPIES)
def ask(coi: str, seq: int) -> ResponseReturnValue:
    """The form in which the driver's words are taken down."""
    return _shown(coi, seq)


@pages.post("")
@needs(Permission.SEE_THERAPIES)
def take(coi: str, seq: int) -> ResponseReturnValue:
    """Keep what the driver says, and the picture of the papers."""
    given, installation = request.form, here.installation()
    try:
        said = {name: given.get(name, "").strip() for name in NAMES}
        statement = Statement(coi, seq, **said, picture=_picture())
        take_statement(installation, here.somebody().proven, statement, key=given.get("key", ""))
    except DataRefused as error:
        return _shown(coi, seq, error), status_of(error)
    flash("Taken down, as a statement: it is no signature.")
    return redirect(url_for("therapies.show", coi=coi), HTTPStatus.SEE_OTHER)


@pages.get("/picture")
@needs(Permission.SEE_THERAPIES)
def picture(coi: str, seq: int) -> ResponseReturnValue:
    """The picture of the papers as it came, to be kept and not to be shown in the house's name."""
    content, media_type = picture_of(here.installation(), here.somebody(), coi, seq)
    answer = Response(content, mimetype=media_type)
    name = f"papers-{coi}-{seq}.{ENDINGS[media_type]}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _picture() -> Picture | None:
    chosen = request.files.get("picture")
    content = chosen.read() if isinstance(chosen, FileStorage) else b""
    return picture_in(content) if content else None


def _shown(coi: str, seq: int, error: DataRefused | None = None) -> str:
    installation, signed_in = here.installation(), here.somebody()
    return render_template(
        "statement.html",
        about=handoff(installation, signed_in, coi, seq),
        names=NAMES,
        required=("name", "company", "time"),
        given=request.form,
        error=error,
        key=request.form.get("key") or f"page-{secrets.token_urlsafe(18)}",
    )
