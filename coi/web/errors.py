"""One table says which status an error has, and one page says what is wrong and what to do next.

What nobody foresaw is logged under the request's number, and the page shows it and nothing else.
"""

from collections.abc import Mapping
from http import HTTPStatus

from flask import Flask, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from coi import errors
from coi.events import request_number, tell
from coi.services.acknowledging import KeyIsAnothers, NotRemembered
from coi.services.asked_print import PrintedForThis
from coi.services.asking import TakenElsewhere
from coi.services.batch_runs import BatchesGoing
from coi.services.drawing import NotPrinted
from coi.services.emergency import GlassClosed, NotNeeded
from coi.services.emergency_review import OwnEmergency
from coi.services.factors import CodeNeeded
from coi.services.in_hand import Answered, Elsewhere
from coi.services.label_papers import PrintedBefore
from coi.services.looks import IdentityErased
from coi.services.placing import Unconfirmed
from coi.services.proofs import (
    CannotSign,
    FactorFirst,
    NotAllowed,
    NotForPrograms,
    OwnPasswordFirst,
    SecretExpired,
)
from coi.services.proving import NotSignedYet
from coi.services.sealing import NoSeal
from coi.services.sessions import Locked
from coi.services.sign_on_house import ProviderAway, ProviderNotBelieved
from coi.services.spending import GrantExpired, GrantOfOtherRequest, GrantUsed
from coi.services.stock_takes import StockTakeClosed
from coi.services.trail_review import Overtaken, TookPart
from coi.services.tried_from import TooManyFromHere
from coi.services.vault import VaultClosed


class Forbidden(errors.CoiError):
    """The roles of whoever asks do not open this page."""

    code = "FORBIDDEN"

    def __init__(self) -> None:
        super().__init__(
            "Your roles do not open this page.", "Ask your coordinator who can do it for you."
        )


STATUS: Mapping[type[errors.CoiError], HTTPStatus] = {
    errors.DataRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.KeyReused: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.WrongPassword: HTTPStatus.UNAUTHORIZED,
    Locked: HTTPStatus.UNAUTHORIZED,
    SecretExpired: HTTPStatus.UNAUTHORIZED,
    OwnPasswordFirst: HTTPStatus.FORBIDDEN,
    CodeNeeded: HTTPStatus.UNAUTHORIZED,
    FactorFirst: HTTPStatus.FORBIDDEN,
    errors.OutsideWithoutFactor: HTTPStatus.FORBIDDEN,
    NotAllowed: HTTPStatus.FORBIDDEN,
    CannotSign: HTTPStatus.FORBIDDEN,
    TookPart: HTTPStatus.FORBIDDEN,
    OwnEmergency: HTTPStatus.FORBIDDEN,
    NotForPrograms: HTTPStatus.FORBIDDEN,
    Forbidden: HTTPStatus.FORBIDDEN,
    errors.Unknown: HTTPStatus.NOT_FOUND,
    errors.Refused: HTTPStatus.CONFLICT,
    errors.Conflict: HTTPStatus.CONFLICT,
    Answered: HTTPStatus.CONFLICT,
    Elsewhere: HTTPStatus.CONFLICT,
    Overtaken: HTTPStatus.CONFLICT,
    TakenElsewhere: HTTPStatus.CONFLICT,
    GrantUsed: HTTPStatus.CONFLICT,
    GrantExpired: HTTPStatus.CONFLICT,
    GrantOfOtherRequest: HTTPStatus.CONFLICT,
    NotPrinted: HTTPStatus.CONFLICT,
    NotSignedYet: HTTPStatus.CONFLICT,
    KeyIsAnothers: HTTPStatus.CONFLICT,
    StockTakeClosed: HTTPStatus.CONFLICT,
    IdentityErased: HTTPStatus.GONE,
    NotNeeded: HTTPStatus.CONFLICT,
    GlassClosed: HTTPStatus.CONFLICT,
    PrintedBefore: HTTPStatus.CONFLICT,
    PrintedForThis: HTTPStatus.CONFLICT,
    Unconfirmed: HTTPStatus.CONFLICT,
    BatchesGoing: HTTPStatus.CONFLICT,
    errors.ClockWentBack: HTTPStatus.SERVICE_UNAVAILABLE,
    TooManyFromHere: HTTPStatus.TOO_MANY_REQUESTS,
    errors.Busy: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.NotWritten: HTTPStatus.SERVICE_UNAVAILABLE,
    NotRemembered: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.OldProgram: HTTPStatus.SERVICE_UNAVAILABLE,
    VaultClosed: HTTPStatus.SERVICE_UNAVAILABLE,
    NoSeal: HTTPStatus.SERVICE_UNAVAILABLE,
    ProviderAway: HTTPStatus.SERVICE_UNAVAILABLE,
    ProviderNotBelieved: HTTPStatus.BAD_GATEWAY,
}
"""The most special class that fits decides; what is not here is nobody's fault but ours."""

NOT_PROVEN = (
    *(errors.WrongPassword, Locked, SecretExpired, OwnPasswordFirst, errors.Crowded),
    *(CodeNeeded, FactorFirst, errors.OutsideWithoutFactor),
)
"""Why name and password open nothing; the page with the form says so, and keeps the rest."""

NOT_WANTED = (errors.NotSignedIn, errors.SignedOut)
"""Why nobody is taken to be here; a page leads to the door."""

_LARGE = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
_SENTENCES: Mapping[int, tuple[str, str]] = {
    HTTPStatus.NOT_FOUND: ("There is no such page.", "Go back, or begin at your work."),
    HTTPStatus.METHOD_NOT_ALLOWED: ("This page cannot be asked so.", "Begin at your work."),
    HTTPStatus.BAD_REQUEST: (
        "This form was opened before you signed in, or too long ago. Nothing was saved.",
        "Go back, load the page again, and send it again.",
    ),
}


def answer_errors(app: Flask) -> None:
    """Let the application answer every error with a page."""
    for kind in NOT_WANTED:
        app.register_error_handler(kind, _to_sign_in)
    app.register_error_handler(errors.CoiError, _explained)
    app.register_error_handler(HTTPException, _of_http)
    app.register_error_handler(Exception, _unforeseen)


def status_of(error: errors.CoiError) -> HTTPStatus:
    """The status of an error that the product can explain."""
    for kind in type(error).__mro__:
        if kind in STATUS:
            return STATUS[kind]
    return HTTPStatus.INTERNAL_SERVER_ERROR


def _to_sign_in(error: Exception) -> ResponseReturnValue:
    """Back to the door; whoever was at a page finds it again after signing in."""
    if isinstance(error, errors.SignedOut | errors.SessionEnded):
        flash(str(error))
    return redirect(url_for("door.sign_in", next=_where()), HTTPStatus.SEE_OTHER)


def _where() -> str | None:
    """The page that was asked for, or on which the form stands that was sent; None without one."""
    if request.method != "GET":
        try:
            current_app.url_map.bind("").match(request.path, method="GET")
        except HTTPException:
            return None
    return request.path


def _explained(error: Exception) -> ResponseReturnValue:
    assert isinstance(error, errors.CoiError)  # noqa: S101 - registered for nothing else
    return _page(status_of(error), error.sentence, error.next_step, error.code)


def _of_http(error: Exception) -> ResponseReturnValue:
    code = getattr(error, "code", None) or HTTPStatus.INTERNAL_SERVER_ERROR
    default = ("This cannot be answered.", "Go back, or begin at your work.")
    told = _too_much() if code == _LARGE else _SENTENCES.get(code, default)
    return _page(code, *told, HTTPStatus(code).name)


def _too_much() -> tuple[str, str]:
    """Whoever sent more than is read learns how much is; the browser still has what they typed."""
    most = (request.max_content_length or 0) // 1_000_000
    return (
        f"More was sent at once than the {most} MB that this page takes. Nothing was saved.",
        "Go back, where what you typed still stands, and send less: smaller files, or fewer.",
    )


def _unforeseen(error: Exception) -> ResponseReturnValue:
    """Nothing of what went wrong is shown; the request's number finds it in the log."""
    tell("unforeseen", error, endpoint=request.endpoint or "-")
    return _page(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "Something went wrong that nobody foresaw. Nothing was saved.",
        "Try once more; if it repeats, tell support the number below.",
        "UNFORESEEN",
    )


def _page(status: int, sentence: str, next_step: str, code: str) -> ResponseReturnValue:
    # On other pages the number would tell apart what is unknown from what is another site's.
    number = request_number() if status >= HTTPStatus.INTERNAL_SERVER_ERROR else ""
    shown = {"sentence": sentence, "next_step": next_step, "code": code, "number": number}
    return render_template("error.html", **shown), int(status)
