"""Imports: choose what, take a template, hand in a file, look at what it would do, import it."""

from http import HTTPStatus

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coi.errors import CoiError, DataRefused, Problem, Unknown
from coi.services.held_file import Held, NoLongerHeld, held, hold
from coi.services.import_runs import BrokeOff, Run, Runs, UnderWay, was_imported
from coi.services.import_templates import csv_template, workbook_template
from coi.services.imports import KINDS, ImportKind, kind_named
from coi.services.permissions import Permission, may
from coi.services.proofs import Proven
from coi.services.taking_in import MOST_SHOWN, Asked, Outcome
from coi.web import here
from coi.web.errors import NOT_PROVEN, Forbidden, status_of
from coi.web.permissions import needs
from coi.web.proving import mine

pages = Blueprint("imports", __name__, url_prefix="/imports")

RUNS = Runs()
"""What is being imported by this process."""

PATIENCE_SECONDS = 3.0
"""So long the answer waits for a small import to end; of a larger one the page tells how far."""

_CHECK = "check-"
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
    """The template as plain text, of what is one table."""
    found = _kind(kind)
    if found.sheets:
        raise Unknown("template", f"{found.name}.csv")
    return _file(csv_template(found), "text/csv; charset=utf-8", f"{found.name}.csv")


@pages.post("/<kind>")
@needs(Permission.IMPORT)
def check(kind: str) -> ResponseReturnValue:
    """Check a file, or another page of one that was checked; nothing is kept."""
    found, by = _kind(kind), here.somebody().proven
    try:
        sealed, file = _handed_in(found)
        asked = Asked(by, file.content, key := _check_of(file), dry_run=True)
        run = RUNS.begin(here.installation(), kind, asked, sealed)
    except (DataRefused, NoLongerHeld, UnderWay) as error:
        return _asked(found, error), status_of(error)
    if not run.ended.wait(PATIENCE_SECONDS):
        return redirect(url_for("imports.follow", kind=kind, key=key), HTTPStatus.SEE_OTHER)
    return _told(found, run, key)


@pages.post("/<kind>/now")
@needs(Permission.IMPORT)
def begin(kind: str) -> ResponseReturnValue:
    """Import the file that was checked; sent twice, it is one import."""
    found = _kind(kind)
    try:
        file = _held(found)
    except NoLongerHeld as error:
        return _asked(found, error), status_of(error)
    try:
        asked = Asked(_signing(found), file.content, file.key, compared="compared" in request.form)
        run = RUNS.begin(here.installation(), kind, asked)
    except NOT_PROVEN as error:
        return _again(found, file, error), HTTPStatus.UNPROCESSABLE_ENTITY
    except UnderWay as error:
        return _again(found, file, error), status_of(error)
    run.ended.wait(PATIENCE_SECONDS)
    return redirect(url_for("imports.follow", kind=kind, key=file.key), HTTPStatus.SEE_OTHER)


@pages.get("/<kind>/runs/<key>")
@needs(Permission.IMPORT)
def follow(kind: str, key: str) -> ResponseReturnValue:
    """How far an import or a check is, or how it ended."""
    found, run = _kind(kind), _run(kind, key)
    if run and run.ended.is_set():
        return _told(found, run, key)
    if run is None and key.startswith(_CHECK):
        return _asked(found, NoLongerHeld()), status_of(NoLongerHeld())
    person = here.somebody().proven.person
    done = run is None and was_imported(here.installation(), key, person)
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


def _check_of(file: Held) -> str:
    """The name of the check of a file: the same however often it is looked at."""
    return _CHECK + file.key


def _signing(kind: ImportKind) -> Proven:
    """Who imports; with the password typed for it, where they sign what is imported.

    Raises:
        WrongPassword: and what else says that nobody has proven anything.
    """
    by = here.somebody().proven
    if not kind.signed_as:
        return by
    return mine()


def _handed_in(kind: ImportKind) -> tuple[str, Held]:
    """The file, sealed and as it is: just chosen, or held since it was checked."""
    if "sealed" in request.form:
        return request.form["sealed"], _held(kind)
    installation, by = here.installation(), here.somebody().proven
    chosen = request.files.get("file")
    content = chosen.read() if chosen else b""
    if not content:
        raise DataRefused([Problem("choose a file that is not empty", column="file")])
    sealed = hold(installation, by, kind.name, content)
    return sealed, held(installation, by, kind.name, sealed)


def _held(kind: ImportKind) -> Held:
    sealed = request.form.get("sealed", "")
    return held(here.installation(), here.somebody().proven, kind.name, sealed)


def _asked(kind: ImportKind, error: CoiError | None = None) -> str:
    """The form, with every problem of what was handed in last."""
    problems = error.problems if isinstance(error, DataRefused) else ()
    return render_template(
        "import.html", kind=kind, error=error, problems=problems, most_shown=MOST_SHOWN
    )


def _told(kind: ImportKind, run: Run, key: str) -> ResponseReturnValue:
    """How a check or an import ended."""
    if run.outcome:
        return _shown(kind, run.outcome, run.sealed, key)
    error = run.error or BrokeOff()
    return _asked(kind, error), status_of(error)


def _again(kind: ImportKind, file: Held, error: CoiError) -> str:
    """What was checked, with why it was not signed; the form alone where nobody knows it."""
    run = _run(kind.name, _check_of(file))
    if run is None or run.outcome is None:
        return _asked(kind, error)
    return _shown(kind, run.outcome, run.sealed, error=error)


def _shown(
    kind: ImportKind,
    outcome: Outcome,
    sealed: str = "",
    key: str = "",
    error: CoiError | None = None,
) -> str:
    """What was done, or would be, a page of rows at a time."""
    last = max(1, -(-len(outcome.rows) // MOST_SHOWN))
    page = min(max(1, request.values.get("page", 1, int)), last)
    rows = outcome.rows[(page - 1) * MOST_SHOWN : page * MOST_SHOWN]
    told = {"rows": rows, "page": page, "last": last, "sealed": sealed, "key": key}
    told["error"] = error
    return render_template("import_outcome.html", kind=kind, outcome=outcome, **told)


def _file(content: bytes, sort: str, name: str) -> Response:
    """A file to keep, under its name."""
    response = Response(content, content_type=sort)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
