"""Benches: which there are, what is on each, working at one, and the changeover between two."""

import secrets
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coi.errors import CoiError, DataRefused, KeyReused, Reason, Refused
from coi.services import benches
from coi.services.changeover import Changeover, asked_at, clear_bench
from coi.services.directory import sites_and_units
from coi.services.permissions import Permission
from coi.web import here
from coi.web.errors import status_of
from coi.web.permissions import needs
from coi.web.reading import Misread, Signing, prove_signers
from coi.web.sheet import Given
from workflows.facts import Bench
from workflows.model import SignatureRule

pages = Blueprint("benches", __name__, url_prefix="/benches")

At = tuple[Bench, tuple[SignatureRule, ...]]


@pages.get("")
@needs(Permission.SEE_THERAPIES)
def mine() -> ResponseReturnValue:
    """The benches of my sites, with what is on each."""
    found = benches.benches_of(here.installation(), here.somebody().person)
    return render_template("benches.html", units=found)


@pages.get("/<serial>")
@needs(Permission.SEE_THERAPIES)
def show(serial: str) -> ResponseReturnValue:
    """One bench, with the form of its changeover while something is on it."""
    at = asked_at(here.installation(), here.somebody().proven, serial)
    return _shown(at, Given())


@pages.post("/<serial>/work")
@needs(Permission.SEE_THERAPIES)
def work_at(serial: str) -> ResponseReturnValue:
    """Work at this bench from now on."""
    benches.work_at_bench(here.installation(), here.somebody(), serial)
    return redirect(url_for("benches.show", serial=serial), HTTPStatus.SEE_OTHER)


@pages.post("/leave")
@needs(Permission.SEE_THERAPIES)
def leave() -> ResponseReturnValue:
    """Work at no bench from now on."""
    benches.work_at_bench(here.installation(), here.somebody(), benches.NO_BENCH)
    return redirect(url_for("benches.mine"), HTTPStatus.SEE_OTHER)


@pages.post("/<serial>/changeover")
@needs(Permission.SEE_THERAPIES)
def clear(serial: str) -> ResponseReturnValue:
    """Sign the changeover, or say every reason why not; what was typed stays but the passwords."""
    installation, given, by = here.installation(), request.form, here.somebody().proven
    at = asked_at(installation, by, serial)
    try:
        wanted = Changeover(serial, given.get("holds", ""), given.get("key", ""))
        signing = Signing(tuple(at[1]), at[0].unit)
        signers = prove_signers(installation, by, signing, given)
        clear_bench(installation, wanted, by, signers)
    except Misread as misread:
        return _shown(at, given, misread.errors), HTTPStatus.UNPROCESSABLE_ENTITY
    except (Refused, KeyReused, DataRefused) as error:
        reasons = error.refusals if isinstance(error, Refused) else (error,)
        # As it stands by now: somebody else may have been quicker.
        return _shown(asked_at(installation, by, serial), given, reasons=reasons), status_of(error)
    flash(f"Done: changeover of {at[0].name}. Nothing is on it now.")
    return redirect(url_for("benches.show", serial=serial), HTTPStatus.SEE_OTHER)


def _shown(
    at: At,
    given: Given,
    errors: Mapping[str, str] | None = None,
    reasons: Sequence[Reason | CoiError] = (),
) -> str:
    bench, rules = at
    return render_template(
        "bench.html",
        bench=bench,
        rules=rules,
        given=given,
        errors=errors or {},
        reasons=reasons,
        key=f"page-{secrets.token_urlsafe(18)}",
    )


# -- registering -----------------------------------------------------------------------------------


@pages.get("/new")
@needs(Permission.ADMINISTER)
def new() -> ResponseReturnValue:
    """The form for a new bench, below it those that there are."""
    return _form(Given())


@pages.post("/new")
@needs(Permission.ADMINISTER)
def register() -> ResponseReturnValue:
    """Register a bench, or say beside its field what is wrong."""
    installation, given, by = here.installation(), request.form, here.somebody().proven
    unit, name, key = (given.get(field, "") for field in ("unit", "name", "key"))
    if unit not in sites_and_units(installation)[1]:
        return _form(given, {"unit": "choose a unit"}), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        serial = benches.register_bench(installation, by, unit, name.strip(), key=key)
    except (DataRefused, KeyReused) as error:
        return _form(given, {"name": error.sentence}), status_of(error)
    flash(f"Registered: the bench {name.strip()}. Its label bears the serial {serial}.")
    return redirect(url_for("benches.new"), HTTPStatus.SEE_OTHER)


@pages.post("/<serial>/retire")
@needs(Permission.ADMINISTER)
def retire(serial: str) -> ResponseReturnValue:
    """Take a cleared bench out of use."""
    by, why = here.somebody().proven, here.why()
    benches.retire_bench(here.installation(), by, serial, why=why)
    flash("Retired. It is a bench no longer.")
    return redirect(url_for("benches.new"), HTTPStatus.SEE_OTHER)


def _form(given: Given, errors: Mapping[str, str] | None = None) -> str:
    installation = here.installation()
    return render_template(
        "new_bench.html",
        units=sites_and_units(installation)[1].values(),
        there=benches.every_bench(installation),
        given=given,
        errors=errors or {},
        key=given.get("key") or f"page-{secrets.token_urlsafe(18)}",
    )
