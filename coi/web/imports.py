"""Imports: choose what, take a template, hand in a file, look at what it would do, import it."""

from http import HTTPStatus

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coi.errors import CoiError, DataRefused, Problem
from coi.services.held_file import Held, NoLongerHeld, held, hold
from coi.services.import_runs import Run, Runs, was_imported
from coi.services.import_templates import csv_template, workbook_template
from coi.services.imports import KINDS, ImportKind, kind_named, take_in
from coi.services.permissions import Permission, may
from coi.services.taking_in import MOST_SHOWN, Asked, Outcome
from coi.web import here
from coi.web.errors import Forbidden, status_of
from coi.web.permissions import needs

pages = Blueprint("imports", __name__, url_prefix="/imports")

RUNS = Runs()
"""What is being imported by this process."""

PATIENCE_SECONDS = 3.0
"""So long the answer waits for a small import to end; of a larger one the page tells how far."""

_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.get("")
@needs(Permission.IMPORT)
def every() -> ResponseReturnValue:
    """What this person may import, and how to come from Excel."""
    person = here.somebody().person
    kinds = [kind for kind in KINDS.values() if may(person, kind.permission)]
    return render_template("imports.html", kinds=kinds)


@pages.get("/<kind>")
@needs(Permission.IMPORT)
def ask(kind: str) -> ResponseReturnValue:
    """The columns of one kind, its templates, and the form for the file."""
    return _asked(_kind(kind))


@pages.get("/<kind>/template.xlsx")
@needs(Permission.IMPORT)
def workbook(kind: str) -> ResponseReturnValue:
    """The template as a workbook, with the choices of this installation."""
    found = _kind(kind)
    return _file(workbook_template(here.installation(), found), _SHEET, f"{found.name}.xlsx")


@pages.get("/<kind>/template.csv")
@needs(Permission.IMPORT)
def text(kind: str) -> ResponseReturnValue:
    """The template as plain text."""
    found = _kind(kind)
    return _file(csv_template(found), "text/csv; charset=utf-8", f"{found.name}.csv")


@pages.post("/<kind>")
@needs(Permission.IMPORT)
def check(kind: str) -> ResponseReturnValue:
    """Check a file, or another page of one that was checked; nothing is kept."""
    found, by = _kind(kind), here.somebody().proven
    try:
        sealed, content = _handed_in(found)
        outcome = take_in(here.installation(), kind, Asked(by, content, dry_run=True))
    except (DataRefused, NoLongerHeld) as error:
        return _asked(found, error), status_of(error)
    return _shown(found, outcome, sealed)


@pages.post("/<kind>/now")
@needs(Permission.IMPORT)
def begin(kind: str) -> ResponseReturnValue:
    """Import the file that was checked; sent twice, it is one import."""
    found, by = _kind(kind), here.somebody().proven
    try:
        file = _held(found)
    except NoLongerHeld as error:
        return _asked(found, error), status_of(error)
    run = RUNS.begin(here.installation(), kind, Asked(by, file.content, file.key))
    run.ended.wait(PATIENCE_SECONDS)
    return redirect(url_for("imports.follow", kind=kind, key=file.key), HTTPStatus.SEE_OTHER)


@pages.get("/<kind>/runs/<key>")
@needs(Permission.IMPORT)
def follow(kind: str, key: str) -> ResponseReturnValue:
    """How far an import is, or how it ended."""
    found, run = _kind(kind), _run(kind, key)
    if run and run.error:
        return _asked(found, run.error), status_of(run.error)
    if run and run.outcome:
        return _shown(found, run.outcome, key=key)
    done = run is None and was_imported(here.installation(), key)
    return render_template("import_run.html", kind=found, run=run, imported=done)


@pages.post("/<kind>/runs/<key>/secrets")
@needs(Permission.IMPORT)
def tell_secrets(kind: str, key: str) -> ResponseReturnValue:
    """The one page that ever shows the secrets of an import."""
    found, run = _kind(kind), _run(kind, key)
    secrets = RUNS.take_secrets(run) if run else ()
    return render_template("import_secrets.html", kind=found, secrets=secrets)


def _kind(name: str) -> ImportKind:
    """The kind, for whoever may import it.

    Raises:
        Forbidden: this person may not.
        Unknown: there is no such kind.
    """
    found = kind_named(name)
    if not may(here.somebody().person, found.permission):
        raise Forbidden
    return found


def _run(kind: str, key: str) -> Run | None:
    return RUNS.of(key, here.somebody().proven.person, kind)


def _handed_in(kind: ImportKind) -> tuple[str, bytes]:
    """The file, sealed and as it is: just chosen, or held since it was checked."""
    if "sealed" in request.form:
        return request.form["sealed"], _held(kind).content
    chosen = request.files.get("file")
    content = chosen.read() if chosen else b""
    if not content:
        raise DataRefused([Problem("choose a file that is not empty", column="file")])
    return hold(here.installation(), here.somebody().proven, kind.name, content), content


def _held(kind: ImportKind) -> Held:
    sealed = request.form.get("sealed", "")
    return held(here.installation(), here.somebody().proven, kind.name, sealed)


def _asked(kind: ImportKind, error: CoiError | None = None) -> str:
    """The form, with every problem of what was handed in last."""
    problems = error.problems if isinstance(error, DataRefused) else ()
    return render_template(
        "import.html", kind=kind, error=error, problems=problems, most_shown=MOST_SHOWN
    )


def _shown(kind: ImportKind, outcome: Outcome, sealed: str = "", key: str = "") -> str:
    """What was done, or would be, a page of rows at a time."""
    last = max(1, -(-len(outcome.rows) // MOST_SHOWN))
    page = min(max(1, request.values.get("page", 1, int)), last)
    rows = outcome.rows[(page - 1) * MOST_SHOWN : page * MOST_SHOWN]
    told = {"rows": rows, "page": page, "last": last, "sealed": sealed, "key": key}
    return render_template("import_outcome.html", kind=kind, outcome=outcome, **told)


def _file(content: bytes, sort: str, name: str) -> Response:
    """A file to keep, under its name."""
    response = Response(content, content_type=sort)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
