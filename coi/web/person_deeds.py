"""What an administrator does for or to one person; each is a form on that person's page."""

from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from coi.errors import DataRefused, KeyReused, Problem, Unknown
from coi.services import accounts, badges, enrolling, people, sessions, sign_on, tries
from coi.services.drawing import NotPrinted
from coi.services.permissions import Permission
from coi.services.person_file import person_file
from coi.services.proofs import JustProven
from coi.services.thing_sending import send_badge
from coi.web import here
from coi.web.errors import NOT_PROVEN, status_of
from coi.web.paper import as_pdf, not_printed
from coi.web.people import shown, with_secret
from coi.web.permissions import needs
from coi.web.proving import somebodys
from coi.web.roles import asked_role

pages = Blueprint("person", __name__, url_prefix="/people/<username>")

_TOLD = (*NOT_PROVEN, DataRefused, KeyReused, Unknown)


@pages.post("/roles")
@needs(Permission.ADMINISTER)
def change_role(username: str) -> ResponseReturnValue:
    """Give a role at a unit, or take it away."""
    return _done(username, "roles", *asked_role(username))


@pages.post("/training")
@needs(Permission.ADMINISTER)
def train(username: str) -> ResponseReturnValue:
    """Record, with a signature of QA or of an administrator, that somebody is trained."""
    form = request.form

    def deed() -> None:
        until = _last_moment(form["until"])
        people.record_training(here.installation(), _signer(), username, form["role"], until)

    return _done(username, "training", deed, "Recorded: the training.")


@pages.post("/identity")
@needs(Permission.ADMINISTER)
def check_identity(username: str) -> ResponseReturnValue:
    """Record that QA or an administrator has checked who the person is, and how."""
    how = request.form["how"].strip()

    def deed() -> None:
        people.record_proofing(here.installation(), _signer(), username, how)

    return _done(username, "identity", deed, "Recorded: the identity check.")


@pages.post("/name")
@needs(Permission.ADMINISTER)
def rename(username: str) -> ResponseReturnValue:
    """Change how the name is printed from now on."""
    name = request.form["printed_name"].strip()

    def deed() -> None:
        accounts.rename(here.installation(), here.somebody().proven, username, name, why=here.why())

    return _done(username, "name", deed, "Changed: the printed name.")


@pages.post("/accounts")
@needs(Permission.ADMINISTER)
def add_account(username: str) -> ResponseReturnValue:
    """Give the same person one more user name."""
    another = request.form["another"].strip()

    def deed() -> None:
        accounts.add_account(here.installation(), here.somebody().proven, username, another)

    return _done(username, "accounts", deed, "Given: one more user name.")


@pages.post("/secret")
@needs(Permission.ADMINISTER)
def issue_secret(username: str) -> ResponseReturnValue:
    """Give the person a new one-time secret, and show it this once."""
    installation, by = here.installation(), here.somebody().proven
    try:
        secret = accounts.issue_secret(
            installation, by, username, request.form["key"], why=here.why()
        )
    except (DataRefused, KeyReused) as error:
        return shown(username, "secret", error), status_of(error)
    return with_secret(username, person_file(installation, username).printed_name, secret)


@pages.post("/unlock")
@needs(Permission.ADMINISTER)
def unlock(username: str) -> ResponseReturnValue:
    """Open the accounts that were tried in vain too often."""

    def deed() -> None:
        tries.unlock_account(here.installation(), here.somebody().proven, username)

    return _done(username, "unlock", deed, "Unlocked.")


@pages.post("/sessions")
@needs(Permission.ADMINISTER)
def end_session(username: str) -> ResponseReturnValue:
    """End one of the person's sessions."""
    session = request.form["session"]

    def deed() -> None:
        person = person_file(here.installation(), username).person.id
        sessions.end_session(here.installation(), here.somebody().proven, person, session)

    return _done(username, "sessions", deed, "That session is ended.")


@pages.post("/badge")
@needs(Permission.ADMINISTER)
def issue_badge(username: str) -> ResponseReturnValue:
    """Issue a badge; the one before is struck off."""
    role, _, unit = request.form["role"].partition(" ")
    key = request.form["key"]

    def deed() -> None:
        by = here.somebody().proven
        badges.issue_badge(here.installation(), by, username, (role, unit), key=key)

    return _done(username, "badge", deed, "Issued: a badge. Print it.")


@pages.post("/badge/strike-off")
@needs(Permission.ADMINISTER)
def strike_off_badge(username: str) -> ResponseReturnValue:
    """Let the person wear no badge any more, with the reason."""
    why = request.form["why"].strip()

    def deed() -> None:
        badges.strike_off_badge(here.installation(), here.somebody().proven, username, why)

    return _done(username, "strike-off", deed, "Struck off: the badge.")


@pages.post("/badge/print")
@needs(Permission.ADMINISTER)
def print_badge(username: str) -> ResponseReturnValue:
    """Print the badge that the person wears: at a printer, or as a file."""
    form, installation, by = request.form, here.installation(), here.somebody().proven

    def deed() -> None:
        send_badge(installation, by, username, form["printer"], key=form.get("key", ""))

    try:
        if form.get("printer"):
            return _done(username, "badge", deed, "The badge waits for the printer.")
        content = badges.write_badge(installation, by, username)
    except NotPrinted as error:
        return not_printed(error), status_of(error)
    return as_pdf(content.content, "badge")


@pages.post("/factors")
@needs(Permission.ADMINISTER)
def end_factors(username: str) -> ResponseReturnValue:
    """End the second factors of somebody who lost them, signed, with the reason."""

    def deed() -> None:
        enrolling.end_factors(here.installation(), _signer(), username, here.why())

    return _done(username, "factors", deed, "Ended: the second factor. Somebody else checks who.")


@pages.post("/sign-on")
@needs(Permission.ADMINISTER)
def bind_sign_on(username: str) -> ResponseReturnValue:
    """Bind an identity at the provider to the person, who confirms it when they come by it."""
    form = request.form
    subject, key = form["subject"].strip(), form["key"]

    def deed() -> None:
        by = here.somebody().proven
        sign_on.bind_sign_on(here.installation(), by, username, subject, key=key, why=here.why())

    return _done(username, "sign-on", deed, "Bound: the person confirms it with their password.")


@pages.post("/sign-on/end")
@needs(Permission.ADMINISTER)
def end_sign_on(username: str) -> ResponseReturnValue:
    """Let nobody come in as this person by an identity at the provider any more."""

    def deed() -> None:
        by = here.somebody().proven
        sign_on.end_sign_on(here.installation(), by, username, why=here.why())

    return _done(username, "end-sign-on", deed, "Ended: the identity at the provider.")


@pages.post("/close")
@needs(Permission.ADMINISTER)
def close(username: str) -> ResponseReturnValue:
    """Close the account for ever."""

    def deed() -> None:
        people.close_account(here.installation(), here.somebody().proven, username, why=here.why())

    return _done(username, "close", deed, "Closed: the account. It is never given again.")


def _done(username: str, part: str, deed: Callable[[], None], told: str) -> ResponseReturnValue:
    """The person's page after a deed, or with the reason why there was none."""
    try:
        deed()
    except _TOLD as error:
        return shown(username, part, error), status_of(error)
    flash(told)
    return redirect(url_for("people.show", username=username), HTTPStatus.SEE_OTHER)


def _signer() -> JustProven:
    """Whoever signs on this page: the administrator, or somebody of QA beside."""
    return somebodys(request.form["signer"], request.form, "password")


def _last_moment(day: str) -> datetime:
    """The end of a day that was typed as a last one.

    Raises:
        DataRefused: it is no day.
    """
    try:
        return datetime.strptime(day, "%Y-%m-%d").replace(hour=23, minute=59, second=59, tzinfo=UTC)
    except ValueError as error:
        raise DataRefused([Problem("is not a day, as in 2027-12-31", column="until")]) from error
