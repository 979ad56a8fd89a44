"""The people who have accounts: the list, opening an account, and one person's page."""

import secrets

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coi.errors import CoiError, DataRefused, Unknown
from coi.services.accounts import SECRET_LASTS, open_account
from coi.services.directory import names_called, people_listed, sites_and_units
from coi.services.enrolling import ENDED
from coi.services.people import PROOFED, TRAINED, NewPerson
from coi.services.permissions import ROLES, Permission
from coi.services.person_file import FACTORS, person_file
from coi.services.print_view import printers_for
from coi.web import here
from coi.web.errors import status_of
from coi.web.paging import part_of, searched
from coi.web.permissions import needs

pages = Blueprint("people", __name__, url_prefix="/people")

ON_A_PAGE = 100


@pages.get("")
@needs(Permission.ADMINISTER)
def every() -> ResponseReturnValue:
    """Everybody whose name holds what was searched for, a page at a time."""
    installation = here.installation()
    part = part_of(names_called(installation, searched()), ON_A_PAGE)
    shown = people_listed(installation, part.shown)
    return render_template("people.html", part=part, shown=shown, place=installation.place)


@pages.get("/new")
@needs(Permission.ADMINISTER)
def ask() -> ResponseReturnValue:
    """Ask for a new person's names and home."""
    return _asked()


@pages.post("/new")
@needs(Permission.ADMINISTER)
def register() -> ResponseReturnValue:
    """Open an account, and show its one-time secret this once."""
    form = request.form
    new = NewPerson(form["username"].strip(), form["printed_name"].strip(), unit=form["unit"])
    try:
        secret = open_account(here.installation(), here.somebody().proven, new)
    except (DataRefused, Unknown) as error:
        return _asked(error), status_of(error)
    return with_secret(new.username.lower(), new.printed_name, secret)


@pages.get("/<username>")
@needs(Permission.ADMINISTER)
def show(username: str) -> ResponseReturnValue:
    """One person: accounts, roles, training, sessions, and what happened; a program has another."""
    if person_file(here.installation(), username).person.is_service:
        return redirect(url_for("programs.show", username=username))
    return shown(username)


def shown(username: str, part: str = "", error: CoiError | None = None) -> str:
    """A person's page; what was typed into the part that was refused stays, but for passwords."""
    installation = here.installation()
    file = person_file(installation, username)
    _sites, units = sites_and_units(installation)
    return render_template(
        "person.html",
        file=file,
        username=file.person.username,
        units=[(one.id, f"{one.site.name}, {one.name}") for one in units.values()],
        roles=sorted(ROLES),
        now=installation.clock.now(),
        place=installation.place,
        trained=TRAINED,
        proofed=PROOFED,
        factor_ended=ENDED,
        kinds=FACTORS,
        part=part,
        error=error,
        given=request.form,
        printers=printers_for(installation, here.somebody().proven),
        key=new_key(),
    )


def with_secret(username: str, printed_name: str, secret: str) -> str:
    """The one page that ever shows a secret."""
    told = {"username": username, "printed_name": printed_name, "secret": secret}
    return render_template("secret.html", days=SECRET_LASTS.days, **told)


def new_key() -> str:
    """Under which a form is one request, however often it is sent."""
    return f"page-{secrets.token_urlsafe(18)}"


def _asked(error: CoiError | None = None) -> str:
    _sites, units = sites_and_units(here.installation())
    places = [(one.id, f"{one.site.name}, {one.name}") for one in units.values()]
    return render_template("new_person.html", units=places, error=error, given=request.form)
