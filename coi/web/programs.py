"""Programs that act here under names of their own: the list, one program, and its tokens."""

from collections.abc import Callable
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coi.errors import CoiError, DataRefused, KeyReused, Problem, Unknown
from coi.services import people, programs, tokens
from coi.services.directory import sites_and_units
from coi.services.permissions import OF_PROGRAMS, Permission
from coi.services.programs import NewProgram
from coi.services.proofs import NotForPrograms
from coi.services.tokens import DAYS, MOST_DAYS, SCOPES, NewToken
from coi.web import here
from coi.web.errors import NOT_PROVEN, status_of
from coi.web.people import new_key
from coi.web.permissions import needs
from coi.web.proving import mine
from coi.web.roles import asked_role

pages = Blueprint("programs", __name__, url_prefix="/programs")

_TOLD = (*NOT_PROVEN, DataRefused, KeyReused, Unknown)


@pages.get("")
@needs(Permission.ADMINISTER)
def every() -> ResponseReturnValue:
    """Every program, with its tokens and until when they open anything."""
    found = programs.every_program(here.installation())
    return render_template("programs.html", programs=found, sites=_sites())


@pages.get("/new")
@needs(Permission.ADMINISTER)
def ask() -> ResponseReturnValue:
    """Ask for a new program's names and home."""
    return _asked()


@pages.post("/new")
@needs(Permission.ADMINISTER)
def register() -> ResponseReturnValue:
    """Open an account for a program; what it may do is said on its page."""
    form = request.form
    new = NewProgram(form["username"].strip(), form["printed_name"].strip(), form["unit"])
    try:
        programs.open_program(here.installation(), here.somebody().proven, new)
    except (DataRefused, Unknown) as error:
        return _asked(error), status_of(error)
    flash(f"Opened: {new.printed_name}. Without a role and a token it can do nothing yet.")
    return _on_to(new.username.lower())


@pages.get("/<username>")
@needs(Permission.ADMINISTER)
def show(username: str) -> ResponseReturnValue:
    """One program: its roles, its tokens, and its end."""
    return _shown(username)


@pages.post("/<username>/roles")
@needs(Permission.ADMINISTER)
def change_role(username: str) -> ResponseReturnValue:
    """Give a role at a unit, or take it away."""
    return _done(username, "roles", *asked_role(username))


@pages.post("/<username>/tokens")
@needs(Permission.ADMINISTER)
def make_token(username: str) -> ResponseReturnValue:
    """Make a token, and show it this once."""
    installation = here.installation()
    try:
        new = _asked_token(username)
        token = tokens.make_token(installation, mine(), new)
    except _TOLD as error:
        return _shown(username, "token", error), status_of(error)
    found = programs.program(installation, username)
    return render_template("token.html", program=found, name=new.name, token=token, days=new.days)


@pages.post("/<username>/revoke")
@needs(Permission.ADMINISTER)
def revoke_token(username: str) -> ResponseReturnValue:
    """End one token, at once."""
    token = request.form["token"]

    def deed() -> None:
        by = here.somebody().proven
        tokens.revoke_token(here.installation(), by, username, token, why=here.why())

    return _done(username, "tokens", deed, "Revoked: that token opens nothing any more.")


@pages.post("/<username>/close")
@needs(Permission.ADMINISTER)
def close(username: str) -> ResponseReturnValue:
    """Close the program's account for ever, and with it every token."""

    def deed() -> None:
        people.close_account(here.installation(), here.somebody().proven, username, why=here.why())

    return _done(username, "close", deed, "Closed: the program. Its name is never given again.")


def _done(username: str, part: str, deed: Callable[[], None], told: str) -> ResponseReturnValue:
    """The program's page after a deed, or with the reason why there was none."""
    _require_program(username)
    try:
        deed()
    except _TOLD as error:
        return _shown(username, part, error), status_of(error)
    flash(told)
    return _on_to(username)


def _on_to(username: str) -> ResponseReturnValue:
    return redirect(url_for("programs.show", username=username), HTTPStatus.SEE_OTHER)


def _require_program(username: str) -> None:
    """A person is looked after on the page of people; here there is none of that name.

    Raises:
        Unknown: it is no program.
    """
    try:
        programs.program(here.installation(), username)
    except NotForPrograms as error:
        raise Unknown("program", username) from error


def _shown(username: str, part: str = "", error: CoiError | None = None) -> str:
    """A program's page; what was typed into the part that was refused stays."""
    _require_program(username)
    found = programs.program(here.installation(), username)
    _known, units = sites_and_units(here.installation())
    return render_template(
        "program.html",
        program=found,
        username=found.person.username,
        units=[(one.id, f"{one.site.name}, {one.name}") for one in units.values()],
        sites=_sites(),
        roles=sorted(OF_PROGRAMS),
        place=here.installation().place,
        scopes=SCOPES,
        days=DAYS,
        most_days=MOST_DAYS,
        part=part,
        error=error,
        given=request.form,
        key=new_key(),
    )


def _sites() -> dict[str, str]:
    """What each site is called, and everywhere."""
    known, _units = sites_and_units(here.installation())
    return {"-": "everywhere"} | {site.id: site.name for site in known}


def _asked_token(username: str) -> NewToken:
    """The token that the form asks for.

    Raises:
        DataRefused: the number of days is none.
    """
    form = request.form
    try:
        days = int(form["days"])
    except ValueError as error:
        raise DataRefused([Problem("is no number of days", column="days")]) from error
    scopes, sites = form.getlist("scopes"), form.getlist("sites")
    return NewToken(username, form["name"].strip(), scopes, sites, days, form["key"])


def _asked(error: CoiError | None = None) -> str:
    _known, units = sites_and_units(here.installation())
    places = [(one.id, f"{one.site.name}, {one.name}") for one in units.values()]
    return render_template("new_program.html", units=places, error=error, given=request.form)
