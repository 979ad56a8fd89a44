"""Every error as a problem document (RFC 9457), with the codes that the pages show too.

Beside what the standard names, a problem has our stable `code`, the `next_step`, every one of the
`reasons` for which the engine refused, and every one of the `problems` in what was sent.
"""

from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, json, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from coi import errors
from coi.events import request_number, tell
from coi.services.in_hand import Answered
from coi.services.label_papers import PrintedBefore
from coi.services.placing import Unconfirmed
from coi.web import here
from coi.web.errors import NOT_WANTED, status_of

MEDIA_TYPE = "application/problem+json"

_SENTENCES: Mapping[int, tuple[str, str]] = {
    HTTPStatus.BAD_REQUEST: ("The request cannot be read.", "Send what the description asks for."),
    HTTPStatus.NOT_FOUND: ("There is no such resource.", "Look it up in the description."),
    HTTPStatus.METHOD_NOT_ALLOWED: (
        "This resource does not know that method.",
        "Use one of those that the header Allow names.",
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ("That is too much at once.", "Send less."),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: (
        "The body is not of a type that is read here.",
        "Send JSON, as application/json.",
    ),
    HTTPStatus.TOO_MANY_REQUESTS: (
        "Too many requests came from here.",
        "Wait as long as the header Retry-After says.",
    ),
}


def answer_problems(app: Flask) -> None:
    """Let whatever goes wrong below `/api/` be answered as a problem, and all else as before."""
    handlers: dict[type[Exception], Any] = {**app.error_handler_spec[None][None]}
    for kind, page in handlers.items():
        app.register_error_handler(kind, _either(page))


def _either(page: Callable[[Exception], ResponseReturnValue]) -> Any:  # noqa: ANN401 - a handler
    """Answer a program with a problem, and everybody else with this page."""

    def answer(error: Exception) -> ResponseReturnValue:
        return problem_of(error) if here.is_for_programs() else page(error)

    return answer


def problem_of(error: Exception) -> Response:
    """The problem document of an error."""
    if isinstance(error, errors.CoiError):
        return _explained(error)
    if isinstance(error, HTTPException):
        return _of_http(error)
    return _unforeseen(error)


def _explained(error: errors.CoiError) -> Response:
    is_out = isinstance(error, NOT_WANTED)
    status = HTTPStatus.UNAUTHORIZED if is_out else status_of(error)
    if isinstance(error, (errors.Conflict, Answered)) and "If-Match" in request.headers:
        status = HTTPStatus.PRECONDITION_FAILED
    answer = _problem(status, error.code, error.sentence, error.next_step, **_more(error))
    if is_out:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="chain of identity"'
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        answer.headers["Retry-After"] = "1" if isinstance(error, errors.Busy) else "60"
    return answer


def _more(error: errors.CoiError) -> Mapping[str, Any]:
    """What an error lists."""
    if isinstance(error, errors.Refused):
        return {"reasons": [*_reasons(error)]}
    if isinstance(error, errors.DataRefused):
        return {
            "problems": [
                {"where": one.column, "line": one.line, "reason": one.reason}
                for one in error.problems
            ]
        }
    if isinstance(error, errors.Conflict):
        return {"subject": error.subject, "turn": error.current_turn}
    if isinstance(error, Unconfirmed) and not _is_program():
        found = {"kind": error.kind, "therapies": [*error.therapies], "token": error.token}
        return {"found": found}
    if isinstance(error, PrintedBefore):
        return {
            "copies": [
                {"copy": one.copy, "at": one.at, "by": one.by, "unit": one.unit}
                for one in error.copies
            ]
        }
    return {}


def _is_program() -> bool:
    """It is no person who asks: who a patient may be is nothing for it to know."""
    somebody = here.somebody_or_nobody()
    return somebody is None or somebody.service


def _reasons(error: errors.Refused) -> Iterator[Mapping[str, str]]:
    for reason in error.refusals:
        told = {"code": reason.code, "sentence": reason.sentence, "next_step": reason.next_step}
        yield told | {"guard": getattr(reason, "guard", "") or "-"}


def _of_http(error: HTTPException) -> Response:
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    messages = getattr(error, "data", {}).get("messages")
    if messages is not None:
        problems = [*_misread(messages)]
        said = f"{len(problems)} thing(s) in the request cannot be taken."
        return _problem(status, "MISREAD", said, "Correct them.", problems=problems)
    default = ("This cannot be answered.", "Look it up in the description.")
    answer = _problem(status, status.name, *_SENTENCES.get(status, default))
    kept = [one for one in error.get_headers() if one[0] not in {"Content-Type", "Content-Length"}]
    answer.headers.extend(kept)
    return answer


def _misread(messages: object, where: str = "") -> Iterator[Mapping[str, object]]:
    """Each field with what is wrong with it, by its path."""
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            yield from _misread(inner, f"{where}.{name}".lstrip("."))
    elif isinstance(messages, list):
        for text in messages:
            yield from _misread(text, where)
    else:
        yield {"where": where, "line": None, "reason": str(messages)}


def _unforeseen(error: Exception) -> Response:
    """Nothing of what went wrong is shown; the request's number finds it in the log."""
    tell("unforeseen", error, endpoint=request.endpoint or "-")
    return _problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "UNFORESEEN",
        "Something went wrong that nobody foresaw. Nothing was saved.",
        f"Try once more; if it repeats, tell support the number {request_number()}.",
    )


def _problem(
    status: HTTPStatus, code: str, sentence: str, next_step: str, **more: object
) -> Response:
    told = {
        "type": f"urn:coi:problem:{code}",
        "title": status.phrase,
        "status": int(status),
        "detail": sentence,
        "code": code,
        "next_step": next_step,
        **more,
    }
    return Response(json.dumps(told), int(status), mimetype=MEDIA_TYPE)
