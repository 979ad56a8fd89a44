"""Signing in for a program that a person works with, and the grants with which they sign."""

from typing import Any

from flask.typing import ResponseReturnValue

from coi.api.resource import NOTHING, Body, Resources, created, found
from coi.api.schemas import sessions as schemas
from coi.services import grants, sessions
from coi.services.factors import Typed
from coi.services.permissions import Permission
from coi.web import here
from coi.web.permissions import needs

resources = Resources("sessions", "Who asks, and what they sign.")


@resources.offers(
    "POST",
    "/sessions",
    "signIn",
    created(schemas.Session, schemas.SESSION),
    body=Body(schemas.Credentials, schemas.CREDENTIALS),
    is_public=True,
)
@needs(Permission.PUBLIC)
def sign_in(told: dict[str, Any]) -> ResponseReturnValue:
    """Begin the session of a person, by name and password.

    Whoever has a second factor gives its `code` with them; without it the answer is `CODE_NEEDED`.
    The token is answered once. It is sent as `Authorization: Bearer …` from then on, and ends as
    the session of a browser does: when it is idle, at its end, and with the account.
    """
    token = sessions.sign_in_program(
        here.installation(),
        told["username"],
        Typed(told["password"], told["code"]),
        came_from=here.came_from(),
    )
    signed_in = sessions.resume(here.installation(), token)
    return {"token": token, **schemas.told(signed_in)}


@resources.offers(
    "GET",
    "/sessions/current",
    "whoAmI",
    found(schemas.Somebody, schemas.SOMEBODY),
)
@needs(Permission.SIGNED_IN)
def current() -> ResponseReturnValue:
    """Who asks, with the roles that hold at this moment."""
    return dict(schemas.told(here.somebody()))


@resources.offers(
    "PATCH",
    "/sessions/current",
    "workAt",
    found(schemas.Somebody, schemas.SOMEBODY),
    body=Body(schemas.Workplace, schemas.WORKPLACE),
)
@needs(Permission.SIGNED_IN)
def work_at(told: dict[str, Any]) -> ResponseReturnValue:
    """Work at another of one's units from now on."""
    signed_in = sessions.work_at(here.installation(), here.somebody(), told["unit"])
    return dict(schemas.told(signed_in))


@resources.offers(
    "DELETE",
    "/sessions/current",
    "signOut",
    NOTHING,
)
@needs(Permission.SIGNED_IN)
def sign_out() -> ResponseReturnValue:
    """End the session; its token opens nothing any more."""
    sessions.sign_out(here.installation(), here.token())
    return ""


@resources.offers(
    "POST",
    "/grants",
    "grantSignature",
    created(schemas.Grant, schemas.GRANT),
    body=Body(schemas.GrantWanted, schemas.GRANT_WANTED),
)
@needs(Permission.SIGNED_IN)
def grant(told: dict[str, Any]) -> ResponseReturnValue:
    """Let one request be signed by whoever is signed in, with their password.

    Whoever has a second factor gives its `code` too.
    `request_sha256` is the SHA-256 of five parts, each but the last ended by one line feed: the
    method, the path with its query, the `Idempotency-Key`, what `If-Match` says or nothing, and the
    body exactly as it will be sent.
    The grant signs that request and no other, once, within two minutes.
    """
    wanted = grants.Wanted(told["meaning"], told["request_sha256"])
    typed = Typed(told["password"], told["code"])
    given = grants.give(here.installation(), here.somebody(), typed, wanted)
    seconds = int(grants.LASTS.total_seconds())
    return {"grant": given, "lasts_seconds": seconds}
