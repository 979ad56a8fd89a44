"""The application: every page put together; it serves nothing that forgot to say who may see it."""

from hashlib import sha256
from pathlib import Path

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from coi.api import problems, reference
from coi.api.interface import ROOT
from coi.api.limits import limit
from coi.api.resources import RESOURCES
from coi.services.installation import Installation
from coi.services.permissions import require_known_roles
from coi.services.sign_on_house import require_sign_on
from coi.services.vault import fingerprint_of
from coi.web import (
    access_review,
    accompanying,
    account,
    account_notices,
    acting,
    addresses,
    alarms,
    archive_check,
    benches,
    board,
    captured,
    custody_records,
    devices,
    dialects,
    door,
    drivers,
    emergency,
    equipment,
    errors,
    evaluation,
    exceptions,
    exports,
    factors,
    gate,
    guided,
    health,
    here,
    imports,
    journeys,
    label_batches,
    label_templates,
    labels,
    languages,
    late,
    metrics,
    numbered,
    offline,
    orders,
    pages,
    paper,
    patients,
    people,
    permits,
    person_deeds,
    pins,
    places,
    printer_register,
    printers,
    printing,
    programs,
    rates,
    record,
    rendering,
    shift,
    sign_on,
    sites,
    standing_in,
    step_files,
    stock,
    stop_ship,
    template_editor,
    therapies,
    trail,
    transcription,
    versions,
    visitors,
    walls,
    webhooks,
    whole_record,
    witness,
    words,
    work,
)
from coi.web.permissions import Page, pages_of, require_permissions

LARGEST_FORM = 1_048_576
MOST_FIELDS = 2_000
PARTS = (
    door.pages,
    sign_on.pages,
    languages.pages,
    account.pages,
    account_notices.pages,
    factors.pages,
    pins.pages,
    work.pages,
    board.pages,
    alarms.pages,
    exceptions.pages,
    trail.pages,
    rates.pages,
    access_review.pages,
    evaluation.pages,
    archive_check.pages,
    emergency.pages,
    standing_in.pages,
    exports.pages,
    custody_records.pages,
    orders.pages,
    therapies.pages,
    journeys.pages,
    label_batches.pages,
    transcription.pages,
    versions.pages,
    paper.pages,
    accompanying.pages,
    whole_record.pages,
    patients.pages,
    acting.pages,
    guided.pages,
    shift.pages,
    labels.pages,
    printing.pages,
    late.pages,
    captured.pages,
    permits.pages,
    places.pages,
    benches.pages,
    equipment.pages,
    printers.pages,
    printer_register.pages,
    devices.pages,
    pages.pages,
    people.pages,
    person_deeds.pages,
    programs.pages,
    sites.pages,
    label_templates.pages,
    template_editor.pages,
    dialects.pages,
    drivers.pages,
    step_files.pages,
    walls.pages,
    webhooks.pages,
    imports.pages,
    record.pages,
    stock.pages,
    stop_ship.pages,
    reference.pages,
    health.pages,
    offline.pages,
    metrics.pages,
    witness.pages,
)
"""All that is served beside the files of `static`, chapter by chapter."""

_HERE = Path(__file__).parent


def create_app(installation: Installation, for_visitors: visitors.Tell | None = None) -> Flask:
    """Make the application for an installation; for a demonstration, with the visitors' sheet.

    Raises:
        SettingError: a setting names a role that nobody can hold, or a provider by which nobody
            could sign in.
        PermissionForgotten: a page does not name what it asks for.
        NotForWork: there are no visitors where real work is done.
    """
    require_known_roles(installation.settings)
    require_sign_on(installation.settings)
    app = Flask("coi", template_folder=str(_HERE / "web" / "templates"), static_folder=_static())
    tls = installation.settings.public_url.startswith("https:")
    app.request_class = gate.InMemory
    rendering.render_plainly(app)
    app.config.update(
        SECRET_KEY=_cookie_key(installation),
        SESSION_COOKIE_NAME="__Host-coi" if tls else "coi",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_SECURE=tls,
        MAX_CONTENT_LENGTH=LARGEST_FORM,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM,
        MAX_FORM_PARTS=MOST_FIELDS,
        WTF_CSRF_TIME_LIMIT=None,  # a form is good for as long as its session is
        SEND_FILE_MAX_AGE_DEFAULT=3600,
    )
    here.put_installation(app.extensions, installation)
    metrics.begin_measuring(app)
    numbered.number_requests(app)
    # Counted before it is looked at who asks: a guess at a token is a request too.
    limit(app, installation.settings.requests_per_minute)
    gate.stand_before(app)
    csrf = CSRFProtect(app)
    errors.answer_errors(app)
    problems.answer_problems(app)
    languages.speak(app, installation.settings.language)
    words.teach(app)
    addresses.remember_addresses(app)
    for part in PARTS:
        app.register_blueprint(part)
    # Programs ask there, and no cookie is looked at.
    csrf.exempt(witness.pages)
    for resource in RESOURCES:
        # No cookie is looked at there, so no other site's page can ask in somebody's name.
        csrf.exempt(resource)
        app.register_blueprint(resource, url_prefix=ROOT)
    if for_visitors:
        visitors.welcome(app, installation, for_visitors)
    require_permissions(app)
    return app


def every_page() -> list[Page]:
    """Every page with what it asks for; no installation is needed to know that."""
    bare = Flask("coi", static_folder=None)
    for part in PARTS:
        bare.register_blueprint(part)
    return pages_of(bare)


def _static() -> str:
    """The folder of what the browser loads: in an installed package, or beside it in a checkout."""
    installed = _HERE / "static"
    return str(installed if installed.is_dir() else _HERE.parent / "static")


def _cookie_key(installation: Installation) -> bytes:
    """What cookies are signed with; from the vault key, so that it is the same on each server."""
    return sha256(fingerprint_of(installation.vault, "cookies").encode()).digest()
