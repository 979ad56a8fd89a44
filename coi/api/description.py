"""The description of the interface, for whoever makes a program for it."""

from flask import current_app, jsonify
from flask.typing import ResponseReturnValue

from coi.api.interface import described
from coi.api.resource import Answer, Resources
from coi.services.permissions import Permission
from coi.services.tokens import Scope
from coi.web.permissions import needs

resources = Resources("description", "This description.")


@resources.offers(
    "GET",
    "/openapi.json",
    "describe",
    Answer(),
)
@needs(Permission.SIGNED_IN, Scope.DIRECTORY_READ)
def describe() -> ResponseReturnValue:
    """The description of all that is served here."""
    return jsonify(described(current_app))
