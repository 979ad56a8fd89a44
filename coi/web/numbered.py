"""Each request has a number: on its answer, in the log, and where something went wrong on the page.

It is drawn here, unless a proxy that is trusted has given one (docs/settings.md).
"""

from time import perf_counter

from flask import Flask, Response, g, request
from ulid import ULID

from coi import events
from coi.web import here

HEADER = "X-Request-ID"


def number_requests(app: Flask) -> None:
    """Number every request, before anything else is done with it, and tell how it was answered."""
    # What is registered first is asked first, and told last.
    app.before_request(_begin)
    app.after_request(_tell)
    app.teardown_request(_end)


def _begin() -> None:
    g.began = perf_counter()
    events.begin_request(_given() or str(ULID()))


def _given() -> str:
    """The number that a trusted proxy has given, or ''."""
    trusted = here.installation().settings.trusted_proxies
    told = request.headers.get(HEADER, "") if trusted else ""
    is_taken = request.remote_addr in trusted and events.WELL_FORMED.fullmatch(told)
    return told if is_taken else ""


def _tell(response: Response) -> Response:
    """Say how it was answered: by the page's name, since its address may name a therapy."""
    response.headers[HEADER] = events.request_number()
    signed_in = here.somebody_or_nobody()
    seconds = perf_counter() - g.began
    events.tell(
        "request_answered",
        endpoint=request.endpoint or "-",
        method=request.method,
        status=response.status_code,
        ms=round(seconds * 1000, 1),
        person=signed_in.person.id if signed_in else "-",
        unit=signed_in.unit if signed_in else "-",
    )
    return response


def _end(_error: BaseException | None) -> None:
    events.begin_request("")
