"""Whoever does something leaves an entry: looked at in each test that sends something (A11d-12.1).

Each form and each call that an application takes, in whichever test, is followed by at least one
entry more in its record. What is told otherwise has its line here, with the reason; what is sent a
second time leaves nothing a second time. It is looked at in files of SQLite, past the application.
"""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress

import flask
from flask import Flask
from pysqlite3 import dbapi2
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from coi.web.here import installation_of

_STEP = "one answer of a step, which is told whole when the step is taken or refused"
_WHERE = "where somebody works, which each entry names from then on"
_SHOWN = "shows what would be, and keeps nothing"
_BEHIND = "is done behind the answer, each part with its own entry"
_STOCK = "one scan of a stock-take, which is told whole when it is closed"
_NONE = "there was nothing to end, to accept or to read any more"

TOLD_OTHERWISE: Mapping[str, str] = {
    **dict.fromkeys(("acting.take", "late.take", "guided.answer", "guided.back"), _STEP),
    **dict.fromkeys(("guided.discard", "guided.take_up", "guided.type_code"), _STEP),
    **dict.fromkeys(("guided.unread", "api_errands.answer", "api_errands.back"), _STEP),
    **dict.fromkeys(("api_errands.begin", "api_errands.discard", "api_errands.scan"), _STEP),
    **dict.fromkeys(("api_errands.sign", "api_errands.take_up"), _STEP),
    **dict.fromkeys(("api_errands.type_code", "api_errands.unread"), _STEP),
    "api_files.hold": "a file that waits for its step, which is told whole when that is taken",
    **dict.fromkeys(("door.work_at", "benches.work_at", "benches.leave"), _WHERE),
    "api_directory.work_at_bench": _WHERE,
    **dict.fromkeys(
        ("scan.scan", "api_scans.scan", "imports.check", "imports.tell_secrets"), _SHOWN
    ),
    **dict.fromkeys(("template_editor.look", "template_editor.press"), _SHOWN),
    **dict.fromkeys(("template_editor.try_", "api_label_templates.try_"), _SHOWN),
    **dict.fromkeys(("printers.ask", "api_printers.ask", "factors.ask_passkey"), _SHOWN),
    "factors.ask_new_passkey": _SHOWN,
    "devices.try_scanner": _SHOWN,
    "board.search": _SHOWN,
    "board.keep": "how somebody likes to see a list, which is no part of the record",
    "languages.choose": "how the pages are told, which is nothing of the record",
    "sign_on.lead": "leads to the house's provider, and nobody has come yet",
    "orders.order": "asks a second time where patients are alike, before it orders",
    "api_sessions.grant": "a signature, which stands in the entry that it signs",
    **dict.fromkeys(
        ("imports.begin", "places.labels", "printing.send", "label_batches.again"), _BEHIND
    ),
    **dict.fromkeys(("api_prints.labels", "person.print_badge", "printers.test"), _BEHIND),
    **dict.fromkeys(
        ("api_label_batches.go_on", "custody_records.begin", "custody_records.again"), _BEHIND
    ),
    "custody_records.end": "what was drawn until then has its own entries",
    **dict.fromkeys(("stock.begin", "stock.scan"), _STOCK),
    **dict.fromkeys(("api_stock.begin", "api_stock.scan"), _STOCK),
    **dict.fromkeys(("account.accept_statement", "account.end_session"), _NONE),
    **dict.fromkeys(("account_notices.read", "account_notices.object_to"), _NONE),
    "offline.hand_in": "what was handed in before leaves nothing again",
    "witness.add_checkpoint": "another record's checkpoint, which is kept beside this one",
    **dict.fromkeys(
        ("record.report_seen", "api_record.report"),
        "a browser or a program says what it saw; where that fits there is nothing to tell",
    ),
}
"""Endpoint -> why what it takes leaves no entry of its own."""

missed: list[str] = []
"""What was done and left nothing, since it was looked at last."""

_seen: set[tuple[str, ...]] = set()


@contextmanager
def looked_at() -> Iterator[None]:
    """Every application of this process is looked at meanwhile."""
    flask.request_started.connect(_begin)
    flask.request_finished.connect(_end)
    try:
        yield
    finally:
        flask.request_started.disconnect(_begin)
        flask.request_finished.disconnect(_end)


def _begin(app: Flask, **_more: object) -> None:
    if flask.request.method == "POST" and flask.request.endpoint not in TOLD_OTHERWISE:
        flask.g.entries_before = _entries(app)


def _end(app: Flask, response: Response, **_more: object) -> None:
    before = flask.g.pop("entries_before", None)
    if before is None or not _is_taken(response) or _is_repeated(app):
        return
    if _entries(app) == before:
        missed.append(f"{flask.request.endpoint} answered {response.status}")


def _entries(app: Flask) -> int | None:
    """How many entries the record has; None where it is in no file, or cannot be read now."""
    with suppress(KeyError, dbapi2.Error):
        path = installation_of(app).settings.database_path
        if path is not None:
            # By the library of the product: what another one in this process closes takes away the
            # locks of the first, and then the index of the log under a thread that reads it.
            with closing(dbapi2.connect(f"file:{path}?mode=ro", uri=True)) as database:
                ((number,),) = database.execute("SELECT count(*) FROM entry")
                return int(number)
    return None


def _is_taken(response: Response) -> bool:
    """It is no refusal, and leads nobody back to the door."""
    return response.status_code < 400 and "/sign-in" not in response.headers.get("Location", "")


def _is_repeated(app: Flask) -> bool:
    """The same was sent before: it stands in the record once."""
    request = flask.request
    told: object = ""
    with suppress(HTTPException):
        form = request.form.to_dict(flat=False)
        told = sorted((k, v) for k, v in form.items() if k != "csrf_token") or request.get_data()
    path = str(installation_of(app).settings.database_path)
    sent = (path, request.full_path, repr(told), request.headers.get("Authorization", ""))
    is_repeated = sent in _seen
    _seen.add(sent)
    return is_repeated
