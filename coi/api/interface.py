"""The description of the interface, and how its resources are put into the application.

The description (OpenAPI 3.1) is made from the very schemas that requests are read with; nothing in
it is written twice.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from apispec.ext.marshmallow.field_converter import FieldConverterMixin
from flask import Flask
from flask_smorest import Api, Blueprint
from marshmallow.fields import Dict, Field

from coi.api import problems
from coi.api.schemas.problem import Problem

TITLE, VERSION = "Chain of identity", "1"
ROOT = "/api/v1"

ABOUT = """
Whatever a page can do, a program can do, within the rights of whose session or token it holds.

**Who asks** is said in each request by `Authorization: Bearer …`: the session of a person (from
`POST /sessions`), or the token of a program, which an administrator makes. A program's token never
signs.

**What is sent twice has one effect**: each request that writes carries an `Idempotency-Key`. The
same request under the same key is answered as the first time; another one is refused.

**What is signed** takes a grant for each signature, in the header `Signature-Grant`. A person gets
it from `POST /grants` with their password; it signs exactly one request, once, within two minutes.

**What was seen** can be said with `If-Match`: then nothing is written that rests on an older look.

**What goes wrong** is a problem document (RFC 9457) with a stable `code`, a sentence, and the next
step. A refusal gives every reason.

**Lists** come by pages: `next` is the cursor of the one that follows.

**Nothing is taken away without notice**: see the page on the interface in the documentation.
"""

_BEARER: Mapping[str, Any] = {
    "type": "http",
    "scheme": "bearer",
    "description": "The session of a person, or the token of a program.",
}


_COI = {"coi": "$response.body#/items/0/coi"}
_LINKS: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "listTherapies": {"showTherapy": _COI, "listEntries": _COI, "listValues": _COI},
    "listWork": {
        "showTherapy": _COI,
        "showStep": {**_COI, "action": "$response.body#/items/0/mine/0/action"},
        "takeStep": {**_COI, "action": "$response.body#/items/0/mine/0/action"},
        "tellLate": {**_COI, "action": "$response.body#/items/0/mine/0/action"},
    },
    "listBenches": {
        "workAtBench": {"serial": "$response.body#/items/0/serial"},
        "clearBench": {"serial": "$response.body#/items/0/serial"},
        "retireBench": {"serial": "$response.body#/items/0/serial"},
    },
    "listEquipment": {
        "renewCalibration": {"serial": "$response.body#/items/0/serial"},
        "serveEquipment": {"serial": "$response.body#/items/0/serial"},
    },
    "listPlaces": {"printPlaceLabel": {"serial": "$response.body#/items/0/serial"}},
    "listPeople": {
        "showPerson": {"username": "$response.body#/items/0/username"},
        "unlockAccount": {"username": "$response.body#/items/0/username"},
        "renamePerson": {"username": "$response.body#/items/0/username"},
    },
}
"""From which answer a program goes on to which call: what it takes is in the answer."""


class Interface(Api):  # type: ignore[misc] # published without types
    """The resources with their description; errors are answered by `problems`, beside the pages."""

    ERROR_SCHEMA = Problem

    def _register_error_handlers(self) -> None:
        """Leave errors to the application, which answers pages otherwise."""


def described(app: Flask) -> Mapping[str, Any]:
    """The description of all that an application serves to programs; made once, when it is wanted.

    Making it takes longer than starting without it.
    """
    resources = tuple(one for one in app.blueprints.values() if isinstance(one, Blueprint))
    return _described(resources)


@cache
def _described(resources: tuple[Blueprint, ...]) -> Mapping[str, Any]:
    bare = Flask("coi", static_folder=None)
    bare.config.update(
        API_TITLE=TITLE,
        API_VERSION=VERSION,
        OPENAPI_VERSION="3.1.0",
        API_SPEC_OPTIONS={
            "info": {"description": ABOUT.strip(), "license": {"name": "Apache-2.0"}},
            "servers": [{"url": "/"}],
            "security": [{"bearer": []}],
        },
    )
    interface = Interface(bare)
    interface.ma_plugin.converter.add_attribute_function(_length_of_names)
    interface.spec.components.security_scheme("bearer", _BEARER)
    for one in resources:
        name = one.name.removeprefix("api_")
        interface.register_blueprint(one, url_prefix=ROOT, name=name)
    told: Mapping[str, Any] = interface.spec.to_dict()
    _link(told["paths"])
    for response in told["components"]["responses"].values():
        if "content" in response:
            response["content"] = {problems.MEDIA_TYPE: response["content"]["application/json"]}
    return told


def _length_of_names(
    converter: FieldConverterMixin, field: Field[Any], **_told: object
) -> Mapping[str, Any]:
    """How long a name in a mapping may be: it is checked, and apispec describes values alone."""
    if not isinstance(field, Dict) or field.key_field is None:
        return {}
    length: Mapping[str, Any] = converter.field2length(field.key_field, ret={})
    return {"propertyNames": length} if length else {}


def _link(paths: Mapping[str, Any]) -> None:
    """Say in the description where each answer leads."""
    for methods in paths.values():
        for call in methods.values():
            leads = _LINKS.get(call.get("operationId", ""), {}) if isinstance(call, dict) else {}
            for operation, takes in leads.items():
                links = call["responses"]["200"].setdefault("links", {})
                links[operation] = {"operationId": operation, "parameters": dict(takes)}
