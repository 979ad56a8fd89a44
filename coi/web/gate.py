"""What stands before and after every page: who may in, and what the browser is told.

The policy allows what this application serves and nothing else: no inline script, no frame, no
address of anybody else (SEC-17, SEC-18). Nothing is kept in the browser's cache (SEC-34).
"""

from collections.abc import Mapping
from http import HTTPStatus
from io import BytesIO
from typing import IO

from flask import Flask, Request, Response, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, NotFound

from coi.services.file_kinds import LARGEST
from coi.services.permissions import Permission, may
from coi.services.proofs import FactorFirst, OwnPasswordFirst
from coi.services.sessions import SignedIn
from coi.web import here
from coi.web.errors import Forbidden
from coi.web.permissions import permission_of, scope_of
from workflows.files import MOST_IN_A_STEP

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
        " font-src 'self'; media-src 'self'; connect-src 'self'; manifest-src 'self';"
        " worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
    # To ourselves it is told: over HTTPS a form that does not say where it stood is refused.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN_SITE = frozenset({"same-origin", "none"})
_WHILE_READ_ONLY = frozenset(
    {
        "account.end_session",
        "api_label_templates.try_",
        "api_people.end_mine",
        "api_record.go_on",
        "api_record.report",
        "api_scans.scan",
        "api_sessions.grant",
        "api_sessions.sign_in",
        "api_sessions.sign_out",
        "api_sessions.work_at",
        "door.let_in",
        "door.let_in_by_badge",
        "door.sign_out",
        "door.work_at",
        "factors.ask_passkey",
        "programs.revoke_token",
        "record.go_on",
        "record.report_seen",
        "sign_on.lead",
        "sign_on.show_more",
        "scan.scan",
        "template_editor.look",
        "template_editor.press",
        "template_editor.try_",
        "witness.add_checkpoint",
    }
)
"""What may be sent while the record is only read: it writes no step of anybody's."""

READS_PICTURES = {"filename": "camera-worker.js"}
"""What looks for codes in the pictures of a camera, beside the page."""

TAKES_FILES = frozenset(
    {
        *("imports.check", "imports.begin", "drivers.take", "api_drivers.take"),
        *("guided.answer", "api_files.hold"),
    }
)
LARGEST_FILE = 12_000_000
"""A file of the largest size that is read, sealed and written as letters."""

TAKES_SEVERAL = frozenset({"acting.take", "late.take"})
LARGEST_STEP = MOST_IN_A_STEP * LARGEST + 1_000_000
"""The form of a step, which may ask for several files: so many of the largest size, and texts."""

_FOR_THE_NEW = frozenset({"account.ask_password", "account.choose_password"})
_TO_ENROL = _FOR_THE_NEW | {
    *("factors.mine", "factors.enrol_app"),
    *("factors.ask_new_passkey", "factors.enrol_passkey"),
    *("account_notices.mine", "account_notices.read", "account_notices.object_to"),
}
"""What is open to whom everything else is closed: a password first, or a second factor first."""


class InMemory(Request):
    """What is handed in never lies in a folder for passing files: it may hold names (SEC-41)."""

    def _get_file_stream(self, *_told: object, **_more: object) -> IO[bytes]:
        return BytesIO()


def stand_before(app: Flask) -> None:
    """Put the gate before every page of the application."""
    app.before_request(_let_in)
    app.after_request(_tell_browser)


def _let_in() -> ResponseReturnValue | None:
    """Stop whoever may not open this page, before the page does anything.

    Who came with a one-time secret is led to the choice of a password, wherever they want to go;
    whose role needs a second factor, and who has none, to where one is enrolled.

    Raises:
        Forbidden: the roles do not allow it, or another site sent the form (SEC-16).
        NotFound: there is no such page, or its address names what nothing can be called.
        NotSignedIn: nobody is signed in.
        OwnPasswordFirst: a program came with a one-time secret.
        FactorFirst: a program came whose person needs a second factor, and has none.
        NotWritten: something is sent while the record is only read.
    """
    comes_from = request.headers.get("Sec-Fetch-Site", "none")
    if request.method not in _READING and comes_from not in _OWN_SITE:
        raise Forbidden
    if request.endpoint is None:
        raise _no_such_thing()
    _require_writable()
    permission = permission_of(current_app, request.endpoint)
    if permission is Permission.PUBLIC:
        return None
    signed_in = here.somebody()
    if (elsewhere := _led_elsewhere(signed_in)) is not None:
        return elsewhere
    if not may(signed_in.person, permission) or not _is_in_scope(signed_in):
        raise Forbidden
    if not all(_can_be_looked_up(told) for told in (request.view_args or {}).values()):
        raise NotFound
    if request.endpoint in TAKES_FILES:
        # Only now, when it is known who sends it: nothing of the form was read so far.
        _take(LARGEST_FILE)
    if request.endpoint in TAKES_SEVERAL:
        _take(LARGEST_STEP)
    return None


def _take(most: int) -> None:
    """So many bytes of what is sent are read, and no more."""
    request.max_content_length = request.max_form_memory_size = most


def _led_elsewhere(signed_in: SignedIn) -> ResponseReturnValue | None:
    """Where somebody is led who has something else to do before this page opens."""
    username = signed_in.proven.username
    if signed_in.one_time and request.endpoint not in _FOR_THE_NEW:
        if here.is_for_programs():
            raise OwnPasswordFirst(username)
        return redirect(url_for("account.ask_password"), HTTPStatus.SEE_OTHER)
    if signed_in.factor_first and request.endpoint not in _TO_ENROL:
        if here.is_for_programs():
            raise FactorFirst(username)
        return redirect(url_for("factors.mine"), HTTPStatus.SEE_OTHER)
    return None


def _no_such_thing() -> HTTPException:
    """What is not there; a program is told too which methods there are instead."""
    why = request.routing_exception
    return why if why is not None and here.is_for_programs() else NotFound()


def _can_be_looked_up(told: object) -> bool:
    """It is no text that a database does not hold, such as a NUL: nothing is called so."""
    return not isinstance(told, str) or told.isprintable()


def _is_in_scope(signed_in: SignedIn) -> bool:
    """It is a person who asks, or a program whose token is for this."""
    if signed_in.scopes is None:
        return True
    return scope_of(current_app, str(request.endpoint)) in signed_in.scopes


def _require_writable() -> None:
    """Nobody fills in a form whose end could not be saved.

    Raises:
        NotWritten: the record may be older than it once was, or its disk is full or failed.
    """
    if request.method in _READING or request.endpoint in _WHILE_READ_ONLY:
        return
    here.installation().require_writable()


def _tell_browser(response: Response) -> Response:
    response.headers.update(HEADERS)
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    elif request.view_args == READS_PICTURES:
        response.headers["Content-Security-Policy"] = _with_compiled_code()
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response


def _with_compiled_code() -> str:
    """The policy for the one worker that runs a compiled program; no page may."""
    policy = HEADERS["Content-Security-Policy"]
    return policy.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
