"""Lists to take along: the whole of what a list's page shows, as a file for a spreadsheet.

Each is put on record, so each is asked for with a form that says how the page was narrowed down.
"""

from collections.abc import Iterator
from typing import IO

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from coi.errors import DataRefused, Problem
from coi.services import listings
from coi.services.downtime_kits import write_downtime_kits
from coi.services.exporting import Form, Listing, export
from coi.services.permissions import Permission
from coi.web import exceptions, here, trail, work
from coi.web.paper import as_pdf
from coi.web.permissions import needs

pages = Blueprint("exports", __name__)

_TYPES = {
    Form.CSV: "text/csv; charset=utf-8",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_BLOCK = 65_536  # bytes


@pages.post("/exports/work")
@needs(Permission.SEE_THERAPIES)
def of_work() -> ResponseReturnValue:
    """Take along what waits for me, or every therapy at my sites."""
    return _file(listings.work(work.wanted_of(request.form), here.somebody().unit))


@pages.post("/exports/downtime-kits")
@needs(Permission.SEE_THERAPIES)
def of_downtime_kits() -> ResponseReturnValue:
    """Print the downtime kit of each therapy on my list, in one file."""
    by, wanted = here.somebody(), work.wanted_of(request.form)
    kits = write_downtime_kits(here.installation(), by.proven, wanted, by.unit)
    return as_pdf(kits, "downtime kits")


@pages.post("/exports/exceptions")
@needs(Permission.SEE_THERAPIES)
def of_exceptions() -> ResponseReturnValue:
    """Take along the exceptions of the therapies at my sites."""
    wanted = exceptions.wanted_of(request.form)
    return _file(listings.exceptions(wanted, here.somebody().unit))


@pages.post("/exports/people")
@needs(Permission.ADMINISTER)
def of_people() -> ResponseReturnValue:
    """Take along who has an account, with their roles (DI-05)."""
    return _file(listings.people(request.form.get("q", "")[:100]))


@pages.post("/exports/sites")
@needs(Permission.ADMINISTER)
def of_sites() -> ResponseReturnValue:
    """Take along every site with its units."""
    return _file(listings.sites())


@pages.post("/exports/benches")
@needs(Permission.SEE_THERAPIES)
def of_benches() -> ResponseReturnValue:
    """Take along the benches of my sites."""
    return _file(listings.benches())


@pages.post("/exports/places")
@needs(Permission.KEEP_PLACES)
def of_places() -> ResponseReturnValue:
    """Take along the places of my units."""
    return _file(listings.places())


@pages.post("/exports/equipment")
@needs(Permission.SEE_EQUIPMENT)
def of_equipment() -> ResponseReturnValue:
    """Take along the equipment that I see."""
    return _file(listings.equipment())


@pages.post("/exports/stock-takes/<identifier>")
@needs(Permission.TAKE_STOCK)
def of_stock_take(identifier: str) -> ResponseReturnValue:
    """Take along the result of a stock-take."""
    return _file(listings.stock_take(identifier))


@pages.post("/therapies/<coi>/identity-looks")
@needs(Permission.SEE_LOOKS)
def of_looks(coi: str) -> ResponseReturnValue:
    """Take along who looked at the identity of a therapy's patient."""
    return _file(listings.identity_looks(coi))


@pages.post("/exports/trail")
@needs(Permission.SEE_TRAIL)
def of_trail() -> ResponseReturnValue:
    """Take along the audit trail, narrowed down as the page is."""
    return _file(listings.audit_trail(trail.wanted_of(request.form), here.somebody().unit))


@pages.post("/exports/access")
@needs(Permission.SEE_ACCESS)
def of_access() -> ResponseReturnValue:
    """Take along who had access, narrowed down as the page is."""
    wanted = trail.wanted_of(request.form, access=True)
    return _file(listings.audit_trail(wanted, here.somebody().unit))


def _file(listing: Listing) -> Response:
    """The list as the browser saves it, in the form that was asked for."""
    asked = request.form.get("form", "")
    if asked not in {*Form}:
        raise DataRefused([Problem("choose CSV or XLSX", column="form")])
    form = Form(asked)
    found = export(here.installation(), here.somebody().proven, listing, form)
    answer = Response(_blocks(found.content))
    # Closed also when the browser went away before it asked for any of it.
    answer.call_on_close(found.content.close)
    answer.headers["Content-Type"] = _TYPES[form]
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.name}"'
    return answer


def _blocks(content: IO[bytes]) -> Iterator[bytes]:
    """The file piece by piece; it is closed, and so gone, when the last one was taken."""
    with content:
        while block := content.read(_BLOCK):
            yield block
