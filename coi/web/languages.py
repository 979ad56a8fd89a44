"""In which language a page is shown: what somebody chose, what the browser asks for, the house's.

Pages alone are told in other languages. The record, what it prints, the interface for programs, the
command line and the log stay English, so that there is one wording that everybody can rely on.
"""

from contextlib import suppress
from http import HTTPStatus
from typing import cast

from flask import (
    Blueprint,
    Flask,
    current_app,
    g,
    has_request_context,
    redirect,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import Babel, get_locale
from markupsafe import Markup

from coi.errors import NotWritten
from coi.services.permissions import Permission
from coi.services.preferences import prefer_language
from coi.web import here, rendering
from coi.web.catalogue import ENGLISH, FOLDER, LANGUAGES, retold_in, words_of
from coi.web.permissions import needs

pages = Blueprint("languages", __name__)

KEPT_SECONDS = 366 * 24 * 3600


def speak(app: Flask, default: str) -> None:
    """Let an application show its pages in the language that each request asks for."""
    Babel(
        app,
        default_locale=default,
        default_translation_directories=str(FOLDER),
        locale_selector=lambda: _chosen() or default,
        configure_jinja=False,
    )
    rendering.render_in_languages(app, language, words_of)
    app.add_template_filter(retold)
    app.add_template_global(language, "language")
    app.jinja_env.globals["LANGUAGES"] = LANGUAGES


def language() -> str:
    """The language of the page that is asked for; English where none is."""
    if not has_request_context():
        return ENGLISH
    if "language" not in g:
        found = get_locale()
        g.language = found.language if found else ENGLISH
    return cast("str", g.language)


def speak_in(wanted: str) -> None:
    """This page is shown in the language that its address says, where it is one."""
    if wanted in LANGUAGES:
        g.language = wanted


def retold(text: str) -> str:
    """A sentence or a name of the product in the language of the page; anything else as it is."""
    shown = language()
    if shown == ENGLISH or not isinstance(text, str) or isinstance(text, Markup):
        return text
    return retold_in(shown).tell(str(text))


def _chosen() -> str:
    """What whoever is here chose, what this browser keeps, or what it asks for; '' for none."""
    told = (session.get(here.LANGUAGE, ""), request.cookies.get(cookie(), ""))
    kept = next((one for one in told if one in LANGUAGES), "")
    return kept or request.accept_languages.best_match(LANGUAGES) or ""


def cookie() -> str:
    """What the cookie is called in which a browser keeps its language."""
    return f"{current_app.config['SESSION_COOKIE_NAME']}-language"


@pages.post("/language")
@needs(Permission.PUBLIC)
def choose() -> ResponseReturnValue:
    """Show the pages in another language from now on: to whoever is here, and in this browser."""
    wanted, back = request.form["language"], request.form.get("next", "")
    answer = redirect(back if here.is_ours(back) else url_for("work.mine"), HTTPStatus.SEE_OTHER)
    if wanted in LANGUAGES:
        _prefer(wanted)
        answer.set_cookie(
            cookie(),
            wanted,
            max_age=KEPT_SECONDS,
            secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
            httponly=True,
            samesite="Strict",
        )
    return answer


def _prefer(language: str) -> None:
    """Whoever is signed in finds it again elsewhere; while nothing is written, in this browser."""
    signed_in = here.anybody()
    if signed_in is not None:
        session[here.LANGUAGE] = language
        with suppress(NotWritten):
            prefer_language(here.installation(), signed_in.proven, language)
