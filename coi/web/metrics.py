"""The measurements, for a Prometheus server with the token; without one there is no such page."""

from hashlib import sha256
from hmac import compare_digest
from http import HTTPStatus
from typing import cast

from flask import Blueprint, Flask, Response, current_app, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST
from werkzeug.exceptions import NotFound

from coi import events
from coi.services.permissions import Permission
from coi.web import here
from coi.web.measuring import OfInstallation, measure, told_by
from coi.web.permissions import needs

pages = Blueprint("metrics", __name__)
_COLLECTOR = "coi-measurements"


def begin_measuring(app: Flask) -> None:
    """Measure from now on, where somebody can ask for it."""
    installation = here.installation_of(app)
    if installation.settings.metrics_token:
        app.extensions[_COLLECTOR] = OfInstallation(installation)
        events.listen(measure)


@pages.get("/metrics")
@needs(Permission.PUBLIC)
def show() -> ResponseReturnValue:
    """Every measurement; who does not know the token is told that it takes one."""
    token = here.installation().settings.metrics_token
    if not token:
        raise NotFound
    if not _is_known(token, request.headers.get("Authorization", "")):
        answer = Response("The token is missing or wrong.\n", mimetype="text/plain")
        answer.headers["WWW-Authenticate"] = "Bearer"
        return answer, HTTPStatus.UNAUTHORIZED
    collector = cast("OfInstallation", current_app.extensions[_COLLECTOR])
    return Response(told_by(collector), content_type=CONTENT_TYPE_LATEST)


def _is_known(token: str, told: str) -> bool:
    """The header carries the token; how long this takes says nothing of how much is right."""
    right, given = (sha256(one.encode()).digest() for one in (f"Bearer {token}", told))
    return compare_digest(right, given)
