"""What the interface offers, as pages: every call with its example, and a form to try it.

The usual viewers of such descriptions write styles into their pages, which our policy forbids
(SEC-18), and cannot be read aloud well; so these pages are our own. They work without a network
and, but for trying, without JavaScript.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, json, jsonify, render_template
from flask.typing import ResponseReturnValue

from coi.api.interface import described
from coi.errors import Unknown
from coi.services.permissions import Permission
from coi.web.permissions import needs

pages = Blueprint("interface", __name__, url_prefix="/interface")

_METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the interface, as the description has it."""

    operation: str
    method: str
    path: str
    tag: str
    summary: str
    about: str
    parameters: tuple[Mapping[str, Any], ...]
    sent: str  # an example of what is sent; '' where nothing is
    answered: str  # an example of what is answered
    status: str


@pages.get("")
@needs(Permission.SIGNED_IN)
def every() -> ResponseReturnValue:
    """Every call, by what it is about."""
    told = described(current_app)
    by_tag: dict[str, list[Call]] = {}
    for call in _calls(told):
        by_tag.setdefault(call.tag, []).append(call)
    about = {tag["name"]: tag["description"] for tag in told["tags"]}
    return render_template("interface.html", by_tag=by_tag, about=about)


@pages.get("/calls/<operation>")
@needs(Permission.SIGNED_IN)
def show(operation: str) -> ResponseReturnValue:
    """One call: what it takes and answers, an example, and a form to try it."""
    found = (call for call in _calls(described(current_app)) if call.operation == operation)
    call = next(found, None)
    if call is None:
        raise Unknown("call", operation)
    return render_template("interface_call.html", call=call)


@pages.get("/openapi.json")
@needs(Permission.SIGNED_IN)
def description() -> ResponseReturnValue:
    """The description itself, for whoever reads it with a program of their own."""
    return jsonify(described(current_app))


def _calls(told: Mapping[str, Any]) -> Iterator[Call]:
    """Every call in the order of the description."""
    for path, methods in told["paths"].items():
        for method in _METHODS:
            if method in methods:
                shared = methods.get("parameters", [])
                yield _call(path, method, methods[method], shared)


def _call(path: str, method: str, told: Mapping[str, Any], shared: list[Any]) -> Call:
    status = next(one for one in told["responses"] if one.startswith("2"))
    return Call(
        operation=told["operationId"],
        method=method.upper(),
        path=path,
        tag=told["tags"][0],
        summary=told.get("summary", ""),
        about=told.get("description", ""),
        parameters=(*shared, *told.get("parameters", ())),
        sent=_example(told.get("requestBody", {})),
        answered=_example(told["responses"][status]),
        status=status,
    )


def _example(body: Mapping[str, Any]) -> str:
    """The example of a body, as text; '' where there is none."""
    content = body.get("content", {}).get("application/json", {})
    if "example" not in content:
        return ""
    return json.dumps(content["example"], indent=2, ensure_ascii=False, sort_keys=False)
