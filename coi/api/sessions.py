"""Signing in for a program that a person works with, and the grants with which they sign."""

from http import HTTPStatus
from typing import Any

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint

from coi.api.schemas import sessions as schemas
from coi.services import grants, sessions
from coi.services.permissions import Permission
from coi.web import here
from coi.web.permissions import needs

resources = Blueprint("sessions", __name__, description="Who asks, and what they sign.")


@resources.route("/sessions", methods=["POST"])
@resources.arguments(schemas.Credentials, example=schemas.CREDENTIALS)
@resources.response(HTTPStatus.CREATED, schemas.Session, example=schemas.SESSION)
@resources.doc(security=[], operationId="signIn")
@needs(Permission.PUBLIC)
def sign_in(told: dict[str, Any]) -> ResponseReturnValue:
    """Begin the session of a person, by name and password.

    The token is answered once. It is sent as `Authorization: Bearer …` from then on, and ends as
    the session of a browser does: when it is idle, at its end, and with the account.
    """
    token = sessions.sign_in(here.installation(), told["username"], told["password"])
    signed_in = sessions.resume(here.installation(), token)
    return {"token": token, **schemas.told(signed_in)}, HTTPStatus.CREATED


@resources.route("/sessions/current", methods=["GET"])
@resources.response(HTTPStatus.OK, schemas.Somebody, example=schemas.SOMEBODY)
@resources.doc(operationId="whoAmI")
@needs(Permission.SIGNED_IN)
def current() -> ResponseReturnValue:
    """Who asks, with the roles that hold at this moment."""
    return dict(schemas.told(here.somebody()))


@resources.route("/sessions/current", methods=["PATCH"])
@resources.arguments(schemas.Workplace, example=schemas.WORKPLACE)
@resources.response(HTTPStatus.OK, schemas.Somebody, example=schemas.SOMEBODY)
@resources.doc(operationId="workAt")
@needs(Permission.SIGNED_IN)
def work_at(told: dict[str, Any]) -> ResponseReturnValue:
    """Work at another of one's units from now on."""
    signed_in = sessions.work_at(here.installation(), here.somebody(), told["unit"])
    return dict(schemas.told(signed_in))


@resources.route("/sessions/current", methods=["DELETE"])
@resources.response(HTTPStatus.NO_CONTENT)
@resources.doc(operationId="signOut")
@needs(Permission.SIGNED_IN)
def sign_out() -> ResponseReturnValue:
    """End the session; its token opens nothing any more."""
    sessions.sign_out(here.installation(), here.token())
    return "", HTTPStatus.NO_CONTENT


@resources.route("/grants", methods=["POST"])
@resources.arguments(schemas.GrantWanted, example=schemas.GRANT_WANTED)
@resources.response(HTTPStatus.CREATED, schemas.Grant, example=schemas.GRANT)
@resources.doc(operationId="grantSignature")
@needs(Permission.SIGNED_IN)
def grant(told: dict[str, Any]) -> ResponseReturnValue:
    """Let one request be signed by whoever is signed in, with their password.

    `request_sha256` is the SHA-256 of four lines, each but the last ended by one line feed: the
    method, the path with its query, the `Idempotency-Key`, and the body exactly as it will be sent.
    The grant signs that request and no other, once, within two minutes.
    """
    wanted = grants.Wanted(told["meaning"], told["request_sha256"])
    given = grants.give(here.installation(), here.somebody(), told["password"], wanted)
    seconds = int(grants.LASTS.total_seconds())
    return {"grant": given, "lasts_seconds": seconds}, HTTPStatus.CREATED
