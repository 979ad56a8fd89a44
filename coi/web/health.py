"""Whether the process lives and whether work can be done: for load balancers, open to everybody.

Nothing is told but words that are the same for every installation (P11-10d).
"""

from http import HTTPStatus
from typing import cast

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue

from coi.services.permissions import Permission
from coi.services.readiness import Readiness, readiness_of
from coi.web import here
from coi.web.permissions import needs

pages = Blueprint("health", __name__)
_READINESS = "coi-readiness"


@pages.get("/healthz")
@needs(Permission.PUBLIC)
def lives() -> ResponseReturnValue:
    """The process answers; the database is not asked."""
    return jsonify(status="ok")


@pages.get("/readyz")
@needs(Permission.PUBLIC)
def ready() -> ResponseReturnValue:
    """Work can be done here now, or what stands in the way, in one word for each check."""
    found = _readiness().answer()
    status = HTTPStatus.OK if found.is_ready else HTTPStatus.SERVICE_UNAVAILABLE
    return jsonify(ready=found.is_ready, checks=found.checks), status


def _readiness() -> Readiness:
    """The one of this application; it keeps the newest answer."""
    installation = here.installation()
    kept = current_app.extensions.setdefault(
        _READINESS, Readiness(lambda: readiness_of(installation))
    )
    return cast("Readiness", kept)
