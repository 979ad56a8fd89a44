"""Webhooks: which programs are told of what happens, and what became of the messages."""

from collections.abc import Callable
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coi.errors import CoiError, DataRefused, KeyReused
from coi.services import webhook_list
from coi.services import webhooks as use_cases
from coi.services.directory import sites_and_units
from coi.services.event_kinds import EVERY
from coi.services.permissions import Permission
from coi.services.proofs import JustProven
from coi.services.webhooks import NewWebhook, Replay, Secret
from coi.web import here
from coi.web.errors import NOT_PROVEN, status_of
from coi.web.people import new_key
from coi.web.permissions import needs
from coi.web.proving import mine

pages = Blueprint("webhooks", __name__, url_prefix="/webhooks")

_TOLD = (*NOT_PROVEN, DataRefused, KeyReused)


@pages.get("")
@needs(Permission.ADMINISTER)
def every() -> ResponseReturnValue:
    """Every webhook, with what waits and what is dead."""
    listed = webhook_list.every_webhook(here.installation())
    return render_template("webhooks.html", webhooks=listed, now=here.installation().clock.now())


@pages.get("/new")
@needs(Permission.ADMINISTER)
def ask() -> ResponseReturnValue:
    """Ask where events are to be sent, and which."""
    return _asked()


@pages.post("/new")
@needs(Permission.ADMINISTER)
def register() -> ResponseReturnValue:
    """Open a webhook, and show its secret this once."""
    form = request.form
    new = NewWebhook(
        form["url"].strip(),
        form["description"].strip(),
        tuple(form.getlist("sites")),
        tuple(form.getlist("events")),
    )
    try:
        secret = use_cases.open_webhook(here.installation(), _proven(), new, key=form["key"])
    except _TOLD as error:
        return _asked(error), status_of(error)
    return _with_secret(secret, new.description)


@pages.get("/<webhook>")
@needs(Permission.ADMINISTER)
def show(webhook: str) -> ResponseReturnValue:
    """One webhook and its deliveries: those that wait, those that are dead, or all."""
    return _shown(webhook)


@pages.post("/<webhook>/secret")
@needs(Permission.ADMINISTER)
def rotate(webhook: str) -> ResponseReturnValue:
    """Give it a new secret, and show it this once."""
    installation, key = here.installation(), request.form["key"]
    listed, _deliveries = webhook_list.one_webhook(installation, webhook)
    try:
        secret = use_cases.rotate_secret(installation, _proven(), webhook, key=key, why=here.why())
    except _TOLD as error:
        return _shown(webhook, "secret", error), status_of(error)
    return _with_secret(secret, listed.description)


@pages.post("/<webhook>/test")
@needs(Permission.ADMINISTER)
def test(webhook: str) -> ResponseReturnValue:
    """Send an event that tells of nothing."""
    key = request.form["key"]

    def deed() -> str:
        by = here.somebody().proven
        use_cases.send_test(here.installation(), by, webhook, key=key)
        return "A test event waits to be sent. Load this page again to see what became of it."

    return _done(webhook, deed)


@pages.post("/<webhook>/pause")
@needs(Permission.ADMINISTER)
def pause(webhook: str) -> ResponseReturnValue:
    """Send nothing there for now."""

    def deed() -> str:
        use_cases.pause(here.installation(), here.somebody().proven, webhook, why=here.why())
        return "Paused: what happens meanwhile waits."

    return _done(webhook, deed)


@pages.post("/<webhook>/resume")
@needs(Permission.ADMINISTER)
def resume(webhook: str) -> ResponseReturnValue:
    """Send again what waits, and what happens from now on."""

    def deed() -> str:
        use_cases.resume(here.installation(), here.somebody().proven, webhook, why=here.why())
        return "It goes on."

    return _done(webhook, deed)


@pages.post("/<webhook>/replay")
@needs(Permission.ADMINISTER)
def replay(webhook: str) -> ResponseReturnValue:
    """Send one delivery again, all since a time, or all dead ones."""
    key, what = request.form["key"], _what_again()

    def deed() -> str:
        by = here.somebody().proven
        number = use_cases.replay(here.installation(), by, webhook, what, key=key)
        return f"Waiting to be sent again: {number}."

    return _done(webhook, deed)


@pages.post("/<webhook>/remove")
@needs(Permission.ADMINISTER)
def remove(webhook: str) -> ResponseReturnValue:
    """Forget it, with everything that was to be sent there."""
    by = here.somebody().proven
    try:
        use_cases.remove(here.installation(), by, webhook, why=here.why())
    except _TOLD as error:
        return _shown(webhook, "remove", error), status_of(error)
    flash("Removed. That there was one stays on record.")
    return redirect(url_for("webhooks.every"), HTTPStatus.SEE_OTHER)


def _proven() -> JustProven:
    """Whoever is signed in, with the password typed for this: it sends the record outside."""
    return mine()


def _what_again() -> Replay:
    """What the form asks to be sent again."""
    form = request.form
    if "chain" in form:
        return Replay((form["chain"], form.get("seq", -1, int)))
    since = form.get("since", "")
    # What a browser gives for a day and an hour has neither seconds nor an offset.
    return Replay(since=f"{since}:00Z" if since else "")


def _done(webhook: str, deed: Callable[[], str]) -> ResponseReturnValue:
    """The webhook's page after a deed, or with the reason why there was none."""
    try:
        told = deed()
    except _TOLD as error:
        return _shown(webhook, "deliveries", error), status_of(error)
    flash(told)
    return redirect(url_for("webhooks.show", webhook=webhook), HTTPStatus.SEE_OTHER)


def _asked(error: CoiError | None = None) -> str:
    sites, _units = sites_and_units(here.installation())
    choices = {"sites": [(one.id, one.name) for one in sites], "kinds": [(k, k) for k in EVERY]}
    key = request.form.get("key") or new_key()
    told = {**choices, "error": error, "given": request.form, "key": key}
    return render_template("new_webhook.html", **told)


def _shown(webhook: str, part: str = "", error: CoiError | None = None) -> str:
    which = request.args.get("show", "")
    listed, deliveries = webhook_list.one_webhook(here.installation(), webhook, which)
    told: dict[str, object] = {"webhook": listed, "deliveries": deliveries, "which": which}
    told |= {"part": part, "error": error, "key": new_key(), "most": webhook_list.MOST_SHOWN}
    return render_template("webhook.html", now=here.installation().clock.now(), **told)


def _with_secret(secret: Secret, description: str) -> str:
    """The one page that ever shows a webhook's secret."""
    told = {"secret": secret.text, "webhook": secret.webhook, "description": description}
    return render_template("webhook_secret.html", **told)
