"""The door of the house's provider: there, and back; the pages work without a script.

The session's cookie is for our own pages alone, so what comes back from elsewhere comes without
it: what was begun is held in a cookie of its own, for ten minutes. A form that is answered with a
way elsewhere is refused by the policy of the pages (`form-action`); so it is answered with a page
that leads on.
"""

from http import HTTPStatus

from flask import Blueprint, Response, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from coi.errors import CoiError
from coi.services import sign_on_door
from coi.services.factors import Typed
from coi.services.permissions import Permission
from coi.services.sign_on_door import GOOD_FOR, Entered, More, Stands
from coi.services.sign_on_house import PAGE, ProviderAway, ProviderNotBelieved
from coi.web import door, here, proving
from coi.web.errors import NOT_PROVEN, status_of
from coi.web.permissions import needs

pages = Blueprint("sign_on", __name__, url_prefix=PAGE)


@pages.post("")
@needs(Permission.PUBLIC)
def lead() -> ResponseReturnValue:
    """Lead somebody to the provider, where they prove who they are."""
    _require_provider()
    wanted = request.form.get("next", "")
    try:
        led = sign_on_door.begin(here.installation(), Stands(wanted, here.token(), here.device()))
    except (ProviderAway, ProviderNotBelieved) as error:
        return door.asked(wanted, error), status_of(error)
    return _held(render_template("lead_on.html", address=led.address), led.held)


@pages.get("")
@needs(Permission.PUBLIC)
def come_back() -> ResponseReturnValue:
    """Let somebody in of whom the provider tells, or ask for what is missing still."""
    _require_provider()
    came = sign_on_door.come_back(
        here.installation(), _cookie(), request.args.to_dict(), here.came_from()
    )
    if isinstance(came, More):
        return _held(_asked(came), came.held)
    return _entered(came)


@pages.post("/more")
@needs(Permission.PUBLIC)
def show_more() -> ResponseReturnValue:
    """Let somebody in who showed the second factor, and the first time the password."""
    _require_provider()
    typed = Typed(request.form.get("password", ""), proving.code_of(request.form, "password"))
    try:
        came = sign_on_door.show_more(here.installation(), _cookie(), typed, here.came_from())
    except sign_on_door.SignOnOver:
        raise
    except NOT_PROVEN as error:
        more = sign_on_door.ask_more(here.installation(), _cookie())
        return _asked(more, error), status_of(error)
    return _entered(came)


def _entered(came: Entered) -> ResponseReturnValue:
    """They are in. The browser takes our session's cookie along only from a page of ours."""
    signed_in = here.enter(came.token)
    address = door.first_page(signed_in, came.wanted)
    return _held(render_template("lead_on.html", address=address, is_in=True), "")


def _asked(more: More, error: CoiError | None = None) -> str:
    return render_template("sign_on_more.html", more=more, error=error)


def _held(page: str, held: str) -> Response:
    """The page, and what the browser holds of it from now on; '' for nothing."""
    answer = make_response(page, HTTPStatus.OK)
    answer.set_cookie(
        *(_name(), held),
        max_age=GOOD_FOR if held else 0,
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        # Whoever comes back comes from the provider's pages.
        samesite="Lax",
    )
    return answer


def _cookie() -> str:
    return request.cookies.get(_name(), "")


def _name() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-house"


def _require_provider() -> None:
    if not here.installation().settings.oidc_issuer:
        raise NotFound
