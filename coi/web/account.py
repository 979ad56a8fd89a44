"""One's own account: password, signature statement, roles and training, and where one is in."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coi.errors import CoiError, DataRefused
from coi.services import sessions, sign_on
from coi.services.account_notices import notice_waits
from coi.services.people import POLICY, accept_policy
from coi.services.permissions import Permission
from coi.services.person_file import person_file
from coi.web import door, here, proving
from coi.web.errors import NOT_PROVEN, status_of
from coi.web.permissions import needs

pages = Blueprint("account", __name__, url_prefix="/account")


@pages.get("")
@needs(Permission.SIGNED_IN)
def mine() -> ResponseReturnValue:
    """What holds of whoever is here, and what they can change themselves."""
    return _shown()


@pages.get("/password")
@needs(Permission.SIGNED_IN)
def ask_password() -> ResponseReturnValue:
    """Ask for the old password and a new one."""
    return _asked()


@pages.post("/password")
@needs(Permission.SIGNED_IN)
def choose_password() -> ResponseReturnValue:
    """Change the password; every other session of this person ends, this one goes on anew."""
    form = request.form
    if form["new"] != form["again"]:
        return _asked(differs=True), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        token = sessions.change_password(
            here.installation(), here.somebody(), proving.typed(form, "old"), form["new"]
        )
    except (*NOT_PROVEN, DataRefused) as error:
        proving.ask_code_after(error)
        return _asked(error), status_of(error)
    signed_in = here.enter(token)
    flash("Your password is changed. Wherever else you were signed in, you are out.")
    accepted = signed_in.person.accepted_policy
    wanted = url_for("work.mine" if accepted else "account.mine")
    return redirect(door.first_page(signed_in, wanted), HTTPStatus.SEE_OTHER)


@pages.post("/statement")
@needs(Permission.SIGNED_IN)
def accept_statement() -> ResponseReturnValue:
    """Accept that one's electronic signature is binding; it takes the password."""
    try:
        accept_policy(here.installation(), proving.mine())
    except NOT_PROVEN as error:
        return _shown(error), status_of(error)
    flash("Recorded: you accept the signature statement.")
    return redirect(url_for("account.mine"), HTTPStatus.SEE_OTHER)


@pages.post("/sessions")
@needs(Permission.SIGNED_IN)
def end_session() -> ResponseReturnValue:
    """End one of one's own sessions, on whichever machine it is."""
    installation, signed_in = here.installation(), here.somebody()
    person, session = signed_in.person.id, request.form["session"]
    sessions.end_session(installation, signed_in.proven, person, session)
    flash("That session is ended.")
    return redirect(url_for("account.mine"), HTTPStatus.SEE_OTHER)


@pages.post("/sign-on/end")
@needs(Permission.SIGNED_IN)
def end_sign_on() -> ResponseReturnValue:
    """End one's own identity at the provider; whoever came in by it is out."""
    by = here.somebody().proven
    try:
        sign_on.end_sign_on(here.installation(), by, by.username, why=here.why())
    except DataRefused as error:
        return _shown(error), status_of(error)
    flash("Ended: your identity at the provider. Your password opens what it opened.")
    return redirect(url_for("account.mine"), HTTPStatus.SEE_OTHER)


def _shown(error: CoiError | None = None) -> str:
    file = person_file(here.installation(), here.somebody().proven.username)
    now = here.installation().clock.now()
    told = {"waits": notice_waits(here.installation(), here.somebody()), "policy": POLICY}
    return render_template("account.html", file=file, now=now, error=error, **told)


def _asked(error: CoiError | None = None, *, differs: bool = False) -> str:
    least = here.installation().settings.password_min_length
    return render_template("password.html", error=error, differs=differs, least=least)
