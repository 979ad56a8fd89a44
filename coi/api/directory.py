"""Sites and units, places and benches: where things are, and registering more of them."""

from typing import Any

from flask.typing import ResponseReturnValue

from coi.api.asked import signers
from coi.api.resource import NOTHING, PDF, Body, Resources, Sign, Write, created, found
from coi.api.schemas import directory as schemas
from coi.api.schemas.common import BECAUSE, Because
from coi.api.told import as_label
from coi.services import benches, places
from coi.services import sites as registry
from coi.services.changeover import Changeover, asked_at, clear_bench
from coi.services.directory import sites_and_units
from coi.services.label_papers import write_location_label
from coi.services.permissions import Permission
from coi.services.sites import Site
from coi.services.tokens import Scope
from coi.web import here
from coi.web.permissions import needs

resources = Resources("directory", "Sites, units, places and benches.")


@resources.offers("GET", "/sites", "listSites", found(schemas.Sites, schemas.SITES))
@needs(Permission.SIGNED_IN, Scope.DIRECTORY_READ)
def every_site() -> ResponseReturnValue:
    """Every site with its units."""
    sites, units = sites_and_units(here.installation())
    of_site: dict[str, list[dict[str, str]]] = {site.id: [] for site in sites}
    for unit in units.values():
        of_site[unit.site.id].append({"id": unit.id, "name": unit.name, "site": unit.site.id})
    return {"items": [{**_site_told(site), "units": of_site[site.id]} for site in sites]}


@resources.offers(
    "POST",
    "/sites",
    "registerSite",
    created(schemas.NewSite, schemas.NEW_SITE),
    headers=Write,
    body=Body(schemas.NewSite, schemas.NEW_SITE),
)
@needs(Permission.ADMINISTER)
def add_site(_headers: dict[str, Any], told: dict[str, Any]) -> ResponseReturnValue:
    """Register a site; its chain begins. Its id is its key: it is registered once."""
    registry.register_site(here.installation(), here.somebody().proven, Site(**told))
    return told


@resources.offers(
    "POST",
    "/units",
    "registerUnit",
    created(schemas.NewUnit, schemas.NEW_UNIT),
    headers=Write,
    body=Body(schemas.NewUnit, schemas.NEW_UNIT),
)
@needs(Permission.ADMINISTER)
def add_unit(_headers: dict[str, Any], told: dict[str, Any]) -> ResponseReturnValue:
    """Register a unit of a site. Its id is its key: it is registered once."""
    by = here.somebody().proven
    registry.register_unit(here.installation(), by, told["id"], told["site"], told["name"])
    return told


@resources.offers("GET", "/places", "listPlaces", found(schemas.Places, schemas.PLACES))
@needs(Permission.KEEP_PLACES, Scope.DIRECTORY_READ)
def every_place() -> ResponseReturnValue:
    """The places of each of one's units."""
    known = places.places_of(here.installation(), here.somebody())
    told = [
        {"serial": one.serial, "name": one.name, "unit": of_unit.unit.id}
        for of_unit in known
        for one in of_unit.places
    ]
    return {"items": told}


@resources.offers(
    "POST",
    "/places",
    "registerPlace",
    created(schemas.Serial, schemas.SERIAL),
    headers=Write,
    body=Body(schemas.Named, schemas.NEW_PLACE),
)
@needs(Permission.KEEP_PLACES)
def add_place(headers: dict[str, Any], told: dict[str, Any]) -> ResponseReturnValue:
    """Register a place; its label is printed next, and fixed to it."""
    installation, by = here.installation(), here.somebody().proven
    serial = places.register_place(installation, by, told["unit"], told["name"], key=headers["key"])
    return {"serial": serial}


@resources.offers("POST", "/places/<serial>/label", "printPlaceLabel", PDF, headers=Write)
@needs(Permission.KEEP_PLACES)
def place_label(_headers: dict[str, Any], serial: str) -> ResponseReturnValue:
    """The label of a place, as PDF."""
    by = here.somebody().proven
    return as_label(write_location_label(here.installation(), by, serial), f"place {serial}")


@resources.offers("GET", "/benches", "listBenches", found(schemas.Benches, schemas.BENCHES))
@needs(Permission.SEE_THERAPIES, Scope.DIRECTORY_READ)
def every_bench() -> ResponseReturnValue:
    """The benches of one's sites, with what is on each."""
    known = benches.benches_of(here.installation(), here.somebody().person)
    return {"items": [one for of_unit in known for one in of_unit.benches]}


@resources.offers(
    "POST",
    "/benches",
    "registerBench",
    created(schemas.Serial, schemas.SERIAL),
    headers=Write,
    body=Body(schemas.Named, schemas.NEW_BENCH),
)
@needs(Permission.ADMINISTER)
def add_bench(headers: dict[str, Any], told: dict[str, Any]) -> ResponseReturnValue:
    """Register a bench of a unit."""
    installation, by = here.installation(), here.somebody().proven
    serial = benches.register_bench(
        installation, by, told["unit"], told["name"], key=headers["key"]
    )
    return {"serial": serial}


@resources.offers(
    "POST",
    "/benches/<serial>/changeover",
    "clearBench",
    NOTHING,
    headers=Sign,
    body=Body(schemas.ClearedBench, schemas.CLEARED_BENCH),
)
@needs(Permission.SEE_THERAPIES)
def clear(headers: dict[str, Any], told: dict[str, Any], serial: str) -> ResponseReturnValue:
    """Sign the changeover of a bench: nothing is on it afterwards."""
    installation, by = here.installation(), here.somebody().proven
    asked_at(installation, by, serial)
    wanted = Changeover(serial, told["holds"], headers["key"])
    clear_bench(installation, wanted, by, signers(headers["grants"]))
    return ""


@resources.offers("POST", "/benches/<serial>/work", "workAtBench", NOTHING, headers=Write)
@needs(Permission.SEE_THERAPIES)
def work_at_bench(_headers: dict[str, Any], serial: str) -> ResponseReturnValue:
    """Work at this bench from now on; `-` is at none."""
    benches.work_at_bench(here.installation(), here.somebody(), serial)
    return ""


@resources.offers(
    "DELETE",
    "/benches/<serial>",
    "retireBench",
    NOTHING,
    headers=Write,
    body=Body(Because, BECAUSE),
)
@needs(Permission.ADMINISTER)
def retire(_headers: dict[str, Any], told: dict[str, Any], serial: str) -> ResponseReturnValue:
    """Take a cleared bench out of use, and say why."""
    by = here.somebody().proven
    benches.retire_bench(here.installation(), by, serial, why=told["why"])
    return ""


def _site_told(site: Site) -> dict[str, str]:
    return {name: getattr(site, name) for name in Site.__slots__}
