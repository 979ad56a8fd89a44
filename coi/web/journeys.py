"""The way of one therapy, drawn: when it was where, in whose hands, and what was made of what."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from coi.services.journey import journey
from coi.services.permissions import Permission
from coi.web import here
from coi.web.custody_drawing import custody_map
from coi.web.journey_drawing import drawing
from coi.web.lineage_drawing import lineage
from coi.web.permissions import needs

pages = Blueprint("journeys", __name__, url_prefix="/therapies")


@pages.get("/<coi>/journey")
@needs(Permission.SEE_THERAPIES)
def show(coi: str) -> ResponseReturnValue:
    """From vein to vein, as far as this person may see it."""
    signed_in = here.somebody()
    page, told = journey(here.installation(), signed_in, coi)
    time_zone = page.time_zone(signed_in.unit)
    return render_template(
        "journey.html",
        page=page,
        told=told,
        time_zone=time_zone,
        drawn=drawing(told, time_zone),
        custody=custody_map(told.hands),
        lineage=lineage(page),
    )
