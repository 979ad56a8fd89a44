"""The visitors' sheet of a demonstration: codes and accounts for whoever tries it.

It is no part of the application: only `coi demo` adds it, to the pages of a made-up world.
"""

from collections.abc import Callable

from flask import Blueprint, Flask, current_app, render_template
from flask.typing import ResponseReturnValue

from coi.services.installation import Installation
from coi.services.permissions import Permission
from coi.web.permissions import needs

pages = Blueprint("visitors", __name__)

Tell = Callable[[Installation], object]
"""Gives what stands on the sheet now."""

_TELL = "visitors"


class NotForWork(Exception):
    """Somebody's record would be laid open to whoever comes by."""


def welcome(app: Flask, installation: Installation, tell: Tell) -> None:
    """Add the sheet to the pages of a demonstration, and the way to it to each.

    Raises:
        NotForWork: the installation is no demonstration.
    """
    if not installation.demonstration:
        raise NotForWork
    app.extensions[_TELL] = lambda: tell(installation)
    app.context_processor(lambda: {"for_visitors": True})
    app.register_blueprint(pages)


@pages.get("/visitors")
@needs(Permission.PUBLIC)
def sheet() -> ResponseReturnValue:
    """Show it to anybody: whoever has not signed in yet looks here for an account."""
    return render_template("visitors.html", sheet=current_app.extensions[_TELL]())
