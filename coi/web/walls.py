"""The walls of a ward and of a cell laboratory: big, without names, and always as of now."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from coi.services.devices import registered_at
from coi.services.permissions import EVERYWHERE, Permission, may
from coi.services.walls import TITLES, Wall, wall
from coi.web import here
from coi.web.permissions import needs

pages = Blueprint("walls", __name__, url_prefix="/wall")


@pages.get("/laboratory")
@needs(Permission.PUBLIC)
def laboratory() -> ResponseReturnValue:
    """What waits in the cell laboratory: at its registered device, or for who works there."""
    return _shown(Wall.LABORATORY)


@pages.get("/ward")
@needs(Permission.PUBLIC)
def ward() -> ResponseReturnValue:
    """What waits on the ward: at its registered device, or for who works there."""
    return _shown(Wall.WARD)


def _shown(which: Wall) -> str:
    """The wall of the unit at which this device stands, or at which somebody works."""
    installation = here.installation()
    device = registered_at(installation, here.device())
    unit = device.unit.id if device else _unit_of_somebody()
    shown = wall(installation, which, unit) if unit else None
    return render_template("wall.html", shown=shown, title=TITLES[which])


def _unit_of_somebody() -> str:
    """Where whoever is signed in works; '' before they chose, or where they see no therapies.

    Raises:
        NotSignedIn: nobody is, and this is no registered device.
    """
    signed_in = here.somebody()
    sees = may(signed_in.person, Permission.SEE_THERAPIES)
    return signed_in.unit if sees and signed_in.unit != EVERYWHERE else ""
