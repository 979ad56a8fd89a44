"""One therapy: where everything is, who holds it, what happened, what is next."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from coi.services import going_on
from coi.services.looking import look_at
from coi.services.permissions import Permission
from coi.services.recorded import recorded_values
from coi.services.release_waits import standing_in_for
from coi.services.reporting import software
from coi.services.retention import retention
from coi.services.running import clocks_of
from coi.services.step_files import files_by_entry
from coi.web import here
from coi.web.permissions import needs

pages = Blueprint("therapies", __name__, url_prefix="/therapies")


@pages.get("/<coi>")
@needs(Permission.SEE_THERAPIES)
def show(coi: str) -> ResponseReturnValue:
    """The whole therapy, as far as this person may see it."""
    installation, signed_in = here.installation(), here.somebody()
    page = look_at(installation, signed_in, coi)
    under_way = going_on.of_therapy(installation, signed_in, coi)
    shown = {"page": page, "under_way": under_way, "looks_alike": page.looks_alike}
    shown |= {"kept": retention(page.view), "software": software()}
    shown |= {"clocks": clocks_of(installation, page), "zone": page.own_time_zone(signed_in)}
    shown["files"] = {} if page.is_former else files_by_entry(page.view)
    return render_template("therapy.html", **shown, covers=standing_in_for(installation, page))


@pages.get("/<coi>/values")
@needs(Permission.SEE_THERAPIES)
def values(coi: str) -> ResponseReturnValue:
    """Every value that was recorded, and what it was before it was corrected."""
    recorded = recorded_values(here.installation(), here.somebody(), coi)
    return render_template("values.html", coi=coi, recorded=recorded)
