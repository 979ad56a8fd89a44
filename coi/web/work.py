"""My work: the therapies that a person may see, those first in which they have something to do."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from coi.services.looking import my_work
from coi.services.permissions import Permission, may
from coi.web import here
from coi.web.permissions import needs

pages = Blueprint("work", __name__)


@pages.get("/")
@needs(Permission.SIGNED_IN)
def mine() -> ResponseReturnValue:
    """What there is to do, and for whom; who administers finds the people instead."""
    signed_in = here.somebody()
    sees = may(signed_in.person, Permission.SEE_THERAPIES)
    tasks = my_work(here.installation(), signed_in) if sees else ()
    return render_template("work.html", tasks=tasks, sees=sees)
