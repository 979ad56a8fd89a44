"""Equipment: which there is, until when it is calibrated, and entering what changes."""

from typing import Any

from flask.typing import ResponseReturnValue

from coi.api.resource import NOTHING, Body, Resources, Write, created, found
from coi.api.schemas import equipment as schemas
from coi.api.schemas.directory import SERIAL, Serial
from coi.services import equipment_keeping as keeping
from coi.services.equipment import KnownEquipment, equipment_of
from coi.services.permissions import Permission
from coi.services.tokens import Scope
from coi.web import here
from coi.web.permissions import needs

resources = Resources("equipment", "Equipment, and the end of its calibration.")


@resources.offers(
    "GET", "/equipment", "listEquipment", found(schemas.EveryEquipment, schemas.EVERY_EQUIPMENT)
)
@needs(Permission.SEE_EQUIPMENT, Scope.DIRECTORY_READ)
def every() -> ResponseReturnValue:
    """The equipment of one's units, or of one's sites for who oversees; what ends first, first."""
    return {"items": list(map(_told, equipment_of(here.installation(), here.somebody().person)))}


@resources.offers(
    "POST",
    "/equipment",
    "registerEquipment",
    created(Serial, SERIAL),
    headers=Write,
    body=Body(schemas.NewEquipment, schemas.NEW_EQUIPMENT),
)
@needs(Permission.KEEP_PLACES)
def register(headers: dict[str, Any], told: dict[str, Any]) -> ResponseReturnValue:
    """Register a piece of equipment; its label is printed next, and fixed to it."""
    installation, by = here.installation(), here.somebody().proven
    unit, until = told.pop("unit"), told.pop("calibrated_until").isoformat()
    about = keeping.About(calibrated_until=until, **told)
    serial = keeping.register_equipment(installation, by, unit, about, key=headers["key"])
    return {"serial": serial}


@resources.offers(
    "POST",
    "/equipment/<serial>/calibration",
    "renewCalibration",
    NOTHING,
    headers=Write,
    body=Body(schemas.Calibrated, schemas.CALIBRATED),
)
@needs(Permission.KEEP_PLACES)
def calibrate(headers: dict[str, Any], told: dict[str, Any], serial: str) -> ResponseReturnValue:
    """Enter a new calibration by its certificate, and say why."""
    new = keeping.Calibration(told["calibrated_until"].isoformat(), told["certificate"])
    by, why = here.somebody().proven, told["why"]
    keeping.renew_calibration(here.installation(), by, serial, new, key=headers["key"], why=why)
    return ""


@resources.offers(
    "POST",
    "/equipment/<serial>/service",
    "serveEquipment",
    NOTHING,
    headers=Write,
    body=Body(schemas.Service, schemas.SERVICE),
)
@needs(Permission.KEEP_PLACES)
def serve(headers: dict[str, Any], told: dict[str, Any], serial: str) -> ResponseReturnValue:
    """Take a piece out of service, or put it back, and say why."""
    by, in_service = here.somebody().proven, told["in_service"]
    keeping.put_in_service(
        *(here.installation(), by, serial),
        in_service=in_service,
        key=headers["key"],
        why=told["why"],
    )
    return ""


def _told(one: KnownEquipment) -> dict[str, object]:
    return {
        "serial": one.piece.serial,
        "number": one.piece.number,
        "kind": one.piece.kind.value,
        "name": one.piece.name,
        "unit": one.unit.id,
        "maker_serial": one.maker_serial,
        "calibrated_until": one.piece.calibrated_until.date(),
        "certificate": one.certificate,
        "standing": one.standing(here.installation().clock.now()),
    }
