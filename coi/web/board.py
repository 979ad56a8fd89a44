"""Every therapy by phase, for who follows them all; and any of them by a number in hand."""

from urllib.parse import parse_qs, urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from coi.services.board import board
from coi.services.permissions import Permission
from coi.services.saved_views import forget_view, keep_view, views_of
from coi.services.searching import found_by
from coi.web import here
from coi.web.permissions import needs
from coi.web.work import SOON, told_of, wanted_of

pages = Blueprint("board", __name__)

_LONGEST = 100


@pages.get("/board")
@needs(Permission.SEE_THERAPIES)
def show() -> ResponseReturnValue:
    """All that this person sees, narrowed down as the address says."""
    installation, signed_in, wanted = here.installation(), here.somebody(), wanted_of(request.args)
    shown = board(installation, signed_in, wanted)
    again = told_of(wanted)
    again.pop("which", None)
    views = {name: parsed(query) for name, query in views_of(installation, signed_in).items()}
    return render_template(
        "board.html", board=shown, wanted=wanted, again=again, views=views, soon=SOON
    )


@pages.post("/board/search")
@needs(Permission.SEE_THERAPIES)
def search() -> ResponseReturnValue:
    """The one therapy that this names, or all that it may mean; sent, so that no address tells."""
    text = request.form.get("text", "")[:_LONGEST]
    found = found_by(here.installation(), here.somebody(), text)
    if len(found) == 1:
        return redirect(url_for("therapies.show", coi=found[0]))
    return render_template("found.html", text=text, found=found)


@pages.post("/board/views")
@needs(Permission.SEE_THERAPIES)
def keep() -> ResponseReturnValue:
    """Keep what the board is narrowed down to, by a name; or remove what is kept by it."""
    installation, signed_in, name = (
        here.installation(),
        here.somebody(),
        request.form.get("name", ""),
    )
    if "remove" in request.form:
        forget_view(installation, signed_in, name)
        return redirect(url_for("board.show"), 303)
    told = told_of(wanted_of(request.form))
    told.pop("which", None)
    keep_view(installation, signed_in, name, told)
    return redirect(f"{url_for('board.show')}?{urlencode(told)}", 303)


def parsed(query: str) -> dict[str, str]:
    """What was kept, as the address says it now; what cannot be understood asks for nothing."""
    told = told_of(wanted_of(MultiDict(parse_qs(query))))
    told.pop("which", None)
    return told
